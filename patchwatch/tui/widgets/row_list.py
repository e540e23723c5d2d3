"""A long list with a cursor that draws only visible rows.

Rows have a key that survives a reload: when the list changes, the cursor stays on the same row, and in a scrolled list
that row stays on the same line of the screen.
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

_CACHED_ROWS = 400  # of a few kB each
_CONTEXT = 1  # rows visible above and below the cursor


class RowList(ScrollView, Styled, Generic[Row], can_focus=True, inherit_bindings=False):
    """The list; a subclass defines the key of a row and how it is drawn."""

    ALLOW_SELECT = False
    CACHES_ROWS = False  # True in a subclass whose rows look the same until `set_rows` or `redraw`
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

    class ListMessage(Message):
        """A message with the list that sent it."""

        def __init__(self, rows: RowList[Any]) -> None:
            """`rows` is the list that sent it."""
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> RowList[Any]:
            """The list that sent it."""
            return self.rows

    class Moved(ListMessage):
        """The cursor is on another row."""

    class Chosen(ListMessage):
        """The row under the cursor was chosen, by Enter or with the mouse."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        """An empty list; `set_rows` fills it."""
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.cursor = 0
        self.variant: Hashable = None  # rows are drawn differently for another value; part of the cache key
        self._strips: dict[tuple[Hashable, int, Hashable], list[Strip]] = {}  # by row, width and variant
        self._height = 1  # of a row, in the current frame

    @abstractmethod
    def key_of(self, row: Row) -> Hashable:
        """The key of `row`, which survives a reload."""

    def drawn_as(self, row: Row) -> Hashable:
        """A key of what is drawn for `row`, as long as `redraw` is not called."""
        return self.key_of(row)

    @abstractmethod
    def draw(self, row: Row, index: int, width: int) -> list[list[StyledText]]:
        """The `row_height` lines of `row`; each is cut or padded to `width`."""

    @property
    def row_height(self) -> int:
        """The number of lines that a row takes."""
        return 1

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def set_rows(self, rows: Sequence[Row], *, redraw: bool = True) -> None:
        """Show `rows`, keeping cursor and scroll position; `redraw=False`: rows with a known key look the same."""
        if redraw:
            self._strips.clear()
        old_key = self._key
        at = self.cursor
        self.rows = rows
        index = self._index_of(old_key)
        self.cursor = min(at, max(len(rows) - 1, 0)) if index is None else index
        scrolled = self.scroll_offset.y
        self._measure()
        if scrolled and self.cursor != at:
            self.scroll_to(y=scrolled + (self.cursor - at) * self.row_height, animate=False, immediate=True)
        self.refresh()
        self._scroll_to_cursor()
        if old_key != self._key:
            self.post_message(self.Moved(self))

    @property
    def _key(self) -> Hashable:
        """The key of the row under the cursor; None without rows."""
        return self.key_of(self.rows[self.cursor]) if self.rows else None

    def redraw(self) -> None:
        """Draw all rows again, because something besides the rows changed."""
        self._strips.clear()
        self.refresh()

    def redraw_row(self, key: Hashable) -> None:
        """Draw the row with this key again, because something besides the row changed."""
        for cached in [cached for cached in self._strips if cached[0] == key]:
            del self._strips[cached]
        index = self._index_of(key)
        if index is not None:
            self.refresh_lines(index * self.row_height, self.row_height)

    def select(self, key: Hashable) -> bool:
        """Put the cursor on the row with this key; False if there is none."""
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
        """Move the cursor by a screenful."""
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
        self._scroll_to_cursor()
        self.post_message(self.Moved(self))

    def _scroll_to_cursor(self) -> None:
        height, top = self.size.height, self.scroll_offset.y
        if not height:
            return
        context = _CONTEXT * self.row_height if height > 6 * self.row_height else 0
        first = self.cursor * self.row_height
        last = first + self.row_height
        if first - context < top:
            self.scroll_to(y=max(first - context, 0), animate=False, immediate=True)
        elif last + context > top + height:
            self.scroll_to(y=last + context - height, animate=False, immediate=True)

    def _measure(self) -> None:
        size = Size(0, len(self.rows) * self.row_height)
        if self.styles.is_auto_height:
            self.virtual_size = size
        else:
            set_virtual_size(self, size)

    def on_resize(self) -> None:
        """Keep the cursor visible."""
        self._measure()
        self._scroll_to_cursor()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked; a click on the cursor chooses the row."""
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
        """Drop the cached rows, which have the colors of another theme."""
        super().notify_style_update()
        self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines of the terminal."""
        self._height = self.row_height
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw a line of the terminal."""
        width = self.scrollable_content_region.width
        index, within = divmod(y + self.scroll_offset.y, self._height)
        if index >= len(self.rows):
            return Strip.blank(width, self.base_style)
        row = self.rows[index]
        if index == self.cursor:
            return self._cursor_strips(row, index, width)[within]
        if not self.CACHES_ROWS:
            return self._drawn(row, index, width, (" ", ""), self.base_style)[within]
        key = (self.drawn_as(row), width, self.variant)
        strips = self._strips.get(key)
        if strips is None:
            if len(self._strips) >= _CACHED_ROWS:
                self._strips.clear()
            strips = self._strips[key] = self._drawn(row, index, width, (" ", ""), self.base_style)
        return strips[within]

    def _cursor_strips(self, row: Row, index: int, width: int) -> list[Strip]:
        base_style = self.rich_style + self.get_component_rich_style("rowlist--cursor", partial=True)
        mark = "▌" if self.has_focus else "▏"
        if not self.app.native_ansi_color:
            return self._drawn(row, index, width, (mark, "accent"), base_style)
        return self._drawn(
            row, index, width, (mark, ""), base_style, plain=True
        )  # the row is reversed; colors would become blots

    def _drawn(
        self, row: Row, index: int, width: int, mark: StyledText, base_style: Style, *, plain: bool = False
    ) -> list[Strip]:
        lines = self.draw(row, index, width - 1)
        lines += [[] for _ in range(self._height - len(lines))]
        if plain:
            lines = [[(text, "strong" if "strong" in style.split() else "") for text, style in line] for line in lines]
        return [self.style_cache.strip([mark, *fit_pieces(line, width - 1)], base_style) for line in lines]
