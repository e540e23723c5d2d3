"""A mail: draws only the visible lines, so that a patch of 5 MB opens as fast as a short reply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from patchwatch.tui.base.screen import set_virtual_size
from patchwatch.tui.base.theme import Styled, overlay
from patchwatch.tui.render.columns import cell_len
from patchwatch.tui.render.mail_lines import background_style, links, row_pieces
from patchwatch.tui.render.page import DEFAULT_OPTIONS, Page, PageOptions, Row, Sheet, Span, find_text, lay_out

_SCROLL_COLUMNS = 8  # per key press, sideways
_CACHED_SCREENFULS = 12
_SCREENFULS_AHEAD = 2  # drawn ahead, a few lines at a time, with pauses before and between
_LINES_AT_ONCE = 4
_MOST_HEADERS = 60  # rows
_FIRST_PAUSE, _PAUSE = 0.01, 0.001  # seconds


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Something in a mail that Enter opens: a folded quote, a link, or another mail by its message-id."""

    span: Span
    row: int
    link: str = ""
    message_id: str = ""
    fold: bool = False


class MailView(ScrollView, Styled, can_focus=True, inherit_bindings=False):
    """The headers and text of a mail.  Text is wrapped; diffs scroll sideways, or are wrapped on demand."""

    MARGIN: ClassVar[int] = 0  # columns that a subclass draws itself, at the left
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
        Binding("right", "scroll_right", "Scroll right", show=False, id="mail.right"),
        Binding("left", "scroll_left", "Scroll left", show=False, id="mail.left"),
        Binding("full_stop", "next_target(1)", "Next link, reply or folded quote", show=False, id="mail.next_link"),
        Binding(
            "comma", "next_target(-1)", "Previous link, reply or folded quote", show=False, id="mail.previous_link"
        ),
        Binding("enter", "follow", "Follow", show=False, tooltip="Follow the selected link", id="mail.follow"),
    ]

    class Followed(Message):
        """The user followed a link, or a line that links to another mail."""

        def __init__(self, target: LinkTarget) -> None:
            """`target` is what was followed."""
            super().__init__()
            self.target = target

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        """An empty view; `show` fills it."""
        super().__init__(id=id)
        self.highlighted: tuple[Span, ...] = ()
        self.options = DEFAULT_OPTIONS
        self.hint = ""  # shown beside a fold
        self.skips_headers = False  # show a mail from below its headers, which are above when scrolled
        self.selected: LinkTarget | None = None
        self._sheet: Sheet | None = None
        self._to_end = False  # scroll to the end once all of the mail is loaded
        self._mail_lines: dict[int, str] = {}  # message-ids of other mails, by the lines that link to them
        self._strips: dict[int, Strip] = {}  # by row
        self._cache_key: tuple[int, int, Selection | None] = (0, 0, None)  # scroll offset, width, mouse selection
        self._ahead = False  # True while a timer for drawing ahead runs

    @property
    def text_width(self) -> int:
        """The width for text."""
        return self.scrollable_content_region.width - self.MARGIN

    @property
    def page(self) -> Page | None:
        """The page shown."""
        return self._sheet.page if self._sheet else None

    @property
    def link(self) -> str:
        """The selected link or message-id in the text; empty without one."""
        return self.selected.link if self.selected else ""

    def new_page_options(self) -> PageOptions:
        """The layout options for another mail: the same, without single unfolded quotes."""
        return replace(self.options, unfolded=frozenset())

    def show(self, sheet: Sheet) -> None:
        """Show a mail from the top, or from below its headers."""
        self.highlighted = ()
        self.selected = None
        self._to_end = False
        self.options = self.new_page_options()
        self.screen.clear_selection()
        self._take(self._fitted(sheet))
        self.scroll_to(0, 0, animate=False)
        if self.skips_headers:
            self.call_after_refresh(self.skip_headers)  # it may not be laid out yet

    def skip_headers(self) -> None:
        """Scroll down to the text, unless something is scrolled to already."""
        if not self.highlighted and not self.scroll_offset.y:
            self.scroll_to(y=self._text_begins, animate=False)

    @property
    def _text_begins(self) -> int:
        """The row below the headers."""
        rows = self._sheet.rows if self._sheet else ()
        lines = self._sheet.page.lines if self._sheet else ()
        return next((n for n in range(min(len(rows), _MOST_HEADERS)) if lines[rows[n].line].kind != "header"), 0)

    def show_headers(self) -> None:
        """Scroll up to the headers if they were skipped."""
        if self.scroll_offset.y == self._text_begins:
            self.scroll_to(y=0, animate=False)

    def lengthen(self, sheet: Sheet) -> None:
        """Show the same mail with other lines at its end; highlighting and scroll position stay."""
        self._take(self._fitted(sheet))
        if self._to_end:
            self.action_bottom()

    def _fitted(self, sheet: Sheet) -> Sheet:
        if sheet.width == self.text_width and sheet.options == self.options:
            return sheet
        return lay_out(sheet.page, self.text_width, self.options)

    def highlight(self, sentence: str) -> bool:
        """Highlight `sentence` and scroll to it; False if it is not in the mail."""
        page = self.page
        self.highlighted = find_text(page, sentence) if page else ()
        if page and self.highlighted:
            first = self.highlighted[0].line
            if hiding := [start for start, end in page.folds if start <= first < end]:
                self._set_options(replace(self.options, unfolded=self.options.unfolded | set(hiding)))
        self._show_highlighted()
        self._redraw()
        return bool(self.highlighted)

    def _show_highlighted(self) -> None:
        if self.highlighted and self._sheet:
            span, rows = self.highlighted[0], self._sheet.rows
            first = rows.at_line(span.line)
            while first + 1 < len(rows) and rows[first + 1].line == span.line and rows[first + 1].start <= span.start:
                first += 1
            self.scroll_to(0, max(first - self.size.height // 3, 0), animate=False)

    # Layout.

    def toggle_quotes(self) -> None:
        """Unfold all quotes, or fold the long ones again."""
        unfold_all = not self.options.unfold_all and bool(self._hidden())
        self._set_options(replace(self.options, unfold_all=unfold_all, unfolded=frozenset()))

    def toggle_wrapping(self) -> None:
        """Wrap the long lines of diffs, or stop wrapping them."""
        self._set_options(replace(self.options, wrap_diffs=not self.options.wrap_diffs))

    def _hidden(self) -> set[int]:
        folds = self.page.folds if self.page else ()
        return {first for first, _ in folds} - self.options.unfolded

    def _set_options(self, options: PageOptions) -> None:
        """Lay out the mail with other options, keeping the first visible line at the top."""
        self.options = options
        old = self._sheet
        if old is None:
            return
        new = lay_out(old.page, self.text_width, options)
        self.selected = None
        self._take(new)
        if old.width and len(old.rows):
            top = old.rows[min(self.scroll_offset.y, len(old.rows) - 1)].line
            self.scroll_to(y=new.rows.at_line(top), animate=False)
            if options.wrap_diffs:
                self.scroll_to(x=0, animate=False)
        else:  # it had no width before
            self._show_highlighted()

    def on_resize(self) -> None:
        """Wrap the lines to the new width."""
        if self._sheet is not None and self.text_width != self._sheet.width:
            self._set_options(self.options)

    def _take(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._mail_lines = dict(sheet.page.targets)
        width = 0 if sheet.options.wrap_diffs else sheet.page.widest + self.MARGIN
        set_virtual_size(self, Size(width, len(sheet.rows)))
        self._redraw()

    # Scrolling.

    def page_by(self, pages: int) -> None:
        """Scroll by a screenful less one line."""
        self.scroll_to(y=self.scroll_offset.y + pages * max(self.size.height - 1, 1), animate=False)

    def action_scroll_down(self) -> None:
        """Scroll one line down, without animation."""
        self.scroll_to(y=self.scroll_offset.y + 1, animate=False)

    def action_scroll_up(self) -> None:
        """Scroll one line up, without animation."""
        self.scroll_to(y=self.scroll_offset.y - 1, animate=False)

    def action_scroll_right(self) -> None:
        """Scroll to the right by a few columns."""
        self.scroll_to(x=self.scroll_offset.x + _SCROLL_COLUMNS, animate=False)

    def action_scroll_left(self) -> None:
        """Scroll to the left by a few columns."""
        self.scroll_to(x=self.scroll_offset.x - _SCROLL_COLUMNS, animate=False)

    def action_top(self) -> None:
        """Go to the headers."""
        self._to_end = False
        self.scroll_to(y=0, animate=False)

    def action_bottom(self) -> None:
        """Go to the end, also of a mail that is still loading."""
        self.scroll_to(y=self.max_scroll_y, animate=False)
        self._to_end = self.page is not None and not self.page.whole

    # Links, folds, and lines that link to other mails.

    def action_next_target(self, direction: int) -> None:
        """Select the next or previous link target, starting from the selected one or from the visible lines."""
        found = next(self._targets_from(direction), None)
        if found is None:
            return
        self.selected = found
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if not top <= found.row < top + height:
            self.scroll_to(y=max(found.row - height // 3, 0), animate=False)
        self._redraw()

    def _targets_from(self, direction: int) -> Iterator[LinkTarget]:
        if self._sheet is None:
            return
        rows, here = self._sheet.rows, self.selected
        if here is not None:
            same = self._targets_in(here.row)[::direction]
            yield from same[same.index(here) + 1 :]
            start = here.row + direction
        else:
            start = self.scroll_offset.y if direction > 0 else self.scroll_offset.y + self.size.height - 1
        for at in range(min(start, len(rows) - 1), len(rows) if direction > 0 else -1, direction):
            yield from self._targets_in(at)[::direction]

    def _targets_in(self, at: int) -> list[LinkTarget]:
        """The link targets in a row; a wrapped link is in its first row."""
        if self._sheet is None or at >= len(self._sheet.rows):
            return []
        row, page = self._sheet.rows[at], self._sheet.page
        one = page.lines[row.line]
        if row.hidden:
            return [LinkTarget(Span(row.line, 0, 0), at, fold=True)]
        target = self._mail_lines.get(row.line, "")
        if target and row.start == 0 and one.kind != "excerpt":
            start = len(one.text) - len(one.text.lstrip())
            return [LinkTarget(Span(row.line, start, len(one.text)), at, message_id=target)]
        found = [(start, end) for start, end in links(one) if row.start <= start < max(row.end, 1)]
        return [LinkTarget(Span(row.line, start, end), at, link=one.text[start:end]) for start, end in found]

    def visible_target(self) -> str:
        """The message-id that the visible lines are about: of the last line above the middle that links to a mail."""
        if self._sheet is None or not len(self._sheet.rows):
            return ""
        rows = self._sheet.rows
        middle = rows[min(self.scroll_offset.y + self.size.height // 2, len(rows) - 1)].line
        above = [number for number in self._mail_lines if number <= middle]
        return self._mail_lines[max(above)] if above else ""

    def action_follow(self) -> None:
        """Unfold the selected quote, or follow the selected link."""
        if self.selected is not None:
            self._follow(self.selected)

    def _follow(self, target: LinkTarget) -> None:
        if target.fold:
            self._set_options(replace(self.options, unfolded=self.options.unfolded | {target.span.line}))
        else:
            self.post_message(self.Followed(target))

    def on_click(self, event: events.Click) -> None:
        """Follow what was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or self._sheet is None or self.text_selection is not None:
            return
        at = offset.y + self.scroll_offset.y
        for target in self._targets_in(at):
            row, text = self._sheet.rows[at], self._sheet.page.lines[target.span.line].text
            first = cell_len(text[row.start : target.span.start]) + cell_len(row.prefix) - self.scroll_offset.x
            first += self.MARGIN
            if target.fold or first <= offset.x < first + cell_len(text[target.span.start : target.span.end]):
                self._follow(target)
                return
        if at < len(self._sheet.rows):
            line = self._sheet.rows[at].line
            if message_id := self._mail_lines.get(line):
                self._follow(LinkTarget(Span(line, 0, 0), at, message_id=message_id))

    # Drawing.

    def notify_style_update(self) -> None:
        """Drop the cached rows, which have the colors of another theme."""
        super().notify_style_update()
        self._strips.clear()

    def selection_updated(self, selection: Selection | None) -> None:
        """Redraw with another mouse selection."""
        self._redraw()

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The text selected with the mouse, as it is displayed."""
        rows = self._sheet.rows if self._sheet else ()
        return selection.extract("\n".join(self._text(row) for row in rows)), "\n"

    def _text(self, row: Row) -> str:
        return row.prefix + self.page.lines[row.line].text[row.start : row.end] if self.page else ""

    def render_line(self, y: int) -> Strip:
        """Draw a row of the terminal."""
        left, top = self.scroll_offset
        key = (left, self.text_width, self.text_selection)
        if key != self._cache_key:
            self._strips.clear()
            self._cache_key = key
        strip = self._strips.get(top + y)
        if strip is None:
            strip = self._strips[top + y] = self._draw(top + y)
        if not self._ahead:
            self._ahead = True
            self.set_timer(_FIRST_PAUSE, self._draw_ahead)
        return strip

    def _draw(self, at: int) -> Strip:
        """Draw the visible part of a row, with highlighting and selection."""
        left, width = self.scroll_offset.x, self.text_width
        sheet = self._sheet
        if sheet is None or at >= len(sheet.rows):
            return Strip.blank(width, self.base_style)
        row = sheet.rows[at]
        pieces = row_pieces(sheet.page, row, self.highlighted, self.selected.span if self.selected else None, self.hint)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(at)) is not None:
            start, end = span
            pieces = overlay(pieces, start, len(self._text(row)) if end == -1 else end, "selected")
        strip = self.style_cache.strip(pieces, self.base_style)
        beside = self.base_style + self.style_cache.style(background_style(sheet.page, row))
        return strip.crop_extend(left, left + width, beside).apply_offsets(left, at)

    def _draw_ahead(self) -> None:
        """Draw some of the next rows, so that they are cached when the user pages down."""
        self._ahead = False
        count = len(self._sheet.rows) if self._sheet else 0
        height = self.size.height
        first = self.scroll_offset.y + height
        if len(self._strips) > _CACHED_SCREENFULS * max(height, 1):
            self._strips.clear()
            return
        missing = [at for at in range(first, min(first + _SCREENFULS_AHEAD * height, count)) if at not in self._strips]
        for at in missing[:_LINES_AT_ONCE]:
            self._strips[at] = self._draw(at)
        if len(missing) > _LINES_AT_ONCE:
            self._ahead = True
            self.set_timer(_PAUSE, self._draw_ahead)

    def _redraw(self) -> None:
        self._strips.clear()
        self.refresh()
