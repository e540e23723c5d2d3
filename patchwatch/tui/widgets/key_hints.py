"""The last line: the active keys and what they do; a click on one presses it.

Textual's Footer creates a widget for each key whenever the focus moves, which took a third of the time to open a series
(bench/tui_series.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, ClassVar

from msgspec import Struct
from rich.segment import Segment
from textual import events
from textual.binding import ActiveBinding, Binding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from patchwatch.tui.render.columns import cell_len

_ALWAYS_SHOWN = "app.help"  # at any width: it shows all other keys


class Key(Struct, frozen=True):
    """A key as it is shown."""

    binding: Binding
    shown: str
    words: str
    tip: str
    enabled: bool

    @property
    def width(self) -> int:
        """The width in cells."""
        return cell_len(self.shown) + cell_len(self.words)


def keys_to_show(active: Iterable[ActiveBinding], displayed: dict[Binding, str], lead: Sequence[str] = ()) -> list[Key]:
    """The keys to show, one for each action; `displayed` is how each is written.

    Those of the actions `lead` are shown behind the first.  The keys of a group are adjacent; the last one is followed
    by the name of the group.
    """
    actions: dict[str, ActiveBinding] = {}
    leading: dict[str, ActiveBinding] = {}
    for candidate in active:
        if candidate.binding.action in lead:
            leading.setdefault(candidate.binding.action, candidate)
        elif candidate.binding.show:
            actions.setdefault(candidate.binding.action, candidate)
    others = list(actions.values())
    ordered = [*others[:1], *(leading[action] for action in lead if action in leading), *others[1:]]
    keys: list[Key] = []
    for group, members in groupby(ordered, lambda member: member.binding.group):
        bindings = list(members)
        for n, (_, binding, enabled, tooltip) in enumerate(bindings):
            key = displayed[binding]
            if group is None or len(bindings) == 1:
                shown, words = f" {key} ", f"{binding.description} "
            else:
                shown = f"{'' if n else ' '}{key}"
                words = f" {group.description} " if n == len(bindings) - 1 else ""
            keys.append(Key(binding, shown, words, tooltip or binding.description, enabled))
    return keys


def fit_keys(keys: Sequence[Key], width: int) -> list[Key]:
    """The first keys that fit in `width`, and the one that is always shown."""
    if sum(key.width for key in keys) <= width:
        return list(keys)
    always = [key for key in keys if key.binding.action == _ALWAYS_SHOWN]
    room = width - sum(key.width for key in always)
    fitting: list[Key] = []
    for key in keys:
        if key not in always:
            if key.width > room:
                break
            room -= key.width
            fitting.append(key)
    while fitting and not fitting[-1].words:  # a group without its name is useless
        fitting.pop()
    return fitting + always


class KeyHints(Widget, can_focus=False):
    """The line at the bottom of the screen."""

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
        """Empty until the screen reports its active keys."""
        super().__init__()
        self._keys: Sequence[Key] = ()
        self._under: Key | None = None  # the key under the mouse
        self._lead: tuple[str, ...] = ()

    def on_mount(self) -> None:
        """Follow the active keys of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def lead(self, actions: tuple[str, ...]) -> None:
        """Show the keys of these actions first: what there is to do about the row under the cursor."""
        if actions != self._lead:
            self._lead = actions
            self._follow(self.screen)

    def _follow(self, screen: Screen[Any]) -> None:
        if not screen.app.app_focus:
            return  # another window has the focus: keep the keys
        active = list(screen.active_bindings.values())
        displayed = {one.binding: self.app.get_key_display(one.binding) for one in active}
        keys = keys_to_show(active, displayed, self._lead)
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        ground = self.rich_style
        segments: list[Segment] = []
        for key in fit_keys(self._keys, self.size.width):
            style = ground
            if key is self._under:
                style += self.get_component_rich_style("keyline--under", partial=True)
            for text, part in ((key.shown, "keyline--key"), (key.words, "keyline--words")):
                if text:
                    segments.append(Segment(text, style + self.get_component_rich_style(part, partial=True)))
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def _at(self, x: int) -> Key | None:
        for key in fit_keys(self._keys, self.size.width):
            x -= key.width
            if x < 0:
                return key
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Highlight the key under the mouse and show its tooltip."""
        self._point_at(self._at(event.x))

    def on_leave(self) -> None:
        """Remove the highlight."""
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
