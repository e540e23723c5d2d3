"""Views of the known series: which series are in which view, and in what order.

Pure.  patchwatch.series.filter searches within a view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from patchwatch.series.model import SeriesSummary
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.states import CLOSED, Turn


class View(Enum):
    """A view, in the order of the tabs; the value is its title."""

    MY_TURN = "My turn"
    AWAITING_REVIEW = "Awaiting review"
    MINE = "Mine"
    WATCHED = "Watched"
    FOLLOWED = "Followed"
    CLOSED = "Closed"
    ALL = "All"

    @property
    def key(self) -> str:
        """Its name in the config: `my-turn`."""
        return self.name.lower().replace("_", "-")


NEEDS_ME = frozenset({View.MY_TURN, View.MINE})
"""Views that are empty unless the config has my addresses."""


def is_open(line: SeriesSummary) -> bool:
    """True if somebody still has to act."""
    return line.state not in CLOSED


def may_be_my_turn(line: SeriesSummary) -> bool:
    """True if a next action of mine is possible, so that it is worth computing (patchwatch.series.state.next_action).

    For my own series, and for those that I watch or follow if they wait for reviewers and I am, or was, one of them, or
    are pull requests.
    """
    if not is_open(line) or _set_aside(line):
        return False
    return line.mine or (
        line.for_me and (line.watched or line.followed) and (line.awaiting_review or line.kind == PULL)
    )


def is_my_turn(line: SeriesSummary) -> bool:
    """True if I have to act on a series now; a guess if my next action was not computed."""
    if line.next_action is not None:
        return bool(line.next_action)
    return may_be_my_turn(line) and (not line.mine or line.turn == Turn.AUTHOR or line.overdue)


def _set_aside(line: SeriesSummary) -> bool:
    return line.muted or line.snoozed_until is not None


def _cared_for(line: SeriesSummary) -> bool:
    return line.watched or line.followed or line.mine


_BELONGS: dict[View, Callable[[SeriesSummary], bool]] = {
    View.MY_TURN: is_my_turn,
    View.AWAITING_REVIEW: lambda line: line.awaiting_review and _cared_for(line) and not _set_aside(line),
    View.MINE: lambda line: line.mine,
    View.WATCHED: lambda line: line.watched,
    View.FOLLOWED: lambda line: line.followed and not line.watched,
    View.CLOSED: lambda line: not is_open(line) and _cared_for(line),
    View.ALL: lambda line: True,
}
WAITING = frozenset({View.MY_TURN, View.AWAITING_REVIEW})
"""Views of series that wait for somebody."""


def in_view(view: View, line: SeriesSummary) -> bool:
    """True if a series belongs to a view."""
    return _BELONGS[view](line)


def split_by_view(lines: Sequence[SeriesSummary]) -> dict[View, list[SeriesSummary]]:
    """The series of each view, from `lines` ordered by latest mail.

    Views of series that wait for somebody are ordered by the longest wait.
    """
    views = {view: [line for line in lines if belongs(line)] for view, belongs in _BELONGS.items()}
    for view in WAITING:
        views[view].sort(key=lambda line: (line.turn_since, line.id))
    return views


def first_view(*, knows_me: bool) -> View:
    """The view to show first: My turn, if the config has my addresses."""
    return View.MY_TURN if knows_me else View.WATCHED
