"""The poll lock: its owner, waiting for it, and what remains after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from patchwatch.errors import DatabaseError, PollLockedError
from patchwatch.sync.poll_lock import LockOwner, acquire, lock_path, owner

pytestmark = pytest.mark.sqlite

SINCE = 1_700_000_000  # 2023-11-14 22:13:20 UTC

PATHS = {
    "a file": ("sqlite:////srv/pw.db", "/srv/pw.db.lock"),
    "a file and a driver": ("sqlite+pysqlite:////srv/pw.db?timeout=3", "/srv/pw.db.lock"),
    "in memory": ("sqlite://", None),
    "in memory, said": ("sqlite:///:memory:", None),
}


@pytest.mark.parametrize(("url", "path"), PATHS.values(), ids=PATHS)
def test_lock_file_is_beside_the_database(url: str, path: str | None) -> None:
    assert lock_path(url) == (Path(path) if path else None)


def test_owner_is_known_while_the_lock_is_held(tmp_path: Path) -> None:
    path = tmp_path / "pw.db.lock"
    assert owner(path) is None
    with acquire(path, "poll", SINCE):
        assert owner(path) == LockOwner("poll", os.getpid(), SINCE)
    assert owner(path) is None


def test_poll_fails_at_once_and_names_a_running_daemon(tmp_path: Path) -> None:
    path = tmp_path / "pw.db.lock"
    with (
        acquire(path, "run", SINCE),
        pytest.raises(PollLockedError) as refused,
        acquire(path, "poll", SINCE, pause=lambda _: None),
    ):
        pass
    assert refused.value.pid == os.getpid()
    said = str(refused.value)
    assert f"patchwatch run (process {os.getpid()}, since 2023-11-14 22:13 UTC)" in said
    assert f"kill -USR1 {os.getpid()}" in said


def test_poll_waits_for_another_and_reports_it_once(tmp_path: Path) -> None:
    path = tmp_path / "pw.db.lock"
    said: list[str] = []
    other = acquire(path, "poll", SINCE)
    other.__enter__()
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            other.__exit__(None, None, None)

    with acquire(path, "poll", SINCE, progress=said.append, pause=pause):
        pass
    assert said == [f"waiting for patchwatch poll (process {os.getpid()}, since 2023-11-14 22:13 UTC) to end"]
    assert len(pauses) == 3


def test_waiting_times_out(tmp_path: Path) -> None:
    path = tmp_path / "pw.db.lock"
    with acquire(path, "poll", SINCE), pytest.raises(PollLockedError, match="has not finished"):  # noqa: SIM117
        with acquire(path, "poll", SINCE, patience=5, pause=lambda _: None):
            pass


HOLD_AND_WAIT = """
import sys, time
from pathlib import Path
from patchwatch.sync.poll_lock import acquire

with acquire(Path(sys.argv[1]), "run", 1_700_000_000):
    print("held", flush=True)
    time.sleep(60)
"""


def test_killed_owner_holds_no_lock_and_its_note_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "pw.db.lock"
    with subprocess.Popen([sys.executable, "-c", HOLD_AND_WAIT, str(path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert owner(path) == LockOwner("run", other.pid, SINCE)
        other.send_signal(signal.SIGKILL)
    assert owner(path) is None
    assert path.read_text() != ""
    with acquire(path, "poll", SINCE):
        assert owner(path) == LockOwner("poll", os.getpid(), SINCE)


def test_child_process_does_not_inherit_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "pw.db.lock"
    with acquire(path, "run", SINCE):
        child = subprocess.Popen(["sleep", "60"])
    try:
        assert owner(path) is None
    finally:
        child.kill()
        child.wait()


def test_a_lock_that_is_a_pipe_is_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pw.db.lock")
    with (
        pytest.raises(DatabaseError, match=r"pw\.db\.lock is not a regular file"),
        acquire(tmp_path / "pw.db.lock", "poll", SINCE),
    ):
        pass
