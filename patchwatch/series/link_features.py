"""What is measured on a posting and the earlier ones that it may be a new version of: the input of learned links.

Only postings with a lower version are candidates here; patchwatch.series.version_links has rules for the others.  All
that is measured depends on the posting and on the earlier postings near it in the index, never on what was known when,
so the links are the same in any order of arrival.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain

from patchwatch.mail.prose_sketch import prose_in_common
from patchwatch.mail.subject import gist_words, title_words
from patchwatch.series.posting import PostingFacts, same_person

FEATURES = (
    "same-author",
    "same-address",
    "posted-into-its-thread",
    "same-recipients",  # the share of the fewer recipients that is among the others
    "recipients-alike",  # Jaccard: the share of all recipients that both have
    "same-title",
    "title-among-its-patches",
    "same-patch-titles",
    "similar-title",  # without the subsystem prefix, the best over covers and patches
    "title-contained",  # the share of the shorter title's words that the other has
    "rare-title-words",  # how rare the shared words are among the candidates, together
    "title-by-rarity",  # the share of the rarity of all their words
    "same-files",
    "files-alike",
    "other-files",
    "rare-files",
    "files-left-out",
    "same-prose",
    "next-version",
    "versions-skipped",
    "patch-after-rfc",
    "days-apart",
    "applied-under-another-title",
    # Compared with the other candidates
    "better-title",  # how much better that of the best candidate is
    "better-prose",
    "newer-candidates",
    "higher-candidates",
    "candidates",
    "title-continued",  # another posting of this version, sent before, has the candidate's title
    "patches-continued",
)
"""The features of a candidate, in the order of its vector: 0 or 1, shares, and logarithms of counts."""

_TITLE, _PROSE = FEATURES.index("title-by-rarity"), FEATURES.index("same-prose")
_DAY = 86_400
_DISTINCTIVE = 3  # words of a title that another change hardly has
_MOST_DAYS = 200  # between two versions in different branches
_MOST_CANDIDATES = 400  # the newest; 366 were the most that any posting had on twelve lists
_MOST_SKIPPED = 5  # versions: more are no worse
_MOST_RARITY = 30.0
_TITLES = 3  # patches whose titles are compared one by one


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier posting with a lower version, and what was measured on it."""

    posting: PostingFacts
    vector: tuple[float, ...]  # as FEATURES


def has_lower_version(one: PostingFacts, other: PostingFacts) -> bool:
    """True if `other` has a lower version than `one`."""
    return (other.version, other.minor) < (one.version, one.minor)


def concerns(one: PostingFacts, other: PostingFacts) -> bool:
    """True if `other` can change what is measured on the candidates of `one`."""
    return _is_earlier(one, other) and _is_related(_Own(one), other)


def candidates(one: PostingFacts, near: Iterable[PostingFacts]) -> list[Candidate]:
    """The candidates among the postings near `one`, with their features."""
    own = _Own(one)
    earlier = [other for other in near if _is_earlier(one, other) and _is_related(own, other)]
    lower = _of_its_branch(one, [other for other in earlier if has_lower_version(one, other)], earlier)
    if not lower:
        return []
    if len(lower) > _MOST_CANDIDATES:
        lower = sorted(lower, key=lambda other: (other.date, other.root))[-_MOST_CANDIDATES:]
    rarity = _Rarity(own, lower)
    vectors = [_vector(own, other, rarity) for other in lower]
    rivals = _compared(own, lower, vectors, [other for other in earlier if not has_lower_version(one, other)])
    return [Candidate(p, (*pair, *others)) for p, pair, others in zip(lower, vectors, rivals, strict=True)]


class _Own:
    """The posting whose candidates are measured, with its sets."""

    def __init__(self, posting: PostingFacts) -> None:
        self.posting = posting
        self.words = title_words(posting.title)
        self.gists = _gists(posting)
        self.gist = frozenset(chain.from_iterable(self.gists))
        self.titles = frozenset(posting.titles)
        self.files = frozenset(posting.files)
        self.patch_ids = frozenset(posting.patch_ids)
        self.recipients = frozenset(posting.recipients)


