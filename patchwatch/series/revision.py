"""Find the revisions in a conversation: which messages are one posting of a change, and which reply to it.

patchwatch.series.postings groups the messages, patchwatch.series.version_links links the versions of a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from patchwatch.mail.message import Kind, Message
from patchwatch.mail.subject import is_not_for_merging
from patchwatch.series.answered import nearest_submissions
from patchwatch.series.colleagues import join_colleagues
from patchwatch.series.inserted_patches import placed, position, take_in
from patchwatch.series.partial_reroll import Rerolls
from patchwatch.series.postings import number_of as number_of
from patchwatch.series.postings import posted_order, sent_together
from patchwatch.series.sendings import Sending, join_sendings
from patchwatch.series.stable_trees import stable_trees
from patchwatch.series.tested import NamedMails
from patchwatch.series.unmarked_covers import unmarked_covers
from patchwatch.series.wrong_clocks import in_time

_NO_REPLIES = ("notice", "unreadable")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A reply to a revision."""

    message: Message
    patch: int  # that it replies to; 0: the cover, or the whole posting
    notice: bool = False  # not a reply: a mail about it by a bot or maintainer in another thread, or an unreadable one
    of: str = ""  # root of the earlier version that it replies to, if this one is a partial reroll of it

    @property
    def from_bot(self) -> bool:
        """True for a bot's mail, and for a notice: nobody reviews in it."""
        return self.message.bot or self.notice


@dataclass(frozen=True, slots=True)
class TakenPatch:
    """A patch that a partial reroll takes from an earlier version."""

    message: Message
    number: int
    version: int  # that it was posted in
    root: str  # of that version


@dataclass(frozen=True, slots=True)
class Revision:
    """One posting of a change."""

    root: Message  # cover letter, or patch 1, or the lowest patch seen, or the single mail
    cover: Message | None
    patches: tuple[Message, ...]  # by number, each once: replaced ones are not among them
    replaced: tuple[Message, ...]  # by a later mail of the same revision
    follow_ups: tuple[FollowUp, ...]  # by date
    sendings: tuple[Message, ...] = ()  # the root of each time that it was sent, by date; empty: once
    taken: tuple[TakenPatch, ...] = ()  # those of the patches that are an earlier version's, for it rerolls only others
    given_before: tuple[FollowUp, ...] = ()  # replies to those patches that are older than this version
    titled_by: Message | None = None  # the cover letter or first patch of the earlier version; None: its own
    rerolls: str = ""  # root of the version that it rerolls a part of

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
    def awaits_taker(self) -> bool:
        """True for a pull request, and for backports: they wait for who takes them; AUTOSEL asks everybody first."""
        backports = self.patches and all(m.upstream for m in self.patches) and "AUTOSEL" not in self.root.subject
        return self.kind == "pull" or bool(backports)

    @property
    def names_stable_tree(self) -> bool:
        """True for a backport: the stable team applies it, whatever the list."""
        return any("-rc" not in tree for tree in stable_trees(self.root.parts.prefixes))

    @property
    def own_messages(self) -> tuple[Message, ...]:
        """Cover, patches and replaced patches, without those of an earlier version."""
        return (*((self.cover,) if self.cover else ()), *self.own_patches, *self.replaced) or (self.root,)

    @property
    def own_patches(self) -> tuple[Message, ...]:
        """The patches without those of an earlier version."""
        if not self.taken:
            return self.patches
        taken = {t.message.message_id for t in self.taken}
        return tuple(m for m in self.patches if m.message_id not in taken)

    @property
    def missing(self) -> tuple[int, ...]:
        """The patches that were sent but never seen.

        People send single patches of a series to the lists they concern; then nothing is missing.  So only few patches
        of a series whose mails all have the same recipients count as missing.
        """
        seen = {number_of(m) for m in self.patches}
        recipients = {frozenset(m.recipients) for m in self.patches}
        if len(recipients) > 1 or not 0 < self.expected - len(seen) < len(seen):
            return ()
        return tuple(number for number in range(1, self.expected + 1) if number not in seen)

    @property
    def not_for_merging(self) -> frozenset[int]:
        """The patches that are marked as ones that nobody should apply, if others are not."""
        marked = frozenset(number_of(m) for m in self.patches if is_not_for_merging(m.parts))
        return marked if len(marked) < len(self.patches) else frozenset()

    @property
    def elsewhere(self) -> frozenset[int]:
        """The patches that were only sent to other lists; empty if none of its patches was seen.

        Who gets the cover letter reviews all of it.
        """
        if self.cover:
            return frozenset()
        here = {number_of(m) for m in self.patches} | set(self.missing)
        return frozenset(range(1, self.expected + 1)) - here if here else frozenset()

    @property
    def head(self) -> Message:
        """The mail that has the title of all of it."""
        return self.titled_by or self.root


