"""Candidates for a manual link: the neighbours of a series in the index.

patchwatch.series.link_candidates ranks them.
"""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy import Connection

from patchwatch.db import derived
from patchwatch.db.postings import Postings, neighbours
from patchwatch.db.revision_codec import decode_summary
from patchwatch.db.revision_order import in_order
from patchwatch.series.link_candidates import rank
from patchwatch.series.model import CandidateRow
from patchwatch.series.names import Names

_SHOWN = 30


def candidates(connection: Connection, series_id: int, me: Set[str] = frozenset()) -> tuple[CandidateRow, ...]:
    """Return revisions of other series that could be earlier or later versions of this one, best match first.

    An author with one of the addresses `me` is called `you`.
    """
    own = in_order(derived.series_revisions(connection, [series_id]))
    if not own:
        return ()
    postings = Postings(connection)
    postings.load(r.id for r in own)
    oldest, newest = postings[own[0].id], postings[own[-1].id]
    near = set().union(*neighbours(connection, [oldest, newest]).values()) - {r.id for r in own}
    postings.load(near)
    ranked = rank(oldest, newest, (postings[i] for i in sorted(near) if i in postings))[:_SHOWN]
    revisions = {r.root: r for r in derived.revisions_by_root(connection, (c.root for c in ranked))}
    rows = []
    for candidate in ranked:
        revision = revisions[candidate.root]
        summary = decode_summary(revision.view)
        rows.append(
            CandidateRow(
                series_id=revision.series_id or revision.id,
                message_id=candidate.root,
                place=candidate.place,
                score=candidate.score,
                evidence=candidate.evidence,
                version=summary.version,
                subject=summary.subject,
                author_name=Names(me).whole(summary.author),
                date=revision.date,
            )
        )
    return tuple(rows)
