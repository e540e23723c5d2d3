"""Match the patches of two revisions, though renamed, moved or rewritten.

Patches with equal diffs are matched first, then those with unique equal titles, then by the cost of the diff of their
diffs, as in `git range-diff`, then by similar titles.  `related_patches` finds what became of the rest (split, merged).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from patchwatch.mail.subject import gist_words, title_key
from patchwatch.series.rangediff.assignment import best_pairs
from patchwatch.series.rangediff.rows import DiffLines, cost

CREATION_FACTOR = 60
"""Percent, git's default: two patches do not match if their difference costs more than this share of both."""

_MAX_COSTS = 1_000_000  # lines to compare; pairs beyond are left unmatched
_SIMILAR = 0.5  # share of the words of two titles that both have
_MIN_LINES = 3  # distinctive lines of a patch; with fewer, related patches are not looked for
_MIN_SHARE = 0.25  # of its distinctive lines that a related patch must have
_MIN_TOTAL = 0.5  # … that all related patches must have together


@dataclass(frozen=True)
class Candidate:
    """The facts of a patch by which it is matched."""

    title: str
    patch_id: str  # git's; may be empty
    lines: DiffLines
    files: frozenset[str] = frozenset()  # that it touches


@dataclass(frozen=True, slots=True)
class Related:
    """A patch without a counterpart whose lines are found in a patch of the other revision."""

    place: int  # of that patch in its revision, from 0
    share: float  # of its distinctive lines, 0 to 1


Pairs = list[tuple[int, int]]


def pair(older: Sequence[Candidate], newer: Sequence[Candidate]) -> Pairs:
    """Match patches: pairs of places (from 0), in the order of the older revision; each place in at most one."""
    if len(older) == len(newer) == 1:
        return [(0, 0)]  # even if rewritten from scratch
    matched = _Matched(older, newer)
    matched.by(lambda c: (c.lines.content, title_key(c.title)) if c.lines.rows else None)
    matched.by(lambda c: c.lines.content or None)
    matched.by(lambda c: c.patch_id or None)
    matched.by(lambda c: title_key(c.title), unique=True)
    matched.by_cost()
    matched.by_similar_title()
    return sorted(matched.pairs)


class _Matched:
    """The pairs found so far, and the patches that are left."""

    def __init__(self, older: Sequence[Candidate], newer: Sequence[Candidate]) -> None:
        self._older, self._newer = dict(enumerate(older)), dict(enumerate(newer))
        self.pairs: Pairs = []

    def by(self, key: Callable[[Candidate], Hashable | None], *, unique: bool = False) -> None:
        """Match patches with the same key, in order, unless it is None; `unique`: only if it is unique on each side."""
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
        """Match the rest so that the total cost of diffs of diffs, and of patches left alone, is the least."""
        gains: dict[tuple[int, int], float] = {}
        spent = 0
        for a, one in self._older.items():
            for b, other in self._newer.items():
                alone = sum(len(c.lines.rows) * CREATION_FACTOR // 100 for c in (one, other))
                # The difference in length is a lower bound of the cost.
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
        """Match patches to the same file whose titles share most words: small ones that were rewritten."""
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
    """Find the lines of our patches without a counterpart in their patches, the greatest share first.

    `counterparts` has for each of their patches the place of ours, or None: lines of a counterpart do not count.
    Patches are related if each has a quarter of the distinctive lines, and all of them have half together.
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
