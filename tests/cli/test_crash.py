"""A crash: a report without mail or passwords, where it is, and exit status 70."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

import pytest

from patchwatch import redact
from patchwatch.tracker import Tracker
from tests.support.command_line import Run

MAIL = "Subject: words of a stranger"


def fail(*_: object, **__: object) -> None:
    try:
        int(MAIL)
    except ValueError as error:
        raise LookupError(f"{MAIL} s3cr3tpw") from error


@pytest.fixture
def crashed(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(Tracker, "series", fail)
    monkeypatch.setattr(redact, "_secrets", {"s3cr3tpw"})
    monkeypatch.setattr("sys.argv", ["patchwatch", "list", "--author", "s3cr3tpw"])
    return run


def test_a_crash_writes_a_report_and_exits_with_70(crashed: Run, tmp_path: Path) -> None:
    done = crashed("list", "--author", "x")
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    path = Path(done.stderr.splitlines()[1].strip())
    assert path.parent == tmp_path / "state" / "patchwatch" / "crashes"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    report = path.read_text()
    assert re.search(r"versions: patchwatch \S+, Python 3", report)
    assert "command: patchwatch list" in report
    assert 'test_crash.py", line' in report
    assert "ValueError\nwhich led to:" in report
    assert report.rstrip().endswith("LookupError")
    for text in (report, done.stderr, done.stdout):
        assert MAIL not in text
        assert "s3cr3tpw" not in text


def test_a_crash_that_cannot_be_saved_is_printed(crashed: Run, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    done = crashed("list", "--author", "x")
    assert done.returncode == 70
    assert "The report can't be saved" in done.stderr
    assert 'test_crash.py", line' in done.stderr
    assert MAIL not in done.stderr


def test_crashes_of_a_service_do_not_fill_the_disk(crashed: Run, tmp_path: Path) -> None:
    for _ in range(25):
        crashed("list", "--author", "x")
    assert len(list((tmp_path / "state" / "patchwatch" / "crashes").iterdir())) == 20


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EMFILE, "raise the limit of open files (ulimit -n)"),
        (errno.EAGAIN, "raise the limit of processes (ulimit -u), or stop some"),
        (errno.EFBIG, "raise the limit of file sizes (ulimit -f)"),
    ],
)
def test_what_the_machine_lacks_is_not_a_crash(
    run: Run, monkeypatch: pytest.MonkeyPatch, number: int, advice: str
) -> None:
    def lacking(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Tracker, "series", lacking)
    done = run("list", "--author", "x")
    assert done.returncode == 1
    assert done.stderr.startswith(f"patchwatch: {os.strerror(number)}. Stored mail is kept; {advice}, ")


@pytest.mark.sqlite
@pytest.mark.parametrize("command", [("list", "--all"), ("doctor", "--offline"), ("backup", "copy.db")], ids=" ".join)
def test_a_path_that_is_too_long_is_not_a_crash(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, PATCHWATCH_DATABASE="/tmp/" + "x" * 300)
    assert done.returncode == 1
    assert "File name too long" in done.stderr + done.stdout
    assert "internal error" not in done.stderr


def test_a_crash_over_an_unreadable_config_is_reported(
    crashed: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("patchwatch.db.backup.damage", fail)
    assert crashed("list", "--author", "x").returncode == 70
