"""The points of a series as a list: the open ones by who acts, then the others, folded.

It takes a third of the screen at most, and less without the focus; on a low screen nothing if no point is open.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from patchwatch.series.names import Names
from patchwatch.series.point_list import ListedPoint
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render.points import Fold, LedgerRow, PointLines, ledger_rows, ledger_title
from patchwatch.tui.widgets.row_list import RowList

_TALL = 30  # lines; a lower screen shows this many points without the focus:
_FEW = 2


class PointList(RowList[LedgerRow]):
    """The points, with a cursor; Enter on a fold unfolds it."""

    DEFAULT_CSS = """
    PointList {
        height: 1;
        border-top: solid $rule;
        border-title-color: $color-dim;
        scrollbar-size-vertical: 0;
        &:focus { border-top: solid $color-accent; }
        &.-long { scrollbar-size-vertical: 1; }
        &.-none { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Sentence", tooltip="Show the sentence, then what decided it", id="points.show"),
        Binding("D", "screen.dismiss_point", "Dismiss", tooltip="Dismiss a wrong point (undo: u)", id="points.dismiss"),
    ]

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` returns the current time, for short dates."""
        super().__init__(id=id)
        self._clock = clock
        self._unfolded: set[bool] = set()
        self._lines = PointLines((), Names(frozenset()), 0)
        self.add_class("-none")

    def key_of(self, row: LedgerRow) -> Hashable:
        """The key of the point, or which fold it is."""
        return row.earlier if isinstance(row, Fold) else row.point.key

    def draw(self, row: LedgerRow, index: int, width: int) -> list[list[StyledText]]:
        """One line."""
        return [self._lines.draw(row, width - 1)]

    @property
    def listed(self) -> ListedPoint | None:
        """The point under the cursor."""
        return self.row if isinstance(self.row, ListedPoint) else None

    @property
    def shown(self) -> tuple[Sequence[ListedPoint], Names]:
        """All points of the series, by number, and how people are named."""
        return self._lines.points, self._lines.names

    def show(self, points: Sequence[ListedPoint], names: Names, turn: str) -> None:
        """Show the points of a series, or nothing if it has none."""
        self._lines = PointLines(points, names, self._clock())
        self.border_title = ledger_title(points, names, turn) if points else ""
        self.set_rows(ledger_rows(points, names, self._unfolded))
        self._fit()

    def toggle(self, fold: Fold) -> None:
        """Unfold or fold the points of a fold."""
        self._unfolded ^= {fold.earlier}
        self.set_rows(ledger_rows(self._lines.points, self._lines.names, self._unfolded))
        self._fit()

    def go_next(self, direction: int) -> ListedPoint | None:
        """Go to the next open point, or from the last one to the first; None without one."""
        here, count = self.cursor, len(self.rows)
        start = here if self.has_focus else -1 if direction > 0 else count
        for step in range(1, count + 1):
            row = self.rows[(start + step * direction) % count]
            if isinstance(row, ListedPoint) and row.is_open:
                self.select(self.key_of(row))
                return row
        return None

    def watch_has_focus(self, focused: bool) -> None:
        """Show more with the focus."""
        super().watch_has_focus(focused)
        self._fit()
        self._scroll_to_cursor()

    def on_resize(self) -> None:
        """Fit the height to that of the screen."""
        super().on_resize()
        self._fit()

    def _fit(self) -> None:
        height = self.app.size.height  # known before the screen is laid out
        of_interest = any(listed.is_open for listed in self._lines.points) or (height >= _TALL and self.rows)
        self.set_class(not of_interest, "-none")
        limit = height // 3 - 1 if self.has_focus else height // 4 if height >= _TALL else _FEW
        self.styles.height = max(min(len(self.rows), limit), 1) + 1
        self.set_class(len(self.rows) > limit, "-long")
