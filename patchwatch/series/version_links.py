"""New versions: which earlier revision a revision succeeds, with the evidence.

Netdev asks for new versions in new threads, and people rename their work and write from new addresses, so neither
threads nor titles alone are enough.  Each kind of evidence has a weight; a candidate is accepted if the sum reaches
`ENOUGH`.  A wrong link is worse than a missing one.  Candidates are found by their keys (patchwatch.series.posting),
never by a scan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchwatch.mail.subject import gist_words
from patchwatch.series.posting import PostingFacts, same_person

ENOUGH = 5.0
_CLEARLY_BETTER = 3.0

_WEIGHTS: Mapping[str, float] = {
    "same-change-id": 8,
    "links-to-it": 6,
    "links-to-it-as-another-version": 2,
    "same-author": 2,
    "posted-into-its-thread": 2.5,  # a fifth of it if the author is another
    "same-title": 3,
    "title-among-its-patches": 3,
    "same-patch-titles": 3,  # times the share of the titles
    "similar-title": 3,  # times the similarity
    "same-patches": 3,  # times the share of the patch-ids
    "same-files": 2,  # times the share of the files
    "patch-for-its-proposal": 2.5,
    "next-version": 1,
    "soon-after": 1,
    "same-recipients": 1.5,
    "marked-as-resend": 1,
    # What speaks against a link is not reported as evidence.
    "another-author": -2,
    "other-files": -4,
    "other-files-of-incomplete-series": -1,  # the patches that are missing may touch the same files
    "many-versions-apart": -0.5,
    "a-year-apart": -2,
    "grows-up-without-number": -1,
    "repeats-without-number": -2,
    "months-apart-without-number": -2,
}
_OUTRIGHT = frozenset({"same-change-id", "links-to-it", "same-title"})
# Author, files and number alone also fit the next series that somebody sends for the same part of the kernel.
_SPECIFIC = _OUTRIGHT | {
    "links-to-it-as-another-version",
    "posted-into-its-thread",
    "title-among-its-patches",
    "same-patch-titles",
    "similar-title",
    "same-patches",
}
_SIMILAR = 0.3  # similarity of two titles from which on it counts
_DAY = 86_400
_OUTGROWN = 6  # times as many patches: without a version number this is not the same work
_SKEW = 2 * _DAY  # clocks of senders are wrong by hours, rarely by days
_SOON_DAYS = 14  # an RFC's first version usually follows within days of its discussion


@dataclass(frozen=True, slots=True)
class Link:
    """A revision's predecessor, with the evidence."""

    root: str
    predecessor: str
    evidence: tuple[str, ...]
    score: float
    by_hand: bool = False
    resend: bool = False  # the same version posted again, not a new version


def predecessor(one: PostingFacts, candidates: Iterable[PostingFacts]) -> Link | None:
    """The revision that `one` succeeds, or None."""
    links = [
        (link, other)
        for other in candidates
        if other.root != one.root and (link := likely_link(one, other)) is not None
    ]
    if not links:
        return None
    # Similar postings, however new, lose against those that are certainly this change.
    links = [pair for pair in links if _OUTRIGHT & set(pair[0].evidence)] or links
    best = max(link.score for link, _ in links)
    likely = [pair for pair in links if pair[0].score >= best - _CLEARLY_BETTER]
    resends = [pair for pair in likely if pair[0].resend]
    if resends:  # of the first posting of that version
        return min(resends, key=lambda pair: (pair[1].date, pair[1].root))[0]
    return max(likely, key=lambda pair: (pair[1].version, pair[1].minor, pair[1].date, pair[0].score, pair[1].root))[0]


def same_revision(one: PostingFacts, other: PostingFacts) -> bool:
    """True if they are the same posting, or one is a resend of the other."""
    links = (likely_link(one, other), likely_link(other, one))
    return one.root == other.root or any(link is not None and link.resend for link in links)


def likely_link(one: PostingFacts, other: PostingFacts) -> Link | None:
    """The link to `other` as predecessor of `one`; None if it is impossible, or not likely enough."""
    link = possible_link(one, other)
    if link is None or link.score < ENOUGH:
        return None
    # Without a version number, a patch in the thread can be another one that the discussion brought up.
    numbered = (other.version, other.minor) < (one.version, one.minor) or link.resend
    specific = _SPECIFIC if numbered else _SPECIFIC - {"posted-into-its-thread"}
    return link if specific & set(link.evidence) else None


def possible_link(one: PostingFacts, other: PostingFacts) -> Link | None:
    """The link to `other` as predecessor of `one`, however weak; None if it is impossible."""
    if (other.date, other.root) >= (one.date + _SKEW, one.root):
        return None
    pair = _Pair(one, other)
    if not pair.is_possible():
        return None
    found = [
        *_identity(pair),
        *_people(pair),
        *_titles(pair),
        *_patches(pair),
        *_versions(pair),
        *_without_number(pair),
    ]
    score = sum(_WEIGHTS[name] * share for name, share in found)
    evidence = tuple(name for name, _ in found if _WEIGHTS[name] > 0)
    return Link(one.root, other.root, evidence, round(score, 3), resend=pair.resend)


