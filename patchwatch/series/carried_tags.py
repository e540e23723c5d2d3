"""Follow tags from version to version: which the author collected, who gave them first, and which are missing.

submitting-patches.rst: authors add the tags that they received to the next version, unless the patch changed
substantially, and mention below `---` those that they remove.  So a tag that a patch carries is the one given to an
earlier version, and keeps the mail that gave it.  A tag that was not carried over is shown as given to that version,
until the author mentions that they dropped it, its giver gives another, or its patch is gone.  It does not count for
the new version: only the author can decide that it still applies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from patchwatch.mail.message import name_key
from patchwatch.mail.subject import gist_words, title_key
from patchwatch.pattern import Pattern
from patchwatch.series.tag import People, Tag, address_in, is_endorsement, is_review

_SIMILAR = 0.5  # common words among all words of two titles, for patches with the same number to be one patch
_APART = 100_000  # between the numbers of patches in two versions; they end at 9,999
_NEVER_CARRIED = frozenset({"signed-off-by", "nacked-by", "co-developed-by"})


class PostedPatch(Struct, frozen=True):
    """The facts of a patch by which versions of it are matched."""

    number: int
    message_id: str
    title: str
    patch_id: str
    dropped: tuple[str, ...] = ()  # sentences on tags that its author left out


class Tagged(Struct, frozen=True):
    """A revision and its own tags."""

    root: str
    author: str  # its sender, as a tag would name them
    patches: tuple[PostedPatch, ...]
    tags: tuple[Tag, ...]
    dropped: tuple[str, ...] = ()  # such sentences in its cover letter
    before: tuple[int, ...] | None = None  # places in the chain of the versions before; None: the last one


class _Given(Struct, frozen=True):
    """A tag as it was first given, and the revision it was given to."""

    tag: Tag
    root: str


_Key = tuple[str, str]  # name of the tag, person


class _Version(Struct, frozen=True):
    """The patches of a version, and the tags that each has, by number."""

    patches: Sequence[PostedPatch]
    given: Mapping[int, dict[_Key, _Given]]


def carry(chain: Sequence[Tagged]) -> list[tuple[Tag, ...]]:
    """The tags of each revision of a series, oldest first: its own, then those that were not carried over.

    A collected tag keeps the mail that gave it, and its words.
    """
    people = People()
    history: dict[_Key, list[_Given]] = {}
    carried: list[tuple[Tag, ...]] = []
    versions: list[_Version] = []
    for place, one in enumerate(chain):
        above = (place - 1,) if one.before is None and place else one.before or ()
        before = _together([versions[i] for i in above])
        inherited = {new: before.given.get(old, {}) for new, old in same_patches(before.patches, one.patches).items()}
        tags, now = _own(one, inherited, history, people)
        carried.append((*tags, *_not_carried(one, inherited, now, people)))
        for given in now.values():
            for key, each in given.items():
                history.setdefault(key, []).append(each)
        versions.append(_Version(one.patches or before.patches, now))
    return carried


def _together(versions: Sequence[_Version]) -> _Version:
    """Several versions that one joins, as one; the patches of all but the first have other numbers then."""
    if len(versions) == 1:
        return versions[0]
    patches: list[PostedPatch] = []
    given: dict[int, dict[_Key, _Given]] = {}
    for place, version in enumerate(versions):
        patches += [structs.replace(patch, number=patch.number + place * _APART) for patch in version.patches]
        given.update((number + place * _APART, tags) for number, tags in version.given.items())
    return _Version(patches, given)


def _own(
    one: Tagged,
    inherited: dict[int, dict[_Key, _Given]],
    history: dict[_Key, list[_Given]],
    people: People,
) -> tuple[list[Tag], dict[int, dict[_Key, _Given]]]:
    """A revision's own tags, each traced to the mail that gave it; and the same by patch."""
    patch_ids = {p.number: p.patch_id for p in one.patches}
    carriers = {p.message_id for p in one.patches}
    now: dict[int, dict[_Key, _Given]] = {}
    tags: list[Tag] = []
    kinds = {kind for kind, _ in history}
    for own in one.tags:
        tag, kind, collected = own, own.name.lower(), own.message_id in carriers
        if kind in _NEVER_CARRIED or (collected and not (is_endorsement(kind) or kind in kinds)):
            tags.append(tag)
            continue
        key = (kind, people.key(tag.value))
        if collected and (first := _first(key, inherited.get(tag.patch, {}), history)):
            was = first.tag
            tag = Tag(was.name, was.value, was.message_id, tag.patch, tag.counts, was.date, tag.scope, first.root)
        root = tag.given_to or one.root
        for number in [tag.patch] if tag.patch else patch_ids or [0]:
            now.setdefault(number, {}).setdefault(key, _Given(tag, root))
        tags.append(tag)
    return tags, now


