"""The ways to look at the series that are known: which of them stands in which view, and in what order.

Pure.  A view is for deciding what to do next; finding something in it is `patchwatch.series.filter`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from patchwatch.series.model import SeriesSummary
from patchwatch.series.states import CLOSED, Turn


class View(Enum):
    """A way to look, in the order in which they are offered; the value is its name for people."""

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
"""Views that stay empty until the config says who I am."""


def is_open(line: SeriesSummary) -> bool:
    """Whether somebody has to move."""
    return line.state not in CLOSED


def may_be_my_turn(line: SeriesSummary) -> bool:
    """Whether it is worth while to work out what I have to do about a series (patchwatch.series.state.next_action).

    My own, and another's that I watch or follow, when reviewers are asked and I am one of them or was.
    """
    if not is_open(line) or _set_aside(line):
        return False
    return line.mine or (line.for_me and (line.watched or line.followed) and line.awaiting_review)


def is_my_turn(line: SeriesSummary) -> bool:
    """Whether I have something to do about a series, now; a guess where that was not worked out."""
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
"""Views of series in which somebody waits."""


def in_view(view: View, line: SeriesSummary) -> bool:
    """Whether a series stands in a view."""
    return _BELONGS[view](line)


def split_by_view(lines: Sequence[SeriesSummary]) -> dict[View, list[SeriesSummary]]:
    """All views with their series, out of `lines`, which come with the latest mail first.

    They stay so, except where somebody waits: there the longest wait is first.
    """
    views = {view: [line for line in lines if belongs(line)] for view, belongs in _BELONGS.items()}
    for view in WAITING:
        views[view].sort(key=lambda line: (line.turn_since, line.id))
    return views


def first_view(*, knows_me: bool) -> View:
    """Where to begin: with what needs me, if it is known who that is."""
    return View.MY_TURN if knows_me else View.WATCHED
