"""The help screen: the active keys, taken from the bindings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from patchwatch.text_width import wrap
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render.columns import cell_len, pad

_INDENT, _GAP = "  ", "   "
# Headings, by the first word of a binding's id.
_HEADINGS = {
    "overview": "Overview",
    "patch": "Patches",
    "series": "Series",
    "act": "Actions",
    "list": "Lists",
    "mail": "Mail",
    "files": "Files",
    "compare": "Compare",
    "story": "History",
    "send": "Send",
    "app": "Everywhere",
}


def active_keys(app: App[Any], bindings: Iterable[ActiveBinding]) -> dict[str, list[tuple[str, str]]]:
    """Keys and what they do, by heading, from the active bindings."""
    keys: dict[str, dict[str, tuple[list[str], str]]] = {}
    for active in bindings:
        binding = active.binding
        if not binding.description or not binding.id:
            continue
        heading = _HEADINGS.get(binding.id.partition(".")[0], "Everywhere")
        names, _ = keys.setdefault(heading, {}).setdefault(binding.id, ([], binding.tooltip or binding.description))
        names.append(app.get_key_display(binding))
    return {
        heading: [(" ".join(sorted(names, key=cell_len)), meaning) for names, meaning in keys[heading].values()]
        for heading in _HEADINGS.values()
        if heading in keys
    }


class HelpScreen(Dialog[None]):
    """The keys that are active where `?` was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", "Close", id="help.close"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up"),
        Binding("space,pagedown", "page(1)", "Page down", show=False, id="help.page_down"),
        Binding("b,pageup", "page(-1)", "Page up", show=False, id="help.page_up"),
        Binding("g,home", "top", "Top", show=False, id="help.top"),
        Binding("G,end", "bottom", "Bottom", show=False, id="help.bottom"),
    ]

    def __init__(self, sections: dict[str, list[tuple[str, str]]]) -> None:
        """`sections` is what `active_keys` returned."""
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """A table for each heading."""
        with VerticalScroll(id="dialog") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = "esc close"
            for _ in self._sections:
                yield Static(classes="place")

    def on_resize(self) -> None:
        """Fill the tables once the dialog has its width."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        width = max((cell_len(keys) for rows in self._sections.values() for keys, _ in rows), default=0)
        room = self.query_one("#dialog").scrollable_content_region.width - width - len(_GAP) - len(_INDENT)
        for table, (heading, rows) in zip(self.query(Static), self._sections.items(), strict=True):
            pieces: list[StyledText] = [(heading, "strong")]
            for keys, meaning in rows:
                parts = [meaning[start:end] for start, end in wrap(meaning, room)]
                below = f"\n{_INDENT}{' ' * width}{_GAP}"
                pieces += [(f"\n{_INDENT}", ""), (pad(keys, width), "accent"), (f"{_GAP}{below.join(parts)}", "")]
            table.update(content(pieces))

    def action_scroll(self, lines: int) -> None:
        """Scroll by `lines`."""
        self.query_one("#dialog").scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by pages, which overlap by one line."""
        self.action_scroll(pages * (self.query_one("#dialog").scrollable_content_region.height - 1))

    def action_top(self) -> None:
        """Scroll to the top."""
        self.query_one("#dialog").scroll_home(animate=False)

    def action_bottom(self) -> None:
        """Scroll to the bottom."""
        self.query_one("#dialog").scroll_end(animate=False)
