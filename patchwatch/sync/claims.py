"""What the versions of a series did about the points of the versions before them: loads what the pure rule needs.

patchwatch.series.claims decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import Connection

from patchwatch.db import messages as mails
from patchwatch.db.claims_codec import StoredClaim
from patchwatch.db.derived import StoredRevision
from patchwatch.db.revision_codec import RevisionSummary, decode_link, decode_state, decode_summary, mails_of
from patchwatch.db.revision_order import Branches
from patchwatch.mail.message import name_key
from patchwatch.series.claims import MOST_VERSIONS, Posted, claims, holds_up
from patchwatch.series.points import UNSETTLED, Fate, Point
from patchwatch.sync.conversations import Conversations

_MARKS = tuple(f'"{fate}"' for fate in sorted(UNSETTLED))


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of a series from before this transaction, in which its versions only got replies."""

    claims: Mapping[str, StoredClaim]
    replied: Mapping[int, StoredRevision]  # those that got replies, as they were before


@dataclass(frozen=True, slots=True)
class _Search:
    """The versions of a series that are looked at, each with those after it, and the claims that stay as they are."""

    newest: StoredRevision
    number: int  # the version of the newest
    spoken: Set[str]  # who spoke up in the newest version
    kept: Mapping[str, StoredClaim]
    versions: Sequence[tuple[StoredRevision, Sequence[StoredRevision]]]


def claims_in(
    connection: Connection,
    orders: Sequence[Sequence[StoredRevision]],
    summaries: Mapping[int, RevisionSummary],
    threads: Conversations,
    earlier: Sequence[Earlier | None],
) -> list[dict[str, StoredClaim]]:
    """Return for each series, by the key of a point, what became of it in later versions.

    `orders` are the revisions of each series, oldest first; `threads` has the messages of this transaction, and gets
    what has to be loaded, of all series at once.  With `earlier` of a series, only the points of the versions that got
    replies are looked at.
    """
    searches = [_search(order, summaries, known) for order, known in zip(orders, earlier, strict=True)]
    needed = {r.id: r for search in searches for one, after in search.versions for r in (one, *after)}
    posted = _posted(connection, needed.values(), summaries, threads)
    return [_found(search, posted) for search in searches]


def _search(
    members: Sequence[StoredRevision], summaries: Mapping[int, RevisionSummary], earlier: Earlier | None
) -> _Search:
    versions = [one for one in members if not ((link := decode_link(one.link)) and link.resend)]
    unsettled = {one.id for one in versions[:-1] if _has_unsettled(one)}
    newest = members[-1]
    number = summaries[newest.id].version
    if not unsettled:
        return _Search(newest, number, frozenset(), {}, ())
    spoken = _people(summaries[newest.id])
    kept: dict[str, StoredClaim] = {}
    if earlier is not None and _same_people(newest, spoken, earlier):
        replied = earlier.replied
        unsettled &= replied.keys()
        gone = {p.key for one in versions if one.id in replied for p in decode_state(replied[one.id].standing).points}
        kept = {key: claim for key, claim in earlier.claims.items() if key not in gone}
    branches = Branches(members)
    looked_at = [
        (one, [later for later in versions[place:] if not branches.are_apart(one.root, later.root)][:MOST_VERSIONS])
        for place, one in enumerate(versions, 1)
        if one.id in unsettled
    ]
    return _Search(newest, number, spoken, kept, looked_at)


def _found(search: _Search, posted: Mapping[int, Posted]) -> dict[str, StoredClaim]:
    found = dict(search.kept)
    for one, after in search.versions:
        points = {point.key: point for point in decode_state(one.standing).points if point.fate in UNSETTLED}
        for key, claim in claims(points.values(), posted[one.id], [posted[later.id] for later in after]).items():
            waits = claim.fate == Fate.NOT_TOUCHED and not _has_spoken(points[key], search.spoken)
            found[key] = StoredClaim(claim.fate, claim.root, claim.date, claim.evidence, waits)
        for key, point in points.items():
            done = key in found and found[key].fate == Fate.DONE
            if not (done or _has_spoken(point, search.spoken)) and holds_up(point, search.newest.date, search.number):
                found[key] = StoredClaim(point.fate, search.newest.root, search.newest.date, "", waits=True)
    return found


def _has_unsettled(revision: StoredRevision) -> bool:
    return any(mark in revision.standing for mark in _MARKS)


def _same_people(newest: StoredRevision, spoken: set[str], earlier: Earlier) -> bool:
    """True if nobody spoke up in the newest version who had not before: points no longer wait for them."""
    before = earlier.replied.get(newest.id)
    return before is None or _people(decode_summary(before.view)) == spoken


def _people(summary: RevisionSummary) -> set[str]:
    return {key for one in summary.reviewers for key in (one.email, name_key(one.name)) if key}


def _has_spoken(point: Point, spoken: Set[str]) -> bool:
    return point.by.email in spoken or name_key(point.by.name) in spoken


def _posted(
    connection: Connection,
    revisions: Collection[StoredRevision],
    summaries: Mapping[int, RevisionSummary],
    threads: Conversations,
) -> dict[int, Posted]:
    """Return versions with their messages, as they are stored."""
    names = {r.id: mails_of(r.root, summaries[r.id]) for r in revisions}
    numbers = mails.known_messages(connection, {name for own in names.values() for name in own})
    threads.load(numbers.values())
    found: dict[int, Posted] = {}
    for r in revisions:
        messages = {name: threads.messages[numbers[name]] for name in names[r.id] if name in numbers}
        complete = not summaries[r.id].missing and not summaries[r.id].taken
        found[r.id] = Posted(messages[r.root], list(messages.values()), complete=complete)
    return found
