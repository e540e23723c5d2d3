"""The rules of version links: the evidence that one posting succeeds another, with points.

Netdev asks for new versions in new threads, and people rename their work and write from new addresses, so neither
threads nor titles alone are enough.  Each kind of evidence has a weight; a candidate is accepted if the sum reaches
`ENOUGH`.  A wrong link is worse than a missing one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from patchwatch.mail.subject import gist_words
from patchwatch.pattern import Pattern
from patchwatch.series.certain_links import Link
from patchwatch.series.line_sketch import lines_in_common
from patchwatch.series.link_features import has_lower_version, shares
from patchwatch.series.posting import SKEW, PostingFacts, is_unnumbered, same_person
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.relayed import has_other_patches, links_to
from patchwatch.series.senders import is_one

ENOUGH = 5.0

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
    "same-lines": 4,
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
CERTAIN = frozenset({"same-change-id", "links-to-it"})
"""Evidence that needs no other."""
OUTRIGHT = CERTAIN | {"same-title"}
"""Evidence beside which what is merely similar counts for nothing."""
# Author, files and number alone also fit the next series that somebody sends for the same part of the kernel.
_SPECIFIC = OUTRIGHT | {
    "links-to-it-as-another-version",
    "posted-into-its-thread",
    "title-among-its-patches",
    "same-patch-titles",
    "similar-title",
    "same-patches",
    "same-lines",
}
_REPEATED = frozenset({"same-title", "title-among-its-patches", "same-patch-titles", "same-patches"})
_EQUAL = 0.5  # of all patches of two postings, from which on they are the same posting under another title
_SIMILAR = 0.3  # similarity of two titles from which on it counts
_B4 = Pattern(r"\d{8}-(.+)-v\d+-\d+-[0-9a-f]{12}@")
_DAY = 86_400
_OUTGROWN = 6  # times as many patches: without a version number this is not the same work
_MISNUMBERED_DAYS = 60  # most between a version and the next one that has a lower number
_REWORDED_DAYS = 60  # most between two postings without a number that have only their lines in common
_FEWEST_LINES, _SOME_LINES = 3, 4  # that two sketches have in common
_MUCH, _HALF, _MOST_LINES, _NEARLY_ALL = 0.15, 0.5, 0.6, 0.8  # of the lines of two postings
_TITLE_WORDS, _MISSPELLED = 4, 2  # fewest words of a title, and most of them that may be spelled otherwise
_SPELLING = 0.8  # similarity of two words from which on they are one: "covert" and "convert"
_SOON_DAYS = 14  # an RFC's first version usually follows within days of its discussion


def likely_link(one: PostingFacts, other: PostingFacts) -> Link | None:
    """The link to `other` as predecessor of `one`; None if it is impossible, or not likely enough."""
    if not _may_follow(one, other) or _are_sisters(one, other):
        return None
    link = possible_link(one, other)
    if link is None or link.score < ENOUGH:
        return None
    # Without a version number, a patch in the thread can be another one that the discussion brought up.
    numbered = (other.version, other.minor) < (one.version, one.minor) or link.resend
    specific = _SPECIFIC if numbered else _SPECIFIC - {"posted-into-its-thread"}
    return link if specific & set(link.evidence) and _is_the_same_work(one, other, link) else None


def _are_sisters(one: PostingFacts, other: PostingFacts) -> bool:
    """A quick test for the same change of many drivers: True if no evidence can make two such patches the same work."""
    if (one.version, one.minor) != (other.version, other.minor) or one.resend or one.title == other.title:
        return False
    if other.kind == "proposal" or (other.rfc and not one.rfc):
        return False
    if links_to(one, other) or (one.change_id and one.change_id == other.change_id):
        return False
    alike = not set(one.patch_ids).isdisjoint(other.patch_ids)
    return not (alike or _is_respelled(one, other) or _is_reworded(one, other))


def has_equal_patches(one: PostingFacts, other: PostingFacts) -> bool:
    """True if most patches of two postings of one person are equal."""
    return same_person(one, other) and shares(frozenset(one.patch_ids), other.patch_ids)[1] > _EQUAL


def adds_same_lines(one: PostingFacts, other: PostingFacts) -> bool:
    """True if most of the lines that one of two postings of one sender adds are in the other, and are much of it."""
    if not is_one(one.author, other.author):
        return False
    lines = lines_in_common(one.lines, other.lines)
    return lines.common >= _FEWEST_LINES and lines.share >= _MOST_LINES and lines.alike >= _MUCH


def _is_respelled(one: PostingFacts, other: PostingFacts) -> bool:
    """True for two changes of the same files whose titles differ in the spelling of a word or two."""
    mine, theirs = one.title.split(), other.title.split()
    if len(mine) != len(theirs) or len(mine) < _TITLE_WORDS or set(one.files) != set(other.files):
        return False
    apart = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    return 0 < len(apart) <= _MISSPELLED and all(_is_misspelled(*pair) for pair in apart)


def _is_misspelled(one: str, other: str) -> bool:
    """True if two words are rather one; false if digits or signs tell them apart: names of chips are alike."""
    if not (one.isalpha() and other.isalpha()):
        return False
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other).ratio() >= _SPELLING


def _is_reworded(one: PostingFacts, other: PostingFacts) -> bool:
    """True if a posting adds mostly the lines of one that its sender sent before, and that nobody applied."""
    if one.date - other.date > _REWORDED_DAYS * _DAY or 0 < other.applied < one.date:
        return False
    if not is_one(one.author, other.author) or not (one.lines and other.lines):
        return False
    lines = lines_in_common(one.lines, other.lines)
    if lines.common < _SOME_LINES or lines.share < _NEARLY_ALL or lines.alike < _HALF:
        return False
    # "for kernel 6.12" and "for kernel 6.13" are two changes.
    return not _are_in_two_branches(one, other) and _without_numbers(one.title) != _without_numbers(other.title)


def _are_in_two_branches(one: PostingFacts, other: PostingFacts) -> bool:
    """True if b4 sent both, from two branches: the message-ids name them, also where the change-id is missing."""
    mine, theirs = _B4.match(one.root), _B4.match(other.root)
    return mine is not None and theirs is not None and mine[1] != theirs[1]


def _without_numbers(title: str) -> list[str]:
    return [word for word in title.split() if word.isalpha()]


def _is_the_same_work(one: PostingFacts, other: PostingFacts, link: Link) -> bool:
    """False for two postings of one version that are rather two of many that an author sends: sister patches.

    Nothing but their content then shows that one repeats the other.
    """
    if (one.version, one.minor) != (other.version, other.minor) or CERTAIN & set(link.evidence):
        return True
    if link.resend:
        return not _REPEATED.isdisjoint(link.evidence)
    if other.kind == "proposal" or (other.rfc and not one.rfc) or has_equal_patches(one, other):
        return True
    if "same-lines" in link.evidence or _is_respelled(one, other):
        return True
    once_more = 0 < other.applied < one.date or has_other_patches(one, other)  # "fix some warnings", "fixes for 6.9"
    return "same-title" in link.evidence and ("posted-into-its-thread" in link.evidence or not once_more)


def possible_link(one: PostingFacts, other: PostingFacts) -> Link | None:
    """The link to `other` as predecessor of `one`, however weak; None if it is impossible."""
    if not _may_follow(one, other):
        return None
    if (other.date, other.root) >= (one.date + SKEW, one.root) and not links_to(one, other):
        return None  # what a posting links to was there before, whatever the clock of its sender said
    if PULL in (one.kind, other.kind):
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


def _may_follow(one: PostingFacts, other: PostingFacts) -> bool:
    """A quick test, because an author's other postings are many: False if the versions rule out a link."""
    if has_lower_version(one, other):
        return True
    if (other.date, other.root) >= (one.date, one.root):
        return False
    if (other.version, other.minor) == (one.version, one.minor):
        return one.resend or other.rfc or other.kind == "proposal" or is_unnumbered(one)
    return one.version == 1 or links_to(one, other)


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
        unstated = one.resend and not one.stated and self.person and self.title_same  # of whatever version
        repeats = earlier and ((other.version, other.minor) == (one.version, one.minor) or unstated)
        self.in_order = (other.version, other.minor) < (one.version, one.minor)
        self.resend = repeats and one.resend and one.rfc == other.rfc
        # A new version that states no higher number than the one before.
        unnumbered = self.after_rfc or other.kind == "proposal" or is_unnumbered(one)
        self.renewed = repeats and not self.resend and unnumbered
        # "[RFC PATCH v2]" precedes "[PATCH]"; people who take over a series restart the numbers, too.
        restarts = self.after_rfc or (self.linked and not self.person)
        lower = one.version == 1 < other.version and (restarts or self._is_misnumbered())
        self.restarted = earlier and (lower or self._states_higher())

    def _is_misnumbered(self) -> bool:
        """True for v5 without a number, or marked as v1 again: soon after v4, and with its title."""
        alike = self.person and self.title_same and self.one.rfc == self.other.rfc
        return alike and not self.one.resend and self.days <= _MISNUMBERED_DAYS

    def _states_higher(self) -> bool:
        """True for v3 whose author says that the version before was v4, and links to it."""
        one, other = self.one, self.other
        higher = one.version < other.version == self.linked_version
        return higher and self.person and self.title_equal and not one.resend

    def is_possible(self) -> bool:
        """False if versions, trees, change-ids or dates rule out that `other` precedes `one`."""
        one, other = self.one, self.other
        if not (self.in_order or self.resend or self.renewed or self.restarted):
            return False
        if set(one.trees) != set(other.trees):
            return False  # a backport repeats the title of what it backports
        another_branch = one.change_id and other.change_id and one.change_id != other.change_id
        # What is sent again from a new branch says so, and has the same title.
        if another_branch and not (self.linked or (self.resend and self.person and self.title_same)):
            return False
        # A patch that was posted alone is included in a large series later, or taken out of one.
        if self.renewed and not self.linked and other.titles and not self.after_rfc and _outgrown(one, other):
            return False
        return not (self.in_order and one.date < other.date and not (self.linked or one.change_id))


