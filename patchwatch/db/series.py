"""Series with their revisions, as frozen rows for lists, screens and JSON.

patchwatch.db.revisions reads the revisions; patchwatch.db.series_list reads summaries without them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from msgspec import structs

from patchwatch.db import dependencies, series_flags
from patchwatch.db.claims_codec import decode_claims, with_claims
from patchwatch.db.criteria import Criteria as Criteria
from patchwatch.db.dismissals import with_dismissers
from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.revision_codec import decode_evidence
from patchwatch.db.revisions import RowsOf, reviewed, revisions_of
from patchwatch.db.series_list import naming
from patchwatch.db.who_reviews import Posting, review_records
from patchwatch.series.model import DependencyRow, Evidence, Involvement, RevisionRow, SeriesRow
from patchwatch.series.points import WAITS_FOR_AUTHOR
from patchwatch.series.states import CLOSED, Turn

_SERIES = """
SELECT id, title, author_name, author_email, state, state_evidence, turn, turn_since, turn_evidence, version, rfc,
       incomplete, last_activity, claims, area
FROM series
"""
_SERIES_OF = """
SELECT message.message_id, revision.series_id FROM message JOIN revision ON revision.id = message.revision_id
WHERE revision.series_id IS NOT NULL AND message.message_id IN ({values})
"""
_MESSAGES_OF = """
SELECT message.message_id FROM message JOIN revision ON revision.id = message.revision_id
WHERE revision.series_id IN ({values})
"""
_NUMBERED = "SELECT message_id FROM number WHERE id = :number"
_INBOXES = "SELECT id, name, failed_at FROM inbox"


class _Stored(NamedTuple):
    """The columns of a series from which a row is made."""

    id: int
    title: str
    author_name: str
    author_email: str
    state: str
    state_evidence: str | None
    turn: str
    turn_since: int
    turn_evidence: str | None
    version: int
    rfc: int
    incomplete: int
    last_activity: int
    claims: str
    area: str


def series(
    execute: Execute, wanted: Criteria, now: int, overdue_days: int = 7, me: Set[str] = frozenset()
) -> tuple[SeriesRow, ...]:
    """Return the wanted series, most recently active first; those that await review by the longest wait.

    `me` are my addresses in lower case: the rows have my involvement, and my mails end no snooze.
    """
    watched = series_flags.watched(execute)
    found = _series_rows(execute, wanted, watched)
    ids = [row.id for row in found]
    mine = me | wanted.mine | wanted.for_me
    revisions = revisions_of(execute, ids, mine)
    records = review_records(execute, _to_review(found, revisions), mine, now)
    named = with_dismissers(execute, {number: own for number, (own, _) in revisions.items()}, me)
    inboxes, failed = seen_in(execute, ids)
    unread = series_flags.unread_in(execute, [i for i in ids if i in watched])
    muted, pinned = series_flags.muted(execute), series_flags.pinned(execute)
    labels, not_mine = series_flags.labels(execute), series_flags.not_mine(execute)
    snoozed = series_flags.snoozed(execute, me, now)
    needs = {number: own[-1].depends_on for number, (own, _) in revisions.items() if own and own[-1].depends_on}
    depends_on = dependencies.resolve(execute, needs, now) if needs else {}
    overdue_since = series_flags.overdue_since(overdue_days, now, series_flags.merge_windows(execute))
    rows: list[SeriesRow] = []
    for stored in found:
        own, part = named.get(stored.id, ()), revisions.get(stored.id, ((), None))[1]
        if not own:
            continue
        if (wanted.mine or wanted.for_me) and not (part and _concerns(wanted, part)):
            continue
        names = inboxes.get(stored.id, ())
        if wanted.inbox and wanted.inbox not in names:
            continue
        awaiting = series_flags.awaits_review(stored.state, stored.turn)
        if wanted.awaiting_review and not awaiting:
            continue
        if part and stored.id in records:
            part = structs.replace(part, record=records[stored.id])
        needed = depends_on.get(stored.id, ())
        blocked = any(d.blocks and d.series is not None for d in needed)
        flags = {
            "watched": stored.id in watched,
            "muted": stored.id in muted,
            "pinned": stored.id in pinned,
            "labels": labels.get(stored.id, ()),
            "not_mine": not_mine.get(stored.id, 0),
            "snoozed_until": snoozed.get(stored.id),
            "awaiting_review": awaiting,
            "overdue": awaiting and stored.turn_since <= overdue_since and not blocked,
            "unread": unread.get(stored.id, 0),
            "stale_since": min((failed[n] for n in names if n in failed), default=None),
        }
        rows.append(_series_row(stored, own, part, names, needed, flags))
    if wanted.awaiting_review:
        rows.sort(key=lambda r: (r.turn_since, r.id))
    else:
        rows.sort(key=lambda r: (-r.last_activity, r.id))
    return tuple(rows)


def _series_row(
    stored: _Stored,
    revisions: tuple[RevisionRow, ...],
    involvement: Involvement | None,
    inboxes: tuple[str, ...],
    depends_on: tuple[DependencyRow, ...],
    flags: Mapping[str, Any],
) -> SeriesRow:
    if claims := decode_claims(stored.claims):
        revisions = tuple(structs.replace(one, points=with_claims(one.points, claims)) for one in revisions)
    # Merges and marks are stored with the series, and apply to its newest revision.
    newest, evidence = revisions[-1], _evidence(stored.state_evidence)
    applied = None if stored.state in CLOSED else newest.applied
    if (newest.state, newest.state_evidence, newest.applied) != (stored.state, evidence, applied):
        newest = structs.replace(newest, state=stored.state, state_evidence=evidence, applied=applied)
    if claims and _follows_from_earlier(stored, revisions):
        newest = structs.replace(newest, likely=True)
    return SeriesRow(
        id=stored.id,
        title=stored.title,
        author_name=stored.author_name,
        author_email=stored.author_email,
        inboxes=inboxes,
        state=stored.state,
        state_evidence=newest.state_evidence,
        turn=stored.turn,
        turn_since=stored.turn_since,
        turn_evidence=_evidence(stored.turn_evidence),
        last_activity=stored.last_activity,
        version=stored.version,
        rfc=bool(stored.rfc),
        incomplete=bool(stored.incomplete),
        patches=newest.patches,
        reviewed=reviewed(newest),
        revisions=(*revisions[:-1], newest),
        involvement=involvement,
        depends_on=depends_on,
        **flags,
    )


def _follows_from_earlier(stored: _Stored, revisions: Sequence[RevisionRow]) -> bool:
    """True if the turn follows from a point of an earlier version (patchwatch.series.claims.holds_up)."""
    turn = _evidence(stored.turn_evidence) if stored.turn == Turn.AUTHOR else None
    points = (point for revision in revisions[:-1] for point in revision.points if point.waits)
    late = {name for p in points if p.fate in WAITS_FOR_AUTHOR for name in (p.message_id, p.closed_by)}
    return turn is not None and turn.message_id in late


def series_of(execute: Execute, message_ids: Iterable[str]) -> dict[str, int]:
    """Return the series that each of these messages belongs or replies to."""
    return {row[0]: row[1] for row in rows_among(execute, _SERIES_OF, message_ids)}


def messages_of(execute: Execute, series_ids: Iterable[int]) -> list[str]:
    """Return every mail of these series."""
    return [message_id for (message_id,) in rows_among(execute, _MESSAGES_OF, series_ids)]


def series_numbered(execute: Execute, number: int) -> int | None:
    """Return the series with this number, also if that is the number of one of its revisions."""
    return next(iter(series_of(execute, [row[0] for row in execute(_NUMBERED, {"number": number})]).values()), None)


# ---- parts ---------------------------------------------------------------------------------------------------------


def _series_rows(execute: Execute, wanted: Criteria, watched: Set[int]) -> list[_Stored]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if wanted.state:
        conditions.append("state = :state")
        values["state"] = wanted.state
    if wanted.author:
        conditions.append("(lower(author_name) LIKE :author OR lower(author_email) LIKE :author)")
        values["author"] = f"%{wanted.author.lower()}%"
    if wanted.awaiting_review:
        conditions.append("turn = :turn")
        values["turn"] = Turn.REVIEWERS
    ids: Set[int] | None = wanted.ids
    if not wanted.everything:
        ids = watched if ids is None else ids & watched
    if me := wanted.mine | wanted.for_me:
        named = naming(execute, me)
        ids = named if ids is None else ids & named
    if ids is not None:
        conditions.append("id IN ({values})")
    sql = f"{_SERIES} WHERE {' AND '.join(conditions)}" if conditions else _SERIES
    rows = execute(sql, values) if ids is None else rows_among(execute, sql, sorted(ids), values)
    return [_Stored(*row) for row in rows]


def _to_review(found: Sequence[_Stored], revisions: Mapping[int, RowsOf]) -> dict[int, Posting]:
    """Return the series that wait for reviewers, were sent to me, and whose newest version I did not reply to."""
    wanted: dict[int, Posting] = {}
    for stored in found:
        mine = revisions[stored.id][1] if stored.id in revisions else None
        if not mine or mine.author or mine.replied or mine.satisfied:
            continue
        if (mine.recipient or mine.reviewed_before) and stored.turn == Turn.REVIEWERS:
            wanted[stored.id] = Posting(stored.area, mine.sent_before, bool(mine.reviewed_before), mine.passed_over)
    return wanted


def _concerns(wanted: Criteria, part: Involvement) -> bool:
    for_me = not part.author and bool(part.recipient or part.replied or part.reviewed_before)
    return bool(wanted.mine and part.posted) or bool(wanted.for_me and for_me)


def seen_in(execute: Execute, ids: Collection[int]) -> tuple[dict[int, tuple[str, ...]], dict[str, int]]:
    """Return the inboxes that postings of each series were seen in, and since when each failing inbox fails."""
    inboxes = list(execute(_INBOXES, {}))
    names: dict[int, str] = {inbox: name for inbox, name, _ in inboxes}
    found: dict[int, set[str]] = {}
    for number, inbox in series_flags.inbox_ids_of(execute, ids):
        found.setdefault(number, set()).add(names[inbox])
    failing = {name: failed_at for _, name, failed_at in inboxes if failed_at is not None}
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
