"""Which of all series the overview shows, and in what order: those of a view, as far as a limit lets them, sorted.

Pure.  What stands in which view is decided by patchwatch.series.views, what a limit lets through by
patchwatch.series.filter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchwatch.series.filter import Filter
from patchwatch.series.model import SeriesSummary
from patchwatch.series.views import WAITING, View, split_by_view
from patchwatch.tui.render.series_columns import LATEST, LONGEST, Order

VIEWS = tuple(View)
"""The views, as they stand beside each other."""


class ViewState:
    """The view that is chosen, the one before it, and an order for each."""

    def __init__(self, view: View, few: Sequence[SeriesSummary]) -> None:
        """Begins with `view`, and with `few` of the watched series until all were read."""
        self.view = view
        self.complete = False  # whether all were read
        self._before = View.WATCHED
        self._views: Mapping[View, Sequence[SeriesSummary]] = split_by_view(few)
        self._orders: dict[View, Order] = {}

    def take(self, views: Mapping[View, Sequence[SeriesSummary]]) -> None:
        """Show these from now on, which are all."""
        self._views = views
        self.complete = True

    @property
    def all_lines(self) -> Sequence[SeriesSummary]:
        """Every series that was read."""
        return self._views[View.ALL]

    @property
    def among(self) -> Sequence[SeriesSummary]:
        """The series of the chosen view."""
        return self._views[self.view]

    @property
    def counts(self) -> dict[View, int]:
        """How many stand in each view, of those of which that is known."""
        known = VIEWS if self.complete else (View.WATCHED,)
        return {view: len(self._views[view]) for view in known}

    def rows(self, limit: Filter, now: int) -> Sequence[SeriesSummary]:
        """Those of the chosen view that `limit` lets through, in the chosen order."""
        rows = limit.keep(self.among, now) if limit.predicates else self.among
        return rows if self.order == self._natural else self.order.sort(rows)

    def is_watched(self, series_id: int) -> bool:
        """Whether a series stands among the watched ones."""
        return any(row.id == series_id for row in self._views[View.WATCHED])

    # Choosing.

    def choose(self, view: View) -> None:
        """Show another view."""
        if view is not self.view:
            self._before, self.view = self.view, view

    def toggled(self, view: View) -> View:
        """What a view's key leads to: that view, or from there the one before."""
        return self._before if view is self.view else view

    def beside(self, by: int) -> View:
        """The view that stands `by` places to the right, around the end."""
        return VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)]

    @property
    def _natural(self) -> Order:
        return LONGEST if self.view in WAITING else LATEST

    @property
    def order(self) -> Order:
        """What the chosen view is sorted by."""
        return self._orders.get(self.view, self._natural)

    def sort(self, order: Order) -> None:
        """Sort the chosen view otherwise, from now on."""
        self._orders[self.view] = order
