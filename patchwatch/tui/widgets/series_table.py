"""The series table: a cursor, marks, and the columns that fit.

From 64 columns on it is a table; in a narrower terminal each series takes two lines.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import SeriesSummary
from patchwatch.series.views import View
from patchwatch.tui.base.theme import Styled, StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import fit_pieces, width_of
from patchwatch.tui.render.series_columns import LATEST, Column, Layout, Order, headings, layout, title_cell
from patchwatch.tui.widgets.row_list import RowList

NARROW = 64
_MARK = "*"


class SeriesTable(RowList[SeriesSummary]):
    """Series in a given order, with a cursor; marks stay when other rows are shown."""

    CACHES_ROWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup,b,ctrl+b", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("space,m", "mark", "Mark", show=False, tooltip="Mark or unmark this row and move down", id="list.mark"),
        Binding("asterisk", "mark_all", "Mark all", show=False, tooltip="Mark all rows, or unmark all", id="list.all"),
    ]

    class Marked(Message):
        """The marks changed."""

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` returns the current time, for ages."""
        super().__init__(id=id)
        self.marks: frozenset[int] = frozenset()
        self.order = LATEST
        self._clock = clock
        self._among: Sequence[SeriesSummary] = ()
        self._layouts: dict[tuple[Hashable, int], Layout] = {}  # by view and width

    def key_of(self, row: SeriesSummary) -> Hashable:
        """The number of the series."""
        return row.id

    @property
    def row_height(self) -> int:
        """Two lines if there is no room for columns, or for the user's next action in one of them."""
        width = self.scrollable_content_region.width
        if 0 < width < NARROW:
            return 2
        return 2 if self._next_action_wanted and width and not self.columns.shows_next_action else 1

    def show(self, rows: Sequence[SeriesSummary], order: Order, among: Sequence[SeriesSummary], view: View) -> None:
        """Show `rows`, sorted by `order`; columns are fitted to `among`, all rows of `view` without the limit.

        The rows of a view are assumed to be the same until `forget`.
        """
        self._among = among
        self.order = order
        self.variant = view
        super().set_rows(rows, redraw=False)

    def forget(self) -> None:
        """Draw all rows again: they were reloaded, or time has passed."""
        self._layouts.clear()
        self.redraw()

    @property
    def _next_action_wanted(self) -> bool:
        """True if rows show the user's next action."""
        return self.variant is View.MY_TURN

    @property
    def in_columns(self) -> bool:
        """True if there is room for columns."""
        return self.scrollable_content_region.width >= NARROW

    @property
    def marked(self) -> list[SeriesSummary]:
        """The marked rows among those shown."""
        return [row for row in self.rows if row.id in self.marks] if self.marks else []

    def unmark(self) -> None:
        """Remove all marks."""
        self._mark(frozenset())

    def action_mark(self) -> None:
        """Toggle the mark of the row under the cursor, and go to the next row."""
        if row := self.row:
            self._mark(self.marks ^ {row.id})
            self.action_move(1)

    def action_mark_all(self) -> None:
        """Mark all rows shown, or unmark them if all are marked."""
        shown = frozenset(row.id for row in self.rows)
        self._mark(self.marks - shown if shown <= self.marks else self.marks | shown)

    def _mark(self, marks: frozenset[int]) -> None:
        if marks != self.marks:
            self.marks = marks
            self.redraw()
            self.post_message(self.Marked())

    @property
    def columns(self) -> Layout:
        """The columns at the current width."""
        return self._columns(self.scrollable_content_region.width - 1)

    def _columns(self, width: int) -> Layout:
        found = self._layouts.get((self.variant, width))
        if found is None:
            found = layout(self._among, width, self._clock(), next_action=self._next_action_wanted)
            self._layouts[self.variant, width] = found
        return found

    def draw(self, row: SeriesSummary, index: int, width: int) -> list[list[StyledText]]:
        """A line of the table, or two in a narrow terminal."""
        now = self._clock()
        mark: StyledText = (_MARK, "accent strong") if row.id in self.marks else (" ", "")
        action: list[StyledText] = [("→ ", "dim"), (line(row.next_action), "accent")] if row.next_action else []
        if width >= NARROW - 1:
            columns = self._columns(width)
            drawn = [columns.draw(lambda column: column.cell(row, now), mark)]
            if columns.shows_next_action or not self._next_action_wanted:
                return drawn
            return [*drawn, [("   ", ""), *action]]
        unread: list[StyledText] = [(f" {row.unread}", "accent strong")] if row.unread else []
        head = [labels.state_sign(row.state), mark, *title_cell(row, now)]
        first = fit_pieces(head, width - width_of(unread) - 1)
        if action:
            return [[*first, *unread], [("  ", ""), *action]]
        second: list[StyledText] = [("  ", ""), (line(row.state), labels.state_sign(row.state)[1]), (" · ", "faint")]
        second += [*labels.turn(row, now), (f" · {series_labels.version(row)} · ", "dim"), *labels.reviewed(row)]
        return [[*first, *unread], second]


class TableHeading(Styled):
    """The column headings; a click on one sorts by it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TableHeading { height: 1; background: $background; }
    """

    class Chosen(Message):
        """A heading was clicked."""

        def __init__(self, column: Column) -> None:
            """`column` has the heading that was clicked."""
            super().__init__()
            self.column = column

    def __init__(self, table: SeriesTable) -> None:
        """The headings of `table`."""
        super().__init__()
        self._table = table

    def render_line(self, y: int) -> Strip:
        """Draw the headings."""
        table = self._table
        pieces: list[StyledText] = []
        if table.in_columns and table.rows:
            pieces = headings(table.columns, table.order, table.scrollable_content_region.width - 1)
        return self.style_cache.strip(fit_pieces([(" ", ""), *pieces], self.size.width), self.base_style)

    def on_click(self, event: events.Click) -> None:
        """Report the heading that was clicked."""
        column = self._table.columns.column_at(event.x - 1) if self._table.in_columns else None
        if column is not None:
            self.post_message(self.Chosen(column))
