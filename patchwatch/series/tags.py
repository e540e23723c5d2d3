"""Tags of a revision: who endorsed which of its patches, as the patches carry them and replies give them.

A tag counts as a review if somebody else gave it; whoever has several addresses or a second name is told by either.
What becomes of a tag in the next version is decided in patchwatch.series.carried_tags, what follows for the state in
patchwatch.series.state.machine.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from patchwatch.mail import tag_scope
from patchwatch.mail.message import Message, Person, SignalKind, Trailer, name_key
from patchwatch.series.revision import FollowUp, Revision, number_of
from patchwatch.series.tag_coverage import covered_patches


@dataclass(frozen=True, slots=True)
class Tag:
    """A trailer on a revision: `patch` 0 means all of it; `counts` as a review by somebody else."""

    name: str
    value: str
    message_id: str  # the mail in which it was given
    patch: int
    counts: bool
    date: int = 0  # of that mail; UTC, seconds
    limit: str = ""  # the giver's words for what alone it is given
    given_to: str = ""  # root of the earlier revision it was given to; empty: to this one, as far as is known
    carried: bool = True  # false: it was given to an earlier one, and the author did not collect it


def is_review(name: str) -> bool:
    """Whether a tag of this name endorses a patch: Reviewed-by, Acked-by, Reviewed-and-tested-by."""
    return not {"reviewed", "acked"}.isdisjoint(_deeds(name))


def is_endorsement(name: str) -> bool:
    """Whether a tag of this name speaks for a patch: a review, or Tested-by."""
    return is_review(name) or "tested" in _deeds(name)


def _deeds(name: str) -> list[str]:
    lowered = name.lower()
    return lowered[:-3].split("-and-") if lowered.endswith("-by") else []


@dataclass(frozen=True, slots=True)
class Authors:
    """Those who speak for a revision, or for one of its patches."""

    addresses: frozenset[str]
    names: frozenset[str]  # full names only: many are called Ann

    def include(self, name: str, address: str) -> bool:
        """Whether this is one of them, by address or, from an address never seen, by name."""
        return address in self.addresses or name_key(name) in self.names


class People:
    """Who is who: somebody is known again by his address or, from another one, by his full name."""

    def __init__(self) -> None:
        """Nobody is known yet."""
        self._known: dict[str, str] = {}

    def key(self, value: str) -> str:
        """What stands for the person that a tag's value names."""
        marks = _marks(value)
        key = next((self._known[mark] for mark in marks if mark in self._known), marks[0])
        for mark in marks:
            self._known.setdefault(mark, key)
        return key


def authors_of(revision: Revision) -> Authors:
    """Who speaks for a revision: its sender, and the authors of its patches."""
    people = [m.author for m in revision.own_messages]
    return _authors([*people, *(m.patch_author for m in revision.own_messages if m.patch_author)])


def _authors(people: Iterable[Person]) -> Authors:
    people = list(people)
    names = {name_key(person.name) for person in people}
    return Authors(frozenset(person.email for person in people), frozenset(name for name in names if " " in name))


def tags_of(revision: Revision) -> tuple[Tag, ...]:
    """The tags of a revision: those its patches carry, and those given in replies, one person once a patch."""
    senders = _authors(m.author for m in revision.own_messages)
    wrote = {number_of(m): _authors([m.patch_author]) for m in revision.patches if m.patch_author}
    given: list[Tag] = []

    def add(trailer: Trailer, message: Message, answered: int, limit: str) -> None:
        name, value = trailer.name, trailer.value
        who = value.partition("<")[0], address_in(value)
        patches = covered_patches(limit, revision, answered)
        if patches == (0,):
            limit = ""
            if any(authors.include(*who) for authors in wrote.values()):
                patches = tuple(map(number_of, revision.patches))
        for patch in patches or (answered,):
            # The author's own tag is no review, whatever address he gives it from.
            by_author = senders.include(*who) or (patch in wrote and wrote[patch].include(*who))
            counts = is_review(name) and not by_author and bool(patches)
            given.append(Tag(name, value, message.message_id, patch, counts, message.date, limit))

    for message in revision.patches:
        for trailer in message.trailers:
            add(trailer, message, number_of(message), trailer.scope)
    for follow_up in revision.follow_ups:
        for trailer in given_in(follow_up):
            add(trailer, follow_up.message, follow_up.patch, trailer.scope or _for_all(follow_up.message))
    return each_once(given, [number_of(m) for m in revision.patches])


def each_once(tags: Iterable[Tag], patches: Collection[int]) -> tuple[Tag, ...]:
    """The tags of a revision, in the order in which they count: one person once a patch, the first time he gave it.

    What counts outdoes what does not; what is said of a single patch adds nothing to what was said of all, nor the
    other way round where each of the `patches` has it.
    """
    people = People()
    found: dict[tuple[str, str], dict[int, Tag]] = {}
    for tag in tags:
        known = found.setdefault((tag.name.lower(), people.key(tag.value)), {})
        same = known.get(tag.patch) or known.get(0)
        if same is None and tag.patch == 0 and patches and all(number in known for number in patches):
            same = min((known[number] for number in patches), key=lambda one: one.counts)
        if same is None or (tag.counts and not same.counts):
            known[tag.patch] = tag
    return tuple(tag for known in found.values() for tag in known.values())


def given_in(follow_up: FollowUp) -> Sequence[Trailer]:
    """The tags that the sender of a reply gives himself; a robot gives none."""
    if follow_up.notice or follow_up.message.bot:
        return ()
    return [trailer for trailer in follow_up.message.trailers if trailer.own]


def _for_all(reply: Message) -> str:
    """The words with which a reply somewhere gives its tags to the series: all of it, or "except patch 4"."""
    said = next((signal.text for signal in reply.signals if signal.kind == SignalKind.FOR_ALL), "")
    return (tag_scope.scope_in_sentence(said) or "the series") if said else ""


def reviewed_patches(revision: Revision, tags: Sequence[Tag]) -> int:
    """How many patches carry a review; one on the cover counts for each."""
    counting = {t.patch for t in tags if t.counts}
    if 0 in counting:
        return len(revision.patches)
    return len({number_of(m) for m in revision.patches} & counting)


def completing_tag(revision: Revision, tags: Sequence[Tag]) -> Tag | None:
    """The tag with which every patch had its review, in the order in which they were given."""
    whole = max(revision.expected, len(revision.patches))
    order: dict[str, int] = {f.message.message_id: n for n, f in enumerate(revision.follow_ups)}
    given = sorted((t for t in tags if t.counts), key=lambda t: order.get(t.message_id, -1))
    for count, tag in enumerate(given, 1):
        if whole and reviewed_patches(revision, given[:count]) >= whole:
            return tag
    return None


def message_of(revision: Revision, tag: Tag) -> Message:
    """The mail in which a tag was given."""
    mails = (*(f.message for f in revision.follow_ups), *revision.own_messages)
    return next(m for m in mails if m.message_id == tag.message_id)


@functools.lru_cache(maxsize=8192)
def _marks(value: str) -> tuple[str, ...]:
    """What a person is known by: the address and the full name; else the words themselves."""
    address, name = address_in(value), name_key(value.partition("<")[0])
    return tuple(mark for mark in (address, name if " " in name else "") if mark) or (value.lower(),)


def address_in(value: str) -> str:
    """The address in a tag's value, lower case; empty without one."""
    found = re.search(r"<([^<>\s]+@[^<>\s]+)>|(\S+@\S+)", value)
    return (found[1] or found[2]).lower() if found else ""