def find_revisions(messages: Iterable[Message]) -> list[Revision]:
    """Find the revisions of a conversation, oldest first."""
    known = {m.message_id: m for m in messages}
    known.update({cover.message_id: cover for cover in unmarked_covers(known)})
    postings = _postings(m for m in known.values() if m.is_submission)
    if not postings:
        return []  # most long threads are discussions without a patch
    anchors = nearest_submissions(known, {m.message_id for posting in postings for m in posting.all_messages})
    rerolls = Rerolls(in_time(postings, anchors), anchors)
    home = {m.message_id: (i, number_of(m)) for i, posting in enumerate(rerolls.postings) for m in posting.all_messages}
    tested = NamedMails(rerolls.postings, home)
    answers: dict[int, list[FollowUp]] = defaultdict(list)
    for message in known.values():
        if message.is_submission:
            continue
        if message.kind == "notice":
            anchor = next((i for i in message.about if i in home), None) or anchors.get(message.message_id)
        else:
            anchor = tested.tested_by(message, anchors.get(message.message_id))
            if message.accepted is not None:
                anchor = tested.applied_by(message, anchor)
        if anchor is not None:
            index, patch = home[anchor]
            answers[index].append(FollowUp(message, patch, is_notice(message)))
    revisions: list[Revision] = []
    for index, posting in enumerate(rerolls.postings):
        revision = _revision(posting, answers[index])
        base = rerolls.base.get(index)
        revisions.append(revision if base is None else _with_patches_of(revisions[base], revision))
    return sorted(revisions, key=lambda r: posted_order(r.root))


def is_notice(message: Message) -> bool:
    """True for a mail of a revision that is not a reply to it."""
    return message.kind in _NO_REPLIES or (message.tested is not None and message.kind == "other")


def _postings(submissions: Iterable[Message]) -> list[Sending]:
    groups = sent_together(sorted(submissions, key=posted_order))
    return join_sendings(take_in(join_colleagues(groups)))


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


def _with_patches_of(base: Revision, reroll: Revision) -> Revision:
    """A partial reroll with the patches that it takes from the version before, and what was said about those."""
    own = {number_of(m) for m in reroll.patches}
    before = {t.message.message_id: t for t in base.taken}
    taken = tuple(
        before.get(m.message_id) or TakenPatch(m, number_of(m), base.version, base.root.message_id)
        for m in base.patches
        if number_of(m) not in own
    )
    numbers = {t.number for t in taken} | {0}
    begin = min(m.date for m in reroll.own_messages)
    shared = [
        replace(f, of=f.of or base.root.message_id)
        for f in (*base.given_before, *base.follow_ups)
        if f.patch in numbers
    ]
    follow_ups = [*reroll.follow_ups, *(f for f in shared if f.message.date >= begin)]
    head = base.head if base.head.kind != "patch" or number_of(base.head) not in own else reroll.root
    return replace(
        reroll,
        patches=tuple(sorted((*reroll.patches, *(t.message for t in taken)), key=position)),
        follow_ups=tuple(sorted(follow_ups, key=lambda f: (f.message.date, f.message.message_id))),
        taken=taken,
        given_before=tuple(f for f in shared if f.message.date < begin),
        titled_by=head,
        rerolls=base.root.message_id,
    )
