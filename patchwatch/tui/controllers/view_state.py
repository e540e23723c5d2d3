"""Which series the overview shows, and in what order: those of a view that match the limit, sorted.

Pure.  patchwatch.series.views assigns series to views, patchwatch.series.filter matches limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchwatch.series.filter import Filter
from patchwatch.series.model import SeriesSummary
from patchwatch.series.views import WAITING, View, split_by_view
from patchwatch.tui.render.series_columns import LATEST, LONGEST, Order

VIEWS = tuple(View)
"""The views, from left to right."""


class ViewState:
    """The current view, the previous one, and the order of each."""

    def __init__(self, view: View, few: Sequence[SeriesSummary]) -> None:
        """Start with `view`, and with the `few` watched series until all are loaded."""
        self.view = view
        self.complete = False  # True once all are loaded
        self._before = View.WATCHED
        self._views: Mapping[View, Sequence[SeriesSummary]] = split_by_view(few)
        self._orders: dict[View, Order] = {}

    def take(self, views: Mapping[View, Sequence[SeriesSummary]]) -> None:
        """Take all series, by view."""
        self._views = views
        self.complete = True

    @property
    def all_lines(self) -> Sequence[SeriesSummary]:
        """Every loaded series."""
        return self._views[View.ALL]

    @property
    def among(self) -> Sequence[SeriesSummary]:
        """The series of the current view."""
        return self._views[self.view]

    @property
    def counts(self) -> dict[View, int]:
        """The number of series in each view, as far as known."""
        known = VIEWS if self.complete else (View.WATCHED,)
        return {view: len(self._views[view]) for view in known}

    def rows(self, limit: Filter, now: int) -> Sequence[SeriesSummary]:
        """The series of the current view that match `limit`, sorted."""
        rows = limit.keep(self.among, now) if limit.predicates else self.among
        return rows if self.order == self._natural else self.order.sort(rows)

    def is_watched(self, series_id: int) -> bool:
        """True if a series is watched."""
        return any(row.id == series_id for row in self._views[View.WATCHED])

    # Selecting a view and its order.

    def choose(self, view: View) -> None:
        """Show another view."""
        if view is not self.view:
            self._before, self.view = self.view, view

    def toggled(self, view: View) -> View:
        """The view that a view's key shows: that view, or the previous one if it is current."""
        return self._before if view is self.view else view

    def beside(self, by: int) -> View:
        """The view `by` places to the right, around the end."""
        return VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)]

    @property
    def _natural(self) -> Order:
        return LONGEST if self.view in WAITING else LATEST

    @property
    def order(self) -> Order:
        """The order of the current view."""
        return self._orders.get(self.view, self._natural)

    def sort(self, order: Order) -> None:
        """Change the order of the current view."""
        self._orders[self.view] = order
