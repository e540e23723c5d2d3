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
from patchwatch.db.message_codec import decode_message
from patchwatch.db.revision_codec import RevisionSummary, decode_link, decode_state, decode_summary
from patchwatch.mail.message import Message, name_key
from patchwatch.series.claims import MOST_VERSIONS, Posted, claims
from patchwatch.series.points import UNSETTLED, Fate, Point

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
    known: Mapping[int, Message],
    earlier: Earlier | None = None,
) -> dict[str, StoredClaim]:
    """By the key of a point: what became of it in later versions of its series.

    `members` are the revisions of the series, oldest first; `known` are messages that were decoded already.  With
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
                posted[later.id] = _posted(connection, later, summaries[later.id], known)
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
    connection: Connection, revision: StoredRevision, summary: RevisionSummary, known: Mapping[int, Message]
) -> Posted:
    """A version with its messages, as they are stored."""
    names = dict.fromkeys((revision.root, *summary.message_ids, *summary.patch_message_ids))
    numbers = mails.known_messages(connection, names)
    unknown = mails.facts_of(connection, (pk for pk in numbers.values() if pk not in known))
    messages = {
        name: known[pk] if pk in known else decode_message(unknown[pk])
        for name, pk in numbers.items()
        if pk in known or pk in unknown
    }
    ordered = [messages[name] for name in names if name in messages]
    return Posted(messages[revision.root], ordered, complete=not summary.missing and not summary.taken)
