"""What the versions of a series did about the points of the versions before them: loads what the pure rule needs.

patchwatch.series.claims decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from patchwatch.db import messages as mails
from patchwatch.db.claims_codec import StoredClaim
from patchwatch.db.derived import StoredRevision
from patchwatch.db.revision_codec import RevisionSummary, decode_link, decode_state, decode_summary, mails_of
from patchwatch.mail.message import name_key
from patchwatch.series.claims import MOST_VERSIONS, Posted, claims
from patchwatch.series.points import UNSETTLED, Fate, Point
from patchwatch.sync.conversations import Conversations

_MARKS = tuple(f'"{fate}"' for fate in sorted(UNSETTLED))


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of a series from before this transaction, in which its versions only got replies."""

    claims: Mapping[str, StoredClaim]
    replied: Mapping[int, StoredRevision]  # those that got replies, as they were before


def claims_in(
    connection: Connection,
    members: Sequence[StoredRevision],
    summaries: Mapping[int, RevisionSummary],
    threads: Conversations,
    earlier: Earlier | None = None,
) -> dict[str, StoredClaim]:
    """By the key of a point: what became of it in later versions of its series.

    `members` are the revisions of the series, oldest first; `threads` has the messages of this transaction.  With
    `earlier`, only the points of the versions that got replies are looked at.
    """
    versions = [one for one in members if not ((link := decode_link(one.link)) and link.resend)]
    if len(versions) < 2 or not any(_has_unsettled(one) for one in versions[:-1]):
        return {}
    spoken = _people(summaries[members[-1].id])
    found: dict[str, StoredClaim] = {}
    wanted = {one.id for one in versions}
    if earlier is not None and _same_people(members[-1], spoken, earlier):
        wanted &= earlier.replied.keys()
        gone = {point.key for i in wanted for point in decode_state(earlier.replied[i].standing).points}
        found = {key: claim for key, claim in earlier.claims.items() if key not in gone}
    posted: dict[int, Posted] = {}
    for number, one in enumerate(versions[:-1]):
        if one.id not in wanted or not _has_unsettled(one):
            continue
        points = [point for point in decode_state(one.standing).points if point.fate in UNSETTLED]
        for later in versions[number : number + MOST_VERSIONS + 1]:
            if later.id not in posted:
                posted[later.id] = _posted(connection, later, summaries[later.id], threads)
        after = [posted[later.id] for later in versions[number + 1 : number + MOST_VERSIONS + 1]]
        by_key = {point.key: point for point in points}
        for key, claim in claims(points, posted[one.id], after).items():
            waits = claim.fate == Fate.NOT_TOUCHED and not _has_spoken(by_key[key], spoken)
            found[key] = StoredClaim(claim.fate, claim.root, claim.date, claim.evidence, waits)
    return found


def _has_unsettled(revision: StoredRevision) -> bool:
    return any(mark in revision.standing for mark in _MARKS)


def _same_people(newest: StoredRevision, spoken: set[str], earlier: Earlier) -> bool:
    """True if nobody spoke up in the newest version who had not before: points no longer wait for them."""
    before = earlier.replied.get(newest.id)
    return before is None or _people(decode_summary(before.view)) == spoken


def _people(summary: RevisionSummary) -> set[str]:
    return {key for one in summary.reviewers for key in (one.email, name_key(one.name)) if key}


def _has_spoken(point: Point, spoken: set[str]) -> bool:
    return point.by.email in spoken or name_key(point.by.name) in spoken


def _posted(
    connection: Connection, revision: StoredRevision, summary: RevisionSummary, threads: Conversations
) -> Posted:
    """A version with its messages, as they are stored."""
    names = mails_of(revision.root, summary)
    numbers = mails.known_messages(connection, names)
    threads.load(numbers.values())
    messages = {name: threads.messages[pk] for name, pk in numbers.items()}
    ordered = [messages[name] for name in names if name in messages]
    return Posted(messages[revision.root], ordered, complete=not summary.missing and not summary.taken)
