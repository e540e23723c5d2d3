"""Text measured in terminal cells: a Chinese character takes two, a combining mark none.

Pure.  What goes into a column is cut and filled here, so that no name can push its neighbours out of line.  Nor pull
them: a terminal that knows the bidirectional algorithm would take the number in the next column into a Hebrew title, so
a mark that ends the right-to-left run follows it (Unicode UAX 9, 2.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, split_graphemes

from patchwatch.tui.ink import Piece

ELLIPSIS = "…"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LEFT_AGAIN = "\u200e"  # LEFT-TO-RIGHT MARK: takes no room

__all__ = ["ELLIPSIS", "cell_len", "fill", "fit", "fit_pieces", "width_of", "wrap"]


def fit(text: str, width: int) -> str:
    """`text`, cut with an ellipsis where it takes more than `width` cells."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    kept = 0
    used = 0
    for _, end, cells in split_graphemes(text)[0]:
        if used + cells > width - 1:
            break
        used += cells
        kept = end
    return text[:kept].rstrip() + ELLIPSIS


def fill(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: cut, or filled with spaces after it (`right`: before it)."""
    text = fit(text, width)
    space = " " * (width - cell_len(text))
    return space + _closed(text) if right else _closed(text) + space


def _closed(text: str) -> str:
    return text if text.isascii() or not _RIGHT_TO_LEFT.search(text) else text + _LEFT_AGAIN


def width_of(pieces: Iterable[Piece]) -> int:
    """How many cells the pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


def fit_pieces(pieces: Iterable[Piece], width: int, *, right: bool = False) -> list[Piece]:
    """The pieces in exactly `width` cells: cut, or filled with spaces after them (`right`: before them)."""
    kept: list[Piece] = []
    left = width
    for text, ink in pieces:
        cells = cell_len(text)
        if cells > left:
            text = fit(text, left)
            cells = cell_len(text)
            if text:
                kept.append((_closed(text), ink))
            left -= cells
            break
        kept.append((_closed(text), ink))
        left -= cells
    space = [(" " * left, "")] if left > 0 else []
    return space + kept if right else kept + space


def wrap(text: str, width: int, indent: int = 0, keep: int = 0) -> list[tuple[int, int]]:
    """Where to break `text` so that each piece fits: (start, end) pairs, at spaces where there are any.

    Pieces after the first have `indent` cells less.  The spaces that a line is broken at belong to neither piece.  The
    first `keep` characters are not torn apart, nor from what follows them.
    """
    if cell_len(text) <= width or width <= 0:
        return [(0, len(text))]
    if text.isascii():
        return _wrap_ascii(text, width, indent, keep)
    graphemes, _ = split_graphemes(text)
    spaces = [text[start:end] == " " for start, end, _ in graphemes]  # a space with a mark upon it is none
    pieces: list[tuple[int, int]] = []
    first, room = 0, width
    while (last := _fitting(graphemes, first, room)) < len(graphemes):
        start = graphemes[first][0]
        gap = last
        while gap > first and not spaces[gap]:
            gap -= 1
        following = gap
        while gap > first and spaces[gap - 1]:
            gap -= 1
        if gap > first and graphemes[gap][0] >= keep:
            while following < len(graphemes) and spaces[following]:
                following += 1
        else:
            gap = following = max(last, first + 1)
        pieces.append((start, graphemes[gap][0] if gap < len(graphemes) else len(text)))
        first, room = following, max(width - indent, 1)
    if first < len(graphemes):
        pieces.append((graphemes[first][0], len(text)))
    return pieces


def _wrap_ascii(text: str, width: int, indent: int, keep: int) -> list[tuple[int, int]]:
    """`wrap`, where a character is a cell: some twenty times as fast."""
    pieces: list[tuple[int, int]] = []
    start, room = 0, width
    while len(text) - start > room:
        following = text.rfind(" ", start, start + room + 1) + 1
        end = start + len(text[start:following].rstrip(" "))
        if end > start and end >= keep:
            while following < len(text) and text[following] == " ":
                following += 1
        else:
            end = following = start + room
        pieces.append((start, end))
        start, room = following, max(width - indent, 1)
    if start < len(text):
        pieces.append((start, len(text)))
    return pieces


def _fitting(graphemes: Sequence[tuple[int, int, int]], first: int, room: int) -> int:
    """The first grapheme, from `first` on, that does not fit into `room` cells any more."""
    for index in range(first, len(graphemes)):
        room -= graphemes[index][2]
        if room < 0:
            return index
    return len(graphemes)