def _of_its_branch(one: PostingFacts, lower: list[PostingFacts], earlier: Sequence[PostingFacts]) -> list[PostingFacts]:
    """Those of the postings with a lower version that do not state to be another change.

    Authors who rename their branch get another change-id.  The next version under the same title continues the change
    nevertheless, unless the old branch has a next version, too, or the new one has the version before.
    """
    if not one.change_id:
        return lower
    known = {other.change_id for other in lower}
    newer = {other.change_id for other in earlier if not has_lower_version(one, other)}
    return [
        other
        for other in lower
        if other.change_id in ("", one.change_id)
        or (one.change_id not in known and other.change_id not in newer and _is_renamed(one, other))
    ]


def _is_renamed(one: PostingFacts, other: PostingFacts) -> bool:
    """True for the next version of one author under the same title, which has enough words to be no other one's."""
    return (
        one.title == other.title
        and one.version == other.version + 1
        and len(title_words(one.title)) >= _DISTINCTIVE
        and same_person(one, other)
        and one.date - other.date <= _MOST_DAYS * _DAY
    )


def _is_earlier(one: PostingFacts, other: PostingFacts) -> bool:
    return (
        (other.date, other.root) < (one.date, one.root)
        and (one.version > 1 or one.minor > 0 or has_lower_version(one, other))
        and (one.trees == other.trees or set(one.trees) == set(other.trees))
    )


def _is_related(own: _Own, other: PostingFacts) -> bool:
    """True if more than the author connects two postings."""
    return (
        not own.words.isdisjoint(title_words(other.title))
        or not own.files.isdisjoint(other.files)
        or not own.titles.isdisjoint(other.titles)
        or not own.patch_ids.isdisjoint(other.patch_ids)
        or other.root in own.posting.answered
        or not own.gist.isdisjoint(chain.from_iterable(_gists(other)))
    )


def _gists(one: PostingFacts) -> list[frozenset[str]]:
    return [gist_words(title) for title in dict.fromkeys((one.title, *one.titles[:_TITLES]))]


class _Rarity:
    """How rare words and files are among a posting and its candidates.

    Counts over the whole database would be a little better, and would make a link depend on unrelated mail.
    """

    def __init__(self, own: _Own, others: Sequence[PostingFacts]) -> None:
        self._all = len(others) + 2
        self._words = Counter(chain(own.words, *(title_words(p.title) for p in others)))
        # No other file is asked for.
        self._files = Counter(chain(own.files, *(own.files.intersection(p.files) for p in others)))

    def of_words(self, words: AbstractSet[str]) -> float:
        """The rarity of all the words together; 0 for none."""
        return sum(self._log(self._words[word]) for word in sorted(words))

    def of_rarest_file(self, files: AbstractSet[str]) -> float:
        """The rarity of the rarest of files that `one` has; 0 for none."""
        return self._log(min(self._files[file] for file in files)) if files else 0.0

    def _log(self, count: int) -> float:
        return math.log(self._all / count)


def _vector(own: _Own, other: PostingFacts, rarity: _Rarity) -> tuple[float, ...]:
    """The features of a pair of postings, the first ones in FEATURES."""
    return (
        *_people(own, other),
        *_titles(own, other, rarity),
        *_changes(own, other, rarity),
        prose_in_common(own.posting.prose, other.prose),
        *_times(own.posting, other),
    )


def _people(own: _Own, other: PostingFacts) -> tuple[float, ...]:
    one = own.posting
    to, to_all = shares(own.recipients, other.recipients)
    return (
        same_person(one, other),
        bool(one.author.email) and one.author.email == other.author.email,
        other.root in one.answered,
        to,
        to_all,
    )


