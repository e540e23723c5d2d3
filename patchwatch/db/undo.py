"""The undo log of manual decisions: any process can undo the last one at any time.

An entry holds the rows of one table that an action changed, before and after it; undoing restores the rows from before.
The caller recomputes what is derived from decisions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Table, and_, delete, insert, select

from patchwatch.db import schema as t
from patchwatch.db import series_changes
from patchwatch.db.people import acting
from patchwatch.db.sql import chunks, dumps, next_id

Decided = Literal[
    "watch", "mute", "not_mine", "pin", "label", "snooze", "mark", "manual_link", "dismissed", "patch_mark"
]
"""A table whose changes are logged."""

_KEPT = 500  # entries

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Undone:
    """An undone decision: its description, its table, and the messages it was about."""

    what: str
    decided: Decided
    message_ids: frozenset[str]


@contextmanager
def logged(connection: Connection, decided: Decided, message_ids: Iterable[str], what: str, at: int) -> Iterator[None]:
    """Log, as one entry, what the block changes in the decisions about these messages, if anything."""
    table = t.metadata.tables[decided]
    ids = sorted(set(message_ids))
    before = _about(connection, table, ids)
    yield
    after = _about(connection, table, ids)
    change = {"table": decided, "before": _without(before, after), "after": _without(after, before)}
    if change["before"] or change["after"]:
        series_changes.note_decided(connection, ids)
        number = next_id(connection, t.undo_log)
        connection.execute(
            insert(t.undo_log).values(id=number, at=at, by=acting(connection).name, what=what, change=dumps(change))
        )
        connection.execute(delete(t.undo_log).where(t.undo_log.c.id <= number - _KEPT))


def undo_last(connection: Connection) -> Undone | None:
    """Undo this user's last decision; return None if there is none.

    A decision that somebody has changed since is skipped, and its entry deleted.
    """
    mine = select(t.undo_log).where(t.undo_log.c.by == acting(connection).name).order_by(t.undo_log.c.id.desc())
    while entry := connection.execute(mine.limit(1)).first():
        connection.execute(delete(t.undo_log).where(t.undo_log.c.id == entry.id))
        change = json.loads(entry.change)
        table = t.metadata.tables[change["table"]]
        keys = {_key(table, row) for row in (*change["before"], *change["after"])}
        if sorted(map(dumps, _with(connection, table, keys))) != sorted(map(dumps, change["after"])):
            continue
        for key in keys:
            connection.execute(delete(table).where(_is(table, key)))
        if change["before"]:
            connection.execute(insert(table), change["before"])
        names = frozenset(name for key in keys for name in key if isinstance(name, str))
        series_changes.note_decided(connection, names)
        return Undone(entry.what, change["table"], names)
    return None


def _about(connection: Connection, table: Table, message_ids: Sequence[str]) -> list[_Row]:
    return [
        dict(row)
        for part in chunks(message_ids)
        for row in connection.execute(select(table).where(table.c.message_id.in_(part))).mappings()
    ]


def _with(connection: Connection, table: Table, keys: Iterable[tuple[str | int, ...]]) -> list[_Row]:
    return [dict(row) for key in keys for row in connection.execute(select(table).where(_is(table, key))).mappings()]


def _without(rows: Iterable[_Row], others: Sequence[_Row]) -> list[_Row]:
    return [row for row in rows if row not in others]


def _key(table: Table, row: _Row) -> tuple[str | int, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _is(table: Table, key: tuple[str | int, ...]) -> Any:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
