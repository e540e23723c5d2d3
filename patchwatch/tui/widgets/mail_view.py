"""One mail, to be read: draws only the lines in sight, so that a patch of 5 MB opens like a short answer."""

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
from patchwatch.tui.render.mail_lines import ground, links, row_pieces
from patchwatch.tui.render.page import PLAIN, Manner, Page, Row, Sheet, Span, broken, find

_COLUMNS = 8  # scrolled sideways at a time
_KEPT = 12  # screenfuls of drawn lines that are kept
_AT_ONCE = 4  # lines drawn ahead at a time, and how long nothing is drawn before and between
_SCREENFULS = 2  # drawn ahead
_REST_SECONDS, _STEP_SECONDS = 0.01, 0.001


@dataclass(frozen=True, slots=True)
class Spot:
    """Something in a mail that can be followed: a folded quote, a link, or another mail by its message-id."""

    span: Span
    row: int
    link: str = ""
    message_id: str = ""
    fold: bool = False


class MailView(ScrollView, Styled, can_focus=True, inherit_bindings=False):
    """A mail under its headers.  Prose is broken to the width; diffs scroll sideways, or are broken where wanted."""

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
        Binding("full_stop", "spot(1)", "Next link, answer or fold", show=False, id="mail.next_link"),
        Binding("comma", "spot(-1)", "Previous link, answer or fold", show=False, id="mail.previous_link"),
        Binding("enter", "follow", "Follow", show=False, tooltip="Follow the link that is chosen", id="mail.follow"),
    ]

    class Followed(Message):
        """A link, or a line that leads to another mail, was followed."""

        def __init__(self, spot: Spot) -> None:
            """`spot` says where it leads."""
            super().__init__()
            self.spot = spot

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        """An empty view; `show` fills it."""
        super().__init__(id=id)
        self.highlighted: tuple[Span, ...] = ()
        self.manner = PLAIN
        self.hint = ""  # what is set beside a fold
        self.spot: Spot | None = None
        self._sheet: Sheet | None = None
        self._to_end = False  # whether the end is wanted, of which only the beginning is there
        self._targets: dict[int, str] = {}  # lines that lead to another mail
        self._drawn: dict[int, Strip] = {}  # rows as they are drawn
        self._place: tuple[int, int, Selection | None] = (0, 0, None)  # that they are drawn for
        self._ahead = False  # whether rows are to be drawn ahead

    @property
    def text_width(self) -> int:
        """The columns that there are for text."""
        return self.scrollable_content_region.width

    @property
    def page(self) -> Page | None:
        """The mail that is shown."""
        return self._sheet.page if self._sheet else None

    @property
    def link(self) -> str:
        """The link, or message-id in the text, that is chosen; empty where none is."""
        return self.spot.link if self.spot else ""

    def fresh_manner(self) -> Manner:
        """How another mail is to be laid out: as this one, but with no quote opened by itself."""
        return replace(self.manner, opened=frozenset())

    def show(self, sheet: Sheet) -> None:
        """Show a mail from its top."""
        self.highlighted = ()
        self.spot = None
        self._to_end = False
        self.manner = self.fresh_manner()
        self.screen.clear_selection()
        self._take(self._fitted(sheet))
        self.scroll_to(0, 0, animate=False)

    def lengthen(self, sheet: Sheet) -> None:
        """Show the same mail with other lines below those that were known; what is marked and in sight stays."""
        self._take(self._fitted(sheet))
        if self._to_end:
            self.action_bottom()

    def _fitted(self, sheet: Sheet) -> Sheet:
        if sheet.width == self.text_width and sheet.manner == self.manner:
            return sheet
        return broken(sheet.page, self.text_width, self.manner)

    def highlight(self, sentence: str) -> bool:
        """Mark `sentence` and bring it into sight; whether it stands in the mail."""
        page = self.page
        self.highlighted = find(page, sentence) if page else ()
        if page and self.highlighted:
            first = self.highlighted[0].line
            if hiding := [start for start, end in page.folds if start <= first < end]:
                self._lay_out(replace(self.manner, opened=self.manner.opened | set(hiding)))
        self._show_highlighted()
        self._forget_drawn()
        return bool(self.highlighted)

    def _show_highlighted(self) -> None:
        if self.highlighted and self._sheet:
            span, rows = self.highlighted[0], self._sheet.rows
            first = rows.at_line(span.line)
            while first + 1 < len(rows) and rows[first + 1].line == span.line and rows[first + 1].start <= span.start:
                first += 1
            self.scroll_to(0, max(first - self.size.height // 3, 0), animate=False)

    # How it is laid out.

    def toggle_quotes(self) -> None:
        """Show every quote whole, or fold the long ones again."""
        unfolded = not self.manner.unfolded and bool(self._hidden())
        self._lay_out(replace(self.manner, unfolded=unfolded, opened=frozenset()))

    def toggle_wrapping(self) -> None:
        """Break the long lines of diffs, or let them run on again."""
        self._lay_out(replace(self.manner, wrapped=not self.manner.wrapped))

    def _hidden(self) -> set[int]:
        folds = self.page.folds if self.page else ()
        return {first for first, _ in folds} - self.manner.opened

    def _lay_out(self, manner: Manner) -> None:
        """Lay the mail out anew, keeping the first line in sight where it is."""
        self.manner = manner
        old = self._sheet
        if old is None:
            return
        new = broken(old.page, self.text_width, manner)
        self.spot = None
        self._take(new)
        if old.width and len(old.rows):
            top = old.rows[min(self.scroll_offset.y, len(old.rows) - 1)].line
            self.scroll_to(y=new.rows.at_line(top), animate=False)
            if manner.wrapped:
                self.scroll_to(x=0, animate=False)
        else:  # there was no room before
            self._show_highlighted()

    def on_resize(self) -> None:
        """Break the lines anew."""
        if self._sheet is not None and self.text_width != self._sheet.width:
            self._lay_out(self.manner)

    def _take(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._targets = dict(sheet.page.targets)
        set_virtual_size(self, Size(0 if sheet.manner.wrapped else sheet.page.widest, len(sheet.rows)))
        self._forget_drawn()

    # Moving about.

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
        self.scroll_to(x=self.scroll_offset.x + _COLUMNS, animate=False)

    def action_scroll_left(self) -> None:
        """Scroll to the left by a few columns."""
        self.scroll_to(x=self.scroll_offset.x - _COLUMNS, animate=False)

    def action_top(self) -> None:
        """Go to the headers."""
        self._to_end = False
        self.scroll_to(y=0, animate=False)

    def action_bottom(self) -> None:
        """Go to the end, also of what is not there yet."""
        self.scroll_to(y=self.max_scroll_y, animate=False)
        self._to_end = self.page is not None and not self.page.whole

    # Links, folds, and lines that lead to other mails.

    def action_spot(self, direction: int) -> None:
        """Choose the next or previous thing to be followed, from the one chosen or from what is in sight."""
        found = next(self._spots(direction), None)
        if found is None:
            return
        self.spot = found
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if not top <= found.row < top + height:
            self.scroll_to(y=max(found.row - height // 3, 0), animate=False)
        self._forget_drawn()

    def _spots(self, direction: int) -> Iterator[Spot]:
        if self._sheet is None:
            return
        rows, here = self._sheet.rows, self.spot
        if here is not None:
            same = self._spots_of(here.row)[::direction]
            yield from same[same.index(here) + 1 :]
            start = here.row + direction
        else:
            start = self.scroll_offset.y if direction > 0 else self.scroll_offset.y + self.size.height - 1
        for at in range(min(start, len(rows) - 1), len(rows) if direction > 0 else -1, direction):
            yield from self._spots_of(at)[::direction]

    def _spots_of(self, at: int) -> list[Spot]:
        """What can be followed from a row of the screen; a link that is broken over several, from its first."""
        if self._sheet is None or at >= len(self._sheet.rows):
            return []
        row, page = self._sheet.rows[at], self._sheet.page
        one = page.lines[row.line]
        if row.hidden:
            return [Spot(Span(row.line, 0, 0), at, fold=True)]
        target = self._targets.get(row.line, "")
        if target and row.start == 0 and one.kind != "excerpt":
            start = len(one.text) - len(one.text.lstrip())
            return [Spot(Span(row.line, start, len(one.text)), at, message_id=target)]
        found = [(start, end) for start, end in links(one) if row.start <= start < max(row.end, 1)]
        return [Spot(Span(row.line, start, end), at, link=one.text[start:end]) for start, end in found]

    def target_in_sight(self) -> str:
        """The mail that the lines in sight lead to: by the last line above the middle that leads to one."""
        if self._sheet is None or not len(self._sheet.rows):
            return ""
        rows = self._sheet.rows
        middle = rows[min(self.scroll_offset.y + self.size.height // 2, len(rows) - 1)].line
        above = [number for number in self._targets if number <= middle]
        return self._targets[max(above)] if above else ""

    def action_follow(self) -> None:
        """Open the fold that is chosen, or say where the link leads."""
        if self.spot is not None:
            self._follow(self.spot)

    def _follow(self, spot: Spot) -> None:
        if spot.fold:
            self._lay_out(replace(self.manner, opened=self.manner.opened | {spot.span.line}))
        else:
            self.post_message(self.Followed(spot))

    def on_click(self, event: events.Click) -> None:
        """Follow what was clicked; a click anywhere else is the beginning of a selection."""
        offset = event.get_content_offset(self)
        if offset is None or self._sheet is None or self.text_selection is not None:
            return
        at = offset.y + self.scroll_offset.y
        for spot in self._spots_of(at):
            row, text = self._sheet.rows[at], self._sheet.page.lines[spot.span.line].text
            first = cell_len(text[row.start : spot.span.start]) + cell_len(row.prefix) - self.scroll_offset.x
            if spot.fold or first <= offset.x < first + cell_len(text[spot.span.start : spot.span.end]):
                self._follow(spot)
                return
        if at < len(self._sheet.rows):
            line = self._sheet.rows[at].line
            if target := self._targets.get(line):
                self._follow(Spot(Span(line, 0, 0), at, message_id=target))

    # Drawing.

    def notify_style_update(self) -> None:
        """Forget what was drawn with the colours of the theme that was."""
        super().notify_style_update()
        self._drawn.clear()

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected with the mouse."""
        self._forget_drawn()

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The text that is selected with the mouse, as it stands on the screen."""
        rows = self._sheet.rows if self._sheet else ()
        return selection.extract("\n".join(self._text(row) for row in rows)), "\n"

    def _text(self, row: Row) -> str:
        return row.prefix + self.page.lines[row.line].text[row.start : row.end] if self.page else ""

    def render_line(self, y: int) -> Strip:
        """Draw a line of the screen."""
        left, top = self.scroll_offset
        place = (left, self.text_width, self.text_selection)
        if place != self._place:
            self._drawn.clear()
            self._place = place
        drawn = self._drawn.get(top + y)
        if drawn is None:
            drawn = self._drawn[top + y] = self._draw(top + y)
        if not self._ahead:
            self._ahead = True
            self.set_timer(_REST_SECONDS, self._draw_ahead)
        return drawn

    def _draw(self, at: int) -> Strip:
        """Draw a row: its pieces, what is marked on them, and as much of it as is in sight."""
        left, width = self.scroll_offset.x, self.text_width
        sheet = self._sheet
        if sheet is None or at >= len(sheet.rows):
            return Strip.blank(width, self.base_style)
        row = sheet.rows[at]
        pieces = row_pieces(sheet.page, row, self.highlighted, self.spot.span if self.spot else None, self.hint)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(at)) is not None:
            start, end = span
            pieces = overlay(pieces, start, len(self._text(row)) if end == -1 else end, "selected")
        strip = self.style_cache.strip(pieces, self.base_style)
        beside = self.base_style + self.style_cache.style(ground(sheet.page, row))
        return strip.crop_extend(left, left + width, beside).apply_offsets(left, at)

    def _draw_ahead(self) -> None:
        """Draw a few of the lines that come into sight next, so that paging finds them drawn."""
        self._ahead = False
        count = len(self._sheet.rows) if self._sheet else 0
        height = self.size.height
        first = self.scroll_offset.y + height
        if len(self._drawn) > _KEPT * max(height, 1):
            self._drawn.clear()
            return
        missing = [at for at in range(first, min(first + _SCREENFULS * height, count)) if at not in self._drawn]
        for at in missing[:_AT_ONCE]:
            self._drawn[at] = self._draw(at)
        if len(missing) > _AT_ONCE:
            self._ahead = True
            self.set_timer(_STEP_SECONDS, self._draw_ahead)

    def _forget_drawn(self) -> None:
        self._drawn.clear()
        self.refresh()
