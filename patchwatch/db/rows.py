"""What the database answers with: frozen rows, no SQL and no sessions behind them.

The command line's JSON (DESIGN §3) and the screens are made from these.  Times are UTC seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from patchwatch.mail.body import Mail as Mail


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something is said: the mail (or commit) and its words."""

    message_id: str  # empty where a person decided by hand
    text: str
    by_hand: bool = False
    commit: str = ""


@dataclass(frozen=True, slots=True)
class TrailerRow:
    """A tag: who gave it where, and for which patch (0: all)."""

    name: str
    value: str
    message_id: str
    patch: int
    counts: bool  # as a review: given by somebody else than the author


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


@dataclass(frozen=True, slots=True)
class StepRow:
    """A mail (or commit) that changed the state or turn of a revision, its words, and what they were after it."""

    version: int
    date: int
    message_id: str
    text: str
    state: str
    turn: str
    commit: str = ""  # that moved it, where it was no mail


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
class InboxRow:
    """A list's archive and how polling it goes."""

    name: str
    followed: bool
    watched: int  # series watched in it
    messages: int
    polled_at: int | None
    failed_at: int | None
    failure: str


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
