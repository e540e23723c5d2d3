"""Leases: which process polls a list, on a server that several machines share; and the last poll of each list.

A lease that its holder does not renew ends, so that another process can take it over.  All times are by the
clock of the database: those of the machines may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, TextClause, text

_CLOCK = "CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"


def _text(sql: str) -> TextClause:
    return text(sql.format(now=_CLOCK))


_NOW = _text("SELECT {now}")
_ALL = _text("SELECT name, holder, owner, until, tried, failures, not_before FROM lease")
_CREATE = _text(
    """
    INSERT INTO lease (name, holder, owner, until, failures, not_before) VALUES (:name, '', '', 0, 0, 0)
    ON CONFLICT DO NOTHING
    """
)
_LOCK = _text("SELECT holder, owner, until, tried, {now} AS now FROM lease WHERE name = :name FOR UPDATE")
_SET = _text("UPDATE lease SET holder = :holder, owner = :owner, until = {now} + :seconds WHERE name = :name")
_RENEW = _text("UPDATE lease SET until = {now} + :seconds WHERE name = ANY(:names) AND holder = :holder RETURNING name")
_GIVE_BACK = _text("UPDATE lease SET holder = '', owner = '', until = 0 WHERE name = :name AND holder = :holder")
_RECORD = _text(
    """
    UPDATE lease SET tried = {now}, failures = CASE WHEN :failed THEN failures + 1 ELSE 0 END,
                     not_before = CASE WHEN :wait > 0 THEN {now} + :wait ELSE 0 END
    WHERE name = :name AND holder = :holder
    """
)
_STILL_MINE = _text("SELECT 1 FROM lease WHERE name = :name AND holder = :holder AND until > {now} FOR UPDATE")
_FORGET = _text("DELETE FROM lease WHERE name = ANY(:names) AND holder = :holder")
_FORGET_ENDED = _text("DELETE FROM lease WHERE name LIKE :prefix AND until <= {now}")


class Lease(NamedTuple):
    """A lease, and the last poll of its list; times are by the clock of the database."""

    name: str
    holder: str  # a process; empty: nobody
    owner: str  # the same for people: patchwatch.sync.poll_lock.LockOwner, as JSON
    until: int
    tried: int | None
    failures: int
    not_before: int


class Taken(NamedTuple):
    """The result of taking a lease: mine or another's, and whose it was until it ended."""

    mine: bool
    owner: str = ""  # who has it, or had it and did not give it back
    tried: bool = False  # not mine, because it was polled lately


def clock(connection: Connection) -> int:
    """Return the time of the database (UTC seconds)."""
    return int(connection.scalar(_NOW) or 0)


def leases(connection: Connection) -> list[Lease]:
    """Return all leases."""
    return [Lease(*row) for row in connection.execute(_ALL)]


def take(connection: Connection, name: str, holder: str, owner: str, seconds: int, pause: float = 0) -> Taken:
    """Take a lease for some seconds, unless another process has it, or the list was polled within `pause` seconds."""
    row = connection.execute(_LOCK, {"name": name}).first()
    if row is None:
        connection.execute(_CREATE, {"name": name})
        row = connection.execute(_LOCK, {"name": name}).one()
    if row.holder not in ("", holder) and row.until > row.now:
        return Taken(mine=False, owner=row.owner)
    if row.tried is not None and 0 <= row.now - row.tried < pause:
        return Taken(mine=False, tried=True)
    connection.execute(_SET, {"name": name, "holder": holder, "owner": owner, "seconds": seconds})
    return Taken(mine=True, owner=row.owner if row.holder not in ("", holder) else "")


def renew(connection: Connection, names: Sequence[str], holder: str, seconds: int) -> set[str]:
    """Keep leases for some more seconds; return those that the process still has."""
    values = {"names": list(names), "holder": holder, "seconds": seconds}
    return set(connection.scalars(_RENEW, values))


def is_mine(connection: Connection, name: str, holder: str) -> bool:
    """True if a process has a lease until the transaction ends."""
    return connection.execute(_STILL_MINE, {"name": name, "holder": holder}).first() is not None


def record(connection: Connection, name: str, holder: str, *, failed: bool, wait: float) -> None:
    """Store that a list was polled, and for how many seconds its server wants no other poll."""
    connection.execute(_RECORD, {"name": name, "holder": holder, "failed": failed, "wait": int(wait)})


def give_back(connection: Connection, name: str, holder: str) -> None:
    """Let others take a lease at once."""
    connection.execute(_GIVE_BACK, {"name": name, "holder": holder})


def forget(connection: Connection, names: Iterable[str], holder: str) -> None:
    """Delete leases of a process."""
    connection.execute(_FORGET, {"names": list(names), "holder": holder})


def forget_ended(connection: Connection, prefix: str) -> None:
    """Delete the leases with this prefix that have ended: their processes died."""
    connection.execute(_FORGET_ENDED, {"prefix": f"{prefix}%"})
