"""Tags of a revision: who endorsed which of its patches, in the patches themselves and in replies.

A tag counts as a review if somebody other than the author gave it; people are recognized by address or full name.
patchwatch.series.carried_tags follows tags to later versions, patchwatch.series.state.machine derives the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from patchwatch.mail import tag_scope
from patchwatch.mail.message import Message, Person, SignalKind, Trailer, name_key
from patchwatch.series.revision import FollowUp, Revision, number_of
from patchwatch.series.tag import EachOnce, Tag, address_in, is_review
from patchwatch.series.tag_coverage import covered_patches


@dataclass(frozen=True, slots=True)
class Authors:
    """The authors of a revision, or of one of its patches."""

    addresses: frozenset[str]
    names: frozenset[str]  # full names only: there are many Anns

    def include(self, name: str, address: str) -> bool:
        """True for one of them, by address or, if the address is new, by name."""
        return address in self.addresses or name_key(name) in self.names


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
