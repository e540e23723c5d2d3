"""What later versions did about the points of a version: done, or not touched.

Pure.  A point is done if the changelog of a later version names it, or if that version changed the lines that it is
about; it is not touched if they are as they were.  Of other points nothing is known.  What a later version left alone
may be done in the one after it.

People go on reviewing a version after the next one was posted.  What they ask for then holds that one up, unless it has
it already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from msgspec import structs

from patchwatch.mail.added_lines import unpacked
from patchwatch.mail.message import Message, name_key
from patchwatch.pattern import Pattern
from patchwatch.series.points import UNSETTLED, Fate, Point, PointKind, Weight

CHANGED, UNCHANGED = "these lines changed", "these lines are as they were"
"""The evidence of claims that are not in a changelog."""
MOST_VERSIONS = 12
"""Versions after one that are looked at."""

_MOST_POINTS = 300  # of one version that are looked at
_MOST_ENTRIES = 120  # of a changelog
_AROUND = 2  # added lines before and after those that are quoted
_STEM = 5  # letters by which words are compared: "renamed", "renaming"
_SHORT = 3  # letters; shorter words say little
_READ = 600  # characters of a text
_NAMED = "#"  # before an identifier

_VERSION = Pattern(r"(?i)\bv(?:ersion)? ?(\d{1,3})\b")
_WORD = Pattern(r"[A-Za-z_][\w]*(?:\(\))?")
_IDENTIFIER = Pattern(r"\w+_\w+|\w+\(\)|[a-z]+[A-Z]\w*|[A-Z]{2,}\w*\d\w*|[a-z]{2,}\d+\w*")
_COMMON_WORDS = (
    "about added adding after again already also another because before being both callers changed changes check code "
    "comment comments commit could does dont drop dropped each else feedback fixed fixes following from have here into "
    "issue just kernel like line lines make maybe message more most must need needs only other patch patches please "
    "previous probably rather review reviewer same series should since some something still suggested suggestion than "
    "that their them then there these they thing think this those update updated used using version want were what "
    "when where which while will with without would your address addressed per based instead better"
)
_COMMON = frozenset(word[:_STEM] for word in _COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Claim:
    """What a later version did about a point."""

    fate: Fate  # done, or not touched
    root: str  # of that version
    date: int
    evidence: str  # the entry of the changelog, or which lines


@dataclass(frozen=True)
class Posted:
    """A version as it was posted."""

    root: Message
    messages: Sequence[Message]  # its cover letter and patches
    complete: bool = True  # all its patches are known

    @cached_property
    def entries(self) -> tuple[_Entry, ...]:
        """The entries of its changelogs."""
        found = dict.fromkeys(entry for message in self.messages for entry in message.changes)
        return tuple(_Entry(text) for text in list(found)[:_MOST_ENTRIES])

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of all entries."""
        return frozenset().union(*(entry.words for entry in self.entries))

    @cached_property
    def added(self) -> Mapping[str, list[int]]:
        """By file: the lines that its patches add, in order."""
        found: dict[str, list[int]] = {}
        for message in sorted(self.messages, key=lambda m: (m.parts.counter or 0, m.parts.inserted)):
            for file, lines in zip(message.files, message.added, strict=False):
                found.setdefault(file, []).extend(unpacked(lines))
        return found

    @cached_property
    def patch_ids(self) -> frozenset[str]:
        """The git patch-ids of its patches."""
        return frozenset(message.patch_id for message in self.messages if message.patch_id)

    def patch(self, number: int) -> Message | None:
        """The patch with this number."""
        patches = [message for message in self.messages if message.patch_id]
        if len(patches) == 1:
            return patches[0]
        return next((message for message in patches if message.parts.counter == number), None)


@dataclass(frozen=True)
class _Entry:
    text: str
    words: frozenset[str] = field(init=False)
    names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", _words(self.text))
        object.__setattr__(self, "names", frozenset(re.findall(r"\b[a-z][\w-]{2,}", self.text.lower())))


@dataclass(frozen=True, slots=True)
class _Wanted:
    said: frozenset[str]  # words of the sentence
    words: frozenset[str]  # these, and those of the line of the diff
    names: frozenset[str]  # of the person who raised the point


def placed(points: Iterable[Point], messages: Iterable[Message]) -> tuple[Point, ...]:
    """The points with the file that each is about, where the quote did not show it but the patch does."""
    known = tuple(messages)
    if not known:
        return tuple(points)
    posted = Posted(known[0], known)
    return tuple(
        structs.replace(point, file=_file(point, posted)) if point.code and not point.file else point
        for point in points
    )


