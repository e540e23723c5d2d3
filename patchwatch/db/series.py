"""Series with their revisions, as frozen rows for lists, screens and JSON.

patchwatch.db.revisions reads the revisions; patchwatch.db.series_list reads summaries without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from patchwatch.db import dependencies, series_flags
from patchwatch.db import schema as t
from patchwatch.db.claims_codec import decode_claims, with_claims
from patchwatch.db.criteria import Criteria as Criteria
from patchwatch.db.revision_codec import decode_evidence
from patchwatch.db.revisions import reviewed, revisions_of
from patchwatch.db.sql import chunks, dumps
from patchwatch.series.model import DependencyRow, Evidence, Involvement, RevisionRow, SeriesRow
from patchwatch.series.state.merge_window import Window
from patchwatch.series.states import CLOSED, Turn


def series(
    connection: Connection, wanted: Criteria, now: int, overdue_days: int = 7, me: Set[str] = frozenset()
) -> tuple[SeriesRow, ...]:
    """Return the wanted series, most recently active first; those that await review by the longest wait.

    `me` are my addresses in lower case: the rows have my involvement, and my mails end no snooze.
    """
    execute = series_flags.executor(connection)
    watched = series_flags.watched(execute)
    found = _series_rows(connection, wanted, watched)
    ids = [row.id for row in found]
    revisions = revisions_of(connection, ids, me | wanted.mine | wanted.for_me)
    inboxes, failed = seen_in(connection, ids)
    unread = series_flags.unread_in(execute, [i for i in ids if i in watched])
    muted, pinned = series_flags.muted(execute), series_flags.pinned(execute)
    snoozed = series_flags.snoozed(execute, me, now)
    needs = {number: own[-1].depends_on for number, (own, _) in revisions.items() if own and own[-1].depends_on}
    depends_on = dependencies.resolve(execute, needs, now) if needs else {}
    overdue_since = series_flags.overdue_since(overdue_days, now, merge_windows(connection))
    rows: list[SeriesRow] = []
    for stored in found:
        own, part = revisions.get(stored.id, ((), None))
        if not own:
            continue
        if (wanted.mine or wanted.for_me) and not (part and _concerns(wanted, part)):
            continue
        names = inboxes.get(stored.id, ())
        if wanted.inbox and wanted.inbox not in names:
            continue
        row = _series_row(stored, own, part, names, depends_on.get(stored.id, ()))
        if wanted.awaiting_review and not row.awaiting_review:
            continue
        rows.append(
            replace(
                row,
                watched=row.id in watched,
                muted=row.id in muted,
                pinned=row.id in pinned,
                snoozed_until=snoozed.get(row.id),
                overdue=row.awaiting_review and row.turn_since <= overdue_since and not row.blocked_by,
                unread=unread.get(row.id, 0),
                stale_since=min((failed[n] for n in names if n in failed), default=None),
            )
        )
    if wanted.awaiting_review:
        rows.sort(key=lambda r: (r.turn_since, r.id))
    else:
        rows.sort(key=lambda r: (-r.last_activity, r.id))
    return tuple(rows)


def _series_row(
    stored: Any,
    revisions: tuple[RevisionRow, ...],
    involvement: Involvement | None,
    inboxes: tuple[str, ...],
    depends_on: tuple[DependencyRow, ...],
) -> SeriesRow:
    """Return the row of a series that is neither watched nor flagged in any other way."""
    if claims := decode_claims(stored.claims):
        revisions = tuple(replace(one, points=with_claims(one.points, claims)) for one in revisions)
    # Merges and marks are stored with the series, and apply to its newest revision.
    newest = replace(
        revisions[-1],
        state=stored.state,
        state_evidence=_evidence(stored.state_evidence),
        applied=None if stored.state in CLOSED else revisions[-1].applied,
    )
    return SeriesRow(
        id=stored.id,
        title=stored.title,
        author_name=stored.author_name,
        author_email=stored.author_email,
        inboxes=inboxes,
        watched=False,
        muted=False,
        snoozed_until=None,
        state=stored.state,
        state_evidence=newest.state_evidence,
        turn=stored.turn,
        turn_since=stored.turn_since,
        turn_evidence=_evidence(stored.turn_evidence),
        awaiting_review=series_flags.awaits_review(stored.state, stored.turn),
        overdue=False,
        unread=0,
        last_activity=stored.last_activity,
        version=stored.version,
        rfc=stored.rfc,
        incomplete=stored.incomplete,
        patches=newest.patches,
        reviewed=reviewed(newest),
        stale_since=None,
        revisions=(*revisions[:-1], newest),
        involvement=involvement,
        depends_on=depends_on,
    )


def series_of(connection: Connection, message_ids: Iterable[str]) -> dict[str, int]:
    """Return the series that each of these messages belongs or replies to."""
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
    """Return every mail of these series."""
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
    """Return the series with this number, also if that is the number of one of its revisions."""
    message_id = connection.scalar(select(t.number.c.message_id).where(t.number.c.id == number))
    return series_of(connection, [message_id]).get(message_id) if message_id else None


def watched_series(connection: Connection) -> set[int]:
    """Return the numbers of the watched series."""
    return series_flags.watched(series_flags.executor(connection))


def merge_windows(connection: Connection) -> tuple[Window, ...]:
    """Return the merge windows according to the tags of the mainline tree; none without such a tree."""
    return series_flags.merge_windows(series_flags.executor(connection))


# ---- parts ---------------------------------------------------------------------------------------------------------


def _series_rows(connection: Connection, wanted: Criteria, watched: Set[int]) -> list[Any]:
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
    ids: Set[int] | None = wanted.ids
    if not wanted.everything:
        ids = watched if ids is None else ids & watched
    if ids is None:
        return list(connection.execute(query).all())
    return [row for part in chunks(sorted(ids)) for row in connection.execute(query.where(t.series.c.id.in_(part)))]


def _concerns(wanted: Criteria, part: Involvement) -> bool:
    for_me = not part.author and bool(part.recipient or part.replied or part.reviewed_before)
    return bool(wanted.mine and part.posted) or bool(wanted.for_me and for_me)


def _naming(addresses: Sequence[str]) -> Any:
    """Select the series that may involve one of these addresses; `involvement_of` has the details."""
    named = or_(*(t.revision.c.view.contains(dumps(a), autoescape=True) for a in addresses))
    return select(t.revision.c.series_id).where(t.revision.c.series_id.is_not(None), named)


def seen_in(connection: Connection, ids: Iterable[int]) -> tuple[dict[int, tuple[str, ...]], dict[str, int]]:
    """Return the inboxes that postings of each series were seen in, and since when each failing inbox fails."""
    inboxes = {row.id: row for row in connection.execute(select(t.inbox.c.id, t.inbox.c.name, t.inbox.c.failed_at))}
    found: dict[int, set[str]] = {}
    for number, inbox in series_flags.inbox_ids_of(series_flags.executor(connection), ids):
        found.setdefault(number, set()).add(inboxes[inbox].name)
    failing = {row.name: row.failed_at for row in inboxes.values() if row.failed_at is not None}
    return {number: tuple(sorted(names)) for number, names in found.items()}, failing


def _evidence(text: str | None) -> Evidence | None:
    stored = decode_evidence(text)
    if stored is None:
        return None
    return Evidence(
        stored.message_id,
        stored.text,
        stored.by_hand,
        stored.commit,
        stored.kind,
        stored.by.name,
        stored.by.email,
        stored.date,
    )
