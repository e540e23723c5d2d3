"""Tags of a revision: who endorsed which of its patches, in the patches themselves and in replies.

A tag counts as a review if somebody other than the author gave it; people are recognized by address or full name.
patchwatch.series.carried_tags follows tags to later versions, patchwatch.series.state.machine derives the state.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchwatch.mail import tag_scope
from patchwatch.mail.message import Message, Person, SignalKind, Trailer, name_key
from patchwatch.series.revision import FollowUp, Revision, number_of
from patchwatch.series.tag_coverage import covered_patches

_NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Tag:
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


@dataclass(frozen=True, slots=True)
class Authors:
    """The authors of a revision, or of one of its patches."""

    addresses: frozenset[str]
    names: frozenset[str]  # full names only: there are many Anns

    def include(self, name: str, address: str) -> bool:
        """True for one of them, by address or, if the address is new, by name."""
        return address in self.addresses or name_key(name) in self.names


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


def authors_of(revision: Revision) -> Authors:
    """The authors of a revision: its sender, and the authors of its patches."""
    people = [m.author for m in revision.own_messages]
    return _authors([*people, *(m.patch_author for m in revision.own_messages if m.patch_author)])


def senders_of(revision: Revision) -> Authors:
    """Who posted a revision."""
    return _authors(m.author for m in revision.own_messages)


def _authors(people: Iterable[Person]) -> Authors:
    people = list(people)
    names = {name_key(person.name) for person in people}
    return Authors(frozenset(person.email for person in people), frozenset(name for name in names if " " in name))


def tags_of(revision: Revision) -> tuple[Tag, ...]:
    """The tags of a revision, carried by its patches or given in replies; one per person and patch."""
    return given_to(revision).tags


def given_to(revision: Revision) -> EachOnce:
    """The tags of a revision, to be continued with those of further replies."""
    reader, once = TagReader(revision), EachOnce([number_of(m) for m in revision.patches])
    once.add(reader.carried())
    for follow_up in (*revision.given_before, *revision.follow_ups):
        once.add(reader.given(follow_up))
    return once


class TagReader:
    """Reads the tags in the patches of a revision and in the replies to it."""

    def __init__(self, revision: Revision) -> None:
        """Read those of `revision`."""
        self._revision = revision
        self._senders = senders_of(revision)
        self._wrote = {number_of(m): _authors([m.patch_author]) for m in revision.patches if m.patch_author}

    def carried(self) -> Iterator[Tag]:
        """The tags that the patches carry; those of the cover letter are for all of them."""
        cover = self._revision.cover
        if cover is not None and cover.kind == "cover":
            for trailer in cover.trailers:
                yield from self._tags(trailer, cover, 0, trailer.scope)
        for message in self._revision.patches:
            for trailer in message.trailers:
                yield from self._tags(trailer, message, number_of(message), trailer.scope)

    def given(self, follow_up: FollowUp) -> Iterator[Tag]:
        """The tags that a reply gives."""
        message = follow_up.message
        for trailer in given_in(follow_up):
            yield from self._tags(trailer, message, follow_up.patch, trailer.scope or _for_all(message))

    def _tags(self, trailer: Trailer, message: Message, answered: int, scope: str) -> Iterator[Tag]:
        revision, wrote = self._revision, self._wrote
        name, value = trailer.name, trailer.value
        who = value.partition("<")[0], address_in(value)
        patches = covered_patches(scope, revision, answered)
        if patches == (0,):
            scope = ""
            if any(authors.include(*who) for authors in wrote.values()):
                patches = tuple(map(number_of, revision.patches))
        if revision.taken and not {0}.isdisjoint(patches):
            patches = tuple(number_of(m) for m in revision.patches if m.date <= message.date)
        for patch in patches or (answered,):
            # An author's own tag is not a review, whatever address they give it from.
            by_author = self._senders.include(*who) or (patch in wrote and wrote[patch].include(*who))
            counts = is_review(name) and not by_author and bool(patches)
            yield Tag(name, value, message.message_id, patch, counts, message.date, scope)


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


def given_in(follow_up: FollowUp) -> Sequence[Trailer]:
    """The tags that the sender of a reply gives in their own name; bots give none."""
    if follow_up.notice or follow_up.message.bot:
        return ()
    return [trailer for trailer in follow_up.message.trailers if trailer.own]


def _for_all(reply: Message) -> str:
    """The scope of a reply's tags if a sentence in it gives them to the series: all of it, or "except patch 4"."""
    sentence = next((signal.text for signal in reply.signals if signal.kind == SignalKind.FOR_ALL), "")
    return (tag_scope.scope_in_sentence(sentence) or "the series") if sentence else ""


def reviewed_patches(revision: Revision, tags: Sequence[Tag]) -> int:
    """How many patches have a review; one for the cover counts for each."""
    counting = {t.patch for t in tags if t.counts}
    if 0 in counting:
        return len(revision.patches)
    return len({number_of(m) for m in revision.patches} & counting)


def completing_tag(revision: Revision, tags: Sequence[Tag]) -> Tag | None:
    """The tag after which every patch had a review, in the order in which tags were given."""
    whole = max(revision.expected, len(revision.patches))
    replies = (*revision.given_before, *revision.follow_ups)
    order: dict[str, int] = {f.message.message_id: n for n, f in enumerate(replies)}
    given = sorted((t for t in tags if t.counts), key=lambda t: order.get(t.message_id, -1))
    numbers = {number_of(m) for m in revision.patches}
    reviewed: set[int] = set()
    for tag in given:
        reviewed.add(tag.patch)
        count = len(revision.patches) if 0 in reviewed else len(numbers & reviewed)
        if whole and count >= whole:
            return tag
    return None


def message_of(revision: Revision, tag: Tag) -> Message:
    """The mail that gave a tag."""
    replies = (f.message for f in (*revision.given_before, *revision.follow_ups))
    mails = (*replies, *revision.own_messages, *revision.patches)
    return next(m for m in mails if m.message_id == tag.message_id)


@functools.lru_cache(maxsize=8192)
def _marks(value: str) -> tuple[str, ...]:
    """What identifies a person: address and full name, or else the words as they are."""
    address, name = address_in(value), name_key(value.partition("<")[0])
    return tuple(mark for mark in (address, name if " " in name else "") if mark) or (value.lower(),)


def address_in(value: str) -> str:
    """The address in a tag's value, in lower case; empty without one."""
    found = re.search(r"<([^<>\s]+@[^<>\s]+)>|(\S+@\S+)", value)
    return (found[1] or found[2]).lower() if found else ""
