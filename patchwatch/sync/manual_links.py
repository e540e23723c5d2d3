"""Links between versions that a person made or refused."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from patchwatch.db import decisions, derived
from patchwatch.series.posting import PostingFacts


def by_hand(
    connection: Connection, postings: Sequence[PostingFacts]
) -> tuple[dict[str, tuple[str, str]], set[tuple[str, str]]]:
    """Return the manual links of these postings, root -> (predecessor's root, user), and the refused pairs.

    They are stored by message-id; the root of a revision can have changed since (its cover letter came late).
    """
    said = decisions.manual_links(connection, (i for p in postings for i in p.message_ids))
    roots = derived.roots_of(connection, {i for later, earlier, *_ in said for i in (later, earlier)})
    tied: dict[str, tuple[str, str]] = {}
    refused: set[tuple[str, str]] = set()
    for later, earlier, linked, _at, by in sorted(said, key=lambda tie: tie[3]):
        if later not in roots or earlier not in roots:
            continue
        pair = (roots[later], roots[earlier])
        if linked:
            tied[pair[0]] = (pair[1], by)
        else:
            refused |= {pair, (pair[1], pair[0])}
    return tied, refused
