"""The palette: every action that is in force, every view and theme, and every series, by a few of its letters.

Textual's own search scores each title letter by letter, which takes seconds for ten thousand.  Here the words that were
typed must stand in the title, author or message-id; where they begin a word, the title comes first.  Only where nothing
has them, their letters are looked for one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import SeriesSummary
from patchwatch.tui.base.api import PaletteApp
from patchwatch.tui.base.screen import BaseScreen
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.widgets.text_field import Typed

_MOST = 50  # series that are offered; whoever wants another types another letter


def ranked(rows: Iterable[SeriesSummary], query: str) -> list[SeriesSummary]:
    """The series with all words of `query` in them: those first whose titles have them at the beginnings of words."""
    words = query.lower().split()
    if not words:
        return []
    first, *others = words
    found = [row for row in rows if first in row.words and all(word in row.words for word in others)]
    if not found:
        return _by_letters(rows, "".join(words))
    begins = re.compile("|".join(rf"\b{re.escape(word)}" for word in words))
    found.sort(key=lambda row: -len(set(begins.findall(row.title.lower()))))
    return found[:_MOST]


def _by_letters(rows: Iterable[SeriesSummary], letters: str) -> list[SeriesSummary]:
    """The series with these letters in their titles, in this order, closest together first."""
    first, *others = map(re.escape, letters)
    # Up to the next place of each letter and no further: `.*?` would try all, and titles are written by strangers.
    spread = re.compile(first + "".join(f"[^{letter}]*{letter}" for letter in others))
    found = [(match.end() - match.start(), row.id, row) for row in rows if (match := spread.search(row.title.lower()))]
    return [row for *_, row in sorted(found)[:_MOST]]


def lit(text: str, query: str) -> list[StyledText]:
    """`text` with the words of `query` set off."""
    words = [re.escape(word) for word in query.split()]
    if not words:
        return [(text, "")]
    parts = re.split(f"({'|'.join(words)})", text, flags=re.IGNORECASE)
    return [(part, "strong underlined" if number % 2 else "") for number, part in enumerate(parts) if part]


def _matches(text: str, query: str) -> bool:
    return all(word in text.lower() for word in query.lower().split())


def called(binding: Binding) -> str:
    """What a binding does, with the word that it goes by: `Snooze: put aside until a day`."""
    word, said = binding.description, binding.tooltip
    if not said or word.lower() in said.lower():
        return said or word
    return f"{word}: {said[0].lower()}{said[1:]}"


class Actions(Provider):
    """What can be done here, with its keys; also how to look."""

    def _actions(self) -> Sequence[tuple[str, str, Callable[[], Any]]]:
        """What it is called, its key, and what does it."""
        app = cast(PaletteApp, self.app)
        found: dict[str, tuple[str, str, Callable[[], Any]]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id and binding.description and binding.action != "app.command_palette" and active.enabled:
                name = called(binding)
                run = partial(app.run_action, binding.action, active.node)
                found.setdefault(binding.id, (name, self.app.get_key_display(binding), run))
        for theme, name in app.looks.items():
            found[f"theme.{theme}"] = (f"Theme: {name}", "", partial(app.choose_theme, theme))
        return list(found.values())

    async def discover(self) -> Hits:
        """All of them."""
        for name, key, run in self._actions():
            yield DiscoveryHit(_shown([(name, "")], key), run, name)

    async def search(self, query: str) -> Hits:
        """Those with the words of `query` in their names; first what begins with it: Undo, too, tells of snoozing."""
        for name, key, run in self._actions():
            if _matches(name, query):
                begins = name.lower().startswith(query.strip().lower())
                yield Hit(3.0 if begins else 2.0, _shown(lit(name, query), key), run, name)


class Series(Provider):
    """The series."""

    async def search(self, query: str) -> Hits:
        """The best of those with the words of `query` in them."""
        app = cast(PaletteApp, self.app)
        rows = ranked(app.all_lines, query)
        for place, row in enumerate(rows):
            title = line(row.title)
            said = [labels.state_sign(row.state), (" ", ""), *lit(title, query)]
            about = f"{series_labels.version(row)} · {labels.author(row)}"
            yield Hit(1 - place / 1000, _shown(said, about), partial(app.open, row.id), title)


def _shown(pieces: list[StyledText], beside: str) -> Content:
    return content([*pieces, (f"  {beside}", "dim")] if beside else pieces)


class SearchInput(CommandInput, Typed):
    """Where the letters are typed."""


class Palette(CommandPalette, BaseScreen[None]):
    """Textual's palette with a line of our own."""

    def compose(self) -> ComposeResult:
        """Textual's parts, but for the line."""
        for part in super().compose():
            if isinstance(part, CommandInput):
                yield SearchInput(placeholder=str(part.placeholder), select_on_focus=False)
            else:
                yield part
