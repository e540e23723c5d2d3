"""Which series the overview shows, and in what order: those of a view that match the limit, sorted.

Pure.  patchwatch.series.views assigns series to views, patchwatch.series.filter matches limits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from patchwatch.series.filter import Filter
from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import Place, Section
from patchwatch.series.views import COUNTED, View, grouped, in_queue_order, split_by_view
from patchwatch.tui.controllers.staying import Staying
from patchwatch.tui.render.queue_rows import FOLDED, QueueRow, has_row, queue_rows
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
        self._staying = Staying()
        self._views: Mapping[View, Sequence[SeriesSummary]] = split_by_view(few)
        self._queue: Sequence[SeriesSummary] = self._views[View.QUEUE]  # in the order of where each is shown
        self._counts = self._count()
        self._orders: dict[View, Order] = {}

    def take(self, views: Mapping[View, Sequence[SeriesSummary]]) -> None:
        """Take all series, by view."""
        self._views = views
        self._staying.take(views[View.ALL])
        self._queue = self._in_shown_order()
        self._counts = self._count()
        self.complete = True

    @property
    def all_lines(self) -> Sequence[SeriesSummary]:
        """Every loaded series."""
        return self._views[View.ALL]

    @property
    def among(self) -> Sequence[SeriesSummary]:
        """The series of the current view."""
        return self._queue if self.view is View.QUEUE else self._views[self.view]

    @property
    def counts(self) -> dict[View, int]:
        """The number of series in each view, as far as known; of what needs me, those of Now."""
        if self.complete:
            return self._counts
        return {self._first: self._counts[self._first]} if self._views[self._first] else {}

    @property
    def sections(self) -> Mapping[Section, int]:
        """The number of series in Now, Review and New, as far as known."""
        return self._sections if View.QUEUE in self.counts else {}

    def _count(self) -> dict[View, int]:
        found = grouped(self._views[View.QUEUE])
        self._sections = {section: len(found[section]) for section in COUNTED}
        now = self._sections[Section.NOW]
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
        rows = self.rows(limit, now)
        shown = self._grouped_as_shown(rows) if self.stays else None
        return queue_rows(grouped(rows), unfolded, now, all_new=all_new, shown=shown)

    def toggle(self, section: Section) -> None:
        """Fold a section, or unfold it."""
        self._unfolded = self._unfolded ^ {section}

    def unfold(self, section: Section) -> bool:
        """Unfold a section, and all of it; True if it was not."""
        folded = section not in self._unfolded or (section is Section.NEW and not self._all_new)
        self._unfolded |= {section}
        self._all_new |= section is Section.NEW
        return folded

    # What stays where it is.

    @property
    def stays(self) -> Mapping[int, Place]:
        """The places where series are shown that belong elsewhere by now."""
        return self._staying.places

    def keep(self, ids: Collection[int]) -> None:
        """Let series stay where they are when I look at them, or decide about them."""
        self._staying.keep(ids, self._views[View.QUEUE])

    def let_go(self) -> None:
        """Let series move to where they belong."""
        self._staying.forget()
        self._queue = self._views[View.QUEUE]

    def _in_shown_order(self) -> Sequence[SeriesSummary]:
        stays = self.stays
        if not stays:
            return self._views[View.QUEUE]
        known = {line.id: line for line in self._views[View.ALL] if line.place or line.id in stays}
        shown = [line._replace(place=stays[line.id]) if line.id in stays else line for line in known.values()]
        return [known[line.id] for line in in_queue_order(shown)]

    def _grouped_as_shown(self, rows: Sequence[SeriesSummary]) -> Mapping[Section, Sequence[SeriesSummary]]:
        found: dict[Section, list[SeriesSummary]] = {section: [] for section in Section}
        for row in rows:
            place = self.stays.get(row.id, row.place)
            if place is not None and has_row(place):
                found[place.section].append(row)
        return found

    def is_watched(self, series_id: int) -> bool:
        """True if a series is watched."""
        return any(row.id == series_id for row in self._views[View.WATCHED])

    # Selecting a view and its order.

    def choose(self, view: View) -> None:
        """Show another view."""
        if view is not self.view:
            self.let_go()
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
