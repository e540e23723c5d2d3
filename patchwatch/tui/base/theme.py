"""Colours and weights by what they mean, and text drawn with them.

Widgets draw `pieces`: texts with the name of an ink.  A piece's text is plain characters, never markup, and must have
passed patchwatch.sanitize if it came from mail.  The colours are theme variables, so that a theme can change them all;
nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.filter import ANSIToTruecolor, LineFilter
from textual.strip import Strip
from textual.style import Style
from textual.theme import BUILTIN_THEMES, Theme
from textual.widget import Widget

StyledText: TypeAlias = tuple[str, str]
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
    "chosen": "bold $ink-on-accent on $ink-accent",
    "tab": "$ink-on-accent on $ink-accent",
    "underlined": "underline",
    "evidence": "bold underline $ink-evidence on $ink-evidence-ground",
    "selected": "on $ink-selected-ground",
    "link": "underline",
    "added": "$ink-added",
    "removed": "$ink-removed",
    "code-keyword": "$ink-code-keyword",
    "code-type": "$ink-code-type",
    "code-string": "$ink-code-string",
    "code-number": "$ink-code-number",
    "code-name": "$ink-code-name",
    "code-directive": "$ink-code-directive",
    "code-comment": "italic $ink-code-comment",
}


def _theme(name: str, *, dark: bool, ground: str, raised: str, panel: str, text: str, inks: dict[str, str]) -> Theme:
    """A theme from the colours of its grounds, of its text, and of its inks."""
    accent, dim = inks["ink-accent"], inks["ink-dim"]
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=inks["ink-calm"],
        accent=accent,
        foreground=text,
        background=ground,
        surface=raised,
        panel=panel,
        success=inks["ink-good"],
        warning=inks["ink-warn"],
        error=inks["ink-bad"],
        variables={
            **inks,
            "footer-background": raised,
            "footer-item-background": raised,
            "footer-key-background": raised,
            "footer-description-background": raised,
            "footer-key-foreground": accent,
            "footer-description-foreground": dim,
            "scrollbar-active": accent,
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "scrollbar-corner-color": ground,
            "block-cursor-background": inks["cursor-ground"],
            "block-cursor-foreground": text,
            "block-cursor-blurred-background": inks["cursor-ground"],
            "block-cursor-blurred-foreground": text,
        },
    )


DARK = _theme(
    "patchwatch-dark",
    dark=True,
    ground="#14161a",
    raised="#1a1d23",
    panel="#22262e",
    text="#d7dae0",
    inks={
        "ink-dim": "#9098a6",
        "ink-faint": "#49505c",
        "ink-accent": "#8ab4f8",
        "ink-on-accent": "#14161a",
        "ink-good": "#8fcb9b",
        "ink-warn": "#e5b567",
        "ink-bad": "#ec8a8f",
        "ink-calm": "#7cc7c4",
        "ink-quote": "#91a5c4",
        "ink-requote": "#a598c0",
        "ink-evidence": "#f7dc9c",
        "ink-evidence-ground": "#4a3c17",
        "ink-selected-ground": "#35507a",
        "ink-added": "on #14281d",
        "ink-removed": "on #331a1e",
        "ink-code-keyword": "#c4a7e7",
        "ink-code-type": "#7cc7c4",
        "ink-code-string": "#dcbf85",
        "ink-code-number": "#e0a080",
        "ink-code-name": "#8ab4f8",
        "ink-code-directive": "#d49ac0",
        "ink-code-comment": "#8f98a6",
        "cursor-ground": "#262d3a",
        "cursor-ground-blurred": "#1c2027",
        "field-ground": "#22262e",
        "rule": "#2c313b",
        "scrollbar": "#333a46",
        "scrollbar-hover": "#48515f",
    },
)

LIGHT = _theme(
    "patchwatch-light",
    dark=False,
    ground="#fbfbf9",
    raised="#f0f0ec",
    panel="#e6e6e1",
    text="#22262e",
    inks={
        "ink-dim": "#5d6470",
        "ink-faint": "#b4b8bf",
        "ink-accent": "#1a5fb4",
        "ink-on-accent": "#ffffff",
        "ink-good": "#1f6f3a",
        "ink-warn": "#8a5200",
        "ink-bad": "#b3261e",
        "ink-calm": "#0b6b68",
        "ink-quote": "#40597d",
        "ink-requote": "#66528c",
        "ink-evidence": "#4a3500",
        "ink-evidence-ground": "#fbe7a8",
        "ink-selected-ground": "#bcd5f5",
        "cursor-ground": "#dde7f5",
        "cursor-ground-blurred": "#ededea",
        "field-ground": "#e6e6e1",
        "ink-added": "on #dff2e1",
        "ink-removed": "on #fbe2e0",
        "ink-code-keyword": "#7a3e9d",
        "ink-code-type": "#0b6b68",
        "ink-code-string": "#8a5200",
        "ink-code-number": "#a03d1f",
        "ink-code-name": "#1a5fb4",
        "ink-code-directive": "#9b2c6f",
        "ink-code-comment": "#5d6470",
        "rule": "#d3d4d0",
        "scrollbar": "#c9ccd1",
        "scrollbar-hover": "#aab0b8",
    },
)

# The terminal's own colours.  It is not known whether they are on black or on white, so only those are used that can be
# read on both; grounds are not coloured, and the cursor's row is drawn in reverse (patchwatch.tcss).
_TERMINAL = BUILTIN_THEMES["ansi-dark"]  # for the variables that Textual wants of such a theme
ANSI = replace(
    _TERMINAL,
    name="patchwatch-ansi",
    primary="ansi_bright_blue",
    secondary="ansi_default",
    accent="ansi_bright_blue",
    warning="ansi_magenta",
    variables={
        **_TERMINAL.variables,
        "ink-dim": "ansi_bright_black",
        "ink-faint": "ansi_bright_black",
        "ink-accent": "ansi_bright_blue",
        "ink-on-accent": "ansi_bright_white",
        "ink-good": "ansi_green",
        "ink-warn": "ansi_magenta",
        "ink-bad": "ansi_red",
        "ink-calm": "ansi_default",
        "ink-quote": "ansi_bright_black",
        "ink-requote": "ansi_magenta",
        "ink-evidence": "ansi_black",
        "ink-evidence-ground": "ansi_yellow",
        "ink-selected-ground": "ansi_bright_black",
        "cursor-ground": "ansi_default",
        "cursor-ground-blurred": "ansi_default",
        "field-ground": "ansi_default",
        "ink-added": "ansi_green",
        "ink-removed": "ansi_red",
        "ink-code-keyword": "bold",
        "ink-code-type": "ansi_default",
        "ink-code-string": "ansi_default",
        "ink-code-number": "ansi_default",
        "ink-code-name": "ansi_default",
        "ink-code-directive": "ansi_magenta",
        "ink-code-comment": "ansi_bright_black",
        "rule": "ansi_bright_black",
        "border": "ansi_bright_black",
        "border-blurred": "ansi_bright_black",
        "footer-background": "ansi_default",
        "footer-item-background": "ansi_default",
        "footer-key-background": "ansi_default",
        "footer-description-background": "ansi_default",
        "footer-key-foreground": "ansi_bright_blue",
        "footer-description-foreground": "ansi_default",
        "scrollbar": "ansi_bright_black",
        "scrollbar-hover": "ansi_bright_blue",
        "scrollbar-active": "ansi_bright_blue",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
        "scrollbar-corner-color": "ansi_default",
        "block-cursor-foreground": "ansi_bright_white",
        "block-cursor-background": "ansi_bright_blue",
        "block-cursor-blurred-foreground": "ansi_bright_white",
        "block-cursor-blurred-background": "ansi_bright_blue",
        "input-cursor-background": "ansi_bright_blue",
        "input-cursor-foreground": "ansi_bright_white",
        "input-cursor-text-style": "none",
        "input-selection-background": "ansi_bright_blue",
        "input-selection-foreground": "ansi_bright_white",
        "screen-selection-background": "ansi_bright_blue",
        "screen-selection-foreground": "ansi_bright_white",
    },
)

THEMES = {"dark": DARK, "light": LIGHT, "ansi": ANSI}
"""By their names in the config."""


def definition(ink: str) -> str:
    """The inks of a piece as one of Textual's style definitions."""
    return " ".join(INKS[name] for name in ink.split())