_Evidence = Iterator[tuple[str, float]]  # names of weights, and the share of the weight that counts


def _identity(pair: _Pair) -> _Evidence:
    if pair.one.change_id and pair.one.change_id == pair.other.change_id:
        yield "same-change-id", 1
    if pair.linked:
        # "Changes in v9: merged with <link to v7>": the number is that of the heading, where others are linked, too.
        below_heading = pair.linked_version == pair.one.version and _overlap(pair.one.titles, pair.other.titles) > 0
        as_stated = pair.linked_version in (None, pair.other.version) or below_heading
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
    if not pair.title_equal:
        similarity = 1.0 if _is_respelled(pair.one, pair.other) else _similarity(pair)
        if similarity >= _SIMILAR:
            yield "similar-title", similarity


def _patches(pair: _Pair) -> _Evidence:
    one, other = pair.one, pair.other
    if patches := _overlap(one.patch_ids, other.patch_ids):
        yield "same-patches", patches
    if one.files and other.files:
        if files := _overlap(one.files, other.files):
            yield "same-files", files
        else:
            after_rfc = pair.after_rfc and pair.person
            versioned = pair.linked and (pair.in_order or pair.linked_version is not None or after_rfc)
            excused = versioned or one.incomplete or other.incomplete
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
        if not pair.title_same and _is_reworded(pair.one, pair.other):
            yield "same-lines", 1
    if pair.resend:
        yield "marked-as-resend", 1


def _similarity(pair: _Pair) -> float:
    """How similar the titles are, 0 to 1: common words among all words (Jaccard), best over covers and patches."""
    best = 0.0
    for mine in {pair.one.title, *pair.one.titles[:3]}:
        for theirs in {pair.other.title, *pair.other.titles[:3]}:
            a, b = gist_words(mine), gist_words(theirs)
            if common := len(a & b):
                best = max(best, common / (len(a) + len(b) - common))
    return best


def _outgrown(one: PostingFacts, other: PostingFacts) -> bool:
    small, large = sorted((len(one.titles), len(other.titles)))
    return large > _OUTGROWN * small


def _overlap(a: Sequence[str], b: Sequence[str]) -> float:
    """The share of the smaller set that is in the other, 0 to 1."""
    return shares(frozenset(a), b)[0]
