"""Candidates for a link by hand: which earlier posting a series may go on from, and which later one from it.

What succession finds likely enough is linked already; here is what it found too little for, with all there is to say
for it, best first.  Which of them it is, if any, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from patchwatch.series.posting import PostingFacts
from patchwatch.series.version_links import possible_link

Place = Literal["earlier", "later"]

_SAYS_NOTHING = frozenset({"same-author", "next-version", "soon-after", "same-recipients"})  # alone


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another posting, whether it would come before or after, and what speaks for that."""

    root: str
    place: Place
    score: float  # in points of succession
    evidence: tuple[str, ...]


def rank(oldest: PostingFacts, newest: PostingFacts, others: Iterable[PostingFacts]) -> tuple[Candidate, ...]:
    """Those of `others` that may precede a series' `oldest` revision or succeed its `newest`, the likeliest first.

    What only the author and the number speak for is left out: that would be everything he posted.
    """
    found: list[tuple[Candidate, int]] = []
    for other in others:
        places: tuple[tuple[Place, PostingFacts, PostingFacts], ...] = (
            ("earlier", oldest, other),
            ("later", other, newest),
        )
        judged = [
            Candidate(other.root, place, link.score, link.evidence)
            for place, one, before in places
            if (link := possible_link(one, before)) is not None and set(link.evidence) - _SAYS_NOTHING
        ]
        found += [(max(judged, key=lambda c: c.score), other.date)] if judged else []
    found.sort(key=lambda pair: (-pair[0].score, -pair[1], pair[0].root))
    return tuple(candidate for candidate, _ in found)
