"""What the database answers with: frozen rows, no SQL and no sessions behind them.

The command line's JSON (DESIGN §3) and the screens are made from these.  Times are UTC seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from patchwatch.mail.body import Mail as Mail
from patchwatch.series.follow_rules import Rule


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something is said: the mail (or commit) and its words."""

    message_id: str  # empty where a person decided by hand
    text: str
    by_hand: bool = False
    commit: str = ""
    kind: str = ""  # what was done with these words: patchwatch.mail.sentences.signals, patchwatch.series.states
    by_name: str = ""
    by_email: str = ""
    date: int = 0


@dataclass(frozen=True, slots=True)
class Involvement:
    """What I have to do with a series: I am whoever has one of the addresses asked for."""

    author: bool  # I posted the newest revision
    posted: bool  # I posted, or wrote all of, some revision
    asked: bool  # the newest revision was sent to me
    spoke: int  # my last mail about the newest revision; 0 without one
    content: bool  # my tag is on the newest revision, and I asked nothing since
    earlier: str  # the last revision before it that I spoke about: `v4`, `RFC v2`; empty without one
    answer: str  # the author's last mail to me, to which I said nothing yet
    answered: int  # its date


@dataclass(frozen=True, slots=True)
class NextAction:
    """What is to be done next, in one short imperative line, by whom, and the mail that it follows from."""

    text: str
    message_id: str  # empty where a person decided by hand
    by: str  # me, author, reviewers or maintainer
    until: int | None = None  # not before this time; 0: not before something that has no date yet; None: now


