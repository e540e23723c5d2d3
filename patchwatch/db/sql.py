"""Parts of queries: values and ranges of values in one parameter, many rows in one statement, free ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Delete,
    FromClause,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

_T = TypeVar("_T")
_MANY = 20  # rows from which on they are copied
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


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have the same columns."""
    if connection.dialect.name == "sqlite" or len(rows) < _MANY:
        _for_all(connection, _insert, table, rows)
    else:
        _copy(connection, table, rows)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have the same columns; ignore those whose primary key or unique value exists already."""
    _for_all(connection, _insert_missing, table, rows)


def change_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change the same columns of several rows: each has its `id`, and the new values."""
    _for_all(connection, _update, table, rows)


_Changing: TypeAlias = Insert | Update
_Build: TypeAlias = Callable[[Table, Mapping[str, ColumnElement[Any]], FromClause | None], _Changing]
"""Builds a statement from the values of columns, and from what they are selected from, if anything.

Parameters with the name of a column would have another meaning to SQLAlchemy: theirs begin with an underscore.
"""


def _for_all(connection: Connection, build: _Build, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for rows with the same columns.

    SQLAlchemy takes longer to prepare the parameters of many rows than SQLite to store them, so they are given to the
    driver.  A server gets an array for each column, instead of a query for each row.
    """
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        text, order = _for_each(build, table, names)
        connection.exec_driver_sql(text, [tuple(row[name] for name in order) for row in rows])
    else:
        arrays = {f"_{name}": [row[name] for row in rows] for name in names}
        connection.execute(_of_arrays(build, table, names), arrays)


@cache
def _for_each(build: _Build, table: Table, names: tuple[str, ...]) -> tuple[str, list[str]]:
    """Return a statement about one row as SQL for SQLite, with the names of its parameters in order."""
    statement = build(table, {name: bindparam(f"_{name}") for name in names}, None)
    compiled: Any = statement.compile(dialect=sqlite.dialect())
    return compiled.string, [name[1:] for name in compiled.positiontup]


@cache
def _of_arrays(build: _Build, table: Table, names: tuple[str, ...]) -> _Changing:
    """Return a statement about rows of which PostgreSQL gets an array for each column."""
    arrays = (bindparam(f"_{name}", type_=ARRAY(table.c[name].type)) for name in names)
    given = func.unnest(*arrays).table_valued(*names).render_derived()
    return build(table, {name: given.c[name] for name in names}, given)


def _insert(table: Table, values: Mapping[str, ColumnElement[Any]], given: FromClause | None) -> _Changing:
    return insert(table).values(values) if given is None else insert(table).from_select(list(values), select(given))


def _insert_missing(table: Table, values: Mapping[str, ColumnElement[Any]], given: FromClause | None) -> _Changing:
    if given is None:
        return sqlite.insert(table).values(values).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # takes 30 ms, which users of SQLite can save

    return postgresql.insert(table).from_select(list(values), select(given)).on_conflict_do_nothing()


def _update(table: Table, values: Mapping[str, ColumnElement[Any]], given: FromClause | None) -> _Changing:
    changed = {name: value for name, value in values.items() if name != "id"}
    return update(table).where(table.c.id == values["id"]).values(changed)


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Copy rows to a server, which takes a quarter of its time; in binary form, because text would double a mail."""
    names = list(rows[0])
    copying = f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(copying) as copy:
            copy.set_types([table.c[name].type.compile(connection.dialect).lower() for name in names])
            for row in rows:
                copy.write_row([row[name] for name in names])
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(copying, None, error) from error


def _is_among(column: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """True of one of the `values`, one parameter: SQLAlchemy takes longer for hundreds than the database does."""
    if dialect == "sqlite":
        return column.in_(_VALUES)
    # A prepared `= ANY ($1)` is compared with each row, value by value, if PostgreSQL decides to scan the table.
    return column.in_(select(func.unnest(bindparam("values", type_=ARRAY(column.type)))))


def _values(values: list[Any], dialect: str) -> dict[str, Any]:
    return {"values": json.dumps(values) if dialect == "sqlite" else values}


@lru_cache(maxsize=200)
def _select_among(query: Select[Any], column: ColumnElement[Any], dialect: str) -> Select[Any]:
    return query.where(_is_among(column, dialect))


@cache
def _delete_among(column: Column[Any], dialect: str) -> Delete:
    return delete(column.table).where(_is_among(column, dialect))


def rows_with(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], values: Iterable[object]
) -> Iterator[Any]:
    """Yield the rows of a query in which a column has one of the values, numbers or text."""
    if found := list(values):
        dialect = connection.dialect.name
        # Fetched one by one, rows cost more than the query.
        yield from connection.execute(_select_among(query, column, dialect), _values(found, dialect)).all()


@cache
def _select_between(
    query: Select[Any], column: ColumnElement[Any], place: ColumnElement[Any], dialect: str
) -> Select[Any]:
    if dialect == "sqlite":
        one = func.json_each(bindparam("ranges")).table_valued("value").c.value
        value, low, high = (func.json_extract(one, f"$[{n}]") for n in range(3))
        return query.where(column == value, place.between(low, high))
    types = {"values": column.type, "lows": BigInteger(), "highs": BigInteger()}
    arrays = [bindparam(name, type_=ARRAY(of)) for name, of in types.items()]
    ranges = func.unnest(*arrays).table_valued("value", "low", "high").render_derived().c
    return query.where(column == ranges.value, place.between(ranges.low, ranges.high))


def rows_between(
    connection: Connection,
    query: Select[Any],
    column: ColumnElement[Any],
    place: ColumnElement[Any],
    ranges: Sequence[tuple[str, int, int]],
) -> Sequence[Any]:
    """Return the rows of a query in which a column has a value, and `place` is in its range, for one of the ranges."""
    if not ranges:
        return ()
    dialect = connection.dialect.name
    parameters: dict[str, Any] = {"ranges": json.dumps(ranges)}
    if dialect != "sqlite":
        parameters = {name: [one[n] for one in ranges] for n, name in enumerate(("values", "lows", "highs"))}
    return connection.execute(_select_between(query, column, place, dialect), parameters).all()


def delete_with(connection: Connection, column: Column[Any], values: Iterable[object]) -> None:
    """Delete the rows of a table in which a column has one of the values, numbers or text."""
    if found := list(values):
        dialect = connection.dialect.name
        connection.execute(_delete_among(column, dialect), _values(found, dialect))


@cache
def _last_id(table: Table) -> Select[Any]:
    return select(func.max(table.c.id))


def next_id(connection: Connection, table: Table) -> int:
    return (connection.scalar(_last_id(table)) or 0) + 1


def dumps(value: Any) -> str:
    """Return compact JSON in UTF-8 with sorted keys."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
