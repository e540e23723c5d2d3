"""Tags of a revision: who endorsed which of its patches, as the patches carry them and replies give them.

A tag counts as a review if somebody else gave it; whoever has several addresses or a second name is told by either.
What follows for the state is decided elsewhere (patchwatch.status).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from patchwatch.mail import signals
from patchwatch.mail.message import Message, Trailer
from patchwatch.series.revision import FollowUp, Revision, number_of

REVIEWS = frozenset({"reviewed-by", "acked-by"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A trailer on a revision: `patch` 0 means all of it; `counts` as a review by somebody else."""

    name: str
    value: str
    message_id: str
    patch: int
    counts: bool


@dataclass(frozen=True, slots=True)
class Authors:
    """Those who speak for a revision: its sender, and the authors of its patches."""

    addresses: frozenset[str]
    names: frozenset[str]  # full names only: many are called Ann

    def include(self, name: str, address: str) -> bool:
        """Whether this is one of them, by address or, from an address never seen, by name."""
        return address in self.addresses or _name(name) in self.names


def authors_of(revision: Revision) -> Authors:
    """Who speaks for a revision."""
    people = [m.author for m in revision.own_messages]
    people += [m.patch_author for m in revision.own_messages if m.patch_author]
    names = {_name(person.name) for person in people}
    return Authors(frozenset(person.email for person in people), frozenset(name for name in names if " " in name))


def tags_of(revision: Revision) -> tuple[Tag, ...]:
    """The tags of a revision: those its patches carry, and those given in replies, one person once a patch."""
    authors = authors_of(revision)
    found: dict[tuple[str, str, int], Tag] = {}

    def add(name: str, value: str, message_id: str, patch: int) -> None:
        address = _address(value)
        # The author's own tag is no review, whatever address he gives it from.
        counts = name.lower() in REVIEWS and not authors.include(value.partition("<")[0], address)
        found.setdefault((name.lower(), address or value.lower(), patch), Tag(name, value, message_id, patch, counts))

    for message in revision.patches:
        for trailer in message.trailers:
            add(trailer.name, trailer.value, message.message_id, number_of(message))
    for follow_up in revision.follow_ups:
        for trailer in given_in(follow_up):
            add(trailer.name, trailer.value, follow_up.message.message_id, _meant(follow_up))
    return tuple(found.values())


def given_in(follow_up: FollowUp) -> Sequence[Trailer]:
    """The tags that the sender of a reply gives himself; a robot gives none."""
    if follow_up.notice or follow_up.message.bot:
        return ()
    return [trailer for trailer in follow_up.message.trailers if trailer.own]


def _meant(follow_up: FollowUp) -> int:
    """The patch that a reply's tags are for: the one it answers, unless it says "for the series"."""
    for_all = any(signal.kind == signals.FOR_ALL for signal in follow_up.message.signals)
    return 0 if for_all else follow_up.patch


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


def _address(value: str) -> str:
    found = re.search(r"<([^<>\s]+@[^<>\s]+)>|(\S+@\S+)", value)
    return (found[1] or found[2]).lower() if found else ""


def _name(name: str) -> str:
    return " ".join(sorted(re.findall(r"\w+", name.lower())))
