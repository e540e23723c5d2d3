"""Which patch of one revision is which of another, though renamed, moved or rewritten.

Patches with equal diffs first, then those with a title that no other has, then by what the diff of their diffs costs,
as `git range-diff` weighs it, then by similar titles.  `related_patches` finds what became of the rest (split, merged).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from patchwatch.mail.subject import gist_words, title_key
from patchwatch.series.rangediff.assignment import best_pairs
from patchwatch.series.rangediff.rows import DiffLines, cost

CREATION_FACTOR = 60
"""Percent, as git's default: two patches are not the same when their difference costs more than this share of both."""

_MAX_COSTS = 1_000_000  # lines compared to match the patches of two revisions; pairs beyond are left unmatched
_SIMILAR = 0.5  # share of the words of two titles that both have
_MIN_LINES = 3  # telling lines of a patch, below which nothing is said of where they went
_MIN_SHARE = 0.25  # of its telling lines that must be in a patch to name it, and half of them in all those named
_MIN_TOTAL = 0.5


@dataclass(frozen=True)
class Candidate:
    """A patch as it is matched."""

    title: str
    patch_id: str  # git's; may be empty
    lines: DiffLines
    files: frozenset[str] = frozenset()  # that it touches


@dataclass(frozen=True, slots=True)
class Related:
    """A patch without a counterpart whose lines are found in a patch of the other revision."""

    place: int  # of that patch in its revision, from 0
    share: float  # of the telling lines of the patch without a counterpart, 0 to 1


Pairs = list[tuple[int, int]]


def pair(older: Sequence[Candidate], newer: Sequence[Candidate]) -> Pairs:
    """Places (from 0) of patches that are the same one, in order of the older; each in at most one pair."""
    if len(older) == len(newer) == 1:
        return [(0, 0)]  # rewritten from scratch, it is that one patch all the same
    matched = _Matched(older, newer)
    matched.by(lambda c: (c.lines.content, title_key(c.title)) if c.lines.rows else None)
    matched.by(lambda c: c.lines.content or None)
    matched.by(lambda c: c.patch_id or None)
    matched.by(lambda c: title_key(c.title), unique=True)
    matched.by_cost()
    matched.by_similar_title()
    return sorted(matched.pairs)


class _Matched:
    """What is matched so far."""

    def __init__(self, older: Sequence[Candidate], newer: Sequence[Candidate]) -> None:
        self._older, self._newer = dict(enumerate(older)), dict(enumerate(newer))
        self.pairs: Pairs = []

    def by(self, key: Callable[[Candidate], Hashable | None], *, unique: bool = False) -> None:
        """Match what has the same key, in order; None is none.  `unique`: if nothing else on its side has it."""
        if not self._older or not self._newer:
            return
        keys = {n: key(c) for n, c in self._newer.items()}
        old_keys = {n: key(c) for n, c in self._older.items()}
        if unique:
            counts, old_counts = Counter(keys.values()), Counter(old_keys.values())
            keys = {n: k for n, k in keys.items() if counts[k] == 1}
            old_keys = {n: k for n, k in old_keys.items() if old_counts[k] == 1}
        places: dict[Hashable, list[int]] = defaultdict(list)
        for number, one in keys.items():
            places[one].append(number)
        for number, one in old_keys.items():
            if one is not None and places[one]:
                self._take(number, places[one].pop(0))

    def by_cost(self) -> None:
        """Match the rest so that the diffs of diffs, and what is left alone, cost the least."""
        gains: dict[tuple[int, int], float] = {}
        spent = 0
        for a, one in self._older.items():
            for b, other in self._newer.items():
                alone = sum(len(c.lines.rows) * CREATION_FACTOR // 100 for c in (one, other))
                # The difference in length is the least that it can cost.
                if abs(len(one.lines.rows) - len(other.lines.rows)) >= alone:
                    continue
                if one.lines.distinctive.keys().isdisjoint(other.lines.distinctive):
                    continue
                spent += len(one.lines.rows) + len(other.lines.rows)
                if spent <= _MAX_COSTS:
                    gains[a, b] = alone - cost(one.lines, other.lines)
        for a, b in best_pairs(gains):
            self._take(a, b)

    def by_similar_title(self) -> None:
        """Match patches to one file whose titles share most of their words: small ones that were rewritten."""
        gains: dict[tuple[int, int], float] = {}
        for a, one in self._older.items():
            for b, other in self._newer.items():
                ours, theirs = gist_words(one.title), gist_words(other.title)
                if ours and theirs and not one.files.isdisjoint(other.files):
                    similarity = len(ours & theirs) / len(ours | theirs)
                    gains[a, b] = similarity if similarity >= _SIMILAR else 0.0
        for a, b in best_pairs(gains):
            self._take(a, b)

    def _take(self, a: int, b: int) -> None:
        self.pairs.append((a, b))
        del self._older[a], self._newer[b]


def related_patches(
    ours: Sequence[Candidate], theirs: Sequence[Candidate], counterparts: Sequence[int | None]
) -> dict[int, tuple[Related, ...]]:
    """Where the lines of our patches without a counterpart are in the other revision, the greatest share first.

    `counterparts` has for each of their patches the place of ours, or None: what both have is not of another patch.
    Patches of theirs are named if they have a quarter of the telling lines each and half of them together.
    """
    alone = set(range(len(ours))) - set(counterparts)
    if not alone:
        return {}
    free = [
        one.lines.distinctive - (ours[counterpart].lines.distinctive if counterpart is not None else Counter[str]())
        for one, counterpart in zip(theirs, counterparts, strict=True)
    ]
    found: dict[int, tuple[Related, ...]] = {}
    for number in sorted(alone):
        lines = ours[number].lines.distinctive
        total = lines.total()
        if total < _MIN_LINES:
            continue
        shares = [Related(place, (lines & rest).total() / total) for place, rest in enumerate(free)]
        related = sorted((k for k in shares if k.share >= _MIN_SHARE), key=lambda k: (-k.share, k.place))
        if sum(k.share for k in related) >= _MIN_TOTAL:
            found[number] = tuple(related)
    return found
