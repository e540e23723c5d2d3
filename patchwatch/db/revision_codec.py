"""What the database stores of revisions and series as JSON: summary, state, link to the version before, evidence.

Objects have sorted keys, for a revision is written again only if its text changes.  The structs that are `array_like`
are arrays in the order of their fields.  After a change of the fields, increment FACTS_VERSION in
patchwatch.db.versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from patchwatch.mail.message import Person, PullRequest
from patchwatch.series.points import Point
from patchwatch.series.request import Request
from patchwatch.series.states import State, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from patchwatch.series.certain_links import Link
    from patchwatch.series.state.types import Reason


class StoredPatch(Struct, frozen=True, array_like=True):
    """A patch of a revision."""

    number: int
    title: str
    patch_id: str
    dropped: tuple[str, ...] = ()  # sentences of its author on tags that they left out


class StoredTag(Struct, frozen=True, array_like=True):
    """A tag given to the revision itself: the first fields of patchwatch.series.tags.Tag."""

    name: str
    value: str
    message_id: str
    patch: int
    counts: bool
    date: int
    scope: str = ""


class StoredCheck(Struct, frozen=True, array_like=True):
    """A result of a bot: patchwatch.series.checks.Check."""

    name: str
    verdict: str
    text: str
    message_id: str
    date: int
    patch: int
    severity: str = ""
    preexisting: bool = False
    file: str = ""
    function: str = ""
    quote: str = ""


class StoredReviewer(Struct, frozen=True, array_like=True):
    """A person who replied to a revision: patchwatch.series.reviewers.ReviewerActivity."""

    name: str
    email: str
    date: int
    satisfied: bool
    answer: str
    answered: int


class StoredDependency(Struct, frozen=True, array_like=True):
    """What a revision needs first, according to its author: patchwatch.mail.message.Relation."""

    target: str
    text: str
    message_id: str  # that states it


class StoredTaken(Struct, frozen=True, array_like=True):
    """A patch that a partial reroll takes from an earlier version: patchwatch.series.revision.TakenPatch."""

    number: int
    message_id: str
    version: int
    root: str


class RevisionSummary(Struct, frozen=True, kw_only=True):
    """What is shown of a revision: column `view`."""

    subject: str
    title: str
    author: Person
    version: int
    minor: int
    rfc: bool
    kind: str
    patches: int  # seen
    expected: int
    has_cover: bool
    follow_ups: int
    unreadable: int = 0  # mails in its thread that could not be parsed
    message_ids: tuple[str, ...]  # of the posting
    patch_message_ids: tuple[str, ...]
    patch_facts: tuple[StoredPatch, ...]  # in the same order
    dropped: tuple[str, ...]  # as of a patch, in the cover letter
    trailers: tuple[StoredTag, ...]
    checks: tuple[StoredCheck, ...]
    reviewed: int  # patches
    senders: tuple[str, ...]  # addresses
    writers: tuple[str, ...]  # addresses of the patches' authors
    recipients: tuple[str, ...]  # addresses
    reviewers: tuple[StoredReviewer, ...] = msgspec.field(name="voices")
    missing: tuple[int, ...]  # patches that were sent but never seen
    backport: bool  # to a stable tree
    depends_on: tuple[StoredDependency, ...] = ()
    pull: PullRequest | None = None
    sendings: tuple[str, ...] = ()  # roots of all times that it was sent, if more than one
    taken: tuple[StoredTaken, ...] = ()  # patches of an earlier version
    commits: bool = False  # its author applies patches of all lists that it was sent to
    asks: tuple[Request, ...] = ()  # of people besides its author, not answered
    not_for_merging: tuple[int, ...] = ()  # patches, by number


class PostedMails(Struct, frozen=True):
    """The part of a RevisionSummary that says which mails were posted."""

    message_ids: tuple[str, ...]
    patch_message_ids: tuple[str, ...]
    missing: tuple[int, ...]
    taken: tuple[StoredTaken, ...] = ()


class RevisionVersion(Struct, frozen=True):
    """The part of a RevisionSummary that revisions are ordered by."""

    version: int
    minor: int


class StoredReason(Struct, frozen=True, array_like=True):
    """A patchwatch.series.state.types.Reason of a revision, which is never a commit."""

    message_id: str
    text: str
    date: int
    by_hand: bool
    kind: str
    by: Person


class ChangeReason(Struct, frozen=True, array_like=True):
    """The reason for a state change."""

    message_id: str
    text: str
    date: int


class StoredStateChange(Struct, frozen=True, array_like=True):
    """A patchwatch.series.state.types.StateChange."""

    reason: ChangeReason
    state: State
    turn: Turn


class ShownState(Struct, frozen=True, kw_only=True):
    """What rows show of a StoredState: its changes are two thirds of it."""

    state: State
    reason: StoredReason | None
    turn: Turn
    turn_since: int
    turn_reason: StoredReason
    reviewed: int
    partly: str
    partly_reason: StoredReason | None
    owed: tuple[StoredReason, ...]
    points: tuple[Point, ...] = ()
    likely: bool = False


class StoredState(ShownState, frozen=True, kw_only=True):
    """The state of a revision from its own mails: column `standing`."""

    steps: tuple[StoredStateChange, ...]


class OwnState(Struct, frozen=True):
    """The first thing of a StoredState."""

    state: State


class StoredJoin(Struct, frozen=True, array_like=True):
    """Another posting that a revision joins with its predecessor: patchwatch.series.joins."""

    root: str
    evidence: tuple[str, ...]


class StoredLink(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The link to the version before: column `link`."""

    evidence: tuple[str, ...]
    score: float
    by_hand: bool
    resend: bool
    joins: tuple[StoredJoin, ...] = ()


