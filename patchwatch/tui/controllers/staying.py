"""Series that stay at their place in the queue, although I looked at them or decided about them.

Pure.  Nothing moves under the cursor: what is done stays where it was, dim, until the user asks for new mail or chooses
another view.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import ASKS, Place, Section


class Staying:
    """The places where series stay."""

    def __init__(self) -> None:
        """None yet."""
        self._kept: dict[int, Place] = {}  # of what may be done soon, or is
        self.places: Mapping[int, Place] = {}
        """The places of those that belong elsewhere by now."""

    def keep(self, ids: Collection[int], lines: Iterable[SeriesSummary]) -> None:
        """Let some of these series stay where they are, if they move."""
        for line in lines:
            if line.id in ids and line.place:
                self._kept.setdefault(line.id, line.place)

    def take(self, lines: Iterable[SeriesSummary]) -> None:
        """Take where all series belong; what was undone, or asks for something once more, no longer stays."""
        if not self._kept:
            return
        before = self.places
        moved = {line.id for line in lines if line.id in self._kept and _has_left(self._kept[line.id], line.place)}
        self._kept = {number: place for number, place in self._kept.items() if number in moved or number not in before}
        self.places = {number: place for number, place in self._kept.items() if number in moved}

    def forget(self) -> None:
        """Let all of them move."""
        self._kept, self.places = {}, {}


def _has_left(kept: Place, place: Place | None) -> bool:
    """True if a series is not asked of me, and elsewhere than it was."""
    if place is None:
        return True
    if place.section is Section.WAITING and kept.section is Section.WAITING:
        return kept.mine and not place.mine
    return place.section is not kept.section and place.section not in ASKS
