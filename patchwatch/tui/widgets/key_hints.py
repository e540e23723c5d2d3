"""The last line: the keys in force here and what they do; a click on one presses it.

Textual's Footer makes a widget of each key and makes all of them anew when the focus moves, which took a third of the
time until a series was on the screen (bench/tui_series.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import ActiveBinding, Binding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from patchwatch.tui.render.columns import cell_len

_KEPT = "app.help"  # what is always offered, however narrow the line: it shows all other keys


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is offered."""

    binding: Binding
    shown: str
    words: str
    tip: str
    enabled: bool

    @property
    def width(self) -> int:
        """In cells."""
        return cell_len(self.shown) + cell_len(self.words)


def offered(active: Iterable[ActiveBinding], displayed: dict[Binding, str]) -> list[Key]:
    """The keys to show of those in force, one for each action; `displayed` is how each is written.

    Those of a group stand together, and what the group is called after the last of them.
    """
    actions: dict[str, ActiveBinding] = {}
    for one in active:
        if one.binding.show:
            actions.setdefault(one.binding.action, one)
    keys: list[Key] = []
    for group, members in groupby(actions.values(), lambda one: one.binding.group):
        together = list(members)
        for n, (_, binding, enabled, tooltip) in enumerate(together):
            key = displayed[binding]
            if group is None or len(together) == 1:
                shown, words = f" {key} ", f"{binding.description} "
            else:
                shown = f"{'' if n else ' '}{key}"
                words = f" {group.description} " if n == len(together) - 1 else ""
            keys.append(Key(binding, shown, words, tooltip or binding.description, enabled))
    return keys


def fitting(keys: Sequence[Key], width: int) -> list[Key]:
    """As many of the keys, from the first on, as there is room for beside the one that is always kept."""
    if sum(key.width for key in keys) <= width:
        return list(keys)
    kept = [key for key in keys if key.binding.action == _KEPT]
    room = width - sum(key.width for key in kept)
    found: list[Key] = []
    for key in keys:
        if key not in kept:
            if key.width > room:
                break
            room -= key.width
            found.append(key)
    while found and not found[-1].words:  # a part of a group says nothing
        found.pop()
    return found + kept


class KeyHints(Widget, can_focus=False):
    """The line, on one row at the bottom."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keyline--key", "keyline--words", "keyline--under"}
    DEFAULT_CSS = """
    KeyHints {
        dock: bottom;
        height: 1;
        background: $footer-background;
        pointer: pointer;
        & > .keyline--key { color: $footer-key-foreground; text-style: bold; }
        & > .keyline--words { color: $footer-description-foreground; }
        & > .keyline--under { background: $block-hover-background; }
    }
    """

    def __init__(self) -> None:
        """Empty, until the screen says which keys are in force."""
        super().__init__()
        self._keys: Sequence[Key] = ()
        self._under: Key | None = None  # the mouse

    def on_mount(self) -> None:
        """Follow what is in force."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[Any]) -> None:
        if not screen.app.app_focus:
            return  # another window has the keys: here they stay as they were
        active = list(screen.active_bindings.values())
        keys = offered(active, {one.binding: self.app.get_key_display(one.binding) for one in active})
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        ground = self.rich_style
        segments: list[Segment] = []
        for key in fitting(self._keys, self.size.width):
            style = ground
            if key is self._under:
                style += self.get_component_rich_style("keyline--under", partial=True)
            for text, part in ((key.shown, "keyline--key"), (key.words, "keyline--words")):
                if text:
                    segments.append(Segment(text, style + self.get_component_rich_style(part, partial=True)))
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def _at(self, x: int) -> Key | None:
        for key in fitting(self._keys, self.size.width):
            x -= key.width
            if x < 0:
                return key
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show which key a click would press, and what it does."""
        self._point_at(self._at(event.x))

    def on_leave(self) -> None:
        """Show none."""
        self._point_at(None)

    def _point_at(self, key: Key | None) -> None:
        if key is not self._under:
            self._under = key
            self.tooltip = key.tip if key else None
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        key = self._at(event.x)
        if key is None or not key.enabled:
            self.app.bell()
        else:
            self.app.simulate_key(key.binding.key)
