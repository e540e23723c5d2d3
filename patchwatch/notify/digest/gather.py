"""Read the contents of a digest from the database: series, new mails, notes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from patchwatch.config import Review
from patchwatch.db import inboxes, new_since, series, series_flags, series_list, threads
from patchwatch.db.criteria import Criteria
from patchwatch.db.database import Database
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.notify.digest.build import Counts, Digest, Stale, build_digest
from patchwatch.notify.digest.recipient import DigestRecipient
from patchwatch.notify.digest.section import SeriesUpdate
from patchwatch.series.model import SeriesRow, SeriesSummary
from patchwatch.series.rangediff.comparison import author_notes
from patchwatch.series.rangediff.select import choose, mails_of, side
from patchwatch.series.state.next_action import next_action
from patchwatch.series.states import APPLIED, ReasonKind
from patchwatch.series.views import View, in_view, is_open

Raws = Callable[[Collection[str]], Mapping[str, bytes]]
"""Stored mails, by message-id."""

_DAY = 86_400
_INACTIVE = 90 * _DAY  # series without mail for so long are left out unless open and watched, or the recipient's own
_VIEWS = {view.key: view for view in View}


@dataclass(frozen=True, slots=True)
class DigestContents:
    """What a digest is built from."""

    updates: tuple[SeriesUpdate, ...]
    since: int
    first: bool  # there is no previous digest
    counts: Counts
    stale: tuple[Stale, ...]
    seen: str

    def digest(self, now: int) -> Digest:
        """The digest at `now`."""
        digest = build_digest(
            self.updates, now, since=self.since, counts=self.counts, first=self.first, stale=self.stale
        )
        return replace(digest, seen=self.seen)


def gather(
    database: Database,
    review: Review,
    raws: Raws,
    recipient: DigestRecipient,
    now: int,
    since: int | None,
    seen: str = "",
) -> DigestContents:
    """The contents of a recipient's digest at `now`; `since` and `seen` are as in `Tracker.digest`."""
    begin = now - _DAY if since is None else since
    with database.read() as connection:
        newly_seen = new_since.seen(connection)
        windows = series.merge_windows(connection)
        every = series_list.summaries(series_flags.executor(connection), now, review.overdue_days, recipient.addresses)
        polled = inboxes.inboxes(connection)
        mine = [summary for summary in every if _is_followed(summary, recipient)]
        ids = frozenset(summary.id for summary in mine if _is_current(summary, now))
        wanted = Criteria(everything=True, ids=ids)
        rows = series.series(connection, wanted, now, review.overdue_days, recipient.addresses)
        actions = {row.id: next_action(row, now, ping_days=review.ping_days, windows=windows) for row in rows}
        rows = tuple(replace(row, next_action=actions[row.id]) for row in rows)
        if recipient.views:
            rows = _in_views(rows, mine, recipient)
        mails = new_since.mails_since(connection, [row.id for row in rows], begin, now, seen)
        proofs = new_since.outside_since(connection, filter(None, map(_proof, rows)), begin, now, seen)
        proofs |= new_since.commits_since(connection, filter(None, map(_commit, rows)), begin, seen)
        applied_to = _inboxes_applied_to(rows, recipient)
        updates = []
        for row in rows:
            new_ids = frozenset(mails.get(row.id, ())) | (proofs & {_proof(row), _commit(row)})
            mine_now = row.next_action is not None and row.next_action.by == "me"
            updates.append(
                SeriesUpdate(
                    row,
                    thread=threads.thread(connection, row.id) if new_ids or mine_now else (),
                    new_ids=new_ids,
                    since=begin,
                    addresses=recipient.addresses,
                    recipient_applies=not applied_to.isdisjoint(row.inboxes),
                    previous_action=row.next_action
                    if new_ids
                    else next_action(row, begin, ping_days=review.ping_days, windows=windows),
                )
            )
    updates = [replace(u, changes=_changes(u, raws)) if u.new_version else u for u in updates]
    names = recipient.inboxes or {name for row in rows for name in row.inboxes}
    stale = tuple(
        Stale(inbox.name, inbox.failed_at) for inbox in polled if inbox.failed_at is not None and inbox.name in names
    )
    return DigestContents(tuple(updates), begin, since is None, _counts(mine, rows, recipient), stale, newly_seen)


def _inboxes_applied_to(rows: Sequence[SeriesRow], recipient: DigestRecipient) -> frozenset[str]:
    """The inboxes where the recipient has applied somebody else's series."""
    applied = [
        row.inboxes
        for row in rows
        if row.state in APPLIED
        and row.state_evidence
        and row.state_evidence.kind != ReasonKind.CITED
        and row.state_evidence.by_email.lower() in recipient.addresses
        and row.author_email.lower() not in recipient.addresses
    ]
    return frozenset(name for names in applied for name in names)


def _proof(row: SeriesRow) -> str:
    """The mail that the state follows from; it can be outside the series."""
    return row.state_evidence.message_id if row.state_evidence else ""


def _commit(row: SeriesRow) -> str:
    return row.state_evidence.commit if row.state_evidence else ""


def _is_followed(summary: SeriesSummary, recipient: DigestRecipient) -> bool:
    """True if the recipient may want this series.  Views are checked later, when the next actions are known."""
    if recipient.inboxes and recipient.inboxes.isdisjoint(summary.inboxes):
        return False
    return bool(recipient.views) or summary.watched or summary.followed or summary.mine


def _is_current(summary: SeriesSummary, now: int) -> bool:
    return summary.last_activity > now - _INACTIVE or (is_open(summary) and (summary.watched or summary.mine))


def _in_views(
    rows: Sequence[SeriesRow], mine: Sequence[SeriesSummary], recipient: DigestRecipient
) -> tuple[SeriesRow, ...]:
    summaries = {summary.id: summary for summary in mine}
    views = [_VIEWS[name] for name in recipient.views if name in _VIEWS]
    matching = []
    for row in rows:
        action = row.next_action.text if row.next_action and row.next_action.by == "me" else ""
        if any(in_view(view, summaries[row.id]._replace(next_action=action)) for view in views):
            matching.append(row)
    return tuple(matching)


def _counts(mine: Sequence[SeriesSummary], rows: Sequence[SeriesRow], recipient: DigestRecipient) -> Counts:
    if recipient.views:
        shown = {row.id for row in rows}
        mine = [summary for summary in mine if summary.id in shown]
    return Counts(
        series=len(mine),
        open=sum(is_open(summary) for summary in mine),
        awaiting=sum(summary.awaiting_review for summary in mine),
        overdue=sum(summary.overdue for summary in mine),
        unread=sum(summary.unread for summary in mine),
    )


def _changes(update: SeriesUpdate, raws: Raws) -> str:
    """The author's changelog of the newest revision, from the cover letter or the patches."""
    revisions = update.row.revisions
    try:
        older, newer = choose(revisions, None, None, lambda name: name)
    except (NotFoundError, InvalidInputError):  # there is nothing to compare it with
        return ""
    if newer.revision is not revisions[-1]:
        return ""
    patches = mails_of(newer, update.thread)
    notes = author_notes(side(older, (), {}), side(newer, patches, raws([newer.root, *patches])))
    return notes[0].changes.text if notes else ""
