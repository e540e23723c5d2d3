"""Diffs with a cursor: the line that a reply is about."""

from __future__ import annotations

from textual import events
from textual.strip import Strip

from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render.page import Sheet
from patchwatch.tui.widgets.mail_view import MailView

_CONTEXT = 2  # rows visible above and below the cursor


class DiffView(MailView):
    """A page whose lines the cursor goes through; its margin shows where it is."""

    MARGIN = 1
    DEFAULT_CSS = """
    DiffView { padding: 0; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        """An empty view; `show` fills it."""
        super().__init__(id=id)
        self._cursor = 0  # row

    @property
    def line(self) -> int:
        """The line under the cursor, which is one of those that are visible."""
        self._keep_visible()
        return self._sheet.rows[self._cursor].line if self._sheet and len(self._sheet.rows) else 0

    def show(self, sheet: Sheet) -> None:
        """Show a page from the top."""
        self._cursor = 0
        super().show(sheet)

    def visible_target(self) -> str:
        """The message-id of the last line at or above the cursor that links to a mail."""
        above = [number for number in self._mail_lines if number <= self.line]
        return self._mail_lines[max(above)] if above else next(iter(self._mail_lines.values()), "")

    # Moving.

    def action_scroll_down(self) -> None:
        """Move the cursor down, and scroll if it leaves the screen."""
        self._keep_visible()
        self._go(self._cursor + 1)

    def action_scroll_up(self) -> None:
        """Move the cursor up, and scroll if it leaves the screen."""
        self._keep_visible()
        self._go(self._cursor - 1)

    def action_top(self) -> None:
        """Go to the first line."""
        super().action_top()
        self._go(0)

    def action_bottom(self) -> None:
        """Go to the last line."""
        super().action_bottom()
        self._go(len(self._sheet.rows) if self._sheet else 0)

    def page_by(self, pages: int) -> None:
        """Scroll by a screenful less one line; the cursor keeps its place on the screen."""
        before = self.scroll_offset.y
        super().page_by(pages)
        moved = self.scroll_offset.y - before
        self._go(self._cursor + (moved or pages * self.size.height))

    def _go(self, row: int) -> None:
        last = len(self._sheet.rows) - 1 if self._sheet else 0
        before, self._cursor = self._cursor, max(0, min(row, last))
        self._redraw_cursor(before)
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        context = _CONTEXT if height > 3 * _CONTEXT else 0
        if self._cursor - context < top:
            self.scroll_to(y=max(self._cursor - context, 0), animate=False, immediate=True)
        elif self._cursor + context >= top + height:
            self.scroll_to(y=self._cursor + context - height + 1, animate=False, immediate=True)

    def _keep_visible(self) -> None:
        """Put the cursor on a visible row, after the mouse wheel has scrolled."""
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        before = self._cursor
        last = len(self._sheet.rows) - 1 if self._sheet else 0
        self._cursor = max(0, min(max(top, min(before, top + height - 1)), last))
        self._redraw_cursor(before)

    def _redraw_cursor(self, before: int) -> None:
        if before != self._cursor:
            for row in (before, self._cursor):
                self._strips.pop(row, None)
                self.refresh_lines(row, 1)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line; follow what was clicked."""
        if (offset := event.get_content_offset(self)) is not None:
            self._go(offset.y + self.scroll_offset.y)
        super().on_click(event)

    def watch_has_focus(self, focused: bool) -> None:
        """Show the cursor as that of a list."""
        super().watch_has_focus(focused)
        self._strips.pop(self._cursor, None)
        self.refresh_lines(self._cursor, 1)

    def _draw(self, at: int) -> Strip:
        """Draw the margin and the visible part of a row."""
        here = at == self._cursor and self._sheet is not None
        mark: StyledText = ("▌" if self.has_focus else "▏", "accent") if here else (" ", "")
        return Strip.join([self.style_cache.strip([mark], self.base_style), super()._draw(at)])
