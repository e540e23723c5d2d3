"""A long list with a cursor: draws the rows in sight and nothing else.

Rows are told apart by a key that outlives them, so that a list that changes underneath keeps its cursor on the same row
and, once scrolled, the same row on the same line of the screen.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from patchwatch.tui.base.screen import set_virtual_size
from patchwatch.tui.base.theme import Styled, StyledText
from patchwatch.tui.render.columns import fit_pieces

Row = TypeVar("Row")

_KEPT = 400  # rows as they were drawn, of some kB each
_CONTEXT = 1  # rows kept in sight above and below the cursor


class RowList(ScrollView, Styled, Generic[Row], can_focus=True, inherit_bindings=False):
    """The list; a subclass says what a row is called and how it is drawn."""

    ALLOW_SELECT = False
    KEEPS_STRIPS = False  # a subclass whose rows look the same until `set_rows` or `redraw` says so
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rowlist--cursor"}
    DEFAULT_CSS = """
    RowList {
        background: $background;
        overflow-x: hidden;
        overflow-y: scroll; /* with "auto", nothing scrolls before the layout that brings the scrollbar */
        scrollbar-size-vertical: 1;
        & > .rowlist--cursor { background: $cursor-background-blurred; }
        &:focus > .rowlist--cursor { background: $cursor-background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False, id="list.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="list.up"),
        Binding("g,home", "first", "First", show=False, id="list.first"),
        Binding("G,end", "last", "Last", show=False, id="list.last"),
        Binding("enter", "choose", "Open", id="list.open"),
    ]

    class Happened(Message):
        """Something happened in a list."""

        def __init__(self, rows: RowList[Any]) -> None:
            """`rows` is the list it happened in."""
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> RowList[Any]:
            """The list it happened in."""
            return self.rows

    class Moved(Happened):
        """The cursor is on another row."""

    class Chosen(Happened):
        """The row under the cursor was chosen, by Enter or with the mouse."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        """An empty list; `set_rows` fills it."""
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.cursor = 0
        self.look: Hashable = None  # what a row looks like depends on this, beside its width and itself
        self._strips: dict[tuple[Hashable, int, Hashable], list[Strip]] = {}  # rows as drawn: by row, width, look
        self._height = 1  # of a row, in the frame that is being drawn

    @abstractmethod
    def key_of(self, row: Row) -> Hashable:
        """What tells `row` from others and outlives it."""

    @abstractmethod
    def draw(self, row: Row, index: int, width: int) -> list[list[StyledText]]:
        """The lines of `row`, `row_height` of them; each is cut and filled to `width`."""

    @property
    def row_height(self) -> int:
        """How many lines each row takes."""
        return 1

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def set_rows(self, rows: Sequence[Row], *, anew: bool = True) -> None:
        """Show `rows`, keeping cursor and scroll where they are; unless `anew`, those that were shown look the same."""
        if anew:
            self._strips.clear()
        old = self.row
        old_key = None if old is None else self.key_of(old)
        at = self.cursor
        self.rows = rows
        kept = self._index_of(old_key)
        self.cursor = min(at, max(len(rows) - 1, 0)) if kept is None else kept
        scrolled = self.scroll_offset.y
        self._measure()
        if scrolled and self.cursor != at:
            self.scroll_to(y=scrolled + (self.cursor - at) * self.row_height, animate=False)
        self.refresh()
        new = self.row
        if old_key != (None if new is None else self.key_of(new)):
            self._bring_into_sight()
            self.post_message(self.Moved(self))

    def redraw(self) -> None:
        """Draw all rows anew, for something else than the rows has changed."""
        self._strips.clear()
        self.refresh()

    def redraw_row(self, key: Hashable) -> None:
        """Draw the row called `key` anew, for something else than the row has changed."""
        for kept in [kept for kept in self._strips if kept[0] == key]:
            del self._strips[kept]
        index = self._index_of(key)
        if index is not None:
            self.refresh_lines(index * self.row_height, self.row_height)

    def select(self, key: Hashable) -> bool:
        """Put the cursor on the row called `key`; whether there is one."""
        index = self._index_of(key)
        if index is None:
            return False
        self._go(index)
        return True

    def _index_of(self, key: Hashable) -> int | None:
        return next((index for index, other in enumerate(map(self.key_of, self.rows)) if other == key), None)

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self._go(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by as many rows as are in sight."""
        self._go(self.cursor + pages * max(self.size.height // self.row_height - 1, 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go(len(self.rows) - 1)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.rows:
            self.post_message(self.Chosen(self))

    def _go(self, index: int) -> None:
        index = max(0, min(index, len(self.rows) - 1))
        if not self.rows or index == self.cursor:
            return
        before, self.cursor = self.cursor, index
        for changed in (before, index):
            self.refresh_lines(changed * self.row_height, self.row_height)
        self._bring_into_sight()
        self.post_message(self.Moved(self))

    def _bring_into_sight(self) -> None:
        height, top = self.size.height, self.scroll_offset.y
        if not height:
            return
        context = _CONTEXT * self.row_height if height > 6 * self.row_height else 0
        first = self.cursor * self.row_height
        last = first + self.row_height
        if first - context < top:
            self.scroll_to(y=max(first - context, 0), animate=False)
        elif last + context > top + height:
            self.scroll_to(y=last + context - height, animate=False)

    def _measure(self) -> None:
        size = Size(0, len(self.rows) * self.row_height)
        if self.styles.is_auto_height:
            self.virtual_size = size
        else:
            set_virtual_size(self, size)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._measure()
        self._bring_into_sight()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; a click on the cursor chooses."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = (offset.y + self.scroll_offset.y) // self.row_height
        if index >= len(self.rows):
            return
        if index == self.cursor:
            self.action_choose()
        self._go(index)

    def notify_style_update(self) -> None:
        """Forget what was drawn with the colours of the theme that was."""
        super().notify_style_update()
        self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines of the screen."""
        self._height = self.row_height
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw a line of the screen."""
        width = self.scrollable_content_region.width
        index, within = divmod(y + self.scroll_offset.y, self._height)
        if index >= len(self.rows):
            return Strip.blank(width, self.base_style)
        row = self.rows[index]
        if index == self.cursor:
            return self._cursor_strips(row, index, width)[within]
        if not self.KEEPS_STRIPS:
            return self._drawn(row, index, width, (" ", ""), self.base_style)[within]
        key = (self.key_of(row), width, self.look)
        strips = self._strips.get(key)
        if strips is None:
            if len(self._strips) >= _KEPT:
                self._strips.clear()
            strips = self._strips[key] = self._drawn(row, index, width, (" ", ""), self.base_style)
        return strips[within]

    def _cursor_strips(self, row: Row, index: int, width: int) -> list[Strip]:
        ground = self.rich_style + self.get_component_rich_style("rowlist--cursor", partial=True)
        mark = "▌" if self.has_focus else "▏"
        if not self.app.native_ansi_color:
            return self._drawn(row, index, width, (mark, "accent"), ground)
        return self._drawn(row, index, width, (mark, ""), ground, plain=True)  # reversed: no coloured blots

    def _drawn(
        self, row: Row, index: int, width: int, mark: StyledText, ground: Style, *, plain: bool = False
    ) -> list[Strip]:
        lines = self.draw(row, index, width - 1)
        lines += [[] for _ in range(self._height - len(lines))]
        if plain:
            lines = [[(text, "strong" if "strong" in ink.split() else "") for text, ink in line] for line in lines]
        return [self.style_cache.strip([mark, *fit_pieces(line, width - 1)], ground) for line in lines]
