"""Find the revisions in a conversation: which messages are one posting of a change, and which reply to it.

patchwatch.series.postings groups the messages, patchwatch.series.version_links links the versions of a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from patchwatch.mail.message import Kind, Message
from patchwatch.series.answered import nearest_submissions
from patchwatch.series.inserted_patches import placed, position, take_in
from patchwatch.series.postings import number_of as number_of
from patchwatch.series.postings import posted_order, sent_together
from patchwatch.series.sendings import Sending, join_sendings
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
    sendings: tuple[Message, ...] = ()  # the root of each time that it was sent, by date; empty: once

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
        stated = (m.parts.expected for m in self.own_messages if m.parts.expected is not None and not m.parts.inserted)
        return max(stated, default=len(self.patches) - placed(self.patches)) + placed(self.patches)

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
    postings = _postings(m for m in known.values() if m.is_submission)
    if not postings:
        return []  # most long threads are discussions without a patch
    home = {m.message_id: number for number, posting in enumerate(postings) for m in posting.all_messages}
    numbers = {m.message_id: number_of(m) for posting in postings for m in posting.all_messages}
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
            answers[home[anchor]].append(FollowUp(message, numbers[anchor], message.kind in _NO_REPLIES))
    revisions = [_revision(posting, answers[number]) for number, posting in enumerate(postings)]
    return sorted(revisions, key=lambda r: posted_order(r.root))


def _postings(submissions: Iterable[Message]) -> list[Sending]:
    return join_sendings(take_in(sent_together(sorted(submissions, key=posted_order))))


def _revision(posting: Sending, answers: list[FollowUp]) -> Revision:
    mails = sorted(posting.all_messages, key=lambda m: (m.parts.minor, *posted_order(m)))
    # A pull request with its patches below it is their cover ("[pull request][net-next V2 00/15]").
    covers = [m for m in mails if m.kind == "cover" or (m.kind == "pull" and len(mails) > 1)]
    by_number: dict[int, Message] = {}
    replaced: list[Message] = []
    for message in mails:
        if message.kind != "patch":
            continue
        number = number_of(message)
        if number in by_number:
            replaced.append(by_number[number])
        by_number[number] = message
    root = posting.root
    cover = root if root in covers else covers[-1] if covers else None
    replaced += [m for m in covers if m is not cover]
    sendings = sorted((one.root for one in (posting, *posting.others)), key=posted_order)
    return Revision(
        root=root,
        cover=cover,
        patches=tuple(sorted(by_number.values(), key=position)),
        replaced=tuple(sorted(replaced, key=posted_order)),
        follow_ups=tuple(sorted(answers, key=lambda f: (f.message.date, f.message.message_id))),
        sendings=tuple(sendings) if len(sendings) > 1 else (),
    )
