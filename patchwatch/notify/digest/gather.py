"""Read the contents of a digest from the database: series, new mails, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from msgspec import structs

from patchwatch.config import Review
from patchwatch.db import inbox_rows, new_since, people, queue, series, series_list, threads
from patchwatch.db.criteria import Criteria
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.notify.digest.build import Digest, Stale, build_digest
from patchwatch.notify.digest.recipient import DigestRecipient
from patchwatch.notify.digest.update import SeriesUpdate
from patchwatch.series.model import SeriesRow, SeriesSummary
from patchwatch.series.queue import Section
from patchwatch.series.rangediff.comparison import author_notes
from patchwatch.series.rangediff.select import choose, mails_of, side
from patchwatch.series.state.next_action import next_action
from patchwatch.series.views import in_choice

Raws = Callable[[Collection[str]], Mapping[str, bytes]]
"""Stored mails, by message-id."""

_DAY = 86_400
_LATE = 30 * _DAY  # a commit is found so long after it was made


@dataclass(frozen=True, slots=True)
class DigestContents:
    """What a digest is built from."""

    updates: tuple[SeriesUpdate, ...]
    since: int
    first: bool  # there is no previous digest
    counts: Mapping[Section, int]
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
        person = people.known_as(executor(connection), recipient.addresses) if recipient.addresses else None
    with database.read(person) as connection:
        execute = executor(connection)
        newly_seen = new_since.seen(connection)
        rules = queue.rules_of(execute, review)
        lines = series_list.summaries(execute, now, review.overdue_days, recipient.addresses)
        found = queue.read_queue(execute, lines, rules, recipient.addresses, now)
        polled = inbox_rows.inbox_rows(execute)
        placed = {line.id: line for line in found.placed(now) if line.place and _is_wanted(line, recipient)}
        counts = {**dict.fromkeys(Section, 0), **Counter(line.place.section for line in placed.values() if line.place)}
        ids = frozenset(line.id for line in placed.values() if _is_listed(line, begin))
        wanted = Criteria(everything=True, ids=ids - found.rows.keys())
        rows = [row for number, row in found.rows.items() if number in ids]
        rows += series.series(execute, wanted, now, review.overdue_days, recipient.addresses)
        actions = {r.id: next_action(r, now, ping_days=review.ping_days, windows=rules.windows) for r in rows}
        mails = new_since.mails_since(connection, [row.id for row in rows], begin, now, seen)
        proofs = new_since.outside_since(connection, filter(None, map(_proof, rows)), begin, now, seen)
        proofs |= new_since.commits_since(connection, filter(None, map(_commit, rows)), begin, seen)
        updates = []
        for row in rows:
            new_ids = frozenset(mails.get(row.id, ())) | (proofs & {_proof(row), _commit(row)})
            place = placed[row.id].place
            if place is None:
                continue
            needs_thread = bool(new_ids) or place.section is Section.NOW
            updates.append(
                SeriesUpdate(
                    structs.replace(row, next_action=actions[row.id]),
                    place,
                    before=place if new_ids else found.place(placed[row.id], begin),
                    thread=threads.thread(execute, row.id, recipient.addresses) if needs_thread else (),
                    new_ids=new_ids,
                    since=begin,
                    addresses=recipient.addresses,
                )
            )
    updates = [replace(u, changes=_changes(u, raws)) if u.new_version else u for u in updates]
    names = recipient.inboxes or {name for line in placed.values() for name in line.inboxes}
    stale = tuple(
        Stale(inbox.name, inbox.failed_at) for inbox in polled if inbox.failed_at is not None and inbox.name in names
    )
    return DigestContents(tuple(updates), begin, since is None, counts, stale, newly_seen)


def _is_wanted(line: SeriesSummary, recipient: DigestRecipient) -> bool:
    """True if the recipient wants this series."""
    if recipient.inboxes and recipient.inboxes.isdisjoint(line.inboxes):
        return False
    return not recipient.views or any(in_choice(name, line) for name in recipient.views)


def _is_listed(line: SeriesSummary, since: int) -> bool:
    """True if a series may have an entry; the others are only counted."""
    if line.place is None or line.place.section is Section.DORMANT:
        return False
    if line.place.section is Section.CLOSED:
        return line.turn_since > since - _LATE
    return line.place.section is not Section.WAITING or line.place.mine


def _proof(row: SeriesRow) -> str:
    """The mail that the state follows from; it can be outside the series."""
    return row.state_evidence.message_id if row.state_evidence else ""


def _commit(row: SeriesRow) -> str:
    return row.state_evidence.commit if row.state_evidence else ""


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
