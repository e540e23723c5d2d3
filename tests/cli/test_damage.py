"""Damage to the database: a sentence with the next step, found by `doctor --check`, passed by `reindex`."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from patchwatch.tracker import Tracker
from tests.support.command_line import XDP_V5, Run
from tests.support.mails import mail
from tests.support.paths import DEMO
from tests.support.sample_threads import committers_threads

pytestmark = pytest.mark.sqlite

COMMANDS = [("list", "--all"), ("show", XDP_V5), ("show", "--why", XDP_V5), ("diff", XDP_V5), ("digest",), ("reindex",)]


@pytest.fixture
def file(with_xdp: Run, tmp_path: Path) -> Path:
    return tmp_path / "data" / "patchwatch" / "patchwatch.db"


def change(file: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(sql, values)


def checked(run: Run) -> list[tuple[str, str]]:
    """The text and fix of each failed check of the stored data."""
    done = run("doctor", "--offline", "--check", "--json")
    assert "Traceback" not in done.stderr
    checks = json.loads(done.stdout)["checks"]
    assert any(one["name"] == "stored data" for one in checks), checks
    return [(one["text"], one["hint"]) for one in checks if one["name"] == "stored data" and not one["ok"]]


def flip(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]


def damage_mail(file: Path, message_id: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        at, raw = connection.execute(
            "SELECT raw.id, mail FROM raw JOIN message ON message.id = message_pk WHERE message_id = ?", (message_id,)
        ).fetchone()
        connection.execute("UPDATE raw SET mail = ? WHERE id = ?", (flip(raw), at))


def test_an_intact_database_passes(with_xdp: Run) -> None:
    assert checked(with_xdp) == []
    assert with_xdp("reindex").returncode == 0
    assert checked(with_xdp) == []


def test_a_mail_that_does_not_decompress_is_found_passed_and_fetched_again(
    with_xdp: Run, file: Path, tmp_path: Path
) -> None:
    before = with_xdp("show", XDP_V5).stdout
    damage_mail(file, XDP_V5)
    raw = with_xdp("show", XDP_V5, "--raw", XDP_V5)
    assert raw.returncode == 1
    assert f"`patchwatch watch {XDP_V5}` fetches it again" in raw.stderr
    ((text, fix),) = checked(with_xdp)
    assert f"<{XDP_V5}> is damaged" in text
    assert f"patchwatch watch {XDP_V5}" in fix
    done = with_xdp("reindex")
    assert done.returncode == 0
    assert "1 stored mail did not decompress" in done.stderr
    assert with_xdp("show", XDP_V5).stdout == before
    (tmp_path / "again.mbox").write_bytes((DEMO / "xdp.mbox").read_bytes())
    assert with_xdp("import", tmp_path / "again.mbox", "--inbox", "bpf").returncode == 0
    assert checked(with_xdp) == []
    assert with_xdp("show", XDP_V5, "--raw", XDP_V5).returncode == 0


def test_a_mail_whose_fields_are_lost_too_is_kept_as_unreadable(with_xdp: Run, file: Path) -> None:
    damage_mail(file, XDP_V5)
    change(file, "UPDATE message SET facts = '{' WHERE message_id = ?", XDP_V5)
    done = with_xdp("reindex")
    assert done.returncode == 0
    assert "1 stored mail did not decompress" in done.stderr
    assert "the stored mail is damaged" in with_xdp("doctor", "--offline").stdout


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE message SET facts = '{' WHERE message_id = ?", "parsed fields of <"),
        ("UPDATE revision SET series_id = 4711 WHERE root = ?", "revisions in a series that does not exist"),
        ("DELETE FROM revision WHERE root = ?", "messages in a revision that does not exist"),
        ("UPDATE revision SET predecessor = NULL WHERE root = ?", "in `revision` disagree"),
        ("UPDATE series SET state = 'rejected' WHERE ? != ''", "in `series` disagree"),
        ("DELETE FROM number WHERE message_id = ?", "revisions without a number"),
    ],
)
def test_damaged_derived_data_is_found_and_rebuilt(with_xdp: Run, file: Path, sql: str, found: str) -> None:
    change(file, sql, XDP_V5)
    problems = checked(with_xdp)
    assert any(found in text for text, _ in problems), problems
    assert {fix for _, fix in problems} == {"Run `patchwatch reindex`, which rebuilds it from the stored mail."}
    assert with_xdp("reindex").returncode == 0
    assert checked(with_xdp) == []


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("INSERT INTO committer VALUES ('bpf@vger.kernel.org', 'mallory', 1)", "1 row in `committer` disagree"),
        ("UPDATE committer SET enough = NOT enough", "1 row in `committer` disagree"),
        ("DELETE FROM committer", "1 row in `committer` disagree"),
        ("UPDATE acceptance SET weight = 9 WHERE weight = 2", "rows in `acceptance` disagree"),
        ("UPDATE acceptance SET person = 'mallory' WHERE weight = 2", "rows in `acceptance` disagree"),
        ("UPDATE acceptance SET claims = NOT claims WHERE author", "rows in `acceptance` disagree"),
        ("DELETE FROM acceptance WHERE weight", "rows in `acceptance` disagree"),
    ],
)
def test_who_commits_can_not_be_changed_by_hand_unnoticed(run: Run, tmp_path: Path, sql: str, found: str) -> None:
    mbox = tmp_path / "knob.mbox"
    mbox.write_bytes(b"".join(b"From m Mon Jul  3 10:00:00 2023\n" + raw + b"\n" for raw in committers_threads()))
    assert run("import", mbox, "--inbox", "knob").returncode == 0
    file = tmp_path / "data" / "patchwatch" / "patchwatch.db"
    assert checked(run) == []
    change(file, sql)
    problems = checked(run)
    assert any(found in text for text, _ in problems), problems
    assert run("reindex").returncode == 0
    assert checked(run) == []


@pytest.mark.parametrize("column", ["posting", "view", "standing", "link"])
def test_a_value_that_can_not_be_read_is_a_sentence(with_xdp: Run, file: Path, column: str) -> None:
    change(file, f"UPDATE revision SET {column} = '[1,'")
    for command in COMMANDS[:-1]:
        done = with_xdp(*command)
        assert done.returncode in (0, 1), done.stderr
        if done.returncode:
            assert "`patchwatch doctor --check`" in done.stderr
    assert checked(with_xdp) != []
    assert with_xdp("reindex").returncode == 0
    assert checked(with_xdp) == []


@pytest.mark.parametrize("seed", range(110, 120))
def test_flipped_bits_and_torn_pages_never_show_a_traceback(with_xdp: Run, file: Path, seed: int) -> None:
    dice = random.Random(seed)
    change(file, "PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(file.read_bytes())
    if seed % 2:
        for _ in range(6):
            content[dice.randrange(100, len(content))] ^= 1 << dice.randrange(8)
    else:
        page = 4096 * dice.randrange(1, len(content) // 4096)
        content[page + 2048 : page + 4096] = dice.randbytes(2048)
    file.write_bytes(content)
    for command in (*COMMANDS, ("doctor", "--offline", "--check"), ("backup", file.parent / "copy.db")):
        done = with_xdp(*command)
        assert done.returncode in (0, 1), (command, done.stderr)
        assert "Traceback" not in done.stdout + done.stderr, command


def test_a_crash_over_a_damaged_file_names_the_damage(
    with_xdp: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise TypeError

    monkeypatch.setattr(Tracker, "lines", fail)
    assert with_xdp("list", "--author", "x").returncode == 70
    change(file, "PRAGMA wal_checkpoint(TRUNCATE)")
    file.write_bytes(file.read_bytes()[:20_000])
    done = with_xdp("list", "--author", "x")
    assert done.returncode == 1
    assert "the database is damaged: " in done.stderr


def test_damage_does_not_make_new_mail_unreadable(with_xdp: Run, file: Path, tmp_path: Path) -> None:
    change(file, "UPDATE revision SET posting = '[1,'")
    reply = mail(
        message_id="late@x", subject="Re: [PATCH bpf-next v5 0/2] bpf, xdp: x", in_reply_to=XDP_V5, body="Why?\n"
    )
    (tmp_path / "late.eml").write_bytes(reply)
    done = with_xdp("import", tmp_path / "late.eml", "--inbox", "bpf")
    if done.returncode:
        assert "`patchwatch doctor --check`" in done.stderr
    assert with_xdp("reindex").returncode == 0
    assert with_xdp("import", tmp_path / "late.eml", "--inbox", "bpf").returncode == 0
    assert "Why?" in with_xdp("show", XDP_V5, "--raw", "late@x").stdout
    assert "unreadable" not in with_xdp("doctor", "--offline").stdout


def test_a_database_that_is_cut_off_is_a_sentence(with_xdp: Run, file: Path) -> None:
    change(file, "PRAGMA wal_checkpoint(TRUNCATE)")
    file.write_bytes(file.read_bytes()[:20_000])
    for command in (*COMMANDS, ("doctor", "--offline", "--check")):
        done = with_xdp(*command)
        assert done.returncode in (0, 1), (command, done.stderr)
        assert "Traceback" not in done.stdout + done.stderr
    assert "`patchwatch doctor --check`" in with_xdp("show", XDP_V5).stderr
