"""The keys in force, on one screen: made from the bindings themselves, so that it can't be wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render.columns import cell_len, fill

# Where a binding belongs, by the first word of its id.
_PLACES = {
    "overview": "Overview",
    "series": "Series",
    "act": "About the series",
    "list": "In a list",
    "mail": "In a mail",
    "files": "Files",
    "compare": "Comparing",
    "story": "In the story",
    "send": "Before sending",
    "app": "Everywhere",
}


def explained(app: App[Any], bindings: Iterable[ActiveBinding]) -> dict[str, list[tuple[str, str]]]:
    """Keys and what they do, by place, from the bindings of what has the focus."""
    keys: dict[str, dict[str, tuple[list[str], str]]] = {}
    for active in bindings:
        binding = active.binding
        if not binding.description or not binding.id:
            continue
        place = _PLACES.get(binding.id.partition(".")[0], "Everywhere")
        found = keys.setdefault(place, {}).setdefault(binding.id, ([], binding.tooltip or binding.description))
        found[0].append(app.get_key_display(binding))
    return {
        place: [(" ".join(sorted(names, key=cell_len)), meaning) for names, meaning in keys[place].values()]
        for place in _PLACES.values()
        if place in keys
    }


class HelpScreen(Dialog[None]):
    """The keys in force where `?` was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", "Close", id="help.close"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up"),
        Binding("space,pagedown", "page(1)", "Page down", show=False, id="help.page_down"),
        Binding("b,pageup", "page(-1)", "Page up", show=False, id="help.page_up"),
        Binding("g,home", "top", "Top", show=False, id="help.top"),
        Binding("G,end", "bottom", "Bottom", show=False, id="help.bottom"),
    ]

    def __init__(self, places: dict[str, list[tuple[str, str]]]) -> None:
        """`places` is what `explained` made."""
        super().__init__()
        self._places = places

    def compose(self) -> ComposeResult:
        """A table a place."""
        width = max((cell_len(keys) for rows in self._places.values() for keys, _ in rows), default=0)
        with VerticalScroll(id="dialog") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = "esc closes"
            for place, rows in self._places.items():
                pieces: list[StyledText] = [(place, "strong")]
                for keys, meaning in rows:
                    pieces += [("\n  ", ""), (fill(keys, width), "accent"), (f"   {meaning}", "")]
                yield Static(content(pieces), classes="place")

    def action_scroll(self, lines: int) -> None:
        """Scroll by `lines`."""
        self.query_one("#dialog").scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by as many lines as are in sight, but for one."""
        self.action_scroll(pages * (self.query_one("#dialog").scrollable_content_region.height - 1))

    def action_top(self) -> None:
        """Scroll to the first."""
        self.query_one("#dialog").scroll_home(animate=False)

    def action_bottom(self) -> None:
        """Scroll to the last."""
        self.query_one("#dialog").scroll_end(animate=False)
