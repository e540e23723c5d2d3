"""The points of a series over all its versions: numbered, and in the order in which people have to act on them.

Pure: the current time is passed in.  The words are in patchwatch.series.point_labels.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from patchwatch.mail.message import Person
from patchwatch.series import labels
from patchwatch.series.model import SeriesRow
from patchwatch.series.points import UNSETTLED, Fate, Point
from patchwatch.series.states import State, Turn


@dataclass(frozen=True, slots=True)
class ListedPoint:
    """A point with its number in the series, and what became of it as of now."""

    number: int  # from 1, in the order in which the points of the versions were raised
    point: Point
    fate: Fate
    version: str  # that it was raised on
    patches: int  # of that version
    later: str  # the newest version, if that is another one
    waits_for: Person | None  # who has to act on it; None: nobody, or it holds nothing up

    @property
    def is_open(self) -> bool:
        """True if it is of the newest version and not settled, or of an earlier one and waits all the same."""
        return self.fate in UNSETTLED if not self.later else self.point.waits


def listed_points(row: SeriesRow, now: int) -> tuple[ListedPoint, ...]:
    """The points of all versions of a series, by number."""
    found: list[ListedPoint] = []
    author = Person(row.author_name, row.author_email)
    newest = row.revisions[-1] if row.revisions else None
    for revision in row.revisions:
        later = labels.revision_name(row) if revision is not newest else ""
        patches = max(revision.expected, revision.patches)
        for point in revision.points:
            fate = point.fate_at(now)
            waits = point.waits if later else True
            waits_for = point.waits_for(author, Turn(row.turn), now) if waits else None
            number = len(found) + 1
            found.append(ListedPoint(number, point, fate, labels.revision_name(revision), patches, later, waits_for))
    return tuple(found)


def find_point(points: Sequence[ListedPoint], name: str) -> ListedPoint | None:
    """The point with this number or key."""
    number = name.strip().lstrip("#")
    return next((listed for listed in points if name.strip() == listed.point.key or number == str(listed.number)), None)


def reviewed_points(points: Sequence[ListedPoint], me: Set[str]) -> list[ListedPoint]:
    """My points on the newest version that I raised any on."""
    mine = [listed for listed in points if listed.point.by.email in me]
    return [listed for listed in mine if listed.version == mine[-1].version]


def open_points(points: Sequence[ListedPoint], me: Set[str]) -> list[ListedPoint]:
    """The open ones: first what waits for me, then for the author, then for others, then for nobody."""

    def rank(listed: ListedPoint) -> tuple[bool, bool, int, bool, int]:
        who, order = listed.waits_for, (Fate.NOT_TOUCHED, Fate.OPEN, Fate.PROMISED, Fate.ANSWERED)
        mine = who is not None and who.email in me
        return not mine, who is None, order.index(listed.fate), not listed.point.firm, listed.number

    return sorted((listed for listed in points if listed.is_open), key=rank)


def open_points_on(row: SeriesRow, now: int, me: Set[str]) -> dict[str, set[int]]:
    """The patches on which a point of mine is open, by the root of their version; 0: all of its patches."""
    mine = {listed.point.key for listed in listed_points(row, now) if listed.is_open and listed.point.by.email in me}
    found: dict[str, set[int]] = {}
    for revision in row.revisions:
        if patches := {point.patch for point in revision.points if point.key in mine}:
            found[revision.message_id] = patches
    return found


def closed_points(points: Sequence[ListedPoint]) -> list[ListedPoint]:
    """Those of the newest version that are not open."""
    return [listed for listed in points if not listed.later and not listed.is_open]


def earlier_points(points: Sequence[ListedPoint]) -> list[ListedPoint]:
    """Those of the versions before the newest."""
    return [listed for listed in points if listed.later and not listed.is_open]


def points_waiting(row: SeriesRow) -> tuple[Point, ...]:
    """The points that somebody may have to act on: those of the newest version, and earlier ones that wait.

    The newest version did not touch these, or they were raised when it had been posted.

    None if the series is deferred: it waits for its author to send it again, and reviewers for that.
    """
    if row.state == State.DEFERRED:
        return ()
    left = (point for revision in row.revisions[:-1] for point in revision.points if point.waits)
    return (*left, *row.revisions[-1].points)
