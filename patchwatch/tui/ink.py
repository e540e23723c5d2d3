"""Colours and weights by what they mean, and text drawn with them.

Widgets draw `pieces`: texts with the name of an ink.  A piece's text is plain characters, never markup, and must have
passed patchwatch.printable if it came from mail.  The colours are theme variables, so that a theme can change them all;
nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.theme import Theme

Piece: TypeAlias = tuple[str, str]
"""A text and the names of its inks, separated by spaces; later ones win."""

INKS = {
    "strong": "bold",
    "slanted": "italic",
    "dim": "$ink-dim",
    "faint": "$ink-faint",
    "accent": "$ink-accent",
    "good": "$ink-good",
    "warn": "$ink-warn",
    "bad": "$ink-bad",
    "calm": "$ink-calm",
    "quote": "$ink-quote",
    "requote": "$ink-requote",
    "chosen": "bold $background on $ink-accent",
    "evidence": "bold underline $ink-evidence on $ink-evidence-ground",
    "selected": "on $ink-selected-ground",
}

DARK = Theme(
    name="patchwatch-dark",
    primary="#8ab4f8",
    secondary="#7cc7c4",
    accent="#8ab4f8",
    foreground="#d7dae0",
    background="#14161a",
    surface="#1a1d23",
    panel="#22262e",
    success="#8fcb9b",
    warning="#e5b567",
    error="#ec8a8f",
    variables={
        "ink-dim": "#8b93a1",
        "ink-faint": "#49505c",
        "ink-accent": "#8ab4f8",
        "ink-good": "#8fcb9b",
        "ink-warn": "#e5b567",
        "ink-bad": "#ec8a8f",
        "ink-calm": "#7cc7c4",
        "ink-quote": "#91a5c4",
        "ink-requote": "#a598c0",
        "ink-evidence": "#f7dc9c",
        "ink-evidence-ground": "#4a3c17",
        "ink-selected-ground": "#35507a",
        "cursor-ground": "#262d3a",
        "cursor-ground-blurred": "#1c2027",
        "rule": "#2c313b",
        "footer-background": "#1a1d23",
        "footer-item-background": "#1a1d23",
        "footer-key-background": "#1a1d23",
        "footer-description-background": "#1a1d23",
        "footer-key-foreground": "#8ab4f8",
        "footer-description-foreground": "#8b93a1",
        "scrollbar": "#333a46",
        "scrollbar-hover": "#48515f",
        "scrollbar-active": "#8ab4f8",
        "scrollbar-background": "#14161a",
        "scrollbar-background-hover": "#14161a",
        "scrollbar-background-active": "#14161a",
        "scrollbar-corner-color": "#14161a",
    },
)


def definition(ink: str) -> str:
    """The inks of a piece as one of Textual's style definitions."""
    return " ".join(INKS[name] for name in ink.split())


def content(pieces: Iterable[Piece]) -> Content:
    """Pieces as something that a Static can show."""
    return Content.assemble(*((text, definition(ink)) if ink else text for text, ink in pieces))


class Palette:
    """The inks of the theme in force, as rich styles; throw it away when the theme changes."""

    def __init__(self) -> None:
        self._styles: dict[str, RichStyle] = {"": RichStyle.null()}

    def style(self, ink: str) -> RichStyle:
        """The rich style of the inks of a piece; needs a running app, for its theme."""
        found = self._styles.get(ink)
        if found is None:
            found = RichStyle.combine(Style.parse(INKS[name]).rich_style for name in ink.split())
            self._styles[ink] = found
        return found

    def strip(self, pieces: Sequence[Piece], ground: RichStyle) -> Strip:
        """Pieces as a line on `ground`."""
        return Strip([Segment(text, ground + self.style(ink)) for text, ink in pieces if text])


def overlay(pieces: Iterable[Piece], start: int, end: int, ink: str) -> list[Piece]:
    """`pieces` with `ink` laid over the characters from `start` up to `end`."""
    laid: list[Piece] = []
    at = 0
    for text, under in pieces:
        first, last = max(start - at, 0), min(end - at, len(text))
        at += len(text)
        if first >= last:
            laid.append((text, under))
            continue
        cut = ((text[:first], under), (text[first:last], f"{under} {ink}".strip()), (text[last:], under))
        laid.extend(piece for piece in cut if piece[0])
    return laid
