"""The table of series: which columns a width has room for, what stands in them, and what they are sorted by.

From 64 columns on it is a table; narrower, each series takes two lines.  The title is never given less than 25 columns:
others give way, least needed first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import SeriesSummary
from patchwatch.series.states import State, Turn
from patchwatch.series.views import View
from patchwatch.times import format_age
from patchwatch.tui.base.theme import Styled, StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import cell_len, fit_pieces, width_of
from patchwatch.tui.widgets.row_list import RowList

NARROW = 64
_WIDE = 100
_TITLE = 24  # the least a title gets
_TITLE_AMONG = 34  # beside who wrote it
_TITLE_FIRST = 40  # columns that are only nice to have leave it this much
_GAP = 2
_AUTHOR_LEAST = 12  # columns: a name that is cut still tells people apart
_MEASURED = 30  # first rows that columns are fitted to, and as many of the others; what is wider elsewhere is cut
_MARK = "*"
_SNOOZED, _MUTED = "☾", "⊘"  # before a title; its account says so in words
_ARROWS = {False: "↑", True: "↓"}  # smallest first, largest first


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, how a row's cell is drawn, and what it is sorted by."""

    heading: str
    cell: Callable[[SeriesSummary, int], list[StyledText]]
    key: Callable[[SeriesSummary], Any]
    right: bool = False
    most: int = 20  # columns, however long its words are
    tight: int = 20  # the same where the table is not wide
    sign: str = ""  # for the heading, where the table is not wide
    descending: bool = False  # what one wants to see first: the most unread, the latest
    blank: Callable[[SeriesSummary], bool] = lambda row: False  # nothing to sort by: last, whichever way

    def headed(self, width: int) -> str:
        """The heading in a table of `width`."""
        return self.sign if self.sign and width < _WIDE else self.heading


def _title(row: SeriesSummary, now: int) -> list[StyledText]:
    aside = _SNOOZED if row.snoozed_until is not None else _MUTED if row.muted else ""
    if aside:
        return [(f"{aside} ", "calm"), (line(row.title), "dim")]
    return [(line(row.title), "strong" if row.unread else "")]


_STAGES: dict[str, int] = {state: stage for stage, state in enumerate(State)}

_STATE = Column("State", lambda row, now: labels.state(row.state), lambda row: _STAGES.get(row.state, 99), tight=16)
_TURN = Column("Turn", labels.turn, lambda row: row.turn_since, blank=lambda row: row.turn == Turn.NOBODY)
_VERSION = Column("Ver", lambda row, now: [(series_labels.version(row), "")], lambda row: (row.version, row.minor))
_TITLE_COLUMN = Column("Title", _title, lambda row: row.title.casefold(), most=1000)
_NEXT = Column(
    "Next",
    lambda row, now: [(line(row.next_action or ""), "accent")],
    lambda row: row.next_action,
    most=44,
    blank=lambda row: not row.next_action,
)
_AUTHOR = Column("Author", lambda row, now: [(labels.author(row), "dim")], lambda row: labels.author(row).casefold())
_TAGS = Column(
    "Tags",
    lambda row, now: labels.reviewed(row),
    lambda row: (row.reviewed / max(row.patches, 1), row.reviewed),
    right=True,
    descending=True,
)
_UNREAD = Column(
    "Unread",
    lambda row, now: [(str(row.unread) if row.unread else "", "accent strong")],
    lambda row: row.unread,
    right=True,
    sign="●",
    descending=True,
)
_INBOX = Column(
    "Inbox", lambda row, now: [(", ".join(map(line, row.inboxes)), "dim")], lambda row: row.inboxes, most=12
)
_ACTIVE = Column(
    "Active",
    lambda row, now: [(format_age(row.last_activity, now), "dim")],
    lambda row: row.last_activity,
    right=True,
    descending=True,
)

