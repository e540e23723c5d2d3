"""What the actions of the overview apply to: the marked series, or the one under the cursor."""

from __future__ import annotations

from collections.abc import Collection

from patchwatch.series.model import SeriesSummary
from patchwatch.tui.render.selection import Selection, of_series
from patchwatch.tui.screens.overview_cursor import OverviewCursor


class OverviewActions(OverviewCursor):
    """The table of series as what decisions are about."""

    @property
    def proposed(self) -> str:
        """The series under the cursor if it is not watched, for the watch dialog."""
        row = self.table.row
        return row.message_id if row and not row.watched else ""

    def targets(self) -> list[SeriesSummary]:
        """The marked rows that are shown, or else the row under the cursor."""
        marked = self.table.marked
        row = self.table.row
        return marked or ([row] if row else [])

    def selection(self) -> Selection | None:
        """The newest posting of the series under the cursor."""
        row = self.table.row
        return of_series(row) if row else None

    def about_to_decide(self, series_ids: Collection[int]) -> None:
        """Let the series stay where they are."""
        self.view_state.keep(series_ids)

    def let_go(self) -> None:
        """Let the series move to where they belong."""
        self.view_state.let_go()
        if self.view_state.complete:
            self._arrange()

    def decided(self) -> None:
        """Remove the marks."""
        self.table.unmark()

    def regrouped(self, series_id: int | None) -> None:
        """Go to the linked or unlinked series."""
        if series_id is not None:
            self.go_to(series_id)

    def action_link(self) -> None:
        """Link the two marked series, or link the one under the cursor or unlink its newest revision."""
        row, marked = self.table.row, self.table.marked
        if len(marked) == 2:
            first, second = sorted(marked, key=lambda each: each is not row)
            self._deciding.link(first, marked=second)
        elif row:
            self._deciding.link(row)
