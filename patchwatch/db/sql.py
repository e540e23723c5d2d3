"""What every module with SQL in it uses: lists cut for `IN (...)`, inserts that may find a row, free ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, select

_T = TypeVar("_T")
_CHUNK = 400  # values of one IN (...): well below SQLite's limit of bound parameters


def chunks(values: Iterable[_T], size: int = _CHUNK) -> Iterator[list[_T]]:
    """`values` in lists of at most `size`."""
    part: list[_T] = []
    for value in values:
        part.append(value)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose primary key or unique value is not there yet."""
    if rows:
        if connection.dialect.name == "postgresql":  # imported here: 30 ms that users of SQLite need not wait for
            from sqlalchemy.dialects import postgresql

            connection.execute(postgresql.insert(table).on_conflict_do_nothing(), list(rows))
        else:
            from sqlalchemy.dialects import sqlite

            connection.execute(sqlite.insert(table).on_conflict_do_nothing(), list(rows))


def next_id(connection: Connection, table: Table) -> int:
    return (connection.scalar(select(func.max(table.c.id))) or 0) + 1


def dumps(value: Any) -> str:
    """JSON as it is kept: compact, in UTF-8, keys in a fixed order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
