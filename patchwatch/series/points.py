"""Open points: what reviewers, maintainers and robots want of a patch, and what became of it.

patchwatch.series.state.points_in_replies follows them through the replies to a revision; the database stores them as
they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from patchwatch.mail.message import Person
from patchwatch.series.states import SILENCE, Turn


class PointKind(StrEnum):
    """What somebody wants of the patch."""

    CHANGE = "change"
    QUESTION = "question"
    OBJECTION = "objection"
    FAILURE = "failure"  # reported by a robot
    DROPPED = "dropped"  # a maintainer took it out of a tree again


class Fate(StrEnum):
    """What became of a point."""

    OPEN = "open"  # it waits for the author
    PROMISED = "promised"  # the author agreed, or said that they will do it: it waits for the next version
    ANSWERED = "answered"  # by the author; it waits for the person who raised it
    SETTLED = "settled"  # the person who raised it is satisfied, or gave their tag
    WITHDRAWN = "withdrawn"  # by the person who raised it
    TAKEN_OVER = "taken-over"  # somebody else answered it
    LATER = "later"  # the author will do it, after this patch
    SILENT = "silent"  # answered, and the person who raised it did not come back in time
    POSTED = "posted"  # the same version was posted again
    DONE = "done"  # a later version has it: its changelog says so, or it changed the lines
    NOT_TOUCHED = "not-touched"  # a later version left the lines as they were
    DISMISSED = "dismissed"  # the user said that it is no point


WEIGHTY = 70
"""Percent from which on a point that is not sure holds a patch up."""
CERTAIN = 95
"""Percent that stand for what is said in so many words."""


class Weight(StrEnum):
    """How much a point that waits for the author holds the patch up."""

    DEMAND = "demand"  # it can't be taken as it is, according to the person who raised it
    ASKED = "asked"  # something is unclear, fails, or is wanted by somebody who gave their tag
    DETAIL = "detail"  # it may be no point


WAITS_FOR_AUTHOR = frozenset({Fate.OPEN, Fate.PROMISED})
_DEMANDS = (PointKind.CHANGE, PointKind.OBJECTION, PointKind.DROPPED)
UNSETTLED = WAITS_FOR_AUTHOR | {Fate.ANSWERED}


class Point(Struct, frozen=True, array_like=True):
    """A point, and the mail that decided its fate."""

    message_id: str  # of the mail that raised it
    remark: int  # number of the remark in that mail
    by: Person
    date: int  # UTC, seconds; of the mail that raised it, or insisted on it last
    patch: int  # 0: all of them
    kind: PointKind
    text: str  # the sentence
    firm: bool = True  # false: it may be a point
    tagged: bool = False  # it stands beside a tag for the patch: a detail
    code: str = ""  # the line of the diff that it stands below
    fate: Fate = Fate.OPEN
    closed_by: str = ""  # message-id of the mail that decided its fate; empty while it is open
    closed_at: int = 0  # its date
    closing: str = ""  # its words
    closer: Person | None = None  # its sender
    chance: int = 100  # that it is a point, in percent
    file: str = ""  # that it is about, if it stands below a line of a diff and that is known
    lines: tuple[int, ...] = ()  # hashes of the lines of a diff that it stands below (patchwatch.mail.added_lines)
    silent_at: int = 0  # when silence settles it, once it is answered
    waits: bool = False  # of an earlier version: it is not touched, or holds up the newest, and who raised it is silent

    @property
    def key(self) -> str:
        """Names the point among those of a series."""
        return point_key(self.message_id, self.remark)

    def weighed(self, sure: int = WEIGHTY) -> Weight:
        """How much it holds the patch up while it waits for the author; from `sure` percent on, it does."""
        if not self.firm and self.chance < sure:
            return Weight.DETAIL
        return Weight.DEMAND if self.kind in _DEMANDS and not self.tagged else Weight.ASKED

    def fate_at(self, now: int) -> Fate:
        """Its fate at a time, UTC seconds: an answer that nobody contests settles it in the end."""
        silent = self.fate == Fate.ANSWERED and now >= (self.silent_at or self.closed_at + SILENCE)
        return Fate.SILENT if silent else self.fate

    def waits_for(self, author: Person, turn: Turn, now: int) -> Person | None:
        """Who has to act on it, in the turn of its series; None: nobody, or it holds nothing up."""
        fate = self.fate_at(now)
        if turn == Turn.NOBODY:
            return None
        if fate == Fate.ANSWERED or (fate == Fate.NOT_TOUCHED and self.waits):
            return self.by
        return author if fate in WAITS_FOR_AUTHOR and turn == Turn.AUTHOR else None


def point_key(message_id: str, remark: int) -> str:
    """The key of the point that a remark of a mail raised."""
    return f"{message_id}#{remark}"


def parse_point_key(key: str) -> tuple[str, int]:
    """The message-id and the number of the remark in a key."""
    message_id, _, remark = key.rpartition("#")
    return message_id, int(remark)


class WaitingOn(Struct, frozen=True):
    """A person whom a series waits for, with their points."""

    person: Person
    since: int  # UTC, seconds
    points: tuple[Point, ...]


def waiting_on(points: Iterable[Point], author: Person, turn: Turn, now: int) -> tuple[WaitingOn, ...]:
    """The people a series waits for: its author, and those who asked and whom the author answered.

    Empty if its state leaves nobody to act, and if it waits for reviewers or a maintainer whom nobody named.
    """
    found: dict[str, tuple[Person, list[Point]]] = {}
    for point in points:
        if person := point.waits_for(author, turn, now):
            who = "" if person is author else person.email
            found.setdefault(who, (person, []))[1].append(point)
    return tuple(
        WaitingOn(person, min(p.closed_at or p.date for p in theirs), tuple(theirs))
        for person, theirs in found.values()
    )


def count_open(points: Iterable[Point]) -> tuple[int, int]:
    """How many points are unsettled, and how many there are."""
    found = list(points)
    return sum(point.fate in UNSETTLED for point in found), len(found)