class StoredEvidence(Struct, frozen=True, kw_only=True):
    """The reason for the state or turn of a series: columns `state_evidence` and `turn_evidence`."""

    message_id: str
    text: str
    date: int
    by_hand: bool
    commit: str
    kind: str
    by: Person


_encoder = msgspec.json.Encoder(order="sorted")
_summary_decoder = msgspec.json.Decoder(RevisionSummary)
_mails_decoder = msgspec.json.Decoder(PostedMails)
_version_decoder = msgspec.json.Decoder(RevisionVersion)
_state_decoder = msgspec.json.Decoder(StoredState)
_shown_state_decoder = msgspec.json.Decoder(ShownState)
_own_state_decoder = msgspec.json.Decoder(OwnState)
_link_decoder = msgspec.json.Decoder(StoredLink)
_evidence_decoder = msgspec.json.Decoder(StoredEvidence)


def encode(value: RevisionSummary | StoredState | StoredLink | StoredEvidence) -> str:
    """Return the value of a column as compact JSON."""
    return _encoder.encode(value).decode()


def decode_summary(text: str) -> RevisionSummary:
    """Decode the column `view`."""
    return _summary_decoder.decode(text)


def mails_of(root: str, summary: RevisionSummary) -> dict[str, None]:
    """Return the message-ids of a revision's cover letter and patches, in order."""
    return dict.fromkeys((root, *summary.message_ids, *summary.patch_message_ids))


def posted_mails(text: str) -> PostedMails:
    """Decode which mails were posted from the column `view`."""
    return _mails_decoder.decode(text)


def decode_version(text: str) -> RevisionVersion:
    """Decode the version in the column `view`, in a fraction of the time of all of it."""
    return _version_decoder.decode(text)


def decode_state(text: str) -> StoredState:
    """Decode the column `standing`."""
    return _state_decoder.decode(text)


def decode_own_state(text: str) -> State:
    """Decode the state alone in the column `standing`, in a fraction of the time of all of it."""
    return _own_state_decoder.decode(text).state


def decode_shown_state(text: str) -> ShownState:
    """Decode what rows show of the column `standing`."""
    return _shown_state_decoder.decode(text)


def stored_link(link: Link | None, joins: Iterable[Link]) -> str | None:
    """Encode the link to the version before, and those to what is joined with that; None for a first version."""
    if link is None:
        return None
    also = tuple(StoredJoin(join.predecessor, join.evidence) for join in joins)
    return encode(
        StoredLink(evidence=link.evidence, score=link.score, by_hand=link.by_hand, resend=link.resend, joins=also)
    )


def decode_link(text: str | None) -> StoredLink | None:
    """Decode the column `link`; None for the first version of a series."""
    return _link_decoder.decode(text) if text else None


def encode_evidence(reason: Reason | None) -> str | None:
    """Encode the reason for a state or turn of a series."""
    if reason is None:
        return None
    return encode(
        StoredEvidence(
            message_id=reason.message_id,
            text=reason.text,
            date=reason.date,
            by_hand=reason.by_hand,
            commit=reason.commit,
            kind=reason.kind,
            by=reason.by,
        )
    )


def decode_evidence(text: str | None) -> StoredEvidence | None:
    """Decode what `encode_evidence` returned."""
    return _evidence_decoder.decode(text) if text else None
