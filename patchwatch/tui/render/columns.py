"""Columns of text: filled, cut, and kept from pulling at each other (patchwatch.text_width measures).

Pure.  What goes into a column is cut and filled here, so that no name can push its neighbours out of line.  Nor pull
them: a terminal that knows the bidirectional algorithm would take the number in the next column into a Hebrew title, so
a mark that ends the right-to-left run follows it (Unicode UAX 9, 2.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from patchwatch.text_width import ELLIPSIS, cell_len, fit, wrap
from patchwatch.tui.base.theme import StyledText

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LEFT_AGAIN = "\u200e"  # LEFT-TO-RIGHT MARK: takes no room

__all__ = ["ELLIPSIS", "cell_len", "fill", "fit", "fit_pieces", "width_of", "wrap"]


def fill(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: cut, or filled with spaces after it (`right`: before it)."""
    text = fit(text, width)
    space = " " * (width - cell_len(text))
    return space + _closed(text) if right else _closed(text) + space


def _closed(text: str) -> str:
    return text if text.isascii() or not _RIGHT_TO_LEFT.search(text) else text + _LEFT_AGAIN


def width_of(pieces: Iterable[StyledText]) -> int:
    """How many cells the pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


def fit_pieces(pieces: Iterable[StyledText], width: int, *, right: bool = False) -> list[StyledText]:
    """The pieces in exactly `width` cells: cut, or filled with spaces after them (`right`: before them)."""
    kept: list[StyledText] = []
    left = width
    for text, ink in pieces:
        cells = cell_len(text)
        if cells > left:
            if not left and kept and text.strip():  # it is cut between two pieces, which has to be seen as well
                text, ink = kept.pop()
                left = cell_len(text)
                text += ELLIPSIS
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
