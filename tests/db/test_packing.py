"""Compressed values: dictionaries trained on the database's mail, and what is left when something is damaged."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import select, text

from patchwatch.db import dictionaries, packing
from patchwatch.db import schema as t
from patchwatch.db.criteria import Criteria
from patchwatch.db.database import Database
from patchwatch.db.dictionaries import Kind, mail_dictionary
from patchwatch.db.execute import executor
from patchwatch.db.series import series
from patchwatch.errors import DamagedError
from patchwatch.sync.ingest import ingest, reindex
from patchwatch.sync.parallel import read_batches
from patchwatch.sync.read_mail import read_mail
from patchwatch.sync.verify import verify
from tests.support.mails import mail

_WORDS = ("knob", "turns", "left", "when", "told", "to", "right", "because", "spring", "mounted", "upside", "down")


def posting(number: int) -> bytes:
    chance = random.Random(number)
    text = " ".join(chance.choices(_WORDS, k=60))
    return mail(
        message_id=f"{number}-1-ann@example.org",
        subject=f"[PATCH] knob: {chance.choice(_WORDS)} {chance.choice(_WORDS)} {number}",
        sender="Ann Author <ann@example.org>",
        to="linux-knob@vger.kernel.org",
        body=f"{text}\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n knob.c | 2 +-\n",
        headers={"List-Id": "<linux-knob.vger.kernel.org>", "X-Mailer": "git-send-email 2.43.0"},
    )


MANY = [posting(number) for number in range(260)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "patchwatch.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{file}")
    yield opened
    opened.close()


def take(database: Database, mails: Sequence[bytes]) -> None:
    for reads in read_batches([mails], dictionary=lambda: mail_dictionary(database), processes=0):
        with database.write() as connection:
            ingest(connection, reads, "knob")


def raw_mails(database: Database) -> dict[bytes, bytes]:
    """Every stored mail, by its compressed form."""
    with database.read() as connection:
        return {packed: packing.unpack(packed) for packed in connection.scalars(select(t.raw.c.mail))}


def used(database: Database) -> set[int]:
    return {packing.dictionary_of(packed) for packed in raw_mails(database)}


def change(file: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        assert connection.execute(sql, values).rowcount > 0


def know_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know no dictionary, as another process that was started before."""
    monkeypatch.setattr(packing, "_known", {})
    monkeypatch.setattr(packing, "_prepared", set())
    monkeypatch.setattr(packing, "_mine", packing._Contexts())


def test_a_database_with_enough_mail_trains_its_dictionaries(database: Database) -> None:
    take(database, MANY[:100])
    assert mail_dictionary(database) == 0
    take(database, MANY)
    number = mail_dictionary(database)
    assert number
    with database.read() as connection:
        packs_texts = connection.dialect.name == "sqlite"  # PostgreSQL does it itself
        assert all(dictionaries.dictionary_for(connection, kind) for kind in (Kind if packs_texts else (Kind.MAIL,)))
    later = [posting(number) for number in range(1000, 1050)]
    take(database, later)
    assert used(database) == {0, number}
    stored = raw_mails(database)
    assert sorted(stored.values()) == sorted([*MANY, *later])
    size = sum(len(packed) for packed in stored if packing.dictionary_of(packed))
    assert size < 0.6 * sum(len(zlib.compress(raw, 9)) for raw in later)


def test_the_first_mails_of_an_import_are_compressed_as_later_ones(database: Database) -> None:
    take(database, MANY)
    assert used(database) == {mail_dictionary(database)}
    assert sorted(raw_mails(database).values()) == sorted(MANY)
    with database.read() as connection:
        facts = connection.execute(text("SELECT facts FROM message")).scalars().all()  # as they are stored
        packs_texts = connection.dialect.name == "sqlite"
    assert {type(value) for value in facts} == {bytes if packs_texts else str}
    assert list(verify(database)) == []


@pytest.mark.sqlite
def test_parsed_fields_and_states_are_compressed_and_read_as_before(database: Database, file: Path) -> None:
    take(database, MANY)
    take(database, [posting(1000)])
    with closing(sqlite3.connect(file)) as plain:
        last = "SELECT facts FROM message ORDER BY id DESC LIMIT 1"
        assert isinstance(plain.execute(last).fetchone()[0], bytes)
        last = "SELECT posting, standing, view FROM revision ORDER BY id DESC LIMIT 1"
        assert [type(value) for value in plain.execute(last).fetchone()] == [bytes, bytes, bytes]
    assert list(verify(database)) == []


def test_what_names_me_is_found_in_compressed_series(database: Database) -> None:
    take(database, MANY)
    take(database, [posting(1000)])
    with database.read() as connection:
        for me, found in (
            (Criteria(everything=True, mine=frozenset({"ann@example.org"})), 261),
            (Criteria(everything=True, for_me=frozenset({"linux-knob@vger.kernel.org"})), 261),
            (Criteria(everything=True, mine=frozenset({"linux-knob@vger.kernel.org"})), 0),
        ):
            assert len(series(executor(connection), me, 1_689_400_000)) == found


