"""One mail, to be read: draws only the lines in sight, so that a patch of 5 MB opens like a short answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from patchwatch.tui.ink import Palette, Piece, overlay
from patchwatch.tui.page import Line, Page, Row, Sheet, Span, broken, find, header_label

_STAT = re.compile(r"^(?P<file>\s*\S.*?)(?P<bar>\s\|\s+\d+ ?)(?P<plus>\+*)(?P<minus>-*)$")
_TRAILER_NAME = re.compile(r"^\s*[\w-]+:")


class MailView(ScrollView, can_focus=True, inherit_bindings=False):
    """A mail under its headers.  Prose is broken to the width; diffs scroll sideways."""

    DEFAULT_CSS = """
    MailView {
        background: $background;
        padding: 0 0 0 1;
        overflow: scroll scroll; /* with "auto", nothing scrolls before the layout that brings the scrollbar */
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down a line", show=False, id="mail.down"),
        Binding("k,up", "scroll_up", "Up a line", show=False, id="mail.up"),
        Binding("g,home", "top", "Top", show=False, id="mail.top"),
        Binding("G,end", "bottom", "Bottom", show=False, id="mail.bottom"),
        Binding("right", "scroll_right", "Right", show=False, id="mail.right"),
        Binding("left", "scroll_left", "Left", show=False, id="mail.left"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        """An empty view; `show` fills it."""
        super().__init__(id=id)
        self.highlighted: tuple[Span, ...] = ()
        self._sheet: Sheet | None = None
        self._palette = Palette()

    @property
    def text_width(self) -> int:
        """The columns that there are for text."""
        return self.scrollable_content_region.width

    @property
    def page(self) -> Page | None:
        """The mail that is shown."""
        return self._sheet.page if self._sheet else None

    def show(self, sheet: Sheet) -> None:
        """Show a mail from its top."""
        self.highlighted = ()
        self.screen.clear_selection()
        self._take(sheet if sheet.width == self.text_width else broken(sheet.page, self.text_width))
        self.scroll_to(0, 0, animate=False)

    def highlight(self, sentence: str) -> bool:
        """Mark `sentence` and bring it into sight; whether it stands in the mail."""
        self.highlighted = find(self.page, sentence) if self.page else ()
        self._show_highlighted()
        self.refresh()
        return bool(self.highlighted)

    def _show_highlighted(self) -> None:
        if self.highlighted and self._sheet:
            first = next(y for y, row in enumerate(self._sheet.rows) if _holds(row, self.highlighted[0]))
            self.scroll_to(0, max(first - self.size.height // 3, 0), animate=False)

    def page_by(self, pages: int) -> None:
        """Scroll by a screenful, less one line to find one's place."""
        self.scroll_to(y=self.scroll_offset.y + pages * max(self.size.height - 1, 1), animate=False)

    def action_scroll_down(self) -> None:
        """Scroll one line down, at once."""
        self.scroll_to(y=self.scroll_offset.y + 1, animate=False)

    def action_scroll_up(self) -> None:
        """Scroll one line up, at once."""
        self.scroll_to(y=self.scroll_offset.y - 1, animate=False)

    def action_scroll_right(self) -> None:
        """Scroll to the right by a few columns."""
        self.scroll_to(x=self.scroll_offset.x + 8, animate=False)

    def action_scroll_left(self) -> None:
        """Scroll to the left by a few columns."""
        self.scroll_to(x=self.scroll_offset.x - 8, animate=False)

    def action_top(self) -> None:
        """Go to the headers."""
        self.scroll_to(y=0, animate=False)

    def action_bottom(self) -> None:
        """Go to the end."""
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def on_resize(self) -> None:
        """Break the lines anew, keeping the first line in sight where it is."""
        old = self._sheet
        if old is None or self.text_width == old.width:
            return
        new = broken(old.page, self.text_width)
        self._take(new)
        if old.width and old.rows:
            top = old.rows[min(self.scroll_offset.y, len(old.rows) - 1)].line
            self.scroll_to(y=next(y for y, row in enumerate(new.rows) if row.line == top), animate=False)
        else:  # there was no room before
            self._show_highlighted()

    def _take(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.virtual_size = Size(sheet.page.widest, len(sheet.rows))
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the colours of the theme that was."""
        super().notify_style_update()
        self._palette = Palette()

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected with the mouse."""
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The text that is selected with the mouse, as it stands on the screen."""
        rows = self._sheet.rows if self._sheet else ()
        return selection.extract("\n".join(self._text(row) for row in rows)), "\n"

    def _text(self, row: Row) -> str:
        return row.prefix + self.page.lines[row.line].text[row.start : row.end] if self.page else ""

    def render_line(self, y: int) -> Strip:
        """Draw a line of the screen."""
        left, top = self.scroll_offset
        width = self.text_width
        sheet = self._sheet
        if sheet is None or top + y >= len(sheet.rows):
            return Strip.blank(width, self.rich_style)
        row = sheet.rows[top + y]
        pieces = _row_pieces(sheet.page.lines[row.line], row, self.highlighted)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(top + y)) is not None:
            start, end = span
            pieces = overlay(pieces, start, len(self._text(row)) if end == -1 else end, "selected")
        strip = self._palette.strip(pieces, self.rich_style)
        return strip.crop_extend(left, left + width, self.rich_style).apply_offsets(left, top + y)


def _holds(row: Row, span: Span) -> bool:
    return row.line == span.line and row.start <= span.start < max(row.end, 1)


def _row_pieces(one: Line, row: Row, spans: Sequence[Span]) -> list[Piece]:
    pieces = line_pieces(one)
    for span in spans:
        if span.line == row.line:
            pieces = overlay(pieces, span.start, span.end, "evidence")
    if row.start or row.end < len(one.text):
        pieces = _cut(pieces, row.start, row.end)
    return [(row.prefix, quote_ink(one) if one.kind == "quote" else ""), *pieces] if row.prefix else pieces


def _cut(pieces: Sequence[Piece], start: int, end: int) -> list[Piece]:
    kept: list[Piece] = []
    at = 0
    for text, ink in pieces:
        part = text[max(start - at, 0) : max(end - at, 0)]
        at += len(text)
        if part:
            kept.append((part, ink))
    return kept


def quote_ink(one: Line) -> str:
    """Quotes take turns in colour by depth."""
    return "quote" if one.depth % 2 else "requote"


def line_pieces(one: Line) -> list[Piece]:
    """A line of a mail, drawn by its kind."""
    kind, text = one.kind, one.text
    if kind == "header":
        label = header_label(text)
        return [(text[:label], "dim"), (text[label:], "strong" if text.startswith("Subject") else "")]
    if kind == "quote":
        return [(text, quote_ink(one))]
    if kind == "attribution":
        return [(text, "dim slanted")]
    if kind == "trailer":
        name = _TRAILER_NAME.match(text)
        return [(name[0], "calm strong"), (text[name.end() :], "calm")] if name else [(text, "calm")]
    if kind in ("separator", "signature"):
        return [(text, "dim")]
    if kind == "diffstat":
        return _stat_pieces(text)
    if kind == "diff":
        return [(text, _diff_ink(text))]
    return [(text, "")]


def _stat_pieces(text: str) -> list[Piece]:
    found = _STAT.match(text)
    if not found:
        return [(text, "dim")]
    return [(found["file"], ""), (found["bar"], "dim"), (found["plus"], "good"), (found["minus"], "bad")]


def _diff_ink(text: str) -> str:
    if text.startswith(("diff --git ", "--- a/", "--- /dev/null", "+++ b/", "+++ /dev/null")):
        return "strong"
    if text.startswith("@@"):
        return "accent"
    if text.startswith("+"):
        return "good"
    if text.startswith("-"):
        return "bad"
    return "dim" if text.startswith(("index ", "new file", "deleted file", "similarity", "rename ")) else ""
