"""The frozen rows that the database returns; times are UTC seconds, states and turns values of State and Turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from patchwatch.series.follow_rules import Rule
from patchwatch.series.states import CLOSED

if TYPE_CHECKING:
    from patchwatch.mail.message import Person, PullRequest
    from patchwatch.series.points import Point
    from patchwatch.series.queue import Place
    from patchwatch.series.request import Request
    from patchwatch.series.review_record import ReviewRecord


class Evidence(Struct, frozen=True):
    """The mail or commit that a state, turn or link follows from, and its words."""

    message_id: str  # empty if a person decided by hand
    text: str
    by_hand: bool = False
    commit: str = ""
    kind: str = ""  # the value of a SignalKind or ReasonKind; empty if unknown
    by_name: str = ""
    by_email: str = ""
    date: int = 0


class Involvement(Struct, frozen=True):
    """How I am involved in a series; I am identified by the addresses in the config."""

    author: bool  # I posted the newest revision
    posted: bool  # I posted some revision, or wrote all its patches
    recipient: bool  # the newest revision was sent to me
    replied: int  # date of my last reply to the newest revision; 0 without one
    satisfied: bool  # my tag is on the newest revision, and I asked nothing since
    reviewed_before: str  # the last revision before it that I replied to: `v4`, `RFC v2`; empty without one
    answer: str  # the author's last reply to me, if I have not replied since
    answered: int  # its date
    pulls: bool = False  # the newest revision is a pull request to me
    asked: Request | None = None  # the last request to me, about a patch that is not mine
    me: frozenset[str] = frozenset()  # my addresses, in lower case
    sent_before: bool = False  # an earlier revision was sent to me
    passed_over: int = 0  # revisions between `reviewed_before` and the newest
    record: ReviewRecord | None = None  # if it waits for reviewers, and I did not reply to the newest revision

    @property
    def is_reviewer(self) -> bool:
        """True if it was sent to me or I reviewed an earlier version, and I may be expected to review this one."""
        known = self.recipient or bool(self.reviewed_before)
        return known and (self.record is None or self.record.expected is not None)


class NextAction(Struct, frozen=True):
    """The next action on a series."""

    text: str  # one short imperative line
    message_id: str  # that it follows from; empty if a person decided by hand
    by: str  # me, or the value of a Turn
    until: int | None = None  # not before this time; 0: not before an event without a date; None: now


class TrailerRow(Struct, frozen=True):
    """A tag, and the mail that first gave it."""

    name: str
    value: str
    message_id: str
    patch: int  # 0: all
    counts: bool  # as a review, by somebody other than the author
    date: int = 0  # of that mail
    scope: str = ""  # in the words of the giver: "for the io_uring bits"
    given_to: str = ""  # root of the earlier revision it was given to; empty: to this one, as far as is known
    carried: bool = True  # false: given to an earlier revision, and the author did not collect it


class CheckRow(Struct, frozen=True):
    """A result of a build bot, CI or AI reviewer."""

    name: str  # the bot's
    verdict: str  # failure, success, finding or notice
    text: str
    message_id: str
    date: int
    patch: int  # that it is about; 0: the cover
    severity: str = ""  # of a finding: critical, high, medium or low; empty if it is not rated
    preexisting: bool = False  # the patch did not introduce it, according to the bot
    file: str = ""
    function: str = ""
    quote: str = ""  # the line of the patch that it is about


class AppliedRow(Struct, frozen=True):
    """Patches of a revision that were applied, if not all were."""

    patches: tuple[int, ...]  # empty if the mails do not say which
    evidence: Evidence | None
    all_seen: bool = False  # all that were seen of it are among them: the others went to other lists


class PredecessorRow(Struct, frozen=True):
    """The revision before, and the evidence for the link."""

    message_id: str
    evidence: tuple[str, ...]
    by_hand: bool


class DependencyRow(Struct, frozen=True):
    """A posting that a series needs first, according to its author."""

    target: str  # `m:` and a message-id, `c:` and a change-id, or `p:` and a patch-id
    text: str  # the author's words
    message_id: str  # of the mail with them
    root: str = ""  # message-id of the posting; as stated, or of the newest version; empty if it is not known
    series: int | None = None  # None: it is not stored here
    state: str = ""  # of the series
    title: str = ""
    blocks: bool = False  # the series is open


class TakenPatchRow(Struct, frozen=True):
    """A patch that a revision takes from an earlier one, because it rerolls only others."""

    patch: int
    message_id: str
    version: int  # that it was posted in
    revision: str  # message-id of the root of that version


class RevisionRow(Struct, frozen=True):
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
    inbox: str  # one of those that have it, for its URL; empty if none is known
    patch_message_ids: tuple[str, ...]
    postings: tuple[str, ...]  # roots; more than one if it was resent
    trailers: tuple[TrailerRow, ...]
    predecessor: PredecessorRow | None
    applied: AppliedRow | None = None  # if not all of it was
    checks: tuple[CheckRow, ...] = ()  # by date
    owed: tuple[Evidence, ...] = ()  # of the newest, in the author's turn: requests to them, and their promises
    missing: tuple[int, ...] = ()  # numbers of patches that never arrived
    backport: bool = False  # to a stable tree
    kind: str = ""  # pull: a pull request; proposal: an RFC without a patch; empty: patches
    pull: PullRequest | None = None
    commits: bool = False  # its author applies patches of all lists that it was sent to
    pulled_since: bool = False  # the one it asks to pull pulled a later request of its author
    depends_on: tuple[DependencyRow, ...] = ()  # without what is known of them
    reviewers: tuple[str, ...] = ()  # of the newest: names of those who replied, without author and bots
    awaited: tuple[Person, ...] = ()  # those of them who have not replied to the author's answer, by its date
    unreadable: int = 0  # mails in its thread that could not be parsed
    taken: tuple[TakenPatchRow, ...] = ()  # patches of an earlier version; empty unless it is a partial reroll
    points: tuple[Point, ...] = ()  # in the order in which they were raised
    likely: bool = False  # of the newest: the turn is not certain
    joins: tuple[PredecessorRow, ...] = ()  # other series that it has the patches of, by date


class SeriesRow(Struct, frozen=True):
    """A series with its revisions."""

    id: int
    title: str
    author_name: str
    author_email: str
    inboxes: tuple[str, ...]
    watched: bool
    muted: bool
    snoozed_until: int | None  # None: not snoozed; 0: until somebody replies
    state: str
    state_evidence: Evidence | None
    turn: str
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
    stale_since: int | None  # polling one of its inboxes has failed since then
    revisions: tuple[RevisionRow, ...]  # oldest first
    involvement: Involvement | None = None  # None if the config does not have my addresses
    next_action: NextAction | None = None  # None: nobody has to act
    depends_on: tuple[DependencyRow, ...] = ()  # of the newest revision
    pinned: bool = False
    labels: tuple[str, ...] = ()  # that I gave it
    not_mine: int = 0  # when I said that what is asked in it is not mine to do; 0: I did not, or it no longer holds
    my_turn: bool = False  # I am among those whose turn it is; only known if it was read alone

    @property
    def kind(self) -> str:
        """The kind of the newest revision."""
        return self.revisions[-1].kind if self.revisions else ""

    @property
    def blocked_by(self) -> tuple[int, ...]:
        """The open series that it depends on, while it is open itself."""
        needs = () if self.state in CLOSED else self.depends_on
        return tuple(dict.fromkeys(d.series for d in needs if d.blocks and d.series is not None))

    @property
    def unreadable(self) -> int:
        """How many mails in its threads could not be parsed."""
        return sum(revision.unreadable for revision in self.revisions)


class SeriesSummary(NamedTuple):
    """A series as a list shows it; a tuple, because ten thousand are made at once, in a fifth of the time."""

    id: int
    title: str
    author_name: str
    author_email: str
    inboxes: tuple[str, ...]
    watched: bool
    followed: bool  # in a followed inbox
    muted: bool
    snoozed_until: int | None  # None: not snoozed; 0: until somebody replies
    state: str
    turn: str
    turn_since: int
    awaiting_review: bool
    overdue: bool
    unread: int
    last_activity: int
    version: int  # of the newest revision, as are the fields up to `reviewed`
    minor: int
    rfc: bool
    patches: int  # seen
    expected: int  # stated
    reviewed: int
    roots: str  # message-ids of all its postings, one per line, the newest last
    search_text: str  # title, author and message-ids in lower case
    mine: bool  # I posted a revision of it
    for_me: bool  # not mine, and sent to me, or I replied to it
    stale_since: int | None  # polling one of its inboxes has failed since then
    kind: str = ""  # as RevisionRow.kind
    blocked_by: tuple[int, ...] = ()  # the open series that it depends on
    points_open: int = 0  # of the newest revision
    points: int = 0
    pinned: bool = False
    applied: int = 0  # patches of the newest revision, if not all
    labels: tuple[str, ...] = ()  # that I gave it
    not_mine: int = 0  # when I said that what is asked in it is not mine to do; 0: I did not
    place: Place | None = None  # in the queue; None: in no section, or not computed

    @property
    def incomplete(self) -> bool:
        """True if patches of the newest revision have not arrived."""
        return self.patches < self.expected

    @property
    def is_left(self) -> bool:
        """True if I said that it is not mine to do, and nobody asked me since."""
        return self.place.not_mine if self.place else self.not_mine > 0

    @property
    def has_lapsed(self) -> bool:
        """True if it was asked of me so long ago that it only waits."""
        place = self.place
        return place is not None and place.section == "waiting" and place.verb == "you" and not place.not_mine

    @property
    def message_id(self) -> str:
        """The root of the newest posting."""
        return self.roots.rpartition("\n")[2]


class StateChangeRow(Struct, frozen=True):
    """A mail or commit that changed the state or turn of a revision, and both after it."""

    version: int
    date: int
    message_id: str
    text: str
    state: str
    turn: str
    commit: str = ""  # if it was not a mail


class CandidateRow(Struct, frozen=True):
    """A candidate for a manual link: a revision of another series, with the evidence."""

    series_id: int
    message_id: str  # the root's
    place: str  # earlier or later than the series in question
    score: float  # the higher, the likelier
    evidence: tuple[str, ...]
    version: int
    subject: str
    author_name: str
    date: int


class MessageRow(Struct, frozen=True):
    """A mail of a series in its thread."""

    message_id: str
    parent: str | None  # the nearest ancestor that was seen
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
    unreadable: str = ""  # why it could not be parsed
    mine: bool = False  # I sent it


class OutboxRow(Struct, frozen=True):
    """A mail that patchwatch sends: waiting, being sent, sent, or failed permanently."""

    id: int
    recipient: str  # its name in the config
    key: str  # unique per mail: the day of a digest (2023-09-18), or an event
    address: str
    sender: str  # address
    message_id: str
    subject: str
    queued_at: int
    tries: int
    begun_at: int | None  # when the current try began, or the one whose process ended
    try_at: int | None  # earliest time of the next try; None: none
    sent_at: int | None
    failed_at: int | None  # permanently
    failure: str  # of the last try


class InboxRow(Struct, frozen=True):
    """A list's archive, and the result of the last poll."""

    name: str
    followed: bool
    watched: int  # watched series in it
    polled_at: int | None
    failed_at: int | None
    failure: str
    rules: tuple[Rule, ...] = ()  # a series is followed if one matches; none: all are


class TreeRow(Struct, frozen=True):
    """A git tree, and the result of the last scan."""

    id: int
    name: str
    mainline: bool
    position: str | None
    read_at: int | None
    failed_at: int | None
    failure: str


class Event(Struct, frozen=True):
    """An event of a series.  Times are UTC seconds."""

    id: str
    kind: str  # the value of a patchwatch.notify.events.EventKind
    at: int
    series_id: int
    title: str
    version: int
    state: str
    turn: str
    inboxes: tuple[str, ...]
    text: str  # a description, on one line
    words: str  # a quote from the evidence
    message_id: str  # of the evidence; empty if it is a commit
    commit: str = ""
    by_name: str = ""
    by_email: str = ""
    whom: str = ""  # for your_turn: whose, as patchwatch.notify.events.audience writes it
