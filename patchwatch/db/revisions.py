"""The revisions of a series as rows, decoded from what is stored of each.

States and links are stored, not decided here.  A resend has no row of its own: its replies, tags and checks are shown
in the row of the revision that it repeats.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from msgspec import structs

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.involvement import awaited_reviewers, involvement_of, reviewer_names
from patchwatch.db.packing import text_reader
from patchwatch.db.pulled import pulled_since
from patchwatch.db.revision_codec import (
    RevisionSummary,
    ShownState,
    StoredReason,
    decode_link,
    decode_shown_state,
    decode_summary,
)
from patchwatch.db.revision_order import Branches, in_order
from patchwatch.db.tags import tags_of_chain
from patchwatch.db.who_applies import applied_by_author
from patchwatch.series.model import (
    AppliedRow,
    CheckRow,
    DependencyRow,
    Evidence,
    Involvement,
    PredecessorRow,
    RevisionRow,
    TakenPatchRow,
    TrailerRow,
)
from patchwatch.series.states import CLOSED, State
from patchwatch.series.tag import Tag, each_once

KINDS = ("pull", "proposal")
"""The kinds of revisions that are not patches."""

RowsOf = tuple[tuple[RevisionRow, ...], Involvement | None]
"""The revisions of a series, and somebody's involvement in it."""

_REVISIONS = """
SELECT id, root, series_id, date, view, standing, predecessor, link FROM revision WHERE series_id IN ({values})
"""
_INBOXES = """
SELECT revision.root, min(inbox.name) FROM revision
JOIN message ON message.message_id = revision.root
JOIN archive_copy ON archive_copy.message_pk = message.id JOIN inbox ON inbox.id = archive_copy.inbox_id
WHERE revision.series_id IN ({values}) GROUP BY revision.root
"""


class StoredRow(NamedTuple):
    """The columns of a revision from which rows are made."""

    id: int
    root: str
    series_id: int
    date: int
    view: str
    standing: str
    predecessor: str | None
    link: str | None


def stored_rows(execute: Execute, series_ids: Iterable[int]) -> list[StoredRow]:
    """Return the revisions of these series, in no order."""
    text = text_reader(execute)
    return [
        StoredRow(number, root, series, date, text(view), text(standing), predecessor, link)
        for number, root, series, date, view, standing, predecessor, link in rows_among(execute, _REVISIONS, series_ids)
    ]


def revisions_of(execute: Execute, ids: Collection[int], me: Set[str]) -> dict[int, RowsOf]:
    """Return the revisions of each series, oldest first, and the involvement of the person with the addresses `me`."""
    by_series: dict[int, list[StoredRow]] = {}
    for row in stored_rows(execute, ids):
        by_series.setdefault(row.series_id, []).append(row)
    inboxes: dict[str, str] = dict(rows_among(execute, _INBOXES, ids))  # by root
    found: dict[int, RowsOf] = {}
    committing: dict[int, RevisionSummary] = {}
    pulls: dict[int, RevisionRow] = {}
    for number, stored in by_series.items():
        summaries = {row.root: decode_summary(row.view) for row in stored}
        rows = revision_rows(in_order(stored), summaries, inboxes)
        found[number] = (rows, involvement_of(rows, summaries, me) if me else None)
        if rows[-1].commits and rows[-1].state not in CLOSED:
            committing[number] = summaries[rows[-1].message_id]
        if rows[-1].pull and rows[-1].state not in CLOSED:
            pulls[number] = rows[-1]
    for number in committing.keys() - applied_by_author(execute, committing) if committing else ():
        found[number] = _with_newest(found[number], commits=False)
    for number in pulled_since(execute, pulls) if pulls else ():
        found[number] = _with_newest(found[number], pulled_since=True)
    return found


def _with_newest(found: RowsOf, **changes: bool) -> RowsOf:
    """The revisions of a series with these changes to the newest, and the involvement."""
    rows, involvement = found
    return (*rows[:-1], structs.replace(rows[-1], **changes)), involvement


