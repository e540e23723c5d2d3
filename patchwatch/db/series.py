"""Series as they are shown: frozen rows for lists, screens and JSON.

Their revisions are patchwatch.db.revisions; a line a series, for ten thousand of them, is patchwatch.db.series_list.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from patchwatch.db import schema as t
from patchwatch.db.criteria import Criteria as Criteria
from patchwatch.db.revisions import reviewed, revisions_of
from patchwatch.db.sql import chunks, dumps
from patchwatch.series.model import Evidence, Involvement, SeriesRow
from patchwatch.series.state.merge_window import Window, waited, windows
from patchwatch.series.states import CLOSED, Turn

_DAY = 86_400


def series(
    connection: Connection, wanted: Criteria, now: int, overdue_days: int = 7, me: Set[str] = frozenset()
) -> tuple[SeriesRow, ...]:
    """The series wanted, most recently active first; those that await review: the longest wait first.

    `me` are the addresses, in lower case, of the one whose part in them is wanted, and whose mails end no snooze.
    """
    watched = decided(connection, t.watch)
    found = _series_rows(connection, wanted, watched)
    ids = [row.id for row in found]
    revisions = revisions_of(connection, ids, me | wanted.mine | wanted.for_me)
    inboxes, failed = seen_in(connection, ids)
    unread = _unread(connection, [i for i in ids if i in watched])
    muted = decided(connection, t.mute)
    snoozed = decided(connection, t.snooze)
    answered = _answered(connection, me)
    paused = merge_windows(connection)
    rows: list[SeriesRow] = []
    for row in found:
        own, part = revisions.get(row.id, ((), None))
        if not own:
            continue
        if (wanted.mine or wanted.for_me) and not (part and _concerns(wanted, part)):
            continue
        names = inboxes.get(row.id, ())
        if wanted.inbox and wanted.inbox not in names:
            continue
        # What its patches landed in, and what somebody decided, is said of the series, and so of its newest revision.
        newest = replace(
            own[-1],
            state=row.state,
            state_evidence=_evidence(row.state_evidence),
            applied=None if row.state in CLOSED else own[-1].applied,
        )
        own = (*own[:-1], newest)
        open_ = row.state not in CLOSED
        awaiting = open_ and row.turn == Turn.REVIEWERS
        if wanted.awaiting_review and not awaiting:
            continue
        rows.append(
            SeriesRow(
                id=row.id,
                title=row.title,
                author_name=row.author_name,
                author_email=row.author_email,
                inboxes=names,
                watched=row.id in watched,
                muted=row.id in muted,
                snoozed_until=_snoozed_until(snoozed.get(row.id), row.id in answered, now),
                state=row.state,
                state_evidence=newest.state_evidence,
                turn=row.turn,
                turn_since=row.turn_since,
                turn_evidence=_evidence(row.turn_evidence),
                awaiting_review=awaiting,
                overdue=awaiting and waited(row.turn_since, now, paused) >= overdue_days * _DAY,
                unread=unread.get(row.id, 0),
                last_activity=row.last_activity,
                version=row.version,
                rfc=row.rfc,
                incomplete=row.incomplete,
                patches=newest.patches,
                reviewed=reviewed(newest),
                stale_since=min((failed[n] for n in names if n in failed), default=None),
                revisions=own,
                involvement=part,
            )
        )
    if wanted.awaiting_review:
        rows.sort(key=lambda r: (r.turn_since, r.id))
    else:
        rows.sort(key=lambda r: (-r.last_activity, r.id))
    return tuple(rows)


def series_of(connection: Connection, message_ids: Iterable[str]) -> dict[str, int]:
    """The series that each of these messages belongs to or answers."""
    found: dict[str, int] = {}
    for part in chunks(message_ids):
        found.update(
            (row.message_id, row.series_id)
            for row in connection.execute(
                select(t.message.c.message_id, t.revision.c.series_id)
                .join(t.revision, t.revision.c.id == t.message.c.revision_id)
                .where(t.message.c.message_id.in_(part), t.revision.c.series_id.is_not(None))
            )
        )
    return found


def messages_of(connection: Connection, series_ids: Iterable[int]) -> list[str]:
    """Every mail of these series."""
    return [
        message_id
        for part in chunks(series_ids)
        for message_id in connection.scalars(
            select(t.message.c.message_id)
            .join(t.revision, t.revision.c.id == t.message.c.revision_id)
            .where(t.revision.c.series_id.in_(part))
        )
    ]


def series_numbered(connection: Connection, number: int) -> int | None:
    """The series with this number, also if it is the number of one of its revisions or was joined to another."""
    message_id = connection.scalar(select(t.number.c.message_id).where(t.number.c.id == number))
    return series_of(connection, [message_id]).get(message_id) if message_id else None


def watched_series(connection: Connection) -> dict[int, Sequence[Any]]:
    """Series that are watched."""
    return decided(connection, t.watch)


def merge_windows(connection: Connection) -> tuple[Window, ...]:
    """The merge windows that the tags of the mainline tree tell; none where there is no such tree."""
    tags = connection.scalar(select(t.tree.c.tags).where(t.tree.c.mainline.is_(True)))
    return windows((name, time) for name, time in json.loads(tags)) if tags else ()


# ---- parts ---------------------------------------------------------------------------------------------------------


def decided(connection: Connection, table: Any) -> dict[int, Any]:
    """Rows of what people decided about a message, by the series that it is in now."""
    return {
        row.series_id: row
        for row in connection.execute(
            select(t.revision.c.series_id, table)
            .join(t.message, t.message.c.revision_id == t.revision.c.id)
            .join(table, table.c.message_id == t.message.c.message_id)
            .where(t.revision.c.series_id.is_not(None))
        )
    }


def _series_rows(connection: Connection, wanted: Criteria, watched: Mapping[int, Any]) -> list[Any]:
    conditions: list[Any] = []
    if wanted.state:
        conditions.append(t.series.c.state == wanted.state)
    if wanted.author:
        part = f"%{wanted.author.lower()}%"
        conditions.append(
            func.lower(t.series.c.author_name).like(part) | func.lower(t.series.c.author_email).like(part)
        )
    if me := wanted.mine | wanted.for_me:
        conditions.append(t.series.c.id.in_(_naming(sorted(me))))
    if wanted.awaiting_review:
        conditions.append(and_(t.series.c.turn == Turn.REVIEWERS, t.series.c.state.not_in(sorted(CLOSED))))
    query = select(t.series).where(*conditions)
    ids: Collection[int] | None = wanted.ids
    if not wanted.everything:
        ids = watched.keys() if ids is None else ids & watched.keys()
    if ids is None:
        return list(connection.execute(query).all())
    return [row for part in chunks(sorted(ids)) for row in connection.execute(query.where(t.series.c.id.in_(part)))]


def _concerns(wanted: Criteria, part: Involvement) -> bool:
    for_me = not part.author and bool(part.asked or part.spoke or part.earlier)
    return bool(wanted.mine and part.posted) or bool(wanted.for_me and for_me)


def _naming(addresses: Sequence[str]) -> Any:
    """Series in which one of these addresses has some part; which one, `part_of` tells."""
    named = or_(*(t.revision.c.view.contains(dumps(a), autoescape=True) for a in addresses))
    return select(t.revision.c.series_id).where(t.revision.c.series_id.is_not(None), named)


def seen_in(connection: Connection, ids: Iterable[int]) -> tuple[dict[int, tuple[str, ...]], dict[str, int]]:
    """The inboxes that postings of each series were seen in, and since when each inbox fails."""
    found: dict[int, set[str]] = {}
    failed: dict[str, int] = {}
    for part in chunks(ids):
        for row in connection.execute(
            select(t.revision.c.series_id, t.inbox.c.name, t.inbox.c.failed_at)
            .join(t.message, t.message.c.message_id == t.revision.c.root)
            .join(t.copy, t.copy.c.message_pk == t.message.c.id)
            .join(t.inbox, t.inbox.c.id == t.copy.c.inbox_id)
            .where(t.revision.c.series_id.in_(part))
        ):
            found.setdefault(row.series_id, set()).add(row.name)
            if row.failed_at is not None:
                failed[row.name] = row.failed_at
    return {i: tuple(sorted(names)) for i, names in found.items()}, failed


def _unread(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in chunks(ids):
        for row in connection.execute(
            select(t.revision.c.series_id, func.count())
            .join(t.message, t.message.c.revision_id == t.revision.c.id)
            .outerjoin(t.reading, t.reading.c.message_id == t.message.c.message_id)
            .where(t.revision.c.series_id.in_(part), t.reading.c.message_id.is_(None))
            .group_by(t.revision.c.series_id)
        ):
            found[row[0]] = row[1]
    return found


def _answered(connection: Connection, me: Set[str]) -> set[int]:
    """Series, snoozed until somebody answers, in which somebody has: a mail by another, newer than all there were.

    Newer than those mails, and not than the moment: what lay on the server when it was snoozed is news too.
    """
    own = t.revision.alias()
    said = t.message.alias()
    query = (
        select(t.revision.c.series_id)
        .join(t.message, t.message.c.revision_id == t.revision.c.id)
        .join(t.snooze, t.snooze.c.message_id == t.message.c.message_id)
        .join(own, own.c.series_id == t.revision.c.series_id)
        .join(said, said.c.revision_id == own.c.id)
        .where(
            t.snooze.c.until.is_(None),
            said.c.date > func.coalesce(t.snooze.c.newest, t.snooze.c.at),
            said.c.author_email.not_in(sorted(me)),
        )
    )
    return set(connection.scalars(query.distinct()))


def _snoozed_until(row: Any, answered: bool, now: int) -> int | None:
    if row is None or (row.until is None and answered):
        return None
    if row.until is None:
        return 0
    return row.until if now < row.until else None


def _evidence(text: str | None) -> Evidence | None:
    if not text:
        return None
    kept = json.loads(text)
    name, email = kept["by"]
    return Evidence(
        kept["message_id"], kept["text"], kept["by_hand"], kept["commit"], kept["kind"], name, email, kept["date"]
    )
