"""Queries that find damage: in the file, between tables, and between two databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, text, update

from patchwatch.db import schema as t

Repair = Callable[[Connection], None]
"""Repairs derived data in one writing transaction."""

_SHOWN = 5  # complaints of SQLite
_ROWS = 500  # read and copied at once

# What every row of the first column must have in the second.
_REFERENCES = (
    ("stored mails without a message", t.raw.c.message_pk, t.message.c.id),
    ("messages without a stored mail", t.message.c.id, t.raw.c.message_pk),
    ("messages in a revision that does not exist", t.message.c.revision_id, t.revision.c.id),
    ("memories of a revision that does not exist", t.memory.c.revision_id, t.revision.c.id),
    ("revisions in a series that does not exist", t.revision.c.series_id, t.series.c.id),
    ("revisions without a number", t.revision.c.id, t.number.c.id),
    ("series without a revision", t.series.c.id, t.revision.c.series_id),
    ("places in lists without a message", t.archive_copy.c.message_pk, t.message.c.id),
    ("places in lists that do not exist", t.archive_copy.c.inbox_id, t.inbox.c.id),
)
# Derived rows: the columns that name a row, and columns whose values depend on the order in which mail came.
_DERIVED = (
    (t.message, ("message_id",), ("id", "conversation")),
    (t.revision, ("root",), ("conversation",)),
    (t.series, ("id",), ()),
    (t.memory, ("revision_id",), ()),
    (t.joined, ("root", "revision_id"), ()),
    (t.revision_key, ("key", "revision_id"), ()),
    (t.thread_key, ("name",), ("conversation",)),
    (t.citation, ("key", "message_pk", "deed", "sha", "author"), ()),
    (t.file_change, ("message_pk", "after", "before"), ()),
    (t.acceptance, ("list", "person", "revision_id"), ()),
    (t.committer, ("list", "person"), ()),
    (t.relayer, ("list", "person"), ()),
)


def file_problems(connection: Connection) -> list[str]:
    """What SQLite finds wrong in the file; nothing for other databases, which check themselves."""
    if connection.dialect.name != "sqlite":
        return []
    found = [str(value) for value in connection.scalars(text(f"PRAGMA integrity_check({_SHOWN})"))]
    return [] if found == ["ok"] else [line for row in found for line in row.splitlines()][:_SHOWN]


def orphans(connection: Connection) -> Iterator[tuple[str, int]]:
    """Yield what refers to something that does not exist, and how often."""
    for name, column, target in _REFERENCES:
        if count := connection.scalar(select(func.count()).where(_refers_to_nothing(column, target))):
            yield name, int(count)


def _refers_to_nothing(column: ColumnElement[Any], target: ColumnElement[Any]) -> ColumnElement[bool]:
    return column.is_not(None) & column.not_in(select(target).where(target.is_not(None)))


def _delete_orphans(table: Table, column: ColumnElement[Any], target: ColumnElement[Any]) -> Repair:
    def repair(connection: Connection) -> None:
        connection.execute(delete(table).where(_refers_to_nothing(column, target)))

    return repair


def _unplace(connection: Connection) -> None:
    """Take messages out of revisions that do not exist."""
    lost = _refers_to_nothing(t.message.c.revision_id, t.revision.c.id)
    connection.execute(update(t.message).where(lost).values(revision_id=None, patch=None))


REPAIRS: tuple[Repair, ...] = (
    _delete_orphans(t.outdated, t.outdated.c.message_pk, t.message.c.id),
    _delete_orphans(t.thread_key, t.thread_key.c.conversation, t.message.c.conversation),
    _delete_orphans(t.revision, t.revision.c.conversation, t.message.c.conversation),
    _delete_orphans(t.series, t.series.c.id, t.revision.c.series_id),
    _delete_orphans(t.memory, t.memory.c.revision_id, t.revision.c.id),
    _delete_orphans(t.joined, t.joined.c.revision_id, t.revision.c.id),
    _delete_orphans(t.revision_key, t.revision_key.c.revision_id, t.revision.c.id),
    _delete_orphans(t.acceptance, t.acceptance.c.revision_id, t.revision.c.id),
    _delete_orphans(t.citation, t.citation.c.message_pk, t.message.c.id),
    _delete_orphans(t.file_change, t.file_change.c.message_pk, t.message.c.id),
    _unplace,
)
"""Remove derived rows that refer to nothing: what is derived again replaces only rows of messages that are there."""


def derived_rows(connection: Connection) -> Iterator[tuple[str, dict[tuple[Any, ...], Any]]]:
    """Yield each table with derived data as (name, rows by their key), for comparison with another database."""
    for table, key, free in _DERIVED:
        yield table.name, _rows(connection, table, key, free)


def copy_rows(source: Connection, target: Connection) -> None:
    """Replace all rows of a database by those of another one, which may be of another kind."""
    for table in reversed(t.metadata.sorted_tables):
        target.execute(delete(table))
    for table in t.metadata.sorted_tables:
        rows = source.execution_options(yield_per=_ROWS).execute(select(table)).mappings()
        for part in rows.partitions():
            target.execute(insert(table), [dict(row) for row in part])


def _rows(connection: Connection, table: Table, key: tuple[str, ...], free: tuple[str, ...]) -> dict[Any, Any]:
    names = [column.name for column in table.columns if column.name not in (*key, *free)]
    rows = connection.execute(select(*(table.c[name] for name in (*key, *names))))
    return {tuple(row[: len(key)]): hash(tuple(row[len(key) :])) for row in rows}