def _file(point: Point, posted: Posted) -> str:
    patch = posted.patch(point.patch)
    if patch is None or not patch.files:
        return ""
    if len(patch.files) == 1:
        return patch.files[0]
    wanted = set(point.lines[-1:])
    found = [file for file, lines in zip(patch.files, patch.added, strict=False) if wanted & set(unpacked(lines))]
    return found[0] if len(found) == 1 else ""


def claims(points: Iterable[Point], before: Posted, after: Sequence[Posted]) -> dict[str, Claim]:
    """What the versions `after` one, oldest first, did about its points, by their keys."""
    unsettled = [point for point in points if point.fate in UNSETTLED][:_MOST_POINTS]
    found: dict[str, Claim] = {}
    for point in unsettled:
        said = _words(point.text)
        wanted = _Wanted(said, said | _words(point.code), frozenset(name_key(point.by.name).split()))
        for posted in after[:MOST_VERSIONS]:
            claim = _claim(point, wanted, before, posted)
            if claim is None or (claim.fate == Fate.NOT_TOUCHED and not _can_be_left(point, posted)):
                continue
            found[point.key] = claim
            if claim.fate == Fate.DONE:
                break
    return found


def _can_be_left(point: Point, posted: Posted) -> bool:
    """False for what the author argued about, or what was asked for when that version had been posted."""
    return point.fate != Fate.ANSWERED and point.date <= posted.root.date


def holds_up(point: Point, posted_at: int, version: int) -> bool:
    """True if a point of an earlier version holds up the newest one, of this date and number, which has not done it.

    It was raised since then, firmly and not beside a tag, or the author promised it since for a version to come: what
    they answer otherwise may be in the newest one.  On nine lists in 2024, of the versions of which that was so without
    all reviews, 15 were followed by another one, and 3 were applied; of those with all reviews, 5 and 2.
    """
    if point.kind == PointKind.FAILURE or point.weighed() != Weight.DEMAND:
        return False
    if point.fate == Fate.PROMISED:
        named = (int(number) for number in _VERSION.findall(point.closing))
        return point.closed_at > posted_at and max(named, default=0) > version
    return point.fate == Fate.OPEN and point.date > posted_at


def _claim(point: Point, wanted: _Wanted, before: Posted, posted: Posted) -> Claim | None:
    def of(fate: Fate, evidence: str) -> Claim:
        return Claim(fate, posted.root.message_id, posted.root.date, evidence)

    theirs = [entry for entry in posted.entries if not wanted.names.isdisjoint(entry.names)]
    if not posted.words.isdisjoint(wanted.words):
        named = next((entry for entry in posted.entries if _names_point(entry, wanted, by_name=entry in theirs)), None)
        if named is not None:
            return of(Fate.DONE, named.text)
    changed = _changed(point, before, posted)
    if changed is not None:
        return of(Fate.DONE, CHANGED) if changed else of(Fate.NOT_TOUCHED, UNCHANGED)
    return of(Fate.DONE, theirs[0].text) if theirs and point.fate != Fate.ANSWERED else None


def _names_point(entry: _Entry, wanted: _Wanted, *, by_name: bool) -> bool:
    """True if an entry of a changelog speaks of what a point is about."""
    common = entry.words & wanted.words
    if len(common) >= (1 if by_name else 2):
        return True
    return any(word.startswith(_NAMED) and word in wanted.said for word in common)


def _changed(point: Point, before: Posted, posted: Posted) -> bool | None:
    """Whether a later version changed the lines that a point is about; None if that can't be told."""
    if not point.code:
        return None
    patch = before.patch(point.patch)
    if patch is None:
        return None
    if patch.patch_id in posted.patch_ids:
        return False
    file = point.file or _file(point, before)
    old = next((unpacked(lines) for name, lines in zip(patch.files, patch.added, strict=False) if name == file), ())
    if not point.lines or point.lines[-1] not in old:
        return None  # it is below a line that the patch does not add
    new = posted.added.get(file, [])
    if point.lines[-1] not in new:
        return True if posted.complete else None
    return _around(old, point.lines[-1]).isdisjoint(_around(new, point.lines[-1]))


def _around(lines: Sequence[int], line: int) -> set[tuple[int, ...]]:
    """What stands around each occurrence of a line."""
    places = (place for place, found in enumerate(lines) if found == line)
    return {tuple(lines[max(place - _AROUND, 0) : place + _AROUND + 1]) for place in places}


@lru_cache(maxsize=2048)  # they are asked for again with each mail to the series
def _words(text: str) -> frozenset[str]:
    """The words of a text that say what it is about: identifiers, marked as such, and the beginnings of others."""
    found = set()
    for word in _WORD.findall(text[:_READ]):
        if len(word) <= _SHORT:
            continue
        if _IDENTIFIER.fullmatch(word):
            found.add(_NAMED + word.removesuffix("()"))
        elif (stem := word.lower()[:_STEM]) not in _COMMON:
            found.add(stem)
    return frozenset(found)