def revision_rows(
    stored: Sequence[Any], summaries: Mapping[str, RevisionSummary], inboxes: Mapping[str, str]
) -> tuple[RevisionRow, ...]:
    """Return the rows of one series, oldest first, from its stored revisions in order.

    `summaries` and `inboxes` (one that each posting was seen in) are by root.
    """
    rows: dict[str, RevisionRow] = {}
    repeated: dict[str, str] = {}  # root of a resend -> root of the revision it repeats
    newest = stored[-1].root
    chain = [(revision.root, summaries[revision.root]) for revision in stored]
    branches = Branches(stored)
    tags = dict(zip((root for root, _ in chain), tags_of_chain(chain, branches.before(stored)), strict=True))
    for revision in stored:
        root, link = revision.root, decode_link(revision.link)
        state = decode_shown_state(revision.standing)
        before = repeated.get(revision.predecessor, revision.predecessor)
        if link and link.resend and before in rows:
            repeated[root] = before
            numbers = [patch.number for patch in summaries[root].patch_facts]
            tags[before] = each_once((*tags[before], *tags[root]), numbers)
            rows[before] = _with_resend(rows[before], root, summaries[root], state, tags[before], root == newest)
        else:
            predecessor = PredecessorRow(before, link.evidence, link.by_hand) if before and link else None
            joins = (
                [PredecessorRow(repeated.get(j.root, j.root), j.evidence, False) for j in link.joins] if link else []
            )
            is_newest = root == newest
            rows[root] = _row(
                revision, summaries[root], state, tags[root], is_newest, inboxes.get(root, ""), predecessor, joins
            )
    ordered = list(rows.values())
    if newest in repeated:
        ordered.sort(key=lambda row: row.message_id == repeated[newest])  # what was sent again last is the newest
    return _supersede_earlier(ordered, branches)


def newest_row(stored: Sequence[Any], summaries: Mapping[str, RevisionSummary]) -> RevisionRow:
    """Return the last of `revision_rows`, without the tags given to earlier versions, which do not count for it."""
    newest = stored[-1]
    link, summary = decode_link(newest.link), summaries[newest.root]
    if link and link.resend:
        return revision_rows(stored, summaries, {})[-1]
    (tags,) = tags_of_chain([(newest.root, summary)])
    return _row(newest, summary, decode_shown_state(newest.standing), tags, is_newest=True)


def _row(
    revision: Any,
    summary: RevisionSummary,
    state: ShownState,
    tags: Sequence[Tag],
    is_newest: bool,
    inbox: str = "",
    predecessor: PredecessorRow | None = None,
    joins: Sequence[PredecessorRow] = (),
) -> RevisionRow:
    """Return the row of a revision that is not a resend."""
    return RevisionRow(
        id=revision.id,
        version=summary.version,
        minor=summary.minor,
        message_id=revision.root,
        subject=summary.subject,
        author_name=summary.author.name,
        author_email=summary.author.email,
        date=revision.date,
        rfc=summary.rfc,
        patches=summary.patches,
        expected=summary.expected,
        has_cover=summary.has_cover,
        state=state.state if is_newest else State.SUPERSEDED,
        state_evidence=_evidence_of(state.reason) if is_newest else None,
        follow_ups=summary.follow_ups,
        unreadable=summary.unreadable,
        inbox=inbox,
        patch_message_ids=summary.patch_message_ids,
        postings=summary.sendings or (revision.root,),
        trailers=_trailers(tags, (revision.root,)),
        predecessor=predecessor,
        applied=_applied(state, summary),
        checks=_checks(summary),
        owed=_owed(state) if is_newest else (),
        missing=summary.missing,
        backport=summary.backport,
        reviewers=reviewer_names(summary) if is_newest else (),
        awaited=awaited_reviewers(summary) if is_newest else (),
        kind=summary.kind if summary.kind in KINDS else "",
        pull=summary.pull,
        commits=summary.commits,
        depends_on=_depends_on(summary),
        points=state.points,
        likely=state.likely and is_newest,
        taken=tuple(TakenPatchRow(t.number, t.message_id, t.version, t.root) for t in summary.taken),
        joins=tuple(joins),
    )


