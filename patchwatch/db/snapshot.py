"""A snapshot of the database as of a time: what had been sent, committed and decided by then.

Derived data is left out: the caller derives it from the copied mail.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, true

from patchwatch.db import schema as t

_BATCH = 500
_DAY = 86_400  # before the snapshot: what came since then counts as not looked at


def copy_until(source: Connection, target: Connection, until: int) -> None:
    """Copy everything up to `until` (UTC seconds) into an empty database; mails by their date."""
    sent = select(t.message.c.id).where(t.message.c.date <= until)
    made = select(t.tree_commit.c.id).where(t.tree_commit.c.committed <= until)
    everything = true()
    wanted: list[tuple[Table, ColumnElement[bool]]] = [
        (t.inbox, everything),
        (t.dictionary, everything),
        (t.message, t.message.c.date <= until),
        (t.raw, t.raw.c.message_pk.in_(sent)),
        (t.archive_copy, t.archive_copy.c.message_pk.in_(sent)),
        (t.number, everything),
        (t.mute, t.mute.c.at <= until),
        (t.pin, t.pin.c.at <= until),
        (t.snooze, t.snooze.c.at <= until),
        (t.mark, t.mark.c.at <= until),
        (t.manual_link, t.manual_link.c.at <= until),
        (t.dismissed, t.dismissed.c.at <= until),
        (t.read_mark, t.read_mark.c.at <= until),
        (t.visit, t.visit.c.at <= until),
        (t.tree, everything),
        (t.tree_commit, t.tree_commit.c.committed <= until),
        (t.tree_holds, t.tree_holds.c.commit_id.in_(made)),
        (t.commit_key, t.commit_key.c.commit_id.in_(made)),
    ]
    for table, condition in wanted:
        target.execute(delete(table))
        rows: list[dict[str, Any]] = []
        for row in source.execute(select(table).where(condition)):
            rows.append(_row_as_of(table, dict(row._mapping), until))
            if len(rows) == _BATCH:
                target.execute(insert(table), rows)
                rows = []
        if rows:
            target.execute(insert(table), rows)


def _row_as_of(table: Table, row: dict[str, Any], until: int) -> dict[str, Any]:
    if table is t.message:
        return {**row, "conversation": 0, "revision_id": None, "patch": None}
    if table is t.inbox:
        return {**row, "failed_at": None, "failure": None, "looked_at": min(row["looked_at"] or 0, until - _DAY)}
    if table is t.tree:
        return {**row, "tags": json.dumps([[name, time] for name, time in json.loads(row["tags"]) if time <= until])}
    return row


def message_facts(connection: Connection) -> Iterator[list[tuple[int, str]]]:
    """Yield (primary key, stored fields) of every message, in the order of storing, some at a time."""
    last = 0
    query = select(t.message.c.id, t.message.c.facts).order_by(t.message.c.id).limit(_BATCH)
    while rows := connection.execute(query.where(t.message.c.id > last)).all():
        last = rows[-1].id
        yield [(row.id, row.facts) for row in rows]
