"""The table of series: which columns a width has room for, and what stands in them.

From 64 columns on it is a table; narrower, each series takes two lines.  The title is never given less than 25 columns:
others give way, least needed first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widget import Widget

from patchwatch.db.rows import SeriesRow
from patchwatch.printable import line
from patchwatch.tui import wording
from patchwatch.tui.cells import cell_len, fit_pieces, width_of
from patchwatch.tui.ink import Palette, Piece
from patchwatch.tui.rowlist import RowList

NARROW = 64
_WIDE = 100
_TITLE = 25  # the least a title gets
_TITLE_FIRST = 40  # columns that are only nice to have leave it this much
_GAP = 2
_MEASURED = 500  # rows that columns are fitted to; what is wider further down is cut


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and how a row's cell is drawn."""

    heading: str
    cell: Callable[[SeriesRow, int], list[Piece]]
    right: bool = False
    most: int = 20  # columns, however long its words are
    sign: str = ""  # for the heading, where the table is not wide

    def headed(self, width: int) -> str:
        """The heading in a table of `width`."""
        return self.sign if self.sign and width < _WIDE else self.heading


def _title(row: SeriesRow, now: int) -> list[Piece]:
    aside = not row.watched or row.muted or row.snoozed_until is not None
    return [(line(row.title), "dim" if aside else "strong" if row.unread else "")]


_STATE = Column("State", lambda row, now: wording.state(row.state))
_TURN = Column("Turn", wording.turn)
_VERSION = Column("Ver", lambda row, now: [(wording.version(row), "")])
_TITLE_COLUMN = Column("Title", _title, most=1000)
_AUTHOR = Column("Author", lambda row, now: [(wording.author(row), "dim")])
_TAGS = Column("Tags", lambda row, now: wording.reviewed(row), right=True)
_UNREAD = Column("Unread", lambda row, now: [(str(row.unread) if row.unread else "", "accent strong")], True, sign="●")
_INBOX = Column("Inbox", lambda row, now: [(", ".join(map(line, row.inboxes)), "dim")], most=12)
_ACTIVE = Column("Active", lambda row, now: [(wording.age(row.last_activity, now), "dim")], right=True)

# As they stand from left to right, and the order in which they are given room: with what the title must keep.
_ORDER = (_STATE, _TURN, _VERSION, _TITLE_COLUMN, _AUTHOR, _TAGS, _UNREAD, _INBOX, _ACTIVE)
_WANTED = (
    (_UNREAD, _TITLE),
    (_TAGS, _TITLE),
    (_ACTIVE, _TITLE),
    (_INBOX, _TITLE_FIRST),
    (_AUTHOR, _TITLE_FIRST),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that there is room for, from left to right, with their widths."""

    columns: tuple[tuple[Column, int], ...]

    def draw(self, cells: Callable[[Column], list[Piece]]) -> list[Piece]:
        """A line, from what stands in each column."""
        drawn: list[Piece] = []
        for column, width in self.columns:
            drawn += [(" " * _GAP, "")] if drawn else [(" ", "")]
            drawn += fit_pieces(cells(column), width, right=column.right)
        return drawn


def layout(rows: Sequence[SeriesRow], width: int, now: int) -> Layout:
    """The columns for a table of `width`."""

    def needed(column: Column) -> int:
        widest = max((width_of(column.cell(row, now)) for row in rows[:_MEASURED]), default=0)
        return min(max(widest, cell_len(column.headed(width))), column.most)

    widths = {column: needed(column) for column in (_STATE, _TURN, _VERSION)}
    left = width - 1 - sum(widths.values()) - _GAP * len(widths)
    for column, title in _WANTED:
        wanted = needed(column) + _GAP
        if left - wanted >= title:
            widths[column] = wanted - _GAP
            left -= wanted
    widths[_TITLE_COLUMN] = max(left - 1, 1)
    return Layout(tuple((column, widths[column]) for column in _ORDER if column in widths))


class SeriesTable(RowList[SeriesRow]):
    """The series, most lately active first as the core gives them, with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown,space", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup,b", "page(-1)", "Page up", show=False, id="list.page_up"),
    ]

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` is what ages are reckoned by."""
        super().__init__(id=id)
        self._clock = clock
        self._layout: tuple[tuple[int, int], Layout] | None = None

    def key_of(self, row: SeriesRow) -> Hashable:
        """A series' number."""
        return row.id

    @property
    def row_height(self) -> int:
        """Two lines where there is no room for columns."""
        return 2 if 0 < self.scrollable_content_region.width < NARROW else 1

    def set_rows(self, rows: Sequence[SeriesRow]) -> None:
        """Show `rows`, in columns that suit them."""
        self._layout = None
        super().set_rows(rows)

    @property
    def columns(self) -> Layout:
        """The columns in force."""
        now = self._clock()
        width = self.scrollable_content_region.width - 1
        key = (width, now // 60)
        if self._layout is None or self._layout[0] != key:
            self._layout = (key, layout(self.rows, width, now))
        return self._layout[1]

    def draw(self, row: SeriesRow, index: int, width: int) -> list[list[Piece]]:
        """A line of the table, or the two lines that stand for it."""
        now = self._clock()
        if self.row_height == 1:
            return [self.columns.draw(lambda column: column.cell(row, now))]
        unread: list[Piece] = [(f" {row.unread}", "accent strong")] if row.unread else []
        first = fit_pieces([wording.state_sign(row.state), (" ", ""), *_title(row, now)], width - width_of(unread) - 1)
        second: list[Piece] = [("  ", ""), (line(row.state), wording.state_sign(row.state)[1]), (" · ", "faint")]
        second += [*wording.turn(row, now), (f" · {wording.version(row)} · ", "dim"), *wording.reviewed(row)]
        return [[*first, *unread], second]


class TableHeading(Widget):
    """The headings of a table's columns, on one line."""

    DEFAULT_CSS = """
    TableHeading { height: 1; background: $background; }
    """

    def __init__(self, table: SeriesTable) -> None:
        """Stands above `table` and follows its columns."""
        super().__init__()
        self._table = table

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        table = self._table
        pieces: list[Piece] = []
        if table.row_height == 1 and table.rows:
            pieces = table.columns.draw(
                lambda column: [(column.headed(table.scrollable_content_region.width - 1), "dim")]
            )
        return Palette().strip(fit_pieces([(" ", ""), *pieces], self.size.width), self.rich_style)
