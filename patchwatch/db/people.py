"""Who uses the database: watches, read marks, snoozes, pins, labels and digests are a person's own.

An SQLite database is one person's, whatever they are called.  On a server, a person is known by each of the addresses
that their config ever had, or without any by their login name; connections act for them (`Database.acting`).  Who opens
such a database first takes over what was in it without a name: a copy of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patchwatch.db.execute import Execute

FIRST = 1
"""The number of the first person, and of the only one in most databases."""
_NAMES = "SELECT name, id, at FROM person"


class Acting(NamedTuple):
    """The person that a connection acts for."""

    person: int
    name: str  # for others to see: their address, or else their login name


def login() -> str:
    """Return the login name of the user."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, in a container
        return "you"


def acting(connection: Connection) -> Acting:
    """Return the person that a connection acts for."""
    found: Acting | None = connection.get_execution_options().get("patchwatch_acting")
    return found or Acting(FIRST, login())


def known_as(execute: Execute, addresses: Collection[str]) -> int | None:
    """Return the number of the person with one of these addresses (lower case), or without any with my login name.

    None if nobody has; if the database is one person's, their number, whatever their addresses.
    """
    people = {name: number for name, number, _ in execute(_NAMES, {})}
    if not people:
        return FIRST
    return next((people[name] for name in addresses or (login(),) if name in people), None)


def unknown_names(connection: Connection, addresses: Sequence[str]) -> list[str]:
    """Return which of my names are not stored: addresses (lower case), or else the login name."""
    known = {row[0] for row in connection.exec_driver_sql(_NAMES)}
    return [name for name in addresses or (login(),) if name not in known]


def join(connection: Connection, addresses: Sequence[str], now: int) -> int:
    """Store my names, and return my number.

    I am who has one of my addresses; or who was known by my login name only, before the config had an address; or new.
    """
    from sqlalchemy import insert

    from patchwatch.db import schema as t

    people = {name: (number, at) for name, number, at in connection.exec_driver_sql(_NAMES)}
    names = addresses or (login(),)
    mine = next((people[name] for name in names if name in people), None)
    if mine is None and (mine := people.get(login())) is not None:
        with_address = {number for name, (number, _) in people.items() if "@" in name}
        mine = None if mine[0] in with_address else mine
    number, at = mine or (max((number for number, _ in people.values()), default=FIRST - 1) + 1, now)
    new = [{"name": name, "id": number, "at": at} for name in names if name not in people]
    if new:
        connection.execute(insert(t.person), new)
    return number
