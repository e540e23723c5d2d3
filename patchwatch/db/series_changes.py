"""When the series that somebody watches last changed, so that polls and scans for events look at no others.

A series changes when it is derived again, when a mail of it is seen in another inbox, and when a person decides
something about it; what comes with time alone is not a change.  Those who want to know what changed remember the
generation of the database (patchwatch.db.database) up to which they have seen it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from patchwatch.db import schema as t
from patchwatch.db.database import generation
from patchwatch.db.execute import Execute, executor, rows_among
from patchwatch.db.sql import delete_with, insert_rows
from patchwatch.db.watched import watched_among

_KNOWN = "SELECT series_id FROM series_change WHERE series_id IN ({values})"
_SINCE = "SELECT series_id FROM series_change WHERE generation > :generation"
_SERIES_WITH = """
SELECT DISTINCT revision.series_id FROM message JOIN revision ON revision.id = message.revision_id
WHERE revision.series_id IS NOT NULL AND message.{column} IN ({{values}})
"""
_WITH_MESSAGE_IDS, _WITH_MESSAGES = _SERIES_WITH.format(column="message_id"), _SERIES_WITH.format(column="id")


def changed_since(execute: Execute, seen: int) -> set[int]:
    """Return the series that changed after a generation; they may be watched no more, or be gone."""
    return {row[0] for row in execute(_SINCE, {"generation": seen})}


def note(connection: Connection, series: Collection[int]) -> None:
    """Note that these series change in this transaction, as far as somebody watches them, or did."""
    execute = executor(connection)
    known = {row[0] for row in rows_among(execute, _KNOWN, series)}
    _store(connection, known | watched_among(execute, series))


def note_decided(connection: Connection, message_ids: Iterable[str]) -> None:
    """Note that a person decides something about the series of these messages in this transaction."""
    _store(connection, {row[0] for row in rows_among(executor(connection), _WITH_MESSAGE_IDS, message_ids)})


def note_seen(connection: Connection, messages: Collection[int]) -> None:
    """Note that these messages (primary keys) are seen in another inbox in this transaction."""
    if messages:
        note(connection, {row[0] for row in rows_among(executor(connection), _WITH_MESSAGES, messages)})


def _store(connection: Connection, series: Collection[int]) -> None:
    if series:
        now = generation(connection) + 1  # that of the database after this transaction
        delete_with(connection, t.series_change.c.series_id, series)
        insert_rows(connection, t.series_change, [{"series_id": i, "generation": now} for i in sorted(series)])
