"""Which series the overview shows, and in what order: those of a view that match the limit, sorted.

Pure.  patchwatch.series.views assigns series to views, patchwatch.series.filter matches limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchwatch.series.filter import Filter
from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import Section
from patchwatch.series.views import View, grouped, in_queue_order, split_by_view
from patchwatch.tui.render.queue_rows import FOLDED, QueueRow, queue_rows
from patchwatch.tui.render.series_columns import BY_URGENCY, LATEST, Order

VIEWS = tuple(View)
"""The views, from left to right."""


class ViewState:
    """The current view, the previous one, and the order of each."""

    def __init__(self, view: View, few: Sequence[SeriesSummary]) -> None:
        """Start with `view`, and with the `few` series that it shows until all are loaded."""
        self.view = self._first = view
        self.complete = False  # True once all are loaded
        self._before = View.WATCHED
        self._unfolded = frozenset(Section) - FOLDED
        self._all_new = False
        self._visited: set[int] = set()  # what I looked at stays where it is until I ask for new mail
        self._views: Mapping[View, Sequence[SeriesSummary]] = split_by_view(few)
        self._counts = self._count()
        self._orders: dict[View, Order] = {}

    def take(self, views: Mapping[View, Sequence[SeriesSummary]]) -> None:
        """Take all series, by view."""
        self._views = self._with_visited(views)
        self._counts = self._count()
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
        """The number of series in each view, as far as known; of what needs me, those of Now."""
        if self.complete:
            return self._counts
        return {self._first: self._counts[self._first]} if self._views[self._first] else {}

    def _count(self) -> dict[View, int]:
        now = len(grouped(self._views[View.QUEUE])[Section.NOW])
        return {view: now if view is View.QUEUE else len(self._views[view]) for view in VIEWS}

    def rows(self, limit: Filter, now: int) -> Sequence[SeriesSummary]:
        """The series of the current view that match `limit`, sorted."""
        rows = limit.keep(self.among, now) if limit.predicates else self.among
        return rows if self.order == self._natural else self.order.sort(rows)

    def queue(self, limit: Filter, now: int) -> Sequence[QueueRow]:
        """The rows of what needs me: the series that match `limit`, below the headings of their sections."""
        if not self.complete and not self._views[View.QUEUE]:
            return []
        unfolded = frozenset(Section) if limit.predicates else self._unfolded
        all_new = self._all_new or bool(limit.predicates)
        return queue_rows(grouped(self.rows(limit, now)), unfolded, now, all_new=all_new)

    def toggle(self, section: Section) -> None:
        """Fold a section, or unfold it."""
        self._unfolded = self._unfolded ^ {section}

    def unfold(self, section: Section) -> bool:
        """Unfold a section, and all of it; True if it was not."""
        folded = section not in self._unfolded or (section is Section.NEW and not self._all_new)
        self._unfolded |= {section}
        self._all_new |= section is Section.NEW
        return folded

    def visited(self, series_id: int) -> None:
        """Keep a series where it is, although I have looked at it."""
        self._visited.add(series_id)

    def forget_visits(self) -> None:
        """Let series move that I have looked at."""
        self._visited.clear()

    def _with_visited(self, views: Mapping[View, Sequence[SeriesSummary]]) -> Mapping[View, Sequence[SeriesSummary]]:
        if not self._visited:
            return views
        before = {line.id: line.place for line in self._views[View.QUEUE] if line.id in self._visited}
        kept = {number: place for number, place in before.items() if place and place.section is Section.NEW}
        moved = [line for line in views[View.QUEUE] if line.place and line.place.section is Section.WAITING]
        stays = {line.id: line._replace(place=kept[line.id]) for line in moved if line.id in kept}
        found = {view: [stays.get(line.id, line) for line in lines] for view, lines in views.items()}
        found[View.QUEUE] = in_queue_order(found[View.QUEUE])
        return found

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
        return BY_URGENCY if self.view is View.QUEUE else LATEST

    @property
    def order(self) -> Order:
        """The order of the current view."""
        return self._orders.get(self.view, self._natural)

    def sort(self, order: Order) -> None:
        """Change the order of the current view."""
        self._orders[self.view] = order