@dataclass(frozen=True, slots=True)
class TrailerRow:
    """A tag: who gave it where (first), and for which patch (0: all)."""

    name: str
    value: str
    message_id: str
    patch: int
    counts: bool  # as a review: given by somebody else than the author
    date: int = 0  # of that mail
    limit: str = ""  # the giver's words for what alone it is given: "for the io_uring bits"
    given_to: str = ""  # root of the earlier revision it was given to; empty: to this one, as far as is known
    carried: bool = True  # false: given to an earlier revision, and the author did not collect it


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What a build bot or CI found."""

    name: str  # the robot's
    verdict: str  # failure, success or notice
    text: str
    message_id: str
    date: int
    patch: int  # that its mail answers; 0: the cover


@dataclass(frozen=True, slots=True)
class AppliedRow:
    """A part of a revision that was applied."""

    patches: tuple[int, ...]  # empty where the mails do not say which
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class PredecessorRow:
    """The revision before, and why."""

    message_id: str
    evidence: tuple[str, ...]
    by_hand: bool


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One posting of a series."""

    id: int
    version: int
    minor: int
    message_id: str  # the root's
    subject: str
    author_name: str
    author_email: str
    date: int
    rfc: bool
    patches: int  # seen
    expected: int  # stated
    has_cover: bool
    state: str
    state_evidence: Evidence | None
    follow_ups: int
    inbox: str  # one of those it was seen in, for its URL; empty where none is known
    patch_message_ids: tuple[str, ...]
    postings: tuple[str, ...]  # roots: more than one when it was sent again unchanged
    trailers: tuple[TrailerRow, ...]
    predecessor: PredecessorRow | None
    applied: AppliedRow | None = None  # where not all of it was
    checks: tuple[CheckRow, ...] = ()  # by date
    owed: tuple[Evidence, ...] = ()  # of the newest, in the author's turn: what he was asked, or promised
    missing: tuple[int, ...] = ()  # patches that were sent but never seen
    backport: bool = False  # to a stable tree
    pull: bool = False  # a pull request
    reviewers: tuple[str, ...] = ()  # of the newest: names of those who spoke about it, besides author and robots
    awaited: tuple[
        str, ...
    ] = ()  # those of them whom the author answered, by the date of it, and who said nothing since


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One change: everything a list shows of it."""

    id: int
    title: str
    author_name: str
    author_email: str
    inboxes: tuple[str, ...]
    watched: bool
    muted: bool
    snoozed_until: int | None  # None: not snoozed; 0: until somebody answers
    state: str
    state_evidence: Evidence | None
    turn: str  # author, reviewers, maintainer or nobody
    turn_since: int
    turn_evidence: Evidence | None
    awaiting_review: bool
    overdue: bool
    unread: int
    last_activity: int
    version: int  # of the newest revision
    rfc: bool
    incomplete: bool
    patches: int  # of the newest revision
    reviewed: int  # patches of the newest revision that carry a review
    stale_since: int | None  # an inbox of it could not be polled since then
    revisions: tuple[RevisionRow, ...]  # oldest first
    involvement: Involvement | None = None  # mine in it, if it is known who I am
    next_action: NextAction | None = None  # None: nobody has to do anything


class SeriesSummary(NamedTuple):
    """A series as a list shows it: what ten thousand of them can be read of at once.

    A tuple and no dataclass, because that takes a fifth of the time to make.
    """

    id: int
    title: str
    author_name: str
    author_email: str
    inboxes: tuple[str, ...]
    watched: bool
    followed: bool  # seen in an inbox that is followed
    muted: bool
    snoozed_until: int | None  # None: not snoozed; 0: until somebody answers
    state: str
    turn: str
    turn_since: int
    awaiting_review: bool
    overdue: bool
    unread: int
    last_activity: int
    version: int  # of the newest revision, as is all that follows up to `reviewed`
    minor: int
    rfc: bool
    patches: int  # seen
    expected: int  # stated
    reviewed: int
    roots: str  # message-ids of all its postings, a line each, the newest last
    words: str  # title, author and message-ids in lower case: what is searched
    mine: bool  # a revision of it was posted by me
    for_me: bool  # none was, and one was sent to me or I spoke about it
    stale_since: int | None  # an inbox of it could not be polled since then
    next_action: str | None = None  # what I have to do; empty: nothing; None: that was not worked out

    @property
    def incomplete(self) -> bool:
        """Whether patches of the newest revision were never seen."""
        return self.patches < self.expected

    @property
    def message_id(self) -> str:
        """The root of the newest posting."""
        return self.roots.rpartition("\n")[2]


@dataclass(frozen=True, slots=True)
class StateChangeRow:
    """A mail (or commit) that changed the state or turn of a revision, its words, and what they were after it."""

    version: int
    date: int
    message_id: str
    text: str
    state: str
    turn: str
    commit: str = ""  # that moved it, where it was no mail


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A revision of another series that could be linked with one by hand, and what speaks for it."""

    series_id: int
    message_id: str  # the root's
    place: str  # earlier or later than the series in question
    score: float  # the more, the likelier
    evidence: tuple[str, ...]
    version: int
    subject: str
    author_name: str
    date: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One mail of a series, as a thread shows it."""

    message_id: str
    parent: str | None  # the nearest ancestor that is at hand
    depth: int  # in the tree, 0 for a root
    revision: str  # root of the revision it belongs to
    patch: int
    kind: str
    submission: bool
    author_name: str
    author_email: str
    subject: str
    date: int
    unread: bool
    bot: bool
    tags: tuple[str, ...]  # names of the trailers it gives: Reviewed-by
    excerpt: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A mail of patchwatch's own: waiting, on its way, sent, or given up."""

    id: int
    recipient: str  # its name in the config
    key: str  # what there is one mail of: the day of a digest (2023-09-18), or an event
    address: str
    sender: str  # address
    message_id: str
    subject: str
    queued_at: int
    tries: int
    begun_at: int | None  # a try is under way since, or was when its process ended
    try_at: int | None  # not before; None: no more
    sent_at: int | None
    failed_at: int | None  # given up
    failure: str  # why the last try failed


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A list's archive and how polling it goes."""

    name: str
    followed: bool
    watched: int  # series watched in it
    messages: int
    polled_at: int | None
    failed_at: int | None
    failure: str
    rules: tuple[Rule, ...] = ()  # which of its series are followed, one being enough; none: all


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A git tree and how reading it goes."""

    id: int
    name: str
    mainline: bool
    position: str | None
    read_at: int | None
    failed_at: int | None
    failure: str
