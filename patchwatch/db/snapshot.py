"""A snapshot of the database as of a time: what had been sent, committed and decided by then.

Derived data is left out: the caller derives it from the copied mail.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, true, update

from patchwatch.db import citations, file_changes
from patchwatch.db import schema as t
from patchwatch.db.people import FIRST, acting
from patchwatch.db.sql import chunks, rows_with

_BATCH = 500
_DAY = 86_400  # before the snapshot: what came since then counts as not looked at
_OWN = (t.mute, t.not_mine, t.pin, t.label, t.snooze, t.read_mark, t.read_range, t.visit, t.patch_mark)  # of a person
_SHARED = (t.mark, t.manual_link, t.dismissed)  # decisions for all


def copy_until(source: Connection, target: Connection, until: int) -> None:
    """Copy everything up to `until` (UTC seconds) into an empty database of the person that `source` acts for.

    Mails are copied by their date.
    """
    sent = select(t.message.c.id).where(t.message.c.date <= until)
    made = select(t.tree_commit.c.id).where(t.tree_commit.c.committed <= until)
    everything = true()
    person = acting(source).person
    wanted: list[tuple[Table, ColumnElement[bool]]] = [
        (t.inbox, everything),
        (t.dictionary, everything),
        (t.message, t.message.c.date <= until),
        (t.raw, t.raw.c.message_pk.in_(sent)),
        (t.archive_copy, t.archive_copy.c.message_pk.in_(sent)),
        (t.number, everything),
        *((table, (table.c.person == person) & (table.c.at <= until)) for table in _OWN),
        *((table, table.c.at <= until) for table in _SHARED),
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
    if table in _OWN:
        return {**row, "person": FIRST}
    if table is t.message:
        return {**row, "conversation": 0, "revision_id": None, "patch": None}
    if table is t.inbox:
        return {**row, "failed_at": None, "failure": None, "looked_at": min(row["looked_at"] or 0, until - _DAY)}
    if table is t.tree:
        return {**row, "tags": json.dumps([[name, time] for name, time in json.loads(row["tags"]) if time <= until])}
    return row


class Later(NamedTuple):
    """What a database knows since some time, which everything derived from it depends on."""

    messages: int
    conversations: set[int]  # that mail came to, or a point of which was dismissed
    commits: list[int]
    decided: set[str]  # message-ids that states and links were decided for


def later(connection: Connection, then: int) -> Later:
    """Return what came after `then` (UTC seconds)."""
    m = t.message.c
    rows = connection.execute(select(m.conversation, func.count()).where(m.date > then).group_by(m.conversation)).all()
    conversations = {row[0] for row in rows}
    dismissed = connection.scalars(select(t.dismissed.c.message_id).where(t.dismissed.c.at > then)).all()
    conversations |= {row[0] for row in rows_with(connection, select(m.conversation), m.message_id, dismissed)}
    decided = set(connection.scalars(select(t.mark.c.message_id).where(t.mark.c.at > then)))
    decided |= set(connection.scalars(select(t.manual_link.c.message_id).where(t.manual_link.c.at > then)))
    commits = list(connection.scalars(select(t.tree_commit.c.id).where(t.tree_commit.c.committed > then)))
    return Later(sum(row[1] for row in rows), conversations, commits, decided)


def forget_mail(connection: Connection, conversations: Collection[int], then: int) -> tuple[set[str], set[int]]:
    """Delete the mail of these conversations that was sent after `then`.

    Returns the keys of the commits that it cites, and the contents of files that its patches name.
    """
    m = t.message.c
    query = select(m.id).where(m.date > then)
    sent = [row.id for row in rows_with(connection, query, m.conversation, conversations)]
    known_by = citations.forget(connection, sent), file_changes.forget(connection, sent)
    for part in chunks(sent):
        for table in (t.raw, t.archive_copy):
            connection.execute(delete(table).where(table.c.message_pk.in_(part)))
        connection.execute(delete(t.message).where(m.id.in_(part)))
    return known_by


def forget_decisions(connection: Connection, then: int) -> None:
    """Delete what was committed and decided after `then`, and what is of no use in a copy: mail to send, undo."""
    made = select(t.tree_commit.c.id).where(t.tree_commit.c.committed > then)
    for table in (t.tree_holds, t.commit_key):
        connection.execute(delete(table).where(table.c.commit_id.in_(made)))
    connection.execute(delete(t.tree_commit).where(t.tree_commit.c.committed > then))
    for table in (*_OWN, *_SHARED):
        connection.execute(delete(table).where(table.c.at > then))
    for table in (t.watch, t.undo_log, t.outbox, t.last_digest, t.notification):
        connection.execute(delete(table))
    for table in (t.inbox, t.tree):
        for row in connection.execute(select(table)).all():
            values = _row_as_of(table, dict(row._mapping), then)
            connection.execute(update(table).where(table.c.id == row.id).values(values))


def message_facts(connection: Connection) -> Iterator[list[tuple[int, str]]]:
    """Yield (primary key, stored fields) of every message, in the order of storing, some at a time."""
    last = 0
    query = select(t.message.c.id, t.message.c.facts).order_by(t.message.c.id).limit(_BATCH)
    while rows := connection.execute(query.where(t.message.c.id > last)).all():
        last = rows[-1].id
        yield [(row.id, row.facts) for row in rows]
