"""A tag that somebody gave to a patch, apart from the mails: whose it is, whether it is a review, each only once.

patchwatch.series.tags reads the tags of a revision; lists, which know a revision as it is stored, need only this.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from patchwatch.mail.message import name_key

_NOBODY: Mapping[str, str] = {}


class Tag(Struct, frozen=True):
    """A trailer given to a revision, or carried by it."""

    name: str
    value: str
    message_id: str  # the mail that gave it
    patch: int  # 0: all of them
    counts: bool  # as a review, by somebody other than the author
    date: int = 0  # of that mail; UTC, seconds
    scope: str = ""  # in the words of the giver: "for the io_uring bits"
    given_to: str = ""  # root of the earlier revision it was given to; empty: to this one, as far as is known
    carried: bool = True  # false: given to an earlier one, and the author did not collect it


def is_review(name: str) -> bool:
    """True for the names of reviews: Reviewed-by, Acked-by, Reviewed-and-tested-by."""
    return not {"reviewed", "acked"}.isdisjoint(_deeds(name))


def is_endorsement(name: str) -> bool:
    """True for the names of reviews, and Tested-by."""
    return is_review(name) or "tested" in _deeds(name)


def _deeds(name: str) -> list[str]:
    lowered = name.lower()
    return lowered[:-3].split("-and-") if lowered.endswith("-by") else []


class People:
    """Identify people in tags by address or, from another address, by full name."""

    def __init__(self, known: Mapping[str, str] = _NOBODY) -> None:
        """Start with those who are `known`: the key for each address and name."""
        self.known = dict(known)

    def key(self, value: str) -> str:
        """A key that is the same for all tags of one person."""
        marks = _marks(value)
        key = next((self.known[mark] for mark in marks if mark in self.known), marks[0])
        for mark in marks:
            self.known.setdefault(mark, key)
        return key


class EachOnce:
    """One tag per name, person and patch: the first one given, or the first that counts.

    A tag for a single patch is redundant after one for all, and a tag for all after one for each of the `patches`.
    """

    def __init__(self, patches: Collection[int], kept: Iterable[Tag] = (), people: Mapping[str, str] = _NOBODY) -> None:
        """Continue after the tags `kept`, and the `people` known then."""
        self._patches = patches
        self.people = People(people)
        self._found: dict[tuple[str, str], dict[int, Tag]] = {}
        for tag in kept:
            self._of(tag)[tag.patch] = tag

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags that are kept."""
        return tuple(tag for known in self._found.values() for tag in known.values())

    def add(self, tags: Iterable[Tag]) -> None:
        """Add the next tags, in the order in which they were given."""
        for tag in tags:
            known = self._of(tag)
            same = known.get(tag.patch) or known.get(0)
            if same is None and tag.patch == 0 and self._patches and all(n in known for n in self._patches):
                same = min((known[number] for number in self._patches), key=lambda one: one.counts)
            if same is None or (tag.counts and not same.counts):
                known[tag.patch] = tag

    def _of(self, tag: Tag) -> dict[int, Tag]:
        return self._found.setdefault((tag.name.lower(), self.people.key(tag.value)), {})


def each_once(tags: Iterable[Tag], patches: Collection[int]) -> tuple[Tag, ...]:
    """One of these tags per name, person and patch."""
    once = EachOnce(patches)
    once.add(tags)
    return once.tags


@functools.lru_cache(maxsize=8192)
def _marks(value: str) -> tuple[str, ...]:
    """What identifies a person: address and full name, or else the words as they are."""
    address, name = address_in(value), name_key(value.partition("<")[0])
    return tuple(mark for mark in (address, name if " " in name else "") if mark) or (value.lower(),)


def address_in(value: str) -> str:
    """The address in a tag's value, in lower case; empty without one."""
    found = re.search(r"<([^<>\s]+@[^<>\s]+)>|(\S+@\S+)", value)
    return (found[1] or found[2]).lower() if found else ""