def content(pieces: Iterable[StyledText]) -> Content:
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

    def strip(self, pieces: Sequence[StyledText], ground: RichStyle) -> Strip:
        """Pieces as a line on `ground`; neighbours of one ink in one segment, for each costs time further on."""
        joined: list[tuple[str, str]] = []
        for text, ink in pieces:
            if joined and (joined[-1][1] == ink or not text):
                joined[-1] = (joined[-1][0] + text, joined[-1][1])
            elif text:
                joined.append((text, ink))
        return Strip([Segment(text, ground + self.style(ink)) for text, ink in joined])


class Styled(Widget):
    """A widget that draws its lines with inks alone, and keeps those of the theme until another is chosen."""

    def __init__(self, *children: Widget, **options: Any) -> None:
        """As any widget."""
        super().__init__(*children, **options)
        self.palette = Palette()
        self._ground: RichStyle | None = None

    @property
    def ground(self) -> RichStyle:
        """What the lines are drawn on."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def notify_style_update(self) -> None:
        """Forget the colours of the theme that was."""
        super().notify_style_update()
        self.palette = Palette()
        self._ground = None

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What the lines go through on their way to the screen.

        One of Textual's filters turns a terminal's own colours into those of a theme.  It looks at every segment of
        every frame, and our themes have no such colours, except the one that wants them left as they are.
        """
        return [one for one in super().get_line_filters() if not isinstance(one, ANSIToTruecolor)]


def overlay(pieces: Iterable[StyledText], start: int, end: int, ink: str) -> list[StyledText]:
    """`pieces` with `ink` laid over the characters from `start` up to `end`."""
    laid: list[StyledText] = []
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