def test_other_processes_compress_with_the_dictionary(database: Database) -> None:
    take(database, MANY)
    batches = [[posting(number) for number in range(first, first + 450)] for first in (1000, 2000)]
    dictionary = mail_dictionary(database)
    for reads in read_batches(batches, dictionary=lambda: dictionary, processes=2):
        with database.write() as connection:
            ingest(connection, reads, "knob", postpone=True)
        assert {packing.dictionary_of(read.packed) for read in reads} == {dictionary}
    assert set(raw_mails(database).values()) >= {raw for batch in batches for raw in batch}


def test_other_processes_compress_with_the_dictionary_that_the_first_mails_trained(database: Database) -> None:
    batches = [[posting(number) for number in range(first, first + 450)] for first in (1000, 2000, 3000)]
    dictionaries = []
    for reads in read_batches(batches, dictionary=lambda: mail_dictionary(database), processes=2, expected=1350):
        with database.write() as connection:
            ingest(connection, reads, "knob", postpone=True)
        dictionaries.append({packing.dictionary_of(read.packed) for read in reads})
    dictionary = mail_dictionary(database)
    assert dictionary != 0
    assert dictionaries == [{0}, {dictionary}, {dictionary}]
    assert used(database) == {dictionary}


@pytest.mark.sqlite
def test_reindex_compresses_mail_of_an_earlier_patchwatch_again(database: Database, file: Path) -> None:
    take(database, MANY)
    with closing(sqlite3.connect(file, isolation_level=None)) as plain:
        for at, packed in plain.execute("SELECT id, mail FROM raw").fetchall():
            plain.execute("UPDATE raw SET mail = ? WHERE id = ?", (zlib.compress(packing.unpack(packed)), at))
        plain.execute("DELETE FROM dictionary")
    assert used(database) == {0}
    assert sorted(raw_mails(database).values()) == sorted(MANY)
    with database.write() as connection:
        assert reindex(connection) == len(MANY)
    assert used(database) == {mail_dictionary(database)} != {0}
    assert sorted(raw_mails(database).values()) == sorted(MANY)