# As they stand from left to right, and the order in which they are given room: with what the title must keep.
COLUMNS = (_STATE, _TURN, _VERSION, _TITLE_COLUMN, _NEXT, _AUTHOR, _TAGS, _UNREAD, _INBOX, _ACTIVE)
_WANTED = (
    (_UNREAD, _TITLE),
    (_TAGS, _TITLE),
    (_ACTIVE, _TITLE),
    (_NEXT, _TITLE_AMONG),
    (_AUTHOR, _TITLE_AMONG),
    (_INBOX, _TITLE_FIRST),
)


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are sorted by."""

    column: Column
    descending: bool

    def sort(self, rows: Iterable[SeriesSummary]) -> list[SeriesSummary]:
        """The rows in this order; equals stay as they were."""
        rows = list(rows)
        blank = [row for row in rows if self.column.blank(row)]
        rest = [row for row in rows if not self.column.blank(row)] if blank else rows
        return sorted(rest, key=self.column.key, reverse=self.descending) + blank


LATEST = Order(_ACTIVE, descending=True)
"""The order in which views come by themselves: the latest mail first …"""

LONGEST = Order(_TURN, descending=False)
"""… or the longest wait."""


def chosen(order: Order, column: Column) -> Order:
    """The order after `column` was chosen: the other way round if it was chosen already."""
    return Order(column, not order.descending if column is order.column else column.descending)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that there is room for, from left to right, with their widths."""

    columns: tuple[tuple[Column, int], ...]

    @property
    def tells_moves(self) -> bool:
        """Whether there is room for what I have to do."""
        return any(column is _NEXT for column, _ in self.columns)

    def draw(self, cells: Callable[[Column], list[StyledText]], first: StyledText = (" ", "")) -> list[StyledText]:
        """A line, from what stands in each column; `first` stands before them, in one cell."""
        drawn: list[StyledText] = []
        for column, width in self.columns:
            drawn += [(" " * _GAP, "")] if drawn else [first]
            drawn += fit_pieces(cells(column), width, right=column.right)
        return drawn

    def column_at(self, x: int) -> Column | None:
        """The column that covers cell `x` of a line, the gap before it included."""
        end = 1
        for column, width in self.columns:
            end += width
            if x < end:
                return column
            end += _GAP
        return None