class _Pair:
    """A posting and a possible predecessor: how their versions, dates, people and titles relate."""

    def __init__(self, one: PostingFacts, other: PostingFacts) -> None:
        self.one, self.other = one, other
        stated = [version for message_id, version in one.earlier if message_id in other.message_ids]
        self.linked = bool(stated)  # it links to a mail of the other
        self.linked_version = stated[0] if stated else None  # as which version
        self.person = same_person(one, other)
        self.days = abs(one.date - other.date) / _DAY
        self.title_same = bool(one.title) and one.title == other.title
        self.title_equal = self.title_same or (
            bool(one.title) and (other.title in one.titles or one.title in other.titles)
        )
        self.after_rfc = other.rfc and not one.rfc
        earlier = (other.date, other.root) < (one.date, one.root)
        repeats = earlier and (other.version, other.minor) == (one.version, one.minor)
        self.in_order = (other.version, other.minor) < (one.version, one.minor)
        self.resend = repeats and one.resend and one.rfc == other.rfc
        # A new version that states no higher number than the one before.
        unnumbered = self.after_rfc or other.kind == "proposal" or not one.stated
        self.renewed = repeats and not self.resend and unnumbered
        # "[RFC PATCH v2]" precedes "[PATCH]"; people who take over a series restart the numbers, too.
        restarts = self.after_rfc or (self.linked and not self.person)
        self.restarted = earlier and one.version == 1 < other.version and restarts

    def is_possible(self) -> bool:
        """False if versions, trees, change-ids or dates rule out that `other` precedes `one`."""
        one, other = self.one, self.other
        if not (self.in_order or self.resend or self.renewed or self.restarted):
            return False
        if set(one.trees) != set(other.trees):
            return False  # a backport repeats the title of what it backports
        if one.change_id and other.change_id and one.change_id != other.change_id and not self.linked:
            return False
        # A patch that was posted alone is included in a large series later, or taken out of one.
        if self.renewed and not self.linked and other.titles and not self.after_rfc and _outgrown(one, other):
            return False
        return not (self.in_order and one.date < other.date and not (self.linked or one.change_id))


# ---- evidence: names of weights, and the share of the weight that counts --------------------------------------------

_Evidence = Iterator[tuple[str, float]]


def _identity(pair: _Pair) -> _Evidence:
    if pair.one.change_id and pair.one.change_id == pair.other.change_id:
        yield "same-change-id", 1
    if pair.linked:
        as_stated = pair.linked_version in (None, pair.other.version)
        yield "links-to-it" if as_stated else "links-to-it-as-another-version", 1


def _people(pair: _Pair) -> _Evidence:
    yield "same-author" if pair.person else "another-author", 1
    if pair.other.root in pair.one.answered:
        yield "posted-into-its-thread", 1 if pair.person else 0.2


def _titles(pair: _Pair) -> _Evidence:
    if pair.title_equal:
        yield "same-title" if pair.title_same else "title-among-its-patches", 1
    titles = _overlap(pair.one.titles, pair.other.titles)
    if titles and not (pair.title_equal and len(pair.one.titles) == 1):
        yield "same-patch-titles", titles
    if not pair.title_equal and (similarity := _similarity(pair)) >= _SIMILAR:
        yield "similar-title", similarity


def _patches(pair: _Pair) -> _Evidence:
    one, other = pair.one, pair.other
    if patches := _overlap(one.patch_ids, other.patch_ids):
        yield "same-patches", patches
    if one.files and other.files:
        if files := _overlap(one.files, other.files):
            yield "same-files", files
        else:
            excused = pair.linked or one.incomplete or other.incomplete
            yield "other-files-of-incomplete-series" if excused else "other-files", 1
    elif "proposal" in (one.kind, other.kind) and pair.person and (pair.title_equal or _similarity(pair) >= _SIMILAR):
        yield "patch-for-its-proposal", 1


def _versions(pair: _Pair) -> _Evidence:
    gap = pair.one.version - pair.other.version
    if pair.in_order and gap == 1:
        yield "next-version", 1
    elif gap > 3:
        yield "many-versions-apart", 1
    if pair.days > 400:
        yield "a-year-apart", 1


def _without_number(pair: _Pair) -> _Evidence:
    """Without a number that makes it a new version, more of the other evidence is needed."""
    if pair.renewed or pair.restarted:
        grows_up = pair.other.kind == "proposal" or pair.after_rfc
        if grows_up and pair.person and pair.days <= _SOON_DAYS:
            yield "soon-after", 1
            recipients = pair.other.recipients
            if _overlap(pair.one.recipients, recipients) >= 0.8 and len(recipients) >= 4:
                yield "same-recipients", 1
        yield "grows-up-without-number" if grows_up else "repeats-without-number", 1
        if pair.days > 200:
            yield "months-apart-without-number", 1
    if pair.resend:
        yield "marked-as-resend", 1


def _similarity(pair: _Pair) -> float:
    """How similar the titles are, 0 to 1: common words among all words (Jaccard), best over covers and patches."""
    best = 0.0
    for mine in {pair.one.title, *pair.one.titles[:3]}:
        for theirs in {pair.other.title, *pair.other.titles[:3]}:
            a, b = gist_words(mine), gist_words(theirs)
            if a and b:
                best = max(best, len(a & b) / len(a | b))
    return best


def _outgrown(one: PostingFacts, other: PostingFacts) -> bool:
    small, large = sorted((len(one.titles), len(other.titles)))
    return large > _OUTGROWN * small


def _overlap(a: Sequence[str], b: Sequence[str]) -> float:
    """The share of the smaller set that is in the other, 0 to 1."""
    if not a or not b:
        return 0.0
    return len(set(a) & set(b)) / min(len(set(a)), len(set(b)))
