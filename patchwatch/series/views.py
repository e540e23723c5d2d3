"""Views of the known series: which series are in which view, and in what order.

Pure.  patchwatch.series.filter searches within a view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import ASKS, Section, in_order
from patchwatch.series.states import CLOSED


class View(Enum):
    """A view, in the order of the tabs; the value is its title."""

    QUEUE = "What needs me"
    MINE = "Mine"
    WATCHED = "Watched"
    FOLLOWED = "Followed"
    CLOSED = "Closed"
    ALL = "All"

    @property
    def key(self) -> str:
        """Its name in the config: `queue`."""
        return self.name.lower()


NEEDS_ME = frozenset({View.MINE})
"""Views that are empty unless the config has my addresses."""
COUNTED = (Section.NOW, Section.REVIEW, Section.NEW)
"""The sections of the queue of which the first line of the TUI has the number."""


def is_open(line: SeriesSummary) -> bool:
    """True if somebody still has to act."""
    return line.state not in CLOSED


def is_my_turn(line: SeriesSummary) -> bool:
    """True if it waits for me: to act on it, or to review it."""
    return line.place is not None and line.place.section in ASKS


def _cared_for(line: SeriesSummary) -> bool:
    return line.watched or line.followed or line.mine


_BELONGS: dict[View, Callable[[SeriesSummary], bool]] = {
    View.QUEUE: lambda line: line.place is not None,
    View.MINE: lambda line: line.mine,
    View.WATCHED: lambda line: line.watched,
    View.FOLLOWED: lambda line: line.followed and not line.watched,
    View.CLOSED: lambda line: not is_open(line) and _cared_for(line),
    View.ALL: lambda line: True,
}


def in_view(view: View, line: SeriesSummary) -> bool:
    """True if a series belongs to a view."""
    return _BELONGS[view](line)


def split_by_view(lines: Sequence[SeriesSummary]) -> dict[View, list[SeriesSummary]]:
    """The series of each view, from `lines` ordered by latest mail; what needs me is in the order of the queue."""
    views = {view: [line for line in lines if belongs(line)] for view, belongs in _BELONGS.items()}
    views[View.QUEUE] = in_queue_order(views[View.QUEUE])
    return views


def in_queue_order(lines: Sequence[SeriesSummary]) -> list[SeriesSummary]:
    """Those of the series that are in the queue, in its order."""
    return [line for rows in by_section(lines).values() for line in rows]


def by_section(lines: Sequence[SeriesSummary]) -> dict[Section, list[SeriesSummary]]:
    """The series of each section of the queue, in order."""
    known = {line.id: line for line in lines}
    ids = in_order({line.id: line.place for line in lines if line.place})
    return {section: [known[number] for number in numbers] for section, numbers in ids.items()}


def grouped(lines: Iterable[SeriesSummary]) -> dict[Section, list[SeriesSummary]]:
    """The series of each section, from some that are in the order of the queue: as `by_section`, without sorting."""
    found: dict[Section, list[SeriesSummary]] = {section: [] for section in Section}
    for line in lines:
        if line.place:
            found[line.place.section].append(line)
    return found


def first_view(*, knows_me: bool) -> View:
    """The view to show first: what needs me, if the config has my addresses."""
    return View.QUEUE if knows_me else View.WATCHED


CHOICES = (*(view.key for view in View), *(section.value for section in Section if section is not Section.CLOSED))
"""What a recipient of a digest can choose: views and sections of the queue, by their names in the config."""


def in_choice(name: str, line: SeriesSummary) -> bool:
    """True if a series belongs to one of the CHOICES."""
    view = next((view for view in View if view.key == name), None)
    return in_view(view, line) if view else line.place is not None and line.place.section == name