@pytest.mark.sqlite
def test_what_another_process_trained_meanwhile_is_fetched(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(database, MANY)
    take(database, [posting(1000)])
    know_none(monkeypatch)
    with database.read() as connection:
        packed = connection.scalars(select(t.raw.c.mail).order_by(t.raw.c.id.desc())).first()
    assert packed is not None
    assert packing.unpack(packed) == posting(1000)


@pytest.mark.sqlite
def test_text_is_read_without_sqlalchemy(database: Database, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take(database, MANY)
    take(database, [posting(1000)])
    know_none(monkeypatch)
    monkeypatch.setattr(packing, "_sources", [])
    with closing(sqlite3.connect(file)) as plain:
        text = packing.text_reader(plain.execute)
        facts = [text(value) for (value,) in plain.execute("SELECT facts FROM message").fetchall()]
    assert len(facts) == len(MANY) + 1
    assert all(one.startswith("[") for one in facts)


def test_mail_is_never_stored_without_its_dictionary(database: Database, tmp_path: Path) -> None:
    """The transaction that trained it was rolled back, or another file was put in the database's place."""
    take(database, MANY)
    reads = [read_mail(posting(1000), dictionary=mail_dictionary(database))]
    other = Database(f"sqlite:///{tmp_path}/other.db")
    with other.write() as connection:
        ingest(connection, reads, "knob")
    with other.read() as connection:
        assert packing.dictionary_of(reads[0].packed) in set(connection.scalars(select(t.dictionary.c.id)))
    other.close()


@pytest.mark.sqlite
def test_dictionaries_are_compressed_and_those_of_an_earlier_patchwatch_are_read(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(database, MANY)
    number = mail_dictionary(database)
    content = packing.content_of(number)
    with closing(sqlite3.connect(file)) as plain:
        (stored,) = plain.execute(
            "SELECT length(content) FROM dictionary WHERE id = ? AND copy = 1", [number]
        ).fetchone()
    assert stored < len(content) / 2
    change(
        file,
        "UPDATE dictionary SET content = ?, digest = ? WHERE id = ?",
        content,
        packing.digest_of(content),
        number,
    )
    know_none(monkeypatch)
    assert sorted(raw_mails(database).values()) == sorted(MANY)
    assert list(verify(database)) == []


@pytest.mark.sqlite
def test_dictionaries_are_read_without_importing_what_hashes(database: Database, file: Path) -> None:
    take(database, MANY)
    code = (
        "import sqlite3, sys; from patchwatch.db import packing; connection = sqlite3.connect(sys.argv[1])\n"
        "packing.learn_intact(connection.execute(packing.STORED))\n"
        "numbers = connection.execute('SELECT DISTINCT id FROM dictionary').fetchall()\n"
        "print(len(numbers), all(packing.is_known(number) for (number,) in numbers), 'hashlib' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code, file], text=True) == "3 True False\n"


@pytest.mark.sqlite
@pytest.mark.parametrize("checksum", [True, False])
@pytest.mark.parametrize("copies", [1, 2])
def test_only_intact_copies_of_dictionaries_are_read(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch, copies: int, checksum: bool
) -> None:
    take(database, MANY)
    with closing(sqlite3.connect(file)) as plain:
        number, content = plain.execute("SELECT id, content FROM dictionary WHERE copy = 1").fetchone()
    if not checksum:  # as an earlier patchwatch stored it
        content = zstandard.ZstdCompressor(write_checksum=False).compress(packing.unpack(content))
    digest, torn = packing.digest_of(content), content[:-40] + bytes(40)
    know_none(monkeypatch)
    packing.learn_intact([(number, digest, torn), (number, digest, content if copies == 1 else torn)])
    assert packing.is_known(number) is (copies == 1)


@pytest.mark.sqlite
def test_a_damaged_copy_of_a_dictionary_is_found_and_mended(database: Database, file: Path) -> None:
    take(database, MANY)
    take(database, [posting(1000)])
    change(file, "UPDATE dictionary SET content = zeroblob(1000) WHERE copy = 1")
    (problem,) = verify(database)
    assert "3 copies of what mails are compressed with are damaged" in problem.text
    assert "reindex" in problem.fix
    with database.write() as connection:
        reindex(connection)
    assert list(verify(database)) == []


@pytest.mark.sqlite
def test_without_any_copy_new_mail_is_still_stored(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(database, MANY)
    take(database, [posting(1000)])
    change(file, "UPDATE dictionary SET content = zeroblob(1000) WHERE kind = 'mail'")
    know_none(monkeypatch)
    take(database, [posting(1001)])
    with database.read() as connection:
        packed = connection.scalars(select(t.raw.c.mail).order_by(t.raw.c.id.desc()).limit(2)).all()
    assert packing.unpack(packed[0]) == posting(1001)
    with pytest.raises(DamagedError, match="doctor --check"):
        packing.unpack(packed[1])
    assert any("backup" in problem.fix for problem in verify(database))


@pytest.mark.sqlite
def test_damaged_fields_are_found_and_read_again_from_the_mail(database: Database, file: Path) -> None:
    take(database, MANY)
    take(database, [posting(1000)])
    change(file, "UPDATE message SET facts = substr(facts, 1, 40) WHERE message_id = ?", "1000-1-ann@example.org")
    assert any("parsed fields of <1000-1-ann@example.org> are damaged" in problem.text for problem in verify(database))
    with database.write() as connection:
        reindex(connection)
    assert list(verify(database)) == []


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_copies_that_came_in_the_same_second_the_same_is_kept_whatever_compresses_them(
    database: Database, first: int
) -> None:
    take(database, MANY)
    arrived = b"Received: from a by archive; Mon, 3 Jul 2023 10:00:05 +0000\n"
    copies = [arrived + b"X-Way: b\n" + posting(1000), arrived + b"X-Way: a\n" + posting(1000)]
    for raw, dictionary in ((copies[first], mail_dictionary(database)), (copies[1 - first], 0)):
        with database.write() as connection:
            ingest(connection, [read_mail(raw, dictionary=dictionary)], "knob")
    kept = [raw for raw in raw_mails(database).values() if b"X-Way" in raw]
    assert kept == [copies[1]]


@pytest.fixture(scope="module")
def dictionary() -> int:
    content = packing.train(MANY)
    assert content is not None
    return packing.learn(content)


def test_threads_compress_and_read_at_the_same_time(dictionary: int) -> None:
    wrong: list[bytes] = []

    def work(start: int) -> None:
        for number in range(start, start + 300):
            raw = MANY[number % len(MANY)] * 3
            if packing.unpack(packing.pack(raw, dictionary)) != raw:
                wrong.append(raw)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 800, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("raw", [b"", b"x", bytes(range(256)) * 5000], ids=["empty", "short", "long"])
def test_any_bytes_come_back(dictionary: int, raw: bytes) -> None:
    assert packing.unpack(packing.pack(raw)) == raw
    assert packing.unpack(packing.pack(raw, dictionary)) == raw
    assert packing.unpack(zlib.compress(raw)) == raw


@pytest.mark.parametrize("at", [0, 3, 5, 9, -1])
def test_damage_is_noticed(dictionary: int, at: int) -> None:
    packed = bytearray(packing.pack(posting(7), dictionary))
    packed[at] ^= 0x10
    with pytest.raises(DamagedError):
        packing.unpack(bytes(packed))


@pytest.mark.parametrize("samples", [[], [b"a"] * 3, [b""] * 500])
def test_too_little_mail_makes_no_dictionary(samples: list[bytes]) -> None:
    assert packing.train(samples) is None
