"""Queries that need no SQLAlchemy: text in the common subset of SQLite and PostgreSQL, and what runs it.

Whatever a list, a series or the first screen shows is read in this way, because importing SQLAlchemy takes longer than
reading it.  The same text runs on a plain connection to an SQLite file (patchwatch.db.sqlite_file), within a
transaction of `Database`, and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from patchwatch.db.people import acting

if TYPE_CHECKING:
    from sqlalchemy import Connection, TextClause

_PART = 400  # values of one IN (...): well below SQLite's limit of bound parameters

Execute = Callable[[str, Mapping[str, Any]], Iterable[Any]]
"""Runs a query with named parameters, and `person`, whose decisions are meant; returns its rows, which are tuples.

SQLite has no booleans: they are 0 and 1 there.
"""


def executor(connection: Connection) -> Execute:
    """Return what runs queries in the transaction of an SQLAlchemy connection, for the person that it acts for."""
    person = acting(connection).person
    if connection.dialect.name == "sqlite":  # SQLAlchemy would take more time for a row than SQLite does
        return for_person(connection.connection.driver_connection.execute, person)  # type: ignore[union-attr]
    return OnServer(connection, person)


class OnServer:
    """What runs queries in a transaction on a server, where many values are one parameter, so that it parses less."""

    def __init__(self, connection: Connection, person: int) -> None:
        """The queries are for a person."""
        self._connection = connection
        self._person = person

    def __call__(self, sql: str, values: Mapping[str, Any]) -> Iterable[Any]:
        """Run a query."""
        return self._connection.execute(_text(sql), {**values, "person": self._person})

    def among(self, sql: str, values: list[Any], others: Mapping[str, Any]) -> Iterable[Any]:
        """Run a query for these values, all numbers or all texts, as `rows_among`."""
        array = f"CAST(:among AS {'bigint' if isinstance(values[0], int) else 'text'}[])"
        return self(sql.format(values=f"SELECT unnest({array})"), {"among": values, **others})


def for_person(execute: Execute, person: int) -> Execute:
    """Return what runs queries for a person."""
    return lambda sql, values: execute(sql, {**values, "person": person})


@lru_cache(maxsize=100)
def _text(sql: str) -> TextClause:
    from sqlalchemy import text

    return text(sql)


def rows_among(
    execute: Execute, sql: str, values: Iterable[object], others: Mapping[str, Any] | None = None
) -> Iterator[Any]:
    """Yield the rows of a query for these numbers or texts, which stand for `{values}` in it, some at a time.

    `others` are further parameters.
    """
    wanted = list(values)
    if wanted and isinstance(execute, OnServer):
        yield from execute.among(sql, wanted, others or {})
        return
    for start in range(0, len(wanted), _PART):
        named = {f"value{n}": value for n, value in enumerate(wanted[start : start + _PART])}
        yield from execute(sql.format(values=", ".join(f":{name}" for name in named)), {**named, **(others or {})})


def containing(text: str) -> str:
    """Return the pattern for `LIKE ... ESCAPE '/'` that matches what contains a text; in SQLite in any case."""
    return f"%{text.replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