def layout(rows: Sequence[SeriesSummary], width: int, now: int, *, moves: bool = False) -> Layout:
    """The columns for a table of `width`; `moves`: it should tell what I have to do."""
    measured = [*rows[:_MEASURED], *rows[_MEASURED :: len(rows) // _MEASURED + 1]]

    def needed(column: Column) -> int:
        widest = max((width_of(column.cell(row, now)) for row in measured), default=0)
        most = min(column.most, column.tight) if width < _WIDE and column is not _TITLE_COLUMN else column.most
        return min(max(widest, cell_len(column.headed(width))), most)

    widths = {column.heading: needed(column) for column in (_STATE, _TURN, _VERSION)}
    left = width - 1 - sum(widths.values()) - _GAP * len(widths)
    for column, title in _WANTED:
        if column is _NEXT and not moves:
            continue
        wanted = needed(column) + _GAP
        if column is _AUTHOR:
            wanted = min(wanted, max(left - title, _AUTHOR_LEAST + _GAP))
        if left - wanted >= title:
            widths[column.heading] = wanted - _GAP
            left -= wanted
    widths[_TITLE_COLUMN.heading] = max(left - 1, 1)
    return Layout(tuple((column, widths[column.heading]) for column in COLUMNS if column.heading in widths))


def headings(columns: Layout, order: Order, width: int) -> list[StyledText]:
    """The line of headings; the arrow stands in the gap beside the one that is sorted by."""
    drawn: list[StyledText] = []
    gap: StyledText = (" ", "")
    for column, room in columns.columns:
        sorted_by = column is order.column
        arrow: StyledText = (_ARROWS[order.descending], "accent strong")
        heading = [(column.headed(width), "strong" if sorted_by else "dim")]
        if sorted_by and column.right:
            drawn += [(" " * (_GAP - 1), ""), *fit_pieces([arrow, *heading], room + 1, right=True)]
            gap = (" " * _GAP, "")
        else:
            cell = [*heading, arrow] if sorted_by else heading
            drawn += [gap, *fit_pieces(cell, room + sorted_by)]
            gap = (" " * (_GAP - sorted_by), "")
    return drawn


class SeriesTable(RowList[SeriesSummary]):
    """The series in the order in which they are given, with a cursor, and with marks that outlive what is shown."""

    KEEPS_STRIPS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup,b,ctrl+b", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("space,m", "mark", "Mark", show=False, tooltip="Mark this row, and go to the next", id="list.mark"),
        Binding(
            "asterisk", "mark_all", "Mark all", show=False, tooltip="Mark all rows in sight, or none", id="list.all"
        ),
    ]

    class Marked(Message):
        """Other rows are marked than before."""

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` is what ages are reckoned by."""
        super().__init__(id=id)
        self.marks: frozenset[int] = frozenset()
        self.order = LATEST
        self._clock = clock
        self._among: Sequence[SeriesSummary] = ()
        self._layouts: dict[tuple[Hashable, int], Layout] = {}  # by look and width

    def key_of(self, row: SeriesSummary) -> Hashable:
        """A series' number."""
        return row.id

    @property
    def row_height(self) -> int:
        """Two lines where there is no room for columns, or for one that tells what I have to do."""
        width = self.scrollable_content_region.width
        if 0 < width < NARROW:
            return 2
        return 2 if self._moves and width and not self.columns.tells_moves else 1

    def show(self, rows: Sequence[SeriesSummary], order: Order, among: Sequence[SeriesSummary], view: View) -> None:
        """Show `rows`, which are in `order`, in columns that suit all `among` which they were picked: those of `view`.

        The rows of a view are taken to be the same until `forget`.
        """
        self._among = among
        self.order = order
        self.look = view
        super().set_rows(rows, anew=False)

    def forget(self) -> None:
        """Draw all rows anew, for they were read anew, or time has passed."""
        self._layouts.clear()
        self.redraw()

    @property
    def _moves(self) -> bool:
        """Whether rows tell what I have to do."""
        return self.look is View.MY_TURN

    @property
    def in_columns(self) -> bool:
        """Whether there is room for columns."""
        return self.scrollable_content_region.width >= NARROW

    @property
    def marked(self) -> list[SeriesSummary]:
        """The marked rows, of those that are shown."""
        return [row for row in self.rows if row.id in self.marks] if self.marks else []

    def unmark(self) -> None:
        """Take all marks away."""
        self._mark(frozenset())

    def action_mark(self) -> None:
        """Mark the row under the cursor or take its mark away, and go to the next."""
        if row := self.row:
            self._mark(self.marks ^ {row.id})
            self.action_move(1)

    def action_mark_all(self) -> None:
        """Mark all that is shown; if it is, take the marks away."""
        shown = frozenset(row.id for row in self.rows)
        self._mark(self.marks - shown if shown <= self.marks else self.marks | shown)

    def _mark(self, marks: frozenset[int]) -> None:
        if marks != self.marks:
            self.marks = marks
            self.redraw()
            self.post_message(self.Marked())

    @property
    def columns(self) -> Layout:
        """The columns in force."""
        return self._columns(self.scrollable_content_region.width - 1)

    def _columns(self, width: int) -> Layout:
        found = self._layouts.get((self.look, width))
        if found is None:
            found = layout(self._among, width, self._clock(), moves=self._moves)
            self._layouts[self.look, width] = found
        return found

    def draw(self, row: SeriesSummary, index: int, width: int) -> list[list[StyledText]]:
        """A line of the table, or the two lines that stand for it."""
        now = self._clock()
        mark: StyledText = (_MARK, "accent strong") if row.id in self.marks else (" ", "")
        move: list[StyledText] = [("→ ", "dim"), (line(row.next_action or ""), "accent")] if row.next_action else []
        if width >= NARROW - 1:
            columns = self._columns(width)
            drawn = [columns.draw(lambda column: column.cell(row, now), mark)]
            return drawn if columns.tells_moves or not self._moves else [*drawn, [("   ", ""), *move]]
        unread: list[StyledText] = [(f" {row.unread}", "accent strong")] if row.unread else []
        head = [labels.state_sign(row.state), mark, *_title(row, now)]
        first = fit_pieces(head, width - width_of(unread) - 1)
        if move:
            return [[*first, *unread], [("  ", ""), *move]]
        second: list[StyledText] = [("  ", ""), (line(row.state), labels.state_sign(row.state)[1]), (" · ", "faint")]
        second += [*labels.turn(row, now), (f" · {series_labels.version(row)} · ", "dim"), *labels.reviewed(row)]
        return [[*first, *unread], second]


class TableHeading(Styled):
    """The headings of a table's columns, on one line; a click on one sorts by it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TableHeading { height: 1; background: $background; }
    """

    class Chosen(Message):
        """The table is to be sorted by a column."""

        def __init__(self, column: Column) -> None:
            """Which."""
            super().__init__()
            self.column = column

    def __init__(self, table: SeriesTable) -> None:
        """Stands above `table` and follows its columns."""
        super().__init__()
        self._table = table

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        table = self._table
        pieces: list[StyledText] = []
        if table.in_columns and table.rows:
            pieces = headings(table.columns, table.order, table.scrollable_content_region.width - 1)
        return self.palette.strip(fit_pieces([(" ", ""), *pieces], self.size.width), self.ground)

    def on_click(self, event: events.Click) -> None:
        """Sort by the column that was clicked."""
        column = self._table.columns.column_at(event.x - 1) if self._table.in_columns else None
        if column is not None:
            self.post_message(self.Chosen(column))
