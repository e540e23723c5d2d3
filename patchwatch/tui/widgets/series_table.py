"""The series table: a cursor, marks, and the columns that fit.

From 64 columns on it is a table; in a narrower terminal each series takes two lines.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import Place, Section
from patchwatch.series.views import View
from patchwatch.tui.base.theme import Styled, StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import fit_pieces, width_of
from patchwatch.tui.render.queue_rows import (
    QueueHeading,
    QueueMore,
    QueueRow,
    column_titles,
    draw_heading,
    draw_more,
    draw_series,
)
from patchwatch.tui.render.series_columns import LATEST, Column, Layout, Order, headings, layout, title_cell
from patchwatch.tui.widgets.row_list import RowList

NARROW = 64
_MARK = "*"
_BESIDE = 2  # columns of the cursor's mark and the scrollbar


class SeriesTable(RowList[QueueRow]):
    """Series in a given order, or below headings, with a cursor; marks stay when other rows are shown."""

    CACHES_ROWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup,b,ctrl+b", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding(
            "right_square_bracket",
            "section(1)",
            "Next section",
            show=False,
            tooltip="Next section of “What needs me”",
            id="list.next_section",
        ),
        Binding(
            "left_square_bracket",
            "section(-1)",
            "Previous section",
            show=False,
            tooltip="Previous section of “What needs me”",
            id="list.previous_section",
        ),
        Binding("space,m", "mark", "Mark", show=False, tooltip="Mark or unmark this row and move down", id="list.mark"),
        Binding("asterisk", "mark_all", "Mark all", show=False, tooltip="Mark all rows, or unmark all", id="list.all"),
    ]

    class Marked(Message):
        """The marks changed."""

    class Folded(Message):
        """The user chose a heading, which folds its section or unfolds it, or what stands for more of New."""

        def __init__(self, section: Section, *, more: bool) -> None:
            """`section` is below the heading; `more`: all of New is to be shown."""
            super().__init__()
            self.section = section
            self.more = more

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` returns the current time, for ages."""
        super().__init__(id=id)
        self.marks: frozenset[int] = frozenset()
        self.order = LATEST
        self.reading = True  # until the rows are loaded for the first time, or loading fails
        self._clock = clock
        self._among: Sequence[SeriesSummary] = ()
        self._stays: Mapping[int, Place] = {}
        self._layouts: dict[tuple[Hashable, int], Layout] = {}  # by view and width

    def key_of(self, row: QueueRow) -> Hashable:
        """The number of the series, or the section of a heading."""
        return row.id if isinstance(row, SeriesSummary) else (type(row).__name__, row.section)

    def drawn_as(self, row: QueueRow) -> Hashable:
        """The number of the series, or all of a heading, which changes when its section is folded."""
        return row.id if isinstance(row, SeriesSummary) else row

    @property
    def row(self) -> SeriesSummary | None:
        """The series under the cursor; None on a heading."""
        row = self.rows[self.cursor] if self.rows else None
        return row if isinstance(row, SeriesSummary) else None

    @property
    def series(self) -> list[SeriesSummary]:
        """The rows without headings."""
        return [row for row in self.rows if isinstance(row, SeriesSummary)]

    def to_first_series(self) -> None:
        """Put the cursor on the first series."""
        self._go(next((at for at, row in enumerate(self.rows) if isinstance(row, SeriesSummary)), 0))

    def action_section(self, direction: int) -> None:
        """Put the cursor on the next or previous beginning of a section: its first series, or its heading if folded."""
        headings = [at for at, row in enumerate(self.rows) if isinstance(row, QueueHeading)]
        begins = [self._beginning(at) for at in headings]
        others = [at for at in begins if (at - self.cursor) * direction > 0]
        if others:
            self._to_section(min(others) if direction > 0 else max(others))

    def to_section(self, section: Section) -> None:
        """Put the cursor on the first series of a section, or on its heading if it is folded."""
        heading = self._index_of((QueueHeading.__name__, section))
        if heading is not None:
            self._to_section(self._beginning(heading))

    def _beginning(self, heading: int) -> int:
        """The row of the first series below a heading, or of the heading if there is none."""
        return heading + any(isinstance(row, SeriesSummary) for row in self.rows[heading + 1 : heading + 2])

    def _to_section(self, index: int) -> None:
        """Put the cursor on a row, with the heading above it at the top."""
        self._go(index)
        heading = max(at for at, row in enumerate(self.rows) if isinstance(row, QueueHeading) and at <= index)
        self.scroll_to(y=heading * self.row_height, animate=False, immediate=True)

    def action_choose(self) -> None:
        """Open the series under the cursor, or fold or unfold the section of a heading."""
        row = self.rows[self.cursor] if self.rows else None
        if row is not None and not isinstance(row, SeriesSummary):
            more = isinstance(row, QueueMore) and row.section is Section.NEW
            self.post_message(self.Folded(row.section, more=more))
        else:
            super().action_choose()

    @property
    def row_height(self) -> int:
        """Two lines if there is no room for columns, or for the user's next action in one of them."""
        return 2 if 0 < self.scrollable_content_region.width < NARROW and not self.shows_queue else 1

    def show(
        self,
        rows: Sequence[QueueRow],
        order: Order,
        among: Sequence[SeriesSummary],
        view: View,
        stays: Mapping[int, Place],
    ) -> None:
        """Show `rows`, sorted by `order`; columns are fitted to `among`, all rows of `view` without the limit.

        `stays` has the places of series that belong elsewhere by now.  The rows of a view are assumed to be the same
        until `forget`.
        """
        if stays != self._stays:
            self._stays = stays
            self.redraw()
        self._among = among
        self.order = order
        self.variant = view
        first = not self.rows
        super().set_rows(rows, redraw=False)
        if first and self.row is None:
            self.to_first_series()

    def render_line(self, y: int) -> Strip:
        """Draw a line; before the first rows are loaded, say so."""
        if self.reading and not self.rows and y == 0:
            width = self.scrollable_content_region.width
            return self.style_cache.strip(fit_pieces([("  Reading…", "dim")], width), self.base_style)
        return super().render_line(y)

    def forget(self) -> None:
        """Draw all rows again: they were reloaded, or time has passed."""
        self._layouts.clear()
        self.redraw()

    @property
    def shows_queue(self) -> bool:
        """True if it shows what needs me, below headings."""
        return self.variant is View.QUEUE

    @property
    def in_columns(self) -> bool:
        """True if there is room for columns."""
        return self.scrollable_content_region.width >= NARROW

    @property
    def marked(self) -> list[SeriesSummary]:
        """The marked rows among those shown."""
        return [row for row in self.series if row.id in self.marks] if self.marks else []

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
        shown = frozenset(row.id for row in self.series)
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
            found = layout(self._among, width, self._clock())
            self._layouts[self.variant, width] = found
        return found

    def draw(self, row: QueueRow, index: int, width: int) -> list[list[StyledText]]:
        """A line of the table, or two in a narrow terminal."""
        now = self._clock()
        if isinstance(row, QueueHeading):
            return [draw_heading(row, width)]
        if isinstance(row, QueueMore):
            return [draw_more(row, width)]
        mark: StyledText = (_MARK, "accent strong") if row.id in self.marks else (" ", "")
        if self.shows_queue:
            return [draw_series(row, width, now, mark, self._stays.get(row.id))]
        if width >= NARROW - 1:
            columns = self._columns(width)
            return [columns.draw(lambda column: column.cell(row, now), mark)]
        unread: list[StyledText] = [(f" {row.unread}", "accent strong")] if row.unread else []
        head = [labels.state_sign(row.state), mark, *title_cell(row, now)]
        first = fit_pieces(head, width - width_of(unread) - 1)
        second: list[StyledText] = [("  ", ""), (line(row.state), labels.state_sign(row.state)[1]), (" · ", "faint")]
        second += [*labels.turn(row, now), (f" · {series_labels.version(row)} · ", "dim"), *labels.reviewed(row)]
        return [[*first, *unread], second]


class TableHeading(Styled):
    """The column headings; a click on one sorts by it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TableHeading { height: 1; background: $background; &.-untitled { display: none; } }
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

    def fit(self, width: int) -> None:
        """Draw the headings for a table of this width; leave no empty line if the queue has none."""
        self.set_class(self._table.shows_queue and not column_titles(width - _BESIDE), "-untitled")
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the headings."""
        table = self._table
        pieces: list[StyledText] = []
        if table.shows_queue:
            pieces = [(column_titles(table.scrollable_content_region.width - 1), "dim")]
        elif table.in_columns and table.rows:
            pieces = headings(table.columns, table.order, table.scrollable_content_region.width - 1)
        return self.style_cache.strip(fit_pieces([(" ", ""), *pieces], self.size.width), self.base_style)

    def on_click(self, event: events.Click) -> None:
        """Report the heading that was clicked."""
        sorts = self._table.in_columns and not self._table.shows_queue
        column = self._table.columns.column_at(event.x - 1) if sorts else None
        if column is not None:
            self.post_message(self.Chosen(column))