def _with_resend(
    row: RevisionRow, root: str, summary: RevisionSummary, state: ShownState, tags: Sequence[Tag], is_newest: bool
) -> RevisionRow:
    """Return the row of a revision with one of its resends added; `tags` are those of all of its postings."""
    postings = (*row.postings, *(summary.sendings or (root,)))
    return structs.replace(
        row,
        follow_ups=row.follow_ups + summary.follow_ups,
        unreadable=row.unreadable + summary.unreadable,
        postings=postings,
        trailers=_trailers(tags, postings),
        checks=tuple(sorted((*row.checks, *_checks(summary)), key=lambda c: (c.date, c.message_id))),
        applied=_applied(state, summary) or row.applied,
        state=state.state if is_newest else row.state,
        state_evidence=_evidence_of(state.reason) if is_newest else row.state_evidence,
        owed=_owed(state) if is_newest else (),
        missing=summary.missing,
        reviewers=reviewer_names(summary) if is_newest else (),
        awaited=awaited_reviewers(summary) if is_newest else (),
        depends_on=_depends_on(summary) or row.depends_on,
        points=(*row.points, *state.points),
        likely=state.likely and is_newest,
    )


def _depends_on(summary: RevisionSummary) -> tuple[DependencyRow, ...]:
    return tuple(DependencyRow(d.target, d.text, d.message_id) for d in summary.depends_on)


def _supersede_earlier(rows: Sequence[RevisionRow], branches: Branches) -> tuple[RevisionRow, ...]:
    """Return the rows with all but the last superseded, each by the one after it that is not in another branch."""
    superseded: list[RevisionRow] = []
    for place, row in enumerate(rows[:-1], 1):
        if row.state != State.SUPERSEDED or row.state_evidence is None:
            after = (other for other in rows[place:] if not branches.are_apart(row.message_id, other.message_id))
            later = next(after, rows[-1])
            row = structs.replace(row, state=State.SUPERSEDED, state_evidence=Evidence(later.message_id, later.subject))
        superseded.append(row)
    return (*superseded, rows[-1])


def _trailers(tags: Sequence[Tag], postings: Sequence[str]) -> tuple[TrailerRow, ...]:
    """Return tags as rows; a tag given to one of the revision's own `postings` was given to this revision."""
    return tuple(
        TrailerRow(
            t.name,
            t.value,
            t.message_id,
            t.patch,
            t.counts,
            t.date,
            t.scope,
            "" if t.given_to in postings else t.given_to,
            t.carried or t.given_to in postings,
        )
        for t in tags
    )


def _checks(summary: RevisionSummary) -> tuple[CheckRow, ...]:
    return tuple(
        CheckRow(
            *(c.name, c.verdict, c.text, c.message_id, c.date, c.patch),
            *(c.severity, c.preexisting, c.file, c.function, c.quote),
        )
        for c in summary.checks
    )


def _applied(state: ShownState, summary: RevisionSummary) -> AppliedRow | None:
    if not state.partly or state.state in CLOSED:
        return None
    numbers = tuple(int(n) for n in state.partly.split(",") if n.isdigit())
    seen = {patch.number for patch in summary.patch_facts}
    return AppliedRow(numbers, _evidence_of(state.partly_reason), bool(seen) and seen.issubset(numbers))


def _owed(state: ShownState) -> tuple[Evidence, ...]:
    return tuple(_evidence(reason) for reason in state.owed)


def reviewed(revision: RevisionRow) -> int:
    """Return how many of its patches have a review."""
    counting = {trailer.patch for trailer in revision.trailers if trailer.counts}
    return revision.patches if 0 in counting else min(len(counting), revision.patches)


def _evidence_of(reason: StoredReason | None) -> Evidence | None:
    return _evidence(reason) if reason else None


def _evidence(reason: StoredReason) -> Evidence:
    return Evidence(
        reason.message_id,
        reason.text,
        reason.by_hand,
        kind=reason.kind,
        by_name=reason.by.name,
        by_email=reason.by.email,
        date=reason.date,
    )
