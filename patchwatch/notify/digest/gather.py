"""Brings together what a digest tells its reader: which series, what is new of each, what the author says of it.

What is said of it, and where, is decided in patchwatch.notify.digest; here it is only looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from patchwatch.config import Review
from patchwatch.db import inboxes, new_since, series, series_list, threads
from patchwatch.db.criteria import Criteria
from patchwatch.db.database import Database
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.notify.digest.build import Counts, Digest, Stale, compose
from patchwatch.notify.digest.recipient import DigestRecipient
from patchwatch.notify.digest.section import Story
from patchwatch.series.model import SeriesRow, SeriesSummary
from patchwatch.series.rangediff.comparison import author_notes
from patchwatch.series.rangediff.select import choose, mails_of, side
from patchwatch.series.state.next_action import next_action
from patchwatch.series.states import APPLIED
from patchwatch.series.views import View, in_view, is_open

Raws = Callable[[Collection[str]], Mapping[str, bytes]]
"""Stored mails, by message-id."""

_DAY = 86_400
_QUIET = 90 * _DAY  # what nobody wrote about for so long is told only if it is watched, or the reader's own
_VIEWS = {view.key: view for view in View}


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a digest is composed of."""

    stories: tuple[Story, ...]
    since: int
    first: bool  # there was no digest before
    counts: Counts
    stale: tuple[Stale, ...]
    seen: str

    def digest(self, now: int) -> Digest:
        """The digest at `now`."""
        digest = compose(self.stories, now, since=self.since, counts=self.counts, first=self.first, stale=self.stale)
        return replace(digest, seen=self.seen)


def brief(
    database: Database, review: Review, raws: Raws, reader: DigestRecipient, now: int, since: int | None, seen: str = ""
) -> Briefing:
    """What there is to be told to a reader at `now`: see `Tracker.digest`."""
    begin = now - _DAY if since is None else since
    with database.read() as connection:
        known = new_since.seen(connection)
        windows = series.merge_windows(connection)
        every = series_list.lines(series_list.asking(connection), now, review.overdue_days, reader.addresses)
        boxes = inboxes.inboxes(connection)
        mine = [one for one in every if _looked_at(one, reader)]
        ids = frozenset(one.id for one in mine if _of_today(one, now))
        wanted = Criteria(everything=True, ids=ids)
        rows = series.series(connection, wanted, now, review.overdue_days, reader.addresses)
        moves = {row.id: next_action(row, now, ping_days=review.ping_days, windows=windows) for row in rows}
        rows = tuple(replace(row, next_action=moves[row.id]) for row in rows)
        if reader.views:
            rows = _in_views(rows, mine, reader)
        mails = new_since.fresh_mails(connection, [row.id for row in rows], begin, now, seen)
        commits = new_since.fresh_commits(connection, filter(None, map(_commit, rows)), begin, seen)
        lists = _applied_to(rows, reader)
        stories = []
        for row in rows:
            new = frozenset(mails.get(row.id, ())) | (commits & {_commit(row)})
            asked = row.next_action is not None and row.next_action.by == "me"
            was = row.next_action if new else next_action(row, begin, ping_days=review.ping_days, windows=windows)
            thread = threads.thread(connection, row.id) if new or asked else ()
            applies = not lists.isdisjoint(row.inboxes)
            stories.append(Story(row, thread, new, begin, reader.addresses, applies=applies, was=was))
    told = tuple(replace(story, changes=_changes(story, raws)) if story.version else story for story in stories)
    read = reader.inboxes or {name for row in rows for name in row.inboxes}
    stale = tuple(Stale(box.name, box.failed_at) for box in boxes if box.failed_at is not None and box.name in read)
    return Briefing(told, begin, since is None, _counts(mine, rows, reader), stale, known)


def _applied_to(rows: Sequence[SeriesRow], reader: DigestRecipient) -> frozenset[str]:
    """The lists of which the reader applies what others post: he said of some series that he did."""
    by_me = [
        row.inboxes
        for row in rows
        if row.state in APPLIED
        and row.state_evidence
        and row.state_evidence.by_email.lower() in reader.addresses
        and row.author_email.lower() not in reader.addresses
    ]
    return frozenset(name for names in by_me for name in names)


def _commit(row: SeriesRow) -> str:
    return row.state_evidence.commit if row.state_evidence else ""


def _looked_at(one: SeriesSummary, reader: DigestRecipient) -> bool:
    """Whether a series is among those the reader looks at; views are tried later, when his next moves are known."""
    if reader.inboxes and reader.inboxes.isdisjoint(one.inboxes):
        return False
    return bool(reader.views) or one.watched or one.followed or one.mine


def _of_today(one: SeriesSummary, now: int) -> bool:
    return one.last_activity > now - _QUIET or (is_open(one) and (one.watched or one.mine))


def _in_views(
    rows: Sequence[SeriesRow], mine: Sequence[SeriesSummary], reader: DigestRecipient
) -> tuple[SeriesRow, ...]:
    known = {one.id: one for one in mine}
    wanted = [_VIEWS[name] for name in reader.views if name in _VIEWS]
    kept = []
    for row in rows:
        todo = row.next_action.text if row.next_action and row.next_action.by == "me" else ""
        if any(in_view(view, known[row.id]._replace(next_action=todo)) for view in wanted):
            kept.append(row)
    return tuple(kept)


def _counts(mine: Sequence[SeriesSummary], rows: Sequence[SeriesRow], reader: DigestRecipient) -> Counts:
    if reader.views:
        shown = {row.id for row in rows}
        mine = [one for one in mine if one.id in shown]
    return Counts(
        series=len(mine),
        open=sum(is_open(one) for one in mine),
        awaiting=sum(one.awaiting_review for one in mine),
        overdue=sum(one.overdue for one in mine),
        unread=sum(one.unread for one in mine),
    )


def _changes(story: Story, raws: Raws) -> str:
    """What the author says has changed since the version before: in the cover letter, or with the patches."""
    revisions = story.row.revisions
    try:
        older, newer = choose(revisions, None, None, lambda name: name)
    except (NotFoundError, InvalidInputError):  # there is nothing that it could be a change of
        return ""
    if newer.revision is not revisions[-1]:
        return ""
    patches = mails_of(newer, story.thread)
    said = author_notes(side(older, (), {}), side(newer, patches, raws([newer.root, *patches])))
    return said[0].changes.text if said else ""
