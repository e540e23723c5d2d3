"""What two sets have in common, as estimated from sketches: the lowest hashes of each.

Cohen and Kaplan, "Summarizing data using bottom-k sketches", 2007.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Overlap(NamedTuple):
    """Counts of the hashes of two sets, as far as both sketches tell."""

    common: int
    fewer: int  # of the set with fewer
    all: int  # of both together

    @property
    def share(self) -> float:
        """The share of the smaller set that is in the other one, 0 to 1."""
        return self.common / (self.fewer or 1)

    @property
    def alike(self) -> float:
        """The share of both together that is in each (Jaccard), 0 to 1."""
        return self.common / (self.all or 1)


def overlap(a: Sequence[int], b: Sequence[int], size: int) -> Overlap:
    """Compare two sketches of at most `size` hashes, ascending."""
    # Above the last hash of a full sketch nothing is known of its set.
    limit = min((found[-1] for found in (a, b) if len(found) == size), default=None)
    mine = set(a) if limit is None else {number for number in a if number <= limit}
    theirs = set(b) if limit is None else {number for number in b if number <= limit}
    common = len(mine & theirs)
    return Overlap(common, min(len(mine), len(theirs)), len(mine) + len(theirs) - common)
