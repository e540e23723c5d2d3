"""Cut and pad text to exact widths in terminal cells.

Pure.  A right-to-left text is followed by a left-to-right mark: without it, a terminal with the bidirectional algorithm
would move the number in the next column into a Hebrew title (Unicode UAX 9, 2.6).
"""

from __future__ import annotations

from collections.abc import Iterable

from patchwatch.pattern import Pattern
from patchwatch.text_width import ELLIPSIS, cell_len, fit, wrap
from patchwatch.tui.base.theme import StyledText

_RIGHT_TO_LEFT = Pattern("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LEFT_AGAIN = "\u200e"  # LEFT-TO-RIGHT MARK, of width 0

__all__ = ["ELLIPSIS", "cell_len", "fit", "fit_pieces", "pad", "width_of", "wrap"]


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Cut or pad `text` to exactly `width` cells; `right`: align it right."""
    text = fit(text, width)
    space = " " * (width - cell_len(text))
    return space + _closed(text) if right else _closed(text) + space


def _closed(text: str) -> str:
    return text if text.isascii() or not _RIGHT_TO_LEFT.search(text) else text + _LEFT_AGAIN


def width_of(pieces: Iterable[StyledText]) -> int:
    """The width of styled text in cells."""
    return sum(cell_len(text) for text, _ in pieces)


def fit_pieces(pieces: Iterable[StyledText], width: int, *, right: bool = False) -> list[StyledText]:
    """Cut or pad styled text to exactly `width` cells; `right`: align it right."""
    kept: list[StyledText] = []
    left = width
    for text, style in pieces:
        cells = cell_len(text)
        if cells > left:
            if not left and kept and text.strip():  # cut between two pieces: mark that too
                text, style = kept.pop()
                left = cell_len(text)
                text += ELLIPSIS
            text = fit(text, left)
            cells = cell_len(text)
            if text:
                kept.append((_closed(text), style))
            left -= cells
            break
        kept.append((_closed(text), style))
        left -= cells
    space = [(" " * left, "")] if left > 0 else []
    return space + kept if right else kept + space
