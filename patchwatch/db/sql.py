"""Parts of queries: chunks for `IN (...)`, inserts that ignore existing rows, free ids."""

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
    """Insert rows; ignore those whose primary key or unique value exists already."""
    if rows:
        if connection.dialect.name == "postgresql":  # imported here: it takes 30 ms, which users of SQLite can save
            from sqlalchemy.dialects import postgresql

            connection.execute(postgresql.insert(table).on_conflict_do_nothing(), list(rows))
        else:
            from sqlalchemy.dialects import sqlite

            connection.execute(sqlite.insert(table).on_conflict_do_nothing(), list(rows))


def next_id(connection: Connection, table: Table) -> int:
    return (connection.scalar(select(func.max(table.c.id))) or 0) + 1


def dumps(value: Any) -> str:
    """Return compact JSON in UTF-8 with sorted keys."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
