"""Find the revisions in a conversation: which messages are one posting of a change, and which reply to it.

patchwatch.series.postings groups the messages, patchwatch.series.version_links links the versions of a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patchwatch.mail.message import Kind, Message
from patchwatch.series.answered import nearest_submissions
from patchwatch.series.postings import find_postings, posted_order
from patchwatch.series.postings import number_of as number_of
from patchwatch.series.unmarked_covers import unmarked_covers

_NO_REPLIES = ("notice", "unreadable")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A reply to a revision."""

    message: Message
    patch: int  # that it replies to; 0: the cover, or the whole posting
    notice: bool = False  # not a reply: a mail about it by a bot or maintainer in another thread, or an unreadable one


@dataclass(frozen=True, slots=True)
class Revision:
    """One posting of a change."""

    root: Message  # cover letter, or patch 1, or the lowest patch seen, or the single mail
    cover: Message | None
    patches: tuple[Message, ...]  # by number, each once: replaced ones are not among them
    replaced: tuple[Message, ...]  # by a later mail of the same revision
    follow_ups: tuple[FollowUp, ...]  # by date

    @property
    def kind(self) -> Kind:
        """The kind of its root; a pull request with its patches below is one, whatever its subject."""
        return "pull" if self.root.pull else self.root.kind

    @property
    def version(self) -> int:
        """The stated version, or 1; sometimes only the cover states it."""
        return max(m.parts.version for m in self.own_messages)

    @property
    def stated_version(self) -> bool:
        """True if any of its mails states a version."""
        return any(m.parts.stated_version for m in self.own_messages)

    @property
    def expected(self) -> int:
        """How many patches the posting states; 0 for a proposal or pull request."""
        if self.root.kind == "pull" and not self.patches:
            return 0  # "[GIT PULL 2/4]" counts requests
        return max(
            (m.parts.expected for m in self.own_messages if m.parts.expected is not None and not m.parts.inserted),
            default=len(self.patches),
        )

    @property
    def rfc(self) -> bool:
        """True if it is posted only for comments."""
        return any(m.parts.rfc for m in self.own_messages)

    @property
    def own_messages(self) -> tuple[Message, ...]:
        """Cover, patches and replaced patches."""
        return (*((self.cover,) if self.cover else ()), *self.patches, *self.replaced) or (self.root,)


def find_revisions(messages: Iterable[Message]) -> list[Revision]:
    """Find the revisions of a conversation, oldest first."""
    known = {m.message_id: m for m in messages}
    known.update({cover.message_id: cover for cover in unmarked_covers(known)})
    groups = find_postings(sorted((m for m in known.values() if m.is_submission), key=posted_order))
    if not groups:
        return []  # most long threads are discussions without a patch
    home = {m.message_id: number for number, group in enumerate(groups) for m in group}
    answers: dict[int, list[FollowUp]] = defaultdict(list)
    anchors = nearest_submissions(known, home)
    for message in known.values():
        if message.is_submission:
            continue
        if message.kind == "notice":
            anchor = next((i for i in message.about if i in home), None)
        else:
            anchor = anchors.get(message.message_id)
        if anchor is not None:
            answers[home[anchor]].append(FollowUp(message, number_of(known[anchor]), message.kind in _NO_REPLIES))
    revisions = [_revision(group, answers[number]) for number, group in enumerate(groups)]
    return sorted(revisions, key=lambda r: posted_order(r.root))


def _revision(group: Sequence[Message], answers: list[FollowUp]) -> Revision:
    # A pull request with its patches below it is their cover ("[pull request][net-next V2 00/15]").
    cover = next((m for m in group if m.kind == "cover" or (m.kind == "pull" and len(group) > 1)), None)
    by_number: dict[int, Message] = {}
    replaced: list[Message] = []
    for message in sorted((m for m in group if m.kind == "patch"), key=lambda m: (m.parts.minor, *posted_order(m))):
        number = number_of(message)
        if number in by_number:
            replaced.append(by_number[number])
        by_number[number] = message
    patches = tuple(by_number[n] for n in sorted(by_number))
    root = cover or (
        min(replaced + list(patches), key=lambda m: (number_of(m), m.parts.minor, *posted_order(m)))
        if patches
        else group[0]
    )
    return Revision(
        root=root,
        cover=cover,
        patches=patches,
        replaced=tuple(sorted(replaced, key=posted_order)),
        follow_ups=tuple(sorted(answers, key=lambda f: (f.message.date, f.message.message_id))),
    )
