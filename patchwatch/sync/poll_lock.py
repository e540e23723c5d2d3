"""The poll lock: only one process polls a database at a time.

The lock is an flock(2) on a file beside an SQLite database; on a server, processes share the lists instead
(patchwatch.sync.turns).  The kernel releases the lock however its owner dies.  The file names the owner,
and is read only while it is locked.  It is never deleted: otherwise two processes could lock two files of one name.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from patchwatch.errors import DatabaseError, PollLockedError
from patchwatch.private_files import make_directory

RUN = "run"

_STEP_SECONDS = 0.2
_SURE = 4  # tries: the first may meet a reader, and the name of an owner that was killed
_PATIENCE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class LockOwner:
    """The process that holds a lock."""

    what: str  # run or poll; empty until the owner has written it
    pid: int
    since: int  # UTC seconds
    host: str = ""  # where it runs; empty: on this machine

    @property
    def text(self) -> str:
        """`patchwatch run (process 4711, since 2026-11-23 07:00 UTC)`."""
        if not self.what:
            return "another patchwatch"
        since = datetime.fromtimestamp(self.since, UTC)
        on = f" on {self.host}" if self.host else ""
        return f"patchwatch {self.what} (process {self.pid}{on}, since {since:%Y-%m-%d %H:%M} UTC)"

    @property
    def encoded(self) -> str:
        """The owner as JSON, which is stored where others look for it."""
        return json.dumps(asdict(self))


_UNKNOWN = LockOwner("", 0, 0)


def decode_owner(text: str) -> LockOwner:
    """Return the owner that `encoded` names; an unknown one if it has not written itself yet."""
    with contextlib.suppress(ValueError, TypeError):
        return LockOwner(**json.loads(text))
    return _UNKNOWN


def lock_path(database_url: str) -> Path | None:
    """Return the lock file of an SQLite database; None for one in memory, which no other process can open."""
    name = database_url.partition("://")[2].removeprefix("/").partition("?")[0]
    return Path(f"{os.path.realpath(name)}.lock") if name and name != ":memory:" else None


@contextmanager
def acquire(
    path: Path | None,
    what: str,
    now: int,
    *,
    progress: Callable[[str], None] = lambda text: None,
    patience: float = _PATIENCE_SECONDS,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock while the block runs.

    Waits up to `patience` seconds for another `patchwatch poll` to end, and reports that to `progress`; fails at once
    if `patchwatch run` holds the lock.

    Raises:
        PollLockedError: another process holds it; the text names the process.
        DatabaseError: the lock file cannot be created.
    """
    if path is None:
        yield
        return
    handle = _open(path)
    try:
        left, reported, tries = patience, False, 0
        while not _locked(handle):
            owner = _read(path)
            tries += 1
            if (owner.what == RUN and tries >= _SURE) or left <= 0:
                raise PollLockedError(_refusal(owner, what), owner.pid)
            if not reported and owner.what != RUN:
                progress(f"waiting for {owner.text} to end")
                reported = True
            pause(_STEP_SECONDS)
            left -= _STEP_SECONDS
        _write(handle, LockOwner(what, os.getpid(), now).encoded)
        try:
            yield
        finally:
            _write(handle, "")
    finally:
        os.close(handle)


def owner(path: Path | None) -> LockOwner | None:
    """Return the process that holds the lock; None if none does."""
    if path is None or not path.exists():
        return None
    handle = _open(path)
    try:
        # A shared lock, so that two readers at the same time do not mistake each other for an owner.
        return None if _locked(handle, fcntl.LOCK_SH) else _read(path)
    finally:
        os.close(handle)


def _refusal(owner: LockOwner, what: str) -> str:
    if owner.what != RUN:
        return f"{owner.text} is polling this database and has not finished. Try again later, or stop it."
    if what == RUN:
        return f"{owner.text} is already running on this database. Stop it first, or let it run."
    return f"{owner.text} polls this database on its own. `kill -USR1 {owner.pid}` makes it poll now."


def _open(path: Path) -> int:
    try:
        make_directory(path.parent)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseError(
            f"can't open the lock {path}: {error.strerror}. Check the directory's permissions."
        ) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise DatabaseError(f"the lock {path} is not a regular file. Remove it.")
    return handle


def _locked(handle: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> LockOwner:
    try:
        return decode_owner(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return _UNKNOWN


def _write(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)
