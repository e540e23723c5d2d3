"""One at a time: who polls a database holds its lock, and says who he is.

The lock is flock(2)'s, on a file beside an SQLite database, or for any other in the user's state directory under a
hash of its URL.  The kernel gives it back when its owner dies, however he dies; what the file says of him is read only
while somebody holds it.  The file stays: deleting it would let two acquire locks on two files of one name.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from patchwatch.config import state_directory
from patchwatch.errors import DatabaseError, PollLockedError

RUN = "run"
POLL = "poll"

_STEP_SECONDS = 0.2
_SURE = 4  # tries: one may meet somebody who only looks, above words that a owner who was killed has left
_PATIENCE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class LockOwner:
    """Who holds a lock."""

    what: str  # run or poll; empty where he has not said so yet
    pid: int
    since: int  # UTC seconds

    @property
    def text(self) -> str:
        """`patchwatch run (process 4711, since 2026-11-23 07:00 UTC)`."""
        if not self.what:
            return "another patchwatch"
        since = datetime.fromtimestamp(self.since, UTC)
        return f"patchwatch {self.what} (process {self.pid}, since {since:%Y-%m-%d %H:%M} UTC)"


_UNKNOWN = LockOwner("", 0, 0)


def lock_path(database_url: str) -> Path | None:
    """The file whose lock is the database's; None for one in memory, which nobody else can open."""
    scheme, _, rest = database_url.partition("://")
    if scheme.partition("+")[0] == "sqlite":
        name = rest.removeprefix("/").partition("?")[0]
        return Path(f"{Path(name).resolve()}.lock") if name and name != ":memory:" else None
    name = hashlib.sha256(_without_password(database_url).encode()).hexdigest()[:16]
    return state_directory() / f"{name}.lock"


@contextmanager
def acquire(
    path: Path | None,
    what: str,
    now: int,
    *,
    progress: Callable[[str], None] = lambda said: None,
    patience: float = _PATIENCE_SECONDS,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock while the block runs.

    Who polls once is waited for, `progress` hearing of it, for `patience` seconds; who runs for good is not.

    Raises:
        HeldError: somebody else holds it; the text says who.
        DatabaseError: the lock file can't be made.
    """
    if path is None:
        yield
        return
    handle = _open(path)
    try:
        left, told, tries = patience, False, 0
        while not _locked(handle):
            owner = _read(path)
            tries += 1
            if (owner.what == RUN and tries >= _SURE) or left <= 0:
                raise PollLockedError(_refusal(owner, what), owner.pid)
            if not told and owner.what != RUN:
                progress(f"waiting for {owner.text} to end")
                told = True
            pause(_STEP_SECONDS)
            left -= _STEP_SECONDS
        _write(handle, json.dumps(asdict(LockOwner(what, os.getpid(), now))))
        try:
            yield
        finally:
            _write(handle, "")
    finally:
        os.close(handle)


def owner(path: Path | None) -> LockOwner | None:
    """Who holds the lock now; None: nobody does."""
    if path is None or not path.exists():
        return None
    handle = _open(path)
    try:
        # A shared lock: two who look at the same time do not take each other for holders.
        return None if _locked(handle, fcntl.LOCK_SH) else _read(path)
    finally:
        os.close(handle)


def _refusal(owner: LockOwner, what: str) -> str:
    if owner.what != RUN:
        return f"{owner.text} polls this database and does not end. Try again later, or end it."
    if what == RUN:
        return f"{owner.text} looks after this database already. One is enough: stop it, or leave it be."
    return f"{owner.text} polls this database by itself. `kill -USR1 {owner.pid}` makes it poll now."


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseError(f"can't open the lock {path}: {error.strerror}. Check the directory's rights.") from None


def _locked(handle: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> LockOwner:
    with contextlib.suppress(OSError, ValueError, TypeError):
        return LockOwner(**json.loads(path.read_text(encoding="utf-8")))
    return _UNKNOWN  # he has taken it this moment, and is about to write


def _write(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{user}{parts.hostname or ''}{port}"))
