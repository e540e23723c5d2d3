"""Themes, styles named by their meaning, and styled text.

Widgets draw `pieces`: pairs of a text and the name of a style.  The text is plain, never markup, and must have passed
patchwatch.sanitize if it came from mail.  The colors are theme variables, so that a theme can change them all; color is
never the only sign of anything.
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
"""A text and the names of its styles, separated by spaces; later ones win."""

STYLES = {
    "strong": "bold",
    "slanted": "italic",
    "dim": "$color-dim",
    "faint": "$color-faint",
    "accent": "$color-accent",
    "good": "$color-good",
    "warn": "$color-warn",
    "bad": "$color-bad",
    "calm": "$color-calm",
    "quote": "$color-quote",
    "requote": "$color-requote",
    "chosen": "bold $color-on-accent on $color-accent",
    "tab": "$color-on-accent on $color-accent",
    "underlined": "underline",
    "evidence": "bold underline $color-evidence on $color-evidence-background",
    "selected": "on $color-selected-background",
    "link": "underline",
    "added": "$color-added",
    "removed": "$color-removed",
    "code-keyword": "$color-code-keyword",
    "code-type": "$color-code-type",
    "code-string": "$color-code-string",
    "code-number": "$color-code-number",
    "code-name": "$color-code-name",
    "code-directive": "$color-code-directive",
    "code-comment": "italic $color-code-comment",
}


def _theme(
    name: str, *, dark: bool, background: str, surface: str, panel: str, text: str, colors: dict[str, str]
) -> Theme:
    """A theme from the colors of its backgrounds, its text and its styles."""
    accent, dim = colors["color-accent"], colors["color-dim"]
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=colors["color-calm"],
        accent=accent,
        foreground=text,
        background=background,
        surface=surface,
        panel=panel,
        success=colors["color-good"],
        warning=colors["color-warn"],
        error=colors["color-bad"],
        variables={
            **colors,
            "footer-background": surface,
            "footer-item-background": surface,
            "footer-key-background": surface,
            "footer-description-background": surface,
            "footer-key-foreground": accent,
            "footer-description-foreground": dim,
            "scrollbar-active": accent,
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "scrollbar-corner-color": background,
            "block-cursor-background": colors["cursor-background"],
            "block-cursor-foreground": text,
            "block-cursor-blurred-background": colors["cursor-background"],
            "block-cursor-blurred-foreground": text,
        },
    )


DARK = _theme(
    "patchwatch-dark",
    dark=True,
    background="#14161a",
    surface="#1a1d23",
    panel="#22262e",
    text="#d7dae0",
    colors={
        "color-dim": "#9098a6",
        "color-faint": "#49505c",
        "color-accent": "#8ab4f8",
        "color-on-accent": "#14161a",
        "color-good": "#8fcb9b",
        "color-warn": "#e5b567",
        "color-bad": "#ec8a8f",
        "color-calm": "#7cc7c4",
        "color-quote": "#91a5c4",
        "color-requote": "#a598c0",
        "color-evidence": "#f7dc9c",
        "color-evidence-background": "#4a3c17",
        "color-selected-background": "#35507a",
        "color-added": "on #14281d",
        "color-removed": "on #331a1e",
        "color-code-keyword": "#c4a7e7",
        "color-code-type": "#7cc7c4",
        "color-code-string": "#dcbf85",
        "color-code-number": "#e0a080",
        "color-code-name": "#8ab4f8",
        "color-code-directive": "#d49ac0",
        "color-code-comment": "#8f98a6",
        "cursor-background": "#262d3a",
        "cursor-background-blurred": "#1c2027",
        "field-background": "#22262e",
        "rule": "#2c313b",
        "scrollbar": "#333a46",
        "scrollbar-hover": "#48515f",
    },
)

LIGHT = _theme(
    "patchwatch-light",
    dark=False,
    background="#fbfbf9",
    surface="#f0f0ec",
    panel="#e6e6e1",
    text="#22262e",
    colors={
        "color-dim": "#5d6470",
        "color-faint": "#b4b8bf",
        "color-accent": "#1a5fb4",
        "color-on-accent": "#ffffff",
        "color-good": "#1f6f3a",
        "color-warn": "#8a5200",
        "color-bad": "#b3261e",
        "color-calm": "#0b6b68",
        "color-quote": "#40597d",
        "color-requote": "#66528c",
        "color-evidence": "#4a3500",
        "color-evidence-background": "#fbe7a8",
        "color-selected-background": "#bcd5f5",
        "cursor-background": "#dde7f5",
        "cursor-background-blurred": "#ededea",
        "field-background": "#e6e6e1",
        "color-added": "on #dff2e1",
        "color-removed": "on #fbe2e0",
        "color-code-keyword": "#7a3e9d",
        "color-code-type": "#0b6b68",
        "color-code-string": "#8a5200",
        "color-code-number": "#a03d1f",
        "color-code-name": "#1a5fb4",
        "color-code-directive": "#9b2c6f",
        "color-code-comment": "#5d6470",
        "rule": "#d3d4d0",
        "scrollbar": "#c9ccd1",
        "scrollbar-hover": "#aab0b8",
    },
)

# The terminal's own colors.  Its background may be black or white, so this uses only colors that are readable on both,
# no background colors, and reverse video for the cursor (patchwatch.tcss).
_TERMINAL = BUILTIN_THEMES["ansi-dark"]  # for the variables that Textual expects in such a theme
ANSI = replace(
    _TERMINAL,
    name="patchwatch-ansi",
    primary="ansi_bright_blue",
    secondary="ansi_default",
    accent="ansi_bright_blue",
    warning="ansi_magenta",
    variables={
        **_TERMINAL.variables,
        "color-dim": "ansi_bright_black",
        "color-faint": "ansi_bright_black",
        "color-accent": "ansi_bright_blue",
        "color-on-accent": "ansi_bright_white",
        "color-good": "ansi_green",
        "color-warn": "ansi_magenta",
        "color-bad": "ansi_red",
        "color-calm": "ansi_default",
        "color-quote": "ansi_bright_black",
        "color-requote": "ansi_magenta",
        "color-evidence": "ansi_black",
        "color-evidence-background": "ansi_yellow",
        "color-selected-background": "ansi_bright_black",
        "cursor-background": "ansi_default",
        "cursor-background-blurred": "ansi_default",
        "field-background": "ansi_default",
        "color-added": "ansi_green",
        "color-removed": "ansi_red",
        "color-code-keyword": "bold",
        "color-code-type": "ansi_default",
        "color-code-string": "ansi_default",
        "color-code-number": "ansi_default",
        "color-code-name": "ansi_default",
        "color-code-directive": "ansi_magenta",
        "color-code-comment": "ansi_bright_black",
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
"""By name in the config."""


def definition(style: str) -> str:
    """The styles of a piece as a style definition of Textual."""
    return " ".join(STYLES[name] for name in style.split())


def content(pieces: Iterable[StyledText]) -> Content:
    """Pieces as content for a Static."""
    return Content.assemble(*((text, definition(style)) if style else text for text, style in pieces))


class StyleCache:
    """The Rich styles of the current theme; discard it when the theme changes."""

    def __init__(self) -> None:
        self._styles: dict[str, RichStyle] = {"": RichStyle.null()}

    def style(self, names: str) -> RichStyle:
        """The Rich style for the styles of a piece; needs a running app, for its theme."""
        style = self._styles.get(names)
        if style is None:
            style = RichStyle.combine(Style.parse(STYLES[name]).rich_style for name in names.split())
            self._styles[names] = style
        return style

    def strip(self, pieces: Sequence[StyledText], background: RichStyle) -> Strip:
        """Pieces as a line; neighbors of the same style share a segment, because each segment costs time."""
        joined: list[tuple[str, str]] = []
        for text, style in pieces:
            if joined and (joined[-1][1] == style or not text):
                joined[-1] = (joined[-1][0] + text, joined[-1][1])
            elif text:
                joined.append((text, style))
        return Strip([Segment(text, background + self.style(style)) for text, style in joined])


class Styled(Widget):
    """A widget that draws its lines with named styles only; it caches them for the current theme."""

    def __init__(self, *children: Widget, **options: Any) -> None:
        """Take the arguments of a widget."""
        super().__init__(*children, **options)
        self.style_cache = StyleCache()
        self._base_style: RichStyle | None = None

    @property
    def base_style(self) -> RichStyle:
        """The style of the background."""
        if self._base_style is None:
            self._base_style = self.rich_style
        return self._base_style

    def notify_style_update(self) -> None:
        """Drop the colors of the previous theme."""
        super().notify_style_update()
        self.style_cache = StyleCache()
        self._base_style = None

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters without ANSIToTruecolor.

        That filter replaces ANSI colors, at a cost for every segment of every frame.  The only theme of ours that uses
        them wants them unchanged.
        """
        return [item for item in super().get_line_filters() if not isinstance(item, ANSIToTruecolor)]


def overlay(pieces: Iterable[StyledText], start: int, end: int, style: str) -> list[StyledText]:
    """`pieces` with `style` added to the characters from `start` up to `end`."""
    laid: list[StyledText] = []
    at = 0
    for text, under in pieces:
        first, last = max(start - at, 0), min(end - at, len(text))
        at += len(text)
        if first >= last:
            laid.append((text, under))
            continue
        cut = ((text[:first], under), (text[first:last], f"{under} {style}".strip()), (text[last:], under))
        laid.extend(piece for piece in cut if piece[0])
    return laid