def _first(key: _Key, inherited: dict[_Key, _Given], history: dict[_Key, list[_Given]]) -> _Given | None:
    """Where a collected tag was given: to this patch or, if it was given only once, to any patch."""
    if key in inherited:
        return inherited[key]
    mails = {given.tag.message_id: given for given in history.get(key, ())}
    return next(iter(mails.values())) if len(mails) == 1 else None


def _not_carried(
    one: Tagged,
    inherited: dict[int, dict[_Key, _Given]],
    now: dict[int, dict[_Key, _Given]],
    people: People,
) -> list[Tag]:
    """The tags that the patches had in the version before and do not carry; adds them to `now`."""
    if not inherited:  # the first version
        return []
    author = people.key(one.author)
    left: list[Tag] = []
    everybody = {given.tag.value for had in inherited.values() for given in had.values()}
    for patch in one.patches:
        has = now.setdefault(patch.number, {})
        endorsed = {person for name, person in has if is_review(name)}
        for key, given in inherited.get(patch.number, {}).items():
            name, person = key
            if key in has or person == author or (is_review(name) and person in endorsed):
                continue
            if any(_mentions_drop(sentence, given.tag, everybody, 0) for sentence in patch.dropped):
                continue
            if any(_mentions_drop(sentence, given.tag, everybody, patch.number) for sentence in one.dropped):
                continue
            tag = structs.replace(given.tag, patch=patch.number, counts=False, given_to=given.root, carried=False)
            has[key] = given
            left.append(tag)
    return left


def same_patches(before: Sequence[PostedPatch], now: Sequence[PostedPatch]) -> dict[int, int]:
    """The number of each patch in the version before: matched by diff, else title, else number and a similar title."""
    found: dict[int, int] = {}
    if not before:
        return found
    free = {p.number: p for p in before}
    alone = len(before) == len(now) == 1

    def pair(patch: PostedPatch, old: PostedPatch | None) -> None:
        if patch.number not in found and old is not None and old.number in free:
            found[patch.number] = old.number
            del free[old.number]

    by_patch_id = {p.patch_id: p for p in reversed(before) if p.patch_id}
    for patch in now:
        pair(patch, by_patch_id.get(patch.patch_id))
    by_title = {title_key(p.title): p for p in reversed(before) if p.number in free}
    for patch in now:
        pair(patch, by_title.get(title_key(patch.title)))
    for patch in now:
        old = free.get(patch.number)
        if old is not None and (alone or _similar(patch.title, old.title)):
            pair(patch, old)
    return found


def _similar(one: str, other: str) -> bool:
    a, b = gist_words(one), gist_words(other)
    return bool(a & b) and len(a & b) / len(a | b) >= _SIMILAR


_KINDS = {
    "reviewed": Pattern(r"(?i)\breviewed-by|\br-?v?b\b"),
    "acked": Pattern(r"(?i)\backed-by|\ba-?c?b\b|\backs?\b"),
    "tested": Pattern(r"(?i)\btested-by|\bt-?b\b"),
}
_NUMBERS = Pattern(r"(?i)\bpatch(?:es)? (?:#?\d+(?:\s*(?:,|and|&|-)\s*)?)+|\b\d+/\d+")
_SOMEBODY = Pattern(r"\b(?:from|by) [A-Z]|\b[A-Z]\w+['’]s?\s")


def _mentions_drop(sentence: str, tag: Tag, everybody: set[str], number: int) -> bool:
    """True if a sentence like "dropped Jane's R-b from patch 2" is about this tag, on patch `number` unless 0."""
    kinds = [kind for kind, pattern in _KINDS.items() if pattern.search(sentence)]
    if kinds and not any(kind in tag.name.lower() for kind in kinds):
        return False
    named = [value for value in everybody if _names(sentence, value)]
    if tag.value not in named and (named or _SOMEBODY.search(sentence)):
        return False
    patches = {int(n) for run in _NUMBERS.findall(sentence) for n in re.findall(r"\d+", run.partition("/")[0])}
    return not number or not patches or number in patches


def _names(sentence: str, value: str) -> bool:
    """True if a sentence names the person in a tag's value."""
    words = set(re.findall(r"\w+", sentence.lower()))
    address = address_in(value)
    name = [word for word in name_key(value.partition("<")[0]).split() if len(word) > 2]
    return (bool(address) and address in sentence.lower()) or any(word in words for word in name)
