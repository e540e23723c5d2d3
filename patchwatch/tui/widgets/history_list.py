"""The story of a series as a list.

Without the focus it shows how the story ends; with the focus it opens.  Enter on a step asks to see its words.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render.history import HistoryEntry, step_pieces
from patchwatch.tui.widgets.row_list import RowList

_TALL = 30  # lines of a screen: from here on three steps are shown where nobody looks at the story


class HistoryList(RowList[HistoryEntry]):
    """The steps, with a cursor."""

    FOCUS_ON_CLICK = False  # it would open under the mouse, and another step be where the click goes
    DEFAULT_CSS = """
    HistoryList {
        height: 1;
        scrollbar-size-vertical: 0;
        & > .rowlist--cursor { background: $background; }
        &.-long:focus { scrollbar-size-vertical: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Show the words", id="story.show"),
    ]

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` is what dates are shortened by."""
        super().__init__(id=id)
        self._clock = clock

    def key_of(self, row: HistoryEntry) -> Hashable:
        """Its mail and its words."""
        return row.evidence.message_id, row.evidence.text, row.number

    def draw(self, row: HistoryEntry, index: int, width: int) -> list[list[StyledText]]:
        """One line."""
        return [step_pieces(row, self._clock(), width - 1)]

    def tell(self, steps: Sequence[HistoryEntry]) -> None:
        """Show `steps`; a cursor on the last of them stays on the last."""
        at_end = self.cursor >= len(self.rows) - 1
        self.set_rows(steps)
        if at_end:
            self.action_last()
        self._fit()

    def on_resize(self) -> None:
        """Keep the step under the cursor in sight."""
        super().on_resize()
        self._fit()

    def on_click(self, event: events.Click) -> None:
        """Show the words of the step that was clicked."""
        offset = event.get_content_offset(self)
        if offset is not None and (index := offset.y + self.scroll_offset.y) < len(self.rows):
            self._go(index)
            self.action_choose()

    def watch_has_focus(self, focused: bool) -> None:
        """Open; or show how it ends."""
        super().watch_has_focus(focused)
        if not focused:
            self.action_last()
        self._fit()

    def _fit(self) -> None:
        """As many lines as there is room for: one where nobody looks at it."""
        height = self.app.size.height  # which is known before the screen was laid out
        most = max(height // 3, 3) if self.has_focus else 3 if height >= _TALL else 1
        self.styles.height = max(min(len(self.rows), most), 1)
        self.set_class(len(self.rows) > most, "-long")
