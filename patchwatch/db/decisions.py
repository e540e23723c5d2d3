"""Manual decisions: watches, mutes, snoozes, labels, marks, links and dismissed points; and read marks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Table, delete, false, insert, or_, select, text

from patchwatch.db import schema as t
from patchwatch.db.people import acting
from patchwatch.db.series_flags import UNREAD
from patchwatch.db.sql import chunks, insert_missing, rows_with, select_once
from patchwatch.series.own_labels import LabelChange
from patchwatch.series.points import parse_point_key, point_key


def marks(connection: Connection, roots: Iterable[str]) -> list[tuple[str, str, int, str]]:
    """Return the states set by hand on these revisions: (root, state, at, by)."""
    m = t.mark.c
    query = select_once(m.message_id, m.state, m.at, m.by)
    return [tuple(row) for row in rows_with(connection, query, m.message_id, roots)]


def manual_links(connection: Connection, roots: Iterable[str]) -> list[tuple[str, str, bool, int, str]]:
    """Return manual links of these messages: (later, earlier, linked, at, by); not `linked` if they were unlinked."""
    m = t.manual_link.c
    query, wanted = select_once(m.message_id, m.predecessor, m.linked, m.at, m.by), list(roots)
    rows = [row for column in (m.message_id, m.predecessor) for row in rows_with(connection, query, column, wanted)]
    return list({row[:2]: tuple(row) for row in rows}.values())


_DISMISSED = select(t.dismissed)


def dismissed_points(connection: Connection) -> frozenset[str]:
    """Return the keys of all points that a person dismissed (patchwatch.series.points)."""
    return frozenset(point_key(row.message_id, row.remark) for row in connection.execute(_DISMISSED))


def dismiss(connection: Connection, key: str, at: int, by: str) -> None:
    """Store that a person dismissed the point with this key."""
    message_id, remark = parse_point_key(key)
    row = {"message_id": message_id, "remark": remark, "at": at, "by": by}
    insert_missing(connection, t.dismissed, [row])


Decision = Literal["watch", "mute", "not_mine", "pin", "snooze", "mark"]
"""A kind of decision about one message; each has its table.  Marks are everybody's, the others a person's own."""


def decide(connection: Connection, decision: Decision, message_id: str, **values: Any) -> None:
    """Store a decision about a message in place of an earlier one."""
    table = t.metadata.tables[decision]
    if decision != "mark":
        values["person"] = acting(connection).person
    connection.execute(delete(table).where(table.c.message_id == message_id, *_mine(connection, table)))
    connection.execute(insert(table).values(message_id=message_id, **values))


def undecide(connection: Connection, decision: Decision, message_ids: Iterable[str]) -> None:
    """Delete decisions about these messages."""
    table = t.metadata.tables[decision]
    for part in chunks(message_ids):
        connection.execute(delete(table).where(table.c.message_id.in_(part), *_mine(connection, table)))


def _mine(connection: Connection, table: Table) -> list[ColumnElement[bool]]:
    return [table.c.person == acting(connection).person] if "person" in table.c else []


def watch(connection: Connection, message_ids: Iterable[str], at: int) -> None:
    """Store that I watch the series of these messages."""
    me = acting(connection).person
    insert_missing(connection, t.watch, [{"message_id": i, "person": me, "at": at} for i in message_ids])


def pin(connection: Connection, message_ids: Iterable[str], roots: Iterable[str], at: int) -> None:
    """Store that I pinned what has these roots, and unpinned what else these messages belong to."""
    undecide(connection, "pin", message_ids)
    me = acting(connection).person
    insert_missing(connection, t.pin, [{"message_id": root, "person": me, "at": at} for root in roots])


def label(
    connection: Connection, message_ids: Iterable[str], roots: Iterable[str], change: LabelChange, at: int
) -> None:
    """Change my labels of what has these roots; these are all messages that it consists of."""
    me = acting(connection).person
    for part in chunks(message_ids):
        removed = t.label.c.message_id.in_(part) & t.label.c.name.in_(sorted(change.removed))
        connection.execute(delete(t.label).where(removed, t.label.c.person == me))
    rows = [{"message_id": i, "person": me, "name": name, "at": at} for i in roots for name in sorted(change.added)]
    insert_missing(connection, t.label, rows)


def link(connection: Connection, later: str, earlier: str, *, linked: bool, at: int, by: str) -> None:
    """Store that a person linked two revisions, or unlinked them; a new link replaces the last one."""
    pair = (t.manual_link.c.message_id == later) & (t.manual_link.c.predecessor == earlier)
    others = (t.manual_link.c.message_id == later) & t.manual_link.c.linked.is_(True) if linked else false()
    connection.execute(delete(t.manual_link).where(or_(pair, others)))
    connection.execute(insert(t.manual_link).values(message_id=later, predecessor=earlier, linked=linked, at=at, by=by))


def read_series(connection: Connection, series_ids: Iterable[int], at: int) -> None:
    """Mark every mail of these series as read."""
    not_read = text(UNREAD).bindparams(person=acting(connection).person)
    for part in chunks(series_ids):
        unread = connection.scalars(
            select(t.message.c.message_id)
            .join(t.revision, t.revision.c.id == t.message.c.revision_id)
            .where(t.revision.c.series_id.in_(part), not_read)
        ).all()
        mark_read(connection, unread, at)


def mark_read(connection: Connection, message_ids: Iterable[str], at: int) -> None:
    """Mark mails as read; the first time counts."""
    me = acting(connection).person
    insert_missing(connection, t.read_mark, [{"message_id": i, "person": me, "at": at} for i in message_ids])
