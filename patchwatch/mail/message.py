"""One message and the facts read from it, frozen.

`Message` is what every decision is made from (revisions, version bumps, states).  It carries no body: the raw mail
stays in the database and is read again when somebody wants to see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Kind = Literal["cover", "patch", "proposal", "pull", "reply", "notice", "other"]
"""What a message is, by its own subject and content.

cover     a cover letter (`0/n`)                    patch   carries a change to be applied
proposal  an RFC without a patch                    pull    a pull request
reply     an answer                                 notice  a robot's or maintainer's word on a patch, posted on its own
other     anything else: discussions, reports, spam
"""


SUBMISSIONS: frozenset[Kind] = frozenset({"cover", "patch", "proposal", "pull"})
"""The kinds that are (part of) a posting of a change, and not talk about one."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a header names them."""

    name: str
    email: str  # lower case; may be empty in broken mail

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject line taken apart.  Versions are as stated, never renumbered."""

    title: str  # without prefixes, as written
    version: int = 1
    minor: int = 0  # 1 in v5.1
    stated_version: bool = False  # false: no version in the subject, so 1 is assumed
    counter: int | None = None  # n of n/m; None without a counter
    expected: int | None = None  # m of n/m
    prefixes: tuple[str, ...] = ()  # what else stood in brackets, in order: net-next, RESEND, AUTOSEL, 5.10
    patch: bool = False  # says PATCH
    rfc: bool = False
    resend: bool = False
    pull: bool = False  # says GIT PULL
    reply: bool = False  # Re:, Aw:, 答复:


@dataclass(frozen=True, slots=True)
class Trailer:
    """`name: value` in somebody's own words (never from a quote)."""

    name: str
    value: str
    own: bool = True  # the sender names himself; false for tags that were collected or passed on
    scope: str = ""  # his words for what alone it is given: "for patches 1-3", "mm" (patchwatch.mail.tag_scope)


@dataclass(frozen=True, slots=True)
class EarlierLink:
    """A link from a posting to what its author says is an earlier version of it."""

    message_id: str
    version: int | None  # as the line says, None if it does not


class SignalKind(StrEnum):
    """What a sentence does to a patch; patchwatch.mail.sentences.signals and patchwatch.mail.bots find them."""

    APPLIED = "applied"  # to a maintainer's tree; detail: patch numbers "1-3,5", "some", "rest", or empty
    MAINLINED = "mainlined"  # in Linus's tree; detail: the tree that it was merged to
    UNAPPLIED = "unapplied"  # dropped or reverted after it was applied
    NAK = "nak"
    CHANGES = "changes"  # a change is requested; detail: "version" if the sentence asks for a new version
    QUESTION = "question"
    COMMAND = "command"  # pw-bot; detail: patchwork's state
    PROMISE = "promise"  # the sender will post something themselves
    WITHDRAWN = "withdrawn"  # by the author
    DOUBT = "doubt"  # an objection or doubt; detail: "flaw" if the patch is called wrong
    WISH = "wish"  # something should be different, without "please"
    SATISFIED = "content"  # what the sender asked or doubted is settled
    DEFERRED = "deferred"  # until the tree reopens, or parked
    WILL_REVIEW = "later"  # the sender will look at it themselves
    REVIEW_WANTED = "call"  # for reviewers: "could use more review", "hopefully others can weigh in"
    ELSEWHERE = "elsewhere"  # another patch or commit did the same, or nothing is wrong
    FOR_ALL = "for-all"  # the tags of this mail are for the whole series
    FAILURE = "failure"  # a bot found that it does not build, or worse
    SUCCESS = "success"  # a bot tested it and found nothing wrong
    FINDING = "finding"  # a bot measured something that is not a failure
    TAGS_DROPPED = "tags-dropped"  # in a posting: tags given to an earlier version are left out on purpose


@dataclass(frozen=True, slots=True)
class Signal:
    """A sentence that moves a patch: said by this message's author, not quoted.

    `kind` is the value of a SignalKind; `text` is the sentence as evidence; `detail` depends on the kind (the numbers
    of the patches applied, the command of a pw-bot line).
    """

    kind: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """The facts of one mail."""

    message_id: str
    subject: str  # decoded, white space folded
    author: Person  # who sent it: From, or the original sender where a list rewrote it
    date: int  # UTC, seconds; the Date header, or the arrival where that is absent or absurd
    arrived: int  # UTC, seconds; the newest Received header, or the date
    parent: str | None  # the message answered
    references: tuple[str, ...]  # ancestors, oldest first, the parent last
    recipients: tuple[str, ...]  # addresses in To and Cc, lower case
    kind: Kind
    parts: Subject
    patch_author: Person | None = None  # the in-body From:, where it differs from the sender
    patch_id: str = ""  # git patch-id of the diff; empty without one
    files: tuple[str, ...] = ()  # touched by the diff
    trailers: tuple[Trailer, ...] = ()
    change_id: str = ""
    base_commit: str = ""
    earlier: tuple[EarlierLink, ...] = ()
    about: tuple[str, ...] = ()  # message-ids that a notice is about
    signals: tuple[Signal, ...] = ()
    bot: bool = False
    word_count: int = 0  # number of words in the author's own prose, tags and quotes apart
    excerpt: str = ""  # the first two sentences of the author's own prose, greetings apart, a line each
    listed: tuple[tuple[str, str], ...] = ()  # in a pull request: (author's name, title) of each patch
    upstream: str = ""  # the commit of Linus's tree that a patch for a stable tree repeats

    @property
    def is_submission(self) -> bool:
        """Whether this is (part of) a posting of a change, and not talk about one."""
        return self.kind in SUBMISSIONS
