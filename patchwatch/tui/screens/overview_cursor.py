"""Where the cursor of the overview goes: to a series wherever it is, or to the next one with unread mail."""

from __future__ import annotations

from abc import abstractmethod

from patchwatch.series.model import SeriesSummary
from patchwatch.series.views import View
from patchwatch.tui.controllers.view_state import ViewState
from patchwatch.tui.screens.actions import ActionScreen
from patchwatch.tui.widgets.filter_bar import FilterBar
from patchwatch.tui.widgets.series_table import SeriesTable


class OverviewCursor(ActionScreen):
    """A screen with the table of series."""

    view_state: ViewState
    _wanted: int | None = None  # the series to put the cursor on when it is loaded
    begins_at: int | None = None
    """The series that is opened at the start: the cursor goes to it when all are loaded, if the first view has it."""

    @property
    def table(self) -> SeriesTable:
        """The table."""
        return self.query_one(SeriesTable)

    @abstractmethod
    def _arrange(self) -> None:
        """Show the rows of the chosen view that match the limit, in the chosen order."""

    @abstractmethod
    def _choose(self, view: View) -> None:
        """Show another view."""

    def go_to(self, series_id: int) -> None:
        """Put the cursor on a watched series, now or when it is loaded; if necessary, in another view."""
        self._wanted = None if self.table.select(series_id) else series_id

    def _go_to_first(self) -> None:
        if self.begins_at is not None:
            self._unfold_to(self.begins_at)
            self.begins_at = None

    def _go_to_wanted(self) -> None:
        """Go to the wanted series if it is loaded."""
        if self._wanted is None or self.table.select(self._wanted):
            self._wanted = None
        elif self.view_state.is_watched(self._wanted):
            self.query_one(FilterBar).clear()
            self._choose(View.WATCHED)
            self.call_after_refresh(self.go_to, self._wanted)

    def reveal(self, series_id: int) -> None:
        """Put the cursor on a series: unfold its section, or else clear the limit and show all series."""
        if self._line(series_id) is None:
            self._wanted = series_id
        elif not self._unfold_to(series_id):
            bar = self.query_one(FilterBar)
            bar.clear()
            bar.remove_class("-shown")
            self._choose(View.ALL)
            self.call_after_refresh(self.table.select, series_id)

    def _line(self, series_id: int) -> SeriesSummary | None:
        return next((line for line in self.view_state.all_lines if line.id == series_id), None)

    def _unfold_to(self, series_id: int) -> bool:
        """Put the cursor on a series of this view, and unfold its section; False if the view does not have it."""
        if self.table.select(series_id):
            return True
        line, state = self._line(series_id), self.view_state
        place = state.stays.get(series_id, line.place) if line else None  # where it is shown
        if place and state.view is View.QUEUE and state.unfold(place.section):
            self._arrange()
        return self.table.select(series_id)

    def action_unread(self, direction: int) -> None:
        """Put the cursor on the next series with unread mail."""
        table = self.table
        count = len(table.rows)
        around = (table.rows[(table.cursor + direction * step) % count] for step in range(1, count + 1))
        row = next((row for row in around if isinstance(row, SeriesSummary) and row.unread), None)
        if row is None:
            self._jobs.notices.show("unread", "note", "No unread mail left in this view.")
        else:
            self._jobs.notices.dismiss("unread")
            table.select(row.id)
