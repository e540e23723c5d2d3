"""Import: positions are stored with the mails, other processes parse, a real epoch is imported completely."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from patchwatch.db import schema
from patchwatch.db.database import Database
from patchwatch.sources.files import mbox as mbox_source
from patchwatch.sync import import_mail as importing
from patchwatch.sync import parallel
from patchwatch.sync.import_mail import import_mail
from patchwatch.sync.parallel import read_batches
from tests.support.mails import mail
from tests.support.paths import CORPUS

MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*<([^<>\s]+)>")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/patchwatch.db")


def messages(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.scalars(select(schema.message.c.message_id)))


def mbox(path: Path, first: int, last: int) -> None:
    with path.open("ab") as stream:
        for n in range(first, last):
            raw = mail(message_id=f"{n}@example.org", subject=f"[PATCH] part {n}", body=f"Number {n}.\n---\n")
            stream.write(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + raw + b"\n")


def test_other_processes_parse_the_same() -> None:
    batches = [[mail(message_id=f"{n}-{m}@example.org", body=f"{n} {m}\n") for m in range(120)] for n in range(8)]
    assert list(read_batches(batches, processes=2)) == list(read_batches(batches, processes=0))


def test_only_mail_appended_to_an_mbox_is_imported(database: Database, tmp_path: Path) -> None:
    mbox(tmp_path / "list.mbox", 0, 3)
    assert import_mail(database, tmp_path / "list.mbox", "x").new_mails == 3
    mbox(tmp_path / "list.mbox", 3, 5)
    outcome = import_mail(database, tmp_path / "list.mbox", "x")
    assert (outcome.new_mails, outcome.known_mails) == (2, 0)


def test_killed_import_resumes(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchwatch.sources.files.mbox.BATCH_MAILS", 50)
    monkeypatch.setattr(parallel, "_IN_PLACE", 40)  # the rest is parsed in other processes
    mbox(tmp_path / "list.mbox", 0, 120)
    real, calls = importing.ingest, []

    def dies(connection, reads, inbox, **options):  # type: ignore[no-untyped-def]
        calls.append(len(reads))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(connection, reads, inbox, **options)

    monkeypatch.setattr(importing, "ingest", dies)
    with pytest.raises(KeyboardInterrupt):
        import_mail(database, tmp_path / "list.mbox", "x")
    stored = len(messages(database))
    assert stored == 100
    monkeypatch.setattr(importing, "ingest", real)
    outcome = import_mail(database, tmp_path / "list.mbox", "x")
    assert (outcome.new_mails, outcome.known_mails) == (20, 0)


@pytest.mark.corpus
def test_real_epoch_is_imported_completely_and_once(database: Database, tmp_path: Path) -> None:
    bundle = CORPUS / "cgroups-2024.bundle"
    if not bundle.exists():
        pytest.skip(f"needs the real list mail in {CORPUS}")
    epoch = tmp_path / "0.git"
    subprocess.run(["git", "clone", "-q", "--bare", bundle, epoch], check=True)
    blobs = subprocess.run(
        ["git", "-C", epoch, "log", "--format=", "--raw", "--no-abbrev", "--diff-filter=AM"],
        capture_output=True, text=True, check=True,
    ).stdout.split()[3::6]  # fmt: skip
    cat = subprocess.run(
        ["git", "-C", epoch, "cat-file", "--batch"], input="\n".join(blobs).encode(), capture_output=True, check=True
    ).stdout
    expected = set()
    at = 0
    for _ in blobs:
        end = cat.index(b"\n", at)
        size = int(cat[at:end].split()[2])
        found = MESSAGE_ID.search(cat, end + 1, end + 1 + size)
        assert found
        expected.add(found[1].decode())
        at = end + 2 + size
    first = import_mail(database, epoch, "cgroups")
    assert messages(database) == expected
    assert first.new_mails == len(expected)
    second = import_mail(database, epoch, "cgroups")
    assert (second.new_mails, second.known_mails) == (0, 0)
    with database.read() as connection:
        assert (connection.scalar(select(func.count()).select_from(schema.raw)) or 0) >= len(expected)


def test_an_import_reports_how_much_is_done(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mbox_source, "BATCH_MAILS", 2)
    mbox(tmp_path / "list.mbox", 0, 5)
    told: list[tuple[int, int]] = []
    import_mail(database, tmp_path / "list.mbox", "x", lambda text, done=0, total=0: told.append((done, total)))
    assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]
    told.clear()
    mbox(tmp_path / "list.mbox", 5, 6)
    import_mail(database, tmp_path / "list.mbox", "x", lambda text, done=0, total=0: told.append((done, total)))
    assert told == [(0, 1), (1, 1)]
