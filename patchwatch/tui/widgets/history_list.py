"""The history of a series as a list.

Without the focus it shows the last entries, on a low screen none; with the focus it opens.  Enter on an entry shows its
evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render.history import HistoryEntry, entry_line
from patchwatch.tui.widgets.row_list import RowList

_TALL = 30  # lines; taller screens show three entries without the focus


class HistoryList(RowList[HistoryEntry]):
    """The entries, with a cursor."""

    FOCUS_ON_CLICK = False  # it would open under the mouse and move the entries
    DEFAULT_CSS = """
    HistoryList {
        height: 1;
        scrollbar-size-vertical: 0;
        & > .rowlist--cursor { background: $background; }
        &.-long:focus { scrollbar-size-vertical: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open mail", id="story.show"),
    ]

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` returns the current time, for short dates."""
        super().__init__(id=id)
        self._clock = clock

    def key_of(self, row: HistoryEntry) -> Hashable:
        """Its mail and its evidence."""
        return row.evidence.message_id, row.evidence.text, row.number

    def draw(self, row: HistoryEntry, index: int, width: int) -> list[list[StyledText]]:
        """One line."""
        return [entry_line(row, self._clock(), width - 1)]

    def show(self, entries: Sequence[HistoryEntry]) -> None:
        """Show `entries`; a cursor on the last one stays on the last one."""
        at_end = self.cursor >= len(self.rows) - 1
        self.set_rows(entries)
        if at_end:
            self.action_last()
        self._fit()

    def on_resize(self) -> None:
        """Keep the entry under the cursor visible."""
        super().on_resize()
        self._fit()

    def on_click(self, event: events.Click) -> None:
        """Show the evidence of the entry that was clicked."""
        offset = event.get_content_offset(self)
        if offset is not None and (index := offset.y + self.scroll_offset.y) < len(self.rows):
            self._go(index)
            self.action_choose()

    def watch_has_focus(self, focused: bool) -> None:
        """Open with the focus; without it, show the last entries."""
        super().watch_has_focus(focused)
        if not focused:
            self.action_last()
        self._fit()

    def _fit(self) -> None:
        """Set the height: three lines or none without the focus, up to a third of the screen with it."""
        height = self.app.size.height  # known before the screen is laid out
        limit = max(height // 3, 3) if self.has_focus else 3 if height >= _TALL else 0
        self.styles.height = min(len(self.rows), limit)
        self.set_class(len(self.rows) > limit, "-long")
