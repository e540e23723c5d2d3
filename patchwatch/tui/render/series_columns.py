"""The columns of the series table: which ones fit a width, how cells are drawn, and what rows are sorted by.

The table shows what the queue shows, in the same order: sign, title, what to do, since when; then the rest.  To add a
column, define it here, and add it to COLUMNS and, unless it is always shown, to _OPTIONAL.  Optional columns leave 40
columns to the title, and give way to it, the last in _OPTIONAL first.  Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import ASKS, Section
from patchwatch.series.signs import PINNED
from patchwatch.series.states import State, Turn
from patchwatch.times import format_age
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import cell_len, fit_pieces, width_of

_WIDE = 100  # width of a table with full headings and column widths
_GAP = 2
_TITLE_WIDTH = 40  # the title keeps this much when a column is added
_AUTHOR_MIN_WIDTH = 12  # a name cut to this is still recognizable
_MEASURED = 30  # columns are fitted to the first rows and as many of the others; wider cells elsewhere are cut
_SNOOZED, _MUTED = "☾", "⊘"  # before a title; the preview below the table has the words
_ARROWS = {False: "↑", True: "↓"}  # smallest first, largest first


class Column(Struct, frozen=True):
    """A column: its heading, how a row's cell is drawn, and what rows are sorted by."""

    heading: str
    cell: Callable[[SeriesSummary, int], list[StyledText]]
    sort_key: Callable[[SeriesSummary], Any]
    align_right: bool = False
    max_width: int = 20
    narrow_heading: str = ""  # in a table that is not wide
    descending: bool = False  # sort the largest first when the column is chosen
    is_blank: Callable[[SeriesSummary], bool] = lambda row: False  # rows without a value are last in both directions

    def heading_for(self, width: int) -> str:
        """The heading in a table of `width`."""
        return self.narrow_heading if self.narrow_heading and width < _WIDE else self.heading


def title_cell(row: SeriesSummary, now: int) -> list[StyledText]:
    """The title: bold with unread mail, after a sign if pinned, dimmed and with a sign if snoozed or muted."""
    if row.pinned:
        return [(f"{PINNED} ", "accent"), (line(row.title), "strong" if row.unread else "")]
    sign = _SNOOZED if row.snoozed_until is not None else _MUTED if row.muted else ""
    if sign:
        return [(f"{sign} ", "calm"), (line(row.title), "dim")]
    return [(line(row.title), "strong" if row.unread else "")]


_STATE_ORDER: dict[str, int] = {state: number for number, state in enumerate(State)}


def _next(row: SeriesSummary) -> str:
    """What to do, what happened, or whom it waits for; of a series that is in no section, the last or its state."""
    if row.place:
        return row.place.verb
    return row.state if row.turn == Turn.NOBODY else series_labels.whose(row)


def _next_cell(row: SeriesSummary, now: int) -> list[StyledText]:
    asked = row.place is not None and row.place.section in ASKS
    return [(line(_next(row)), "accent" if asked else "dim")]


def _when_cell(row: SeriesSummary, now: int) -> list[StyledText]:
    """Since when, `!` if it is overdue, for me or for reviewers; of my series that wait for others, the day to ping."""
    place = row.place
    if place and (place.overdue or (place.due and place.section is Section.WAITING)):
        return [(place.when(now), "warn strong" if place.overdue else "dim")]
    age = format_age(place.since if place else row.turn_since, now)
    return [(f"{age}!", "warn strong") if row.overdue else (age, "dim")]


SIGN = Column("", lambda row, now: [labels.state_sign(row.state)], lambda row: _STATE_ORDER.get(row.state, 99))
STATE = Column(
    "State",
    lambda row, now: [(line(series_labels.state_name(row).replace("pull request", "pull")), "dim")],
    lambda row: _STATE_ORDER.get(row.state, 99),
)
NEXT = Column("Next", _next_cell, _next, max_width=16)
WHEN = Column("When", _when_cell, lambda row: row.place.since if row.place else row.turn_since, align_right=True)
VERSION = Column("Ver", lambda row, now: [(series_labels.version(row), "")], lambda row: (row.version, row.minor))
TITLE = Column("Title", title_cell, lambda row: row.title.casefold(), max_width=1000)
AUTHOR = Column("Author", lambda row, now: [(labels.author(row), "dim")], lambda row: labels.author(row).casefold())
POINTS = Column(
    "Points",
    lambda row, now: [(series_labels.open_points(row), "warn" if row.points_open else "dim")],
    lambda row: row.points_open if series_labels.open_points(row) else 0,
    align_right=True,
    descending=True,
    is_blank=lambda row: not series_labels.open_points(row),
)
LABELS = Column(
    "Labels",
    lambda row, now: [(series_labels.own(row), "accent")],
    series_labels.own,
    max_width=16,
    is_blank=lambda row: not row.labels,
)
TAGS = Column(
    "Tags",
    lambda row, now: labels.reviewed(row),
    lambda row: (row.reviewed / max(row.patches, 1), row.reviewed),
    align_right=True,
    descending=True,
)
UNREAD = Column(
    "Unread",
    lambda row, now: [(str(row.unread) if row.unread else "", "accent strong")],
    lambda row: row.unread,
    align_right=True,
    narrow_heading="●",
    descending=True,
)
INBOX = Column(
    "Inbox", lambda row, now: [(", ".join(map(line, row.inboxes)), "dim")], lambda row: row.inboxes, max_width=12
)
ACTIVE = Column(
    "Active",
    lambda row, now: [(format_age(row.last_activity, now), "dim")],
    lambda row: row.last_activity,
    align_right=True,
    narrow_heading="Last",
    descending=True,
)

