"""What the versions of a series did about the points of the versions before them: loads what the pure rule needs.

patchwatch.series.claims decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from patchwatch.db import messages as mails
from patchwatch.db.claims_codec import StoredClaim
from patchwatch.db.derived import StoredRevision
from patchwatch.db.message_codec import decode_message
from patchwatch.db.revision_codec import RevisionSummary, decode_link, decode_state
from patchwatch.mail.message import Message, name_key
from patchwatch.series.claims import Posted, claims
from patchwatch.series.points import UNSETTLED, Fate, Point

_MARKS = tuple(f'"{fate}"' for fate in sorted(UNSETTLED))


def claims_in(
    connection: Connection,
    members: Sequence[StoredRevision],
    summaries: Mapping[int, RevisionSummary],
    known: Mapping[int, Message],
) -> dict[str, StoredClaim]:
    """By the key of a point: what became of it in later versions of its series.

    `members` are the revisions of the series, oldest first; `known` are messages that were decoded already.
    """
    versions = [one for one in members if not ((link := decode_link(one.link)) and link.resend)]
    if len(versions) < 2 or not any(mark in one.standing for one in versions[:-1] for mark in _MARKS):
        return {}
    spoken = _people(summaries[members[-1].id])
    posted: dict[int, Posted] = {}
    found: dict[str, StoredClaim] = {}
    for number, one in enumerate(versions[:-1]):
        if not any(mark in one.standing for mark in _MARKS):
            continue
        points = [point for point in decode_state(one.standing).points if point.fate in UNSETTLED]
        for later in versions[number:]:
            if later.id not in posted:
                posted[later.id] = _posted(connection, later, summaries[later.id], known)
        after = [posted[later.id] for later in versions[number + 1 :]]
        by_key = {point.key: point for point in points}
        for key, claim in claims(points, posted[one.id], after).items():
            waits = claim.fate == Fate.NOT_TOUCHED and not _has_spoken(by_key[key], spoken)
            found[key] = StoredClaim(claim.fate, claim.root, claim.date, claim.evidence, waits)
    return found


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
