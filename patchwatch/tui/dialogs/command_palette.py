"""The command palette: find any action, view, theme or series by typing a few letters.

Textual's own fuzzy search takes seconds for ten thousand titles.  Here the typed words must occur in title, author or
message-id, and titles in which they begin a word come first.  Only if nothing matches, the letters may be apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import SeriesSummary
from patchwatch.series.views import View
from patchwatch.tui.base.api import PaletteApp
from patchwatch.tui.base.screen import BaseScreen
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.widgets.text_field import SanitizedInput

_MOVEMENTS = {"up", "down", "left", "right", "page_up", "page_down", "first", "last", "top", "bottom"} | {
    f"{which}_{what}" for which in ("next", "previous") for what in ("section", "view")
}
_ON_THE_SERIES = {"open", "reply", "tag", "b4", "not_mine"}  # besides those that all screens have
_CHOICES = {"mark", "sort", "reverse"} | {view.name.lower() for view in View}
_MOVES = 3
_MOST = 50  # series offered; another letter narrows them down


def ranked(rows: Iterable[SeriesSummary], query: str) -> list[SeriesSummary]:
    """The series that contain all words of `query`; titles in which they begin a word first."""
    words = query.lower().split()
    if not words:
        return []
    first, *others = words
    found = [row for row in rows if first in row.search_text and all(word in row.search_text for word in others)]
    if not found:
        return _by_letters(rows, "".join(words))
    begins = re.compile("|".join(rf"\b{re.escape(word)}" for word in words))
    found.sort(key=lambda row: -len(set(begins.findall(row.title.lower()))))
    return found[:_MOST]


def _by_letters(rows: Iterable[SeriesSummary], letters: str) -> list[SeriesSummary]:
    """The series whose titles contain these letters in this order; closest together first."""
    first, *others = map(re.escape, letters)
    # `[^x]*x` stops at the first x.  `.*?x` would backtrack, and anyone can write a title.
    spread = re.compile(first + "".join(f"[^{letter}]*{letter}" for letter in others))
    found = [(match.end() - match.start(), row.id, row) for row in rows if (match := spread.search(row.title.lower()))]
    return [row for *_, row in sorted(found)[:_MOST]]


def highlighted(text: str, query: str) -> list[StyledText]:
    """`text` with the words of `query` highlighted."""
    words = [re.escape(word) for word in query.split()]
    if not words:
        return [(text, "")]
    parts = re.split(f"({'|'.join(words)})", text, flags=re.IGNORECASE)
    return [(part, "strong underlined" if number % 2 else "") for number, part in enumerate(parts) if part]


def _matches(text: str, query: str) -> bool:
    return all(word in text.lower() for word in query.lower().split())


def action_name(binding: Binding) -> str:
    """Description and tooltip of a binding: `Snooze: until a day, or until a reply`."""
    name, tooltip = binding.description, binding.tooltip
    if not tooltip or re.search(rf"\b{re.escape(name)}\b", tooltip, re.IGNORECASE):
        return tooltip or name
    return f"{name}: {tooltip[0].lower()}{tooltip[1:]}"


def _rank(binding: str) -> int:
    """0: it does something to the series; 1: to anything else; 2: it chooses what is shown or marked; 3: it only moves.

    Everybody knows the keys of the last, and nobody looks for them first.
    """
    group, _, name = binding.partition(".")
    if name in _MOVEMENTS:
        return _MOVES
    return 0 if group == "act" or name in _ON_THE_SERIES else 2 if name in _CHOICES else 1


class Actions(Provider):
    """The actions of the current screen, with their keys, and the themes."""

    def _actions(self) -> Sequence[tuple[str, str, Callable[[], Any], int]]:
        """Name, key, function and rank of each."""
        app = cast(PaletteApp, self.app)
        found: dict[str, tuple[str, str, Callable[[], Any], int]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id and binding.description and binding.action != "app.command_palette" and active.enabled:
                name = action_name(binding)
                run = partial(app.run_action, binding.action, active.node)
                found.setdefault(binding.id, (name, self.app.get_key_display(binding), run, _rank(binding.id)))
        for theme, name in app.looks.items():
            found[f"theme.{theme}"] = (f"Theme: {name}", "", partial(app.choose_theme, theme), 1)
        return sorted(found.values(), key=itemgetter(3))  # stable: otherwise in the screen's order

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, key, run, _ in self._actions():
            yield DiscoveryHit(_shown([(name, "")], key), run, name)

    async def search(self, query: str) -> Hits:
        """Those whose names contain the words of `query`.

        Names that begin with it come first: "snooze" occurs in the name of Undo, too.  What only moves comes below the
        series.
        """
        for name, key, run, rank in self._actions():
            if _matches(name, query):
                begins = name.lower().startswith(query.strip().lower())
                yield Hit(
                    3.0 if begins else 0.0 if rank == _MOVES else 2.0, _shown(highlighted(name, query), key), run, name
                )


class Series(Provider):
    """The series."""

    async def search(self, query: str) -> Hits:
        """The best matches."""
        app = cast(PaletteApp, self.app)
        rows = ranked(app.all_lines, query)
        for place, row in enumerate(rows):
            title = line(row.title)
            pieces = [labels.state_sign(row.state), (" ", ""), *highlighted(title, query)]
            about = f"{series_labels.version(row)} · {labels.author(row)}"
            yield Hit(1 - place / 1000, _shown(pieces, about), partial(app.open, row.id), title)


def _shown(pieces: list[StyledText], beside: str) -> Content:
    return content([*pieces, (f"  {beside}", "dim")] if beside else pieces)


class SearchInput(CommandInput, SanitizedInput):
    """The input of the palette."""


class Palette(CommandPalette, BaseScreen[None]):
    """Textual's palette with our input."""

    def compose(self) -> ComposeResult:
        """Textual's widgets, with the input replaced."""
        for widget in super().compose():
            if isinstance(widget, CommandInput):
                yield SearchInput(placeholder="Find an action or a series …", select_on_focus=False)
            else:
                yield widget