COLUMNS = (SIGN, TITLE, LABELS, NEXT, WHEN, STATE, VERSION, AUTHOR, INBOX, POINTS, TAGS, ACTIVE, UNREAD)
"""All columns, from left to right."""

_OPTIONAL = (UNREAD, ACTIVE, LABELS, TAGS, VERSION, AUTHOR, STATE, POINTS, INBOX)
"""Columns that are shown if the title keeps its width, the most useful first; those not listed are always shown."""
_ALWAYS = tuple(column for column in COLUMNS if column not in _OPTIONAL)


class Order(Struct, frozen=True):
    """A column that rows are sorted by, and the direction."""

    column: Column
    descending: bool

    def sort(self, rows: Iterable[SeriesSummary]) -> list[SeriesSummary]:
        """The rows in this order; the sort is stable."""
        rows = list(rows)
        blank = [row for row in rows if self.column.is_blank(row)]
        rest = [row for row in rows if not self.column.is_blank(row)] if blank else rows
        return sorted(rest, key=self.column.sort_key, reverse=self.descending) + blank

    def choose(self, column: Column) -> Order:
        """The order after the user chooses `column`: reversed if rows are sorted by it already."""
        return Order(column, not self.descending if column is self.column else column.descending)


LATEST = Order(ACTIVE, descending=True)
"""The default order: the latest mail first."""

BY_URGENCY = Order(NEXT, descending=False)
"""The order of the queue, which is not sorted by a column."""


class Layout(Struct, frozen=True):
    """The columns that fit, from left to right, with their widths."""

    columns: tuple[tuple[Column, int], ...]

    def draw(self, cells: Callable[[Column], list[StyledText]], mark: StyledText = (" ", "")) -> list[StyledText]:
        """A line of cells after `mark`, which takes one cell."""
        drawn: list[StyledText] = []
        for column, width in self.columns:
            drawn += [(" " * _GAP, "")] if drawn else [mark]
            drawn += fit_pieces(cells(column), width, right=column.align_right)
        return drawn

    def column_at(self, x: int) -> Column | None:
        """The column at cell `x` of a line, including the gap before it."""
        end = 1
        for column, width in self.columns:
            end += width
            if x < end:
                return column
            end += _GAP
        return None


def layout(rows: Sequence[SeriesSummary], width: int, now: int) -> Layout:
    """Choose the columns for a table of `width`."""
    measured = [*rows[:_MEASURED], *rows[_MEASURED :: len(rows) // _MEASURED + 1]]

    def needed(column: Column) -> int:
        widest = max((width_of(column.cell(row, now)) for row in measured), default=0)
        return min(max(widest, cell_len(column.heading_for(width))), column.max_width)

    widths = {column: needed(column) for column in _ALWAYS if column is not TITLE}
    left = width - 1 - sum(widths.values()) - _GAP * len(widths)
    for column in _OPTIONAL:
        if column in (POINTS, LABELS) and all(map(column.is_blank, measured)):
            continue
        if column is AUTHOR and rows and all(row.mine for row in rows):
            continue  # it would say "you" in each row
        wanted = needed(column) + _GAP
        if column is AUTHOR:
            wanted = min(wanted, max(left - _TITLE_WIDTH - 1, _AUTHOR_MIN_WIDTH + _GAP))
        if left - wanted > _TITLE_WIDTH:
            widths[column] = wanted - _GAP
            left -= wanted
    widths[TITLE] = max(left - 1, 1)
    return Layout(tuple((column, widths[column]) for column in COLUMNS if column in widths))


def headings(columns: Layout, order: Order, width: int) -> list[StyledText]:
    """The line of headings; the arrow is in the gap beside the column that rows are sorted by."""
    drawn: list[StyledText] = []
    gap: StyledText = (" ", "")
    for column, room in columns.columns:
        sorted_by = column is order.column
        arrow: StyledText = (_ARROWS[order.descending], "accent strong")
        heading = [(column.heading_for(width), "strong" if sorted_by else "dim")]
        if sorted_by and column.align_right:
            drawn += [(" " * (_GAP - 1), ""), *fit_pieces([arrow, *heading], room + 1, right=True)]
            gap = (" " * _GAP, "")
        else:
            cell = [*heading, arrow] if sorted_by else heading
            drawn += [gap, *fit_pieces(cell, room + sorted_by)]
            gap = (" " * (_GAP - sorted_by), "")
    return drawn
