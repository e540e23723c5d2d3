"""Candidates for a manual link: postings that a series may continue, or that may continue it.

patchwatch.series.version_links links what is likely enough.  This ranks what has too little evidence for that; a
person chooses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from patchwatch.series.link_rules import possible_link
from patchwatch.series.posting import PostingFacts

Place = Literal["earlier", "later"]

_UNSPECIFIC = frozenset({"same-author", "next-version", "soon-after", "same-recipients"})  # of everything they posted


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another posting, whether it would come before or after, and the evidence."""

    root: str
    place: Place
    score: float  # see link_rules.ENOUGH
    evidence: tuple[str, ...]


def rank(oldest: PostingFacts, newest: PostingFacts, others: Iterable[PostingFacts]) -> tuple[Candidate, ...]:
    """Those of `others` that may precede a series' `oldest` revision or succeed its `newest`, the likeliest first.

    Candidates with only the author and the number in common are left out.
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
            if (link := possible_link(one, before)) is not None and set(link.evidence) - _UNSPECIFIC
        ]
        found += [(max(judged, key=lambda c: c.score), other.date)] if judged else []
    found.sort(key=lambda pair: (-pair[0].score, -pair[1], pair[0].root))
    return tuple(candidate for candidate, _ in found)
