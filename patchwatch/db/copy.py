"""Copy a database to another one, between SQLite and PostgreSQL in either direction, and compare the two.

Rows are read and written some hundred at a time, in the order of their primary keys, within one transaction of each
database: the copy is of one moment, and complete or not there at all.  Afterwards both are read again, and the number
of rows and a digest of them have to be the same in each table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, Row, Table, func, insert, select, text

from patchwatch.db import schema as t
from patchwatch.db.database import Database
from patchwatch.errors import DatabaseError, InvalidInputError
from patchwatch.progress import Progress

_ROWS = 500
_ROWS_WITH_MAIL = 20  # some of megabytes
_LEFT = ("lease",)  # about the processes that use the source
_REPLACED = ("setting", "person")  # what a database has after it was only opened


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table whose copy has the same rows."""

    name: str
    rows: int


def copy_database(source: Database, target: Database, progress: Progress) -> tuple[CopiedTable, ...]:
    """Copy everything to an empty database, and compare; return the tables.

    Raises:
        InvalidInputError: `target` is not empty, or is the same database.
        DatabaseError: they can't be read or written, or differ afterwards; then nothing was stored.
    """
    if str(source.engine.url) == str(target.engine.url):
        raise InvalidInputError("both are the same database.")
    tables = [table for table in t.metadata.sorted_tables if table.name not in _LEFT]
    with source.read() as old, target.write() as new:
        _check_empty(new, target, tables)
        counts = {table.name: old.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
        total, done = 2 * sum(counts.values()), 0
        for name in _REPLACED:
            new.execute(t.metadata.tables[name].delete())
        for table in tables:
            for rows in _parts(old, table):
                new.execute(insert(table), [dict(row._mapping) for row in rows])
                done += len(rows)
                progress(f"copying {table.name}", done, total)
        _continue_numbers(new)
        copied = []
        for table in tables:
            progress(f"comparing {table.name}", done, total)
            here, there = _digest(old, table), _digest(new, table)
            if here != there:
                raise DatabaseError(
                    f"the copy of the table {table.name} differs: {here[0]} rows, {there[0]} in the copy. Nothing was "
                    "stored; this is a bug in patchwatch, please report it."
                )
            done += here[0]
            copied.append(CopiedTable(table.name, here[0]))
        progress("comparing", total, total)
    return tuple(copied)


def _check_empty(connection: Connection, database: Database, tables: list[Table]) -> None:
    for table in tables:
        if table.name not in _REPLACED and connection.execute(select(*table.primary_key).limit(1)).first():
            raise InvalidInputError(
                f"the database {database.name} is not empty: {table.name} has rows. Name a new one."
            )


def _parts(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    """Yield the rows by primary key, some at a time: drivers would keep a whole result in memory."""
    size = _ROWS_WITH_MAIL if "mail" in table.columns else _ROWS
    query = select(table).order_by(*table.primary_key)
    return connection.execute(query, execution_options={"yield_per": size}).partitions()


def _digest(connection: Connection, table: Table) -> tuple[int, int]:
    """Return the number of rows and the sum of their digests, which does not depend on their order."""
    count = total = 0
    for rows in _parts(connection, table):
        for row in rows:
            count += 1
            found = hashlib.blake2b(repr(_values(table, row)).encode("utf-8", "surrogatepass"), digest_size=16)
            total = (total + int.from_bytes(found.digest())) % (1 << 128)
    return count, total


def _values(table: Table, row: Row[Any]) -> list[Any]:
    """The values in the same types from each database."""
    return [
        bool(value) if isinstance(column.type, Boolean) and value is not None
        else bytes(value) if isinstance(value, memoryview)
        else value
        for column, value in zip(table.columns, row, strict=True)
    ]  # fmt: skip


def _continue_numbers(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that were copied with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in t.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or not isinstance(column.type, Integer):
            continue
        sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name})
        newest = connection.scalar(select(func.max(column)))
        if sequence and newest:
            connection.execute(text("SELECT setval(:sequence, :newest)"), {"sequence": sequence, "newest": newest})