def _titles(own: _Own, other: PostingFacts, rarity: _Rarity) -> tuple[float, ...]:
    theirs = title_words(other.title)
    shared = own.words & theirs
    rare = rarity.of_words(shared)
    return (
        _same_title(own.posting, other),
        _title_inside(own.posting, other),
        shares(own.titles, other.titles)[0],
        _most_shared(own.gists, _gists(other)),
        len(shared) / (min(len(own.words), len(theirs)) or 1),
        min(rare, _MOST_RARITY),
        rare / (rarity.of_words(own.words | theirs) or 1.0),
    )


def _most_shared(ones: Sequence[frozenset[str]], others: Sequence[frozenset[str]]) -> float:
    """The most that one of each has in common, as a share of both together."""
    best = 0.0
    for one in ones:
        for other in others:
            if common := len(one & other):
                best = max(best, common / (len(one) + len(other) - common))
    return best


def _changes(own: _Own, other: PostingFacts, rarity: _Rarity) -> tuple[float, ...]:
    theirs = frozenset(other.files)
    shared = own.files & theirs
    files, files_all = shares(own.files, theirs)
    return (
        files,
        files_all,
        bool(own.files and theirs and not shared),
        rarity.of_rarest_file(shared),
        max(0.0, (len(theirs) - len(own.files)) / (len(theirs) or 1)),
    )


def _times(one: PostingFacts, other: PostingFacts) -> tuple[float, ...]:
    gap = one.version - other.version
    another_title = not (_same_title(one, other) or _title_inside(one, other))
    return (
        gap == 1,
        min(max(gap - 1, 0), _MOST_SKIPPED),
        other.rfc and not one.rfc,
        math.log1p((one.date - other.date) / _DAY),
        another_title and 0 < other.applied < one.date,
    )


def _same_title(one: PostingFacts, other: PostingFacts) -> bool:
    return bool(one.title) and one.title == other.title


def _title_inside(one: PostingFacts, other: PostingFacts) -> bool:
    return bool(one.title) and one.title != other.title and (other.title in one.titles or one.title in other.titles)


def _compared(
    own: _Own,
    lower: Sequence[PostingFacts],
    vectors: Sequence[tuple[float, ...]],
    siblings: Sequence[PostingFacts],
) -> list[tuple[float, ...]]:
    """The last features of FEATURES, for each candidate: how it compares with the others.

    `siblings` are the earlier postings near `one` without a lower version.  They may have continued a candidate.
    """
    title, prose = (max(vector[k] for vector in vectors) for k in (_TITLE, _PROSE))
    newest = _ranks([(-p.date, p.root) for p in lower])
    highest = _ranks([(-p.version, -p.date, p.root) for p in lower])
    others = [p for p in siblings if p.title != own.posting.title]
    titles = {p.title for p in others}
    patches = set(chain.from_iterable(p.titles for p in others)).difference(own.titles)
    return [
        (
            title - vector[_TITLE],
            prose - vector[_PROSE],
            math.log1p(newest[number]),
            math.log1p(highest[number]),
            math.log1p(len(lower)),
            p.title in titles,
            len(patches.intersection(p.titles)) / (len(set(p.titles)) or 1),
        )
        for number, (p, vector) in enumerate(zip(lower, vectors, strict=True))
    ]


def _ranks(keys: Sequence[tuple[int | str, ...]]) -> Mapping[int, int]:
    """The rank of each key, by its index."""
    return {index: rank for rank, index in enumerate(sorted(range(len(keys)), key=lambda i: keys[i]))}


def shares(a: AbstractSet[str], b: Iterable[str]) -> tuple[float, float]:
    """What two sets have in common: as a share of the smaller one, and of both together."""
    if not a or not b:
        return 0.0, 0.0
    other = b if isinstance(b, AbstractSet) else frozenset(b)
    common = len(a & other)
    return common / min(len(a), len(other)), common / (len(a) + len(other) - common)
