"""What the state machine returns and the database stores: states, turns, and the reasons for them."""

from __future__ import annotations

from dataclasses import dataclass

from patchwatch.mail.message import Message, Person
from patchwatch.series.points import Point
from patchwatch.series.states import State, Turn
from patchwatch.series.tag import Tag

NOBODY = Person("", "")


@dataclass(frozen=True, slots=True)
class Reason:
    """The evidence for a state or turn: a mail or commit, its date and the words in it."""

    message_id: str
    text: str
    date: int  # UTC, seconds
    by_hand: bool = False
    commit: str = ""
    kind: str = ""  # the value of a SignalKind or ReasonKind; empty if unknown
    by: Person = NOBODY


@dataclass(frozen=True, slots=True)
class Judgment:
    """State and turn, with the reasons."""

    state: State
    reason: Reason | None
    turn: Turn
    turn_reason: Reason
    likely: bool = False  # the turn is what the outlook says; the points say otherwise


@dataclass(frozen=True, slots=True)
class StateChange:
    """A mail that changed state or turn, and both after it."""

    reason: Reason
    state: State
    turn: Turn


@dataclass(frozen=True, slots=True)
class RevisionState:
    """State and turn of a revision, as far as its own mails determine them."""

    state: State
    reason: Reason | None
    turn: Turn
    turn_since: int
    turn_reason: Reason
    tags: tuple[Tag, ...]
    reviewed: int  # patches with a review
    partly: str = ""  # numbers of the patches that were applied, if not all were
    partly_reason: Reason | None = None  # the last mail that reported one
    steps: tuple[StateChange, ...] = ()  # oldest first
    owed: tuple[Reason, ...] = ()  # in the author's turn: what waits for them
    points: tuple[Point, ...] = ()  # in the order in which they were raised
    likely: bool = False  # see Judgment


def reason_of(message: Message, text: str | None = None, kind: str = "") -> Reason:
    """The reason that a mail gives, in these words or its own."""
    words = text or message.excerpt.partition("\n")[0] or message.subject
    return Reason(message.message_id, words, message.date, kind=kind, by=message.author)
