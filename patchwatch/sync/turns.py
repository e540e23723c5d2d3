"""Whose turn it is to poll a list: on a server, pollers on several machines share the lists by leases.

A process takes the lease of a list, polls it and gives it back; meanwhile a thread keeps renewing it.  If the process
is killed, or loses the database, the lease ends and another process polls the list.  An SQLite database needs
none of it: only one process polls at a time (patchwatch.sync.poll_lock).
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from patchwatch.db import leases
from patchwatch.db.database import Database
from patchwatch.db.leases import Taken
from patchwatch.errors import DatabaseError
from patchwatch.sync.poll_lock import LockOwner, decode_owner

DUTY = "duty of person "
"""Begins the name of the lease of the process that runs a person's hooks and sends their mail."""

_PROCESS = "process "  # begins the name of the lease that tells others of a process
_RENEWALS = 4  # within the time of a lease: one that fails must not cost it
_RETRY_SECONDS = 1.0


class Turns(Protocol):
    """What a poll asks before and after it polls a list, or does another job that must not be done twice at a time."""

    shared: bool

    def take(self, name: str, rest: float = 0) -> Taken:
        """Take the turn, unless another process has it, or somebody polled the list within `rest` seconds."""

    def is_mine(self, connection: Connection, name: str) -> bool:
        """True if this process still has the turn, and will until the transaction ends."""

    def done(self, name: str, *, failed: bool = False, wait: float = 0) -> None:
        """Store that the list was polled, and pass the turn."""

    def drop(self, name: str) -> None:
        """Pass the turn without having polled."""


class Alone:
    """Turns of the only process that polls."""

    shared = False

    def take(self, name: str, rest: float = 0) -> Taken:
        """Take it."""
        return Taken(mine=True)

    def is_mine(self, connection: Connection, name: str) -> bool:
        """True."""
        return True

    def done(self, name: str, *, failed: bool = False, wait: float = 0) -> None:
        """Store nothing."""

    def drop(self, name: str) -> None:
        """Store nothing."""


ALONE = Alone()
"""Turns on an SQLite database."""


@dataclass(frozen=True, slots=True)
class SharedPoll:
    """The last poll of a list by any process, and its lease; UTC seconds by the clock of this machine."""

    name: str
    tried: int | None
    failures: int
    not_before: int  # when its server, or the lease of another process, allows the next one


@dataclass(frozen=True, slots=True)
class Poller:
    """A process that polls, and what it polls right now."""

    owner: LockOwner
    polling: tuple[str, ...]


class SharedTurns:
    """Turns of a process among others, on this and on other machines."""

    shared = True

    def __init__(self, database: Database, what: str, seconds: int) -> None:
        """`what` is the command, for others to see; a lease lasts `seconds` unless it is renewed."""
        host = socket.gethostname()
        self._database = database
        self._seconds = seconds
        self._holder = f"{host}:{os.getpid()}:{secrets.token_hex(4)}"
        self._owner = LockOwner(what, os.getpid(), int(time.time()), host).encoded
        self._process = _PROCESS + self._holder
        self._held: set[str] = set()
        self._changing = threading.Lock()
        self._ended = threading.Event()

    @contextmanager
    def begun(self) -> Iterator[SharedTurns]:
        """Let others know of this process, and renew its leases, while the context is open."""
        with self._database.beside() as connection:
            leases.forget_ended(connection, _PROCESS)
        self.take(self._process)
        thread = threading.Thread(target=self._renew_until_ended, name="patchwatch-leases", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join(_RETRY_SECONDS)
            self._leave()

    def take(self, name: str, rest: float = 0) -> Taken:
        """Take a turn, as in `Turns`."""
        with self._database.beside() as connection:
            taken = leases.take(connection, name, self._holder, self._owner, self._seconds, rest)
        if taken.mine:
            with self._changing:
                self._held.add(name)
        return taken

    def is_mine(self, connection: Connection, name: str) -> bool:
        """True if this process has the turn until the transaction ends; it may have been suspended for long."""
        return leases.is_mine(connection, name, self._holder)

    def done(self, name: str, *, failed: bool = False, wait: float = 0) -> None:
        """Pass a turn, as in `Turns`."""
        self._release(name)
        with self._database.beside() as connection:
            leases.record(connection, name, self._holder, failed=failed, wait=wait)
            leases.give_back(connection, name, self._holder)

    def drop(self, name: str) -> None:
        """Pass a turn, as in `Turns`."""
        self._release(name)
        with self._database.beside() as connection:
            leases.give_back(connection, name, self._holder)

    def _release(self, name: str) -> None:
        with self._changing:
            self._held.discard(name)

    def _leave(self) -> None:
        with self._changing:
            held, self._held = self._held, set()
        try:
            with self._database.beside() as connection:
                for name in held:
                    leases.give_back(connection, name, self._holder)
                leases.forget(connection, [self._process], self._holder)
        except DatabaseError:
            return  # they end by themselves

    def _renew_until_ended(self) -> None:
        pause = self._seconds / _RENEWALS
        while not self._ended.wait(pause):
            with self._changing:
                names = sorted(self._held)
            try:
                with self._database.beside() as connection:
                    left = leases.renew(connection, names, self._holder, self._seconds)
                with self._changing:
                    self._held -= set(names) - left
                if self._process not in left:  # others forgot it while it was suspended, or without the database
                    self.take(self._process)
                pause = self._seconds / _RENEWALS
            except DatabaseError:
                pause = min(_RETRY_SECONDS, self._seconds / _RENEWALS)


def shared_polls(database: Database, now: int) -> dict[str, SharedPoll]:
    """Return the last poll of each list by any process; `now` is the time by the clock of this machine."""
    with database.read() as connection:
        ahead = leases.clock(connection) - now
        found = leases.leases(connection)
    polls = {}
    for lease in found:
        until = lease.until if lease.holder else 0
        not_before = max(until, lease.not_before)
        tried = lease.tried - ahead if lease.tried is not None else None
        polls[lease.name] = SharedPoll(lease.name, tried, lease.failures, not_before - ahead if not_before else 0)
    return polls


def pollers(database: Database) -> tuple[Poller, ...]:
    """Return the processes that poll a shared database, and what each polls right now."""
    with database.read() as connection:
        now = leases.clock(connection)
        held = [lease for lease in leases.leases(connection) if lease.holder and lease.until > now]
    lists: dict[str, list[str]] = {}
    for lease in held:
        if not lease.name.startswith((_PROCESS, DUTY)):
            lists.setdefault(lease.holder, []).append(lease.name)
    found = [(decode_owner(lease.owner), lease) for lease in held if lease.name.startswith(_PROCESS)]
    return tuple(
        Poller(owner, tuple(sorted(lists.get(lease.holder, ()))))
        for owner, lease in sorted(found, key=lambda pair: (pair[0].since, pair[1].holder))
    )
