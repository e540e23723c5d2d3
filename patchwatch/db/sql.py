"""Parts of queries: chunks for `IN (...)`, inserts that ignore existing rows, free ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Insert, Select, Table, bindparam, func, insert, select

_T = TypeVar("_T")
_CHUNK = 400  # values of one IN (...): well below SQLite's limit of bound parameters
_VALUES = select(func.json_each(bindparam("values")).table_valued("value").c.value)


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


@cache
def select_once(*columns: ColumnElement[Any]) -> Select[Any]:
    """Return `select(*columns)`, built once: building a small query and its cache key takes longer than running it."""
    return select(*columns)


@cache
def insert_once(table: Table) -> Insert:
    """Return `insert(table)`, built once."""
    return insert(table)


@lru_cache(maxsize=200)
def _among_values(query: Select[Any], column: ColumnElement[Any]) -> Select[Any]:
    return query.where(column.in_(_VALUES))


def rows_with(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], values: Iterable[object]
) -> Iterator[Any]:
    """Yield the rows of a query in which a column has one of the values, numbers or text."""
    # Fetched one by one, rows cost more than the query.
    if connection.dialect.name == "sqlite":  # hundreds of bound parameters cost more than the query as well
        if found := list(values):
            yield from connection.execute(_among_values(query, column), {"values": json.dumps(found)}).all()
    else:
        for part in chunks(values):
            yield from connection.execute(query.where(column.in_(part))).all()


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; ignore those whose primary key or unique value exists already."""
    if rows:
        if connection.dialect.name == "postgresql":  # imported here: it takes 30 ms, which users of SQLite can save
            from sqlalchemy.dialects import postgresql

            connection.execute(postgresql.insert(table).on_conflict_do_nothing(), list(rows))
        else:
            from sqlalchemy.dialects import sqlite

            connection.execute(sqlite.insert(table).on_conflict_do_nothing(), list(rows))


@cache
def _last_id(table: Table) -> Select[Any]:
    return select(func.max(table.c.id))


def next_id(connection: Connection, table: Table) -> int:
    return (connection.scalar(_last_id(table)) or 0) + 1


def dumps(value: Any) -> str:
    """Return compact JSON in UTF-8 with sorted keys."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
