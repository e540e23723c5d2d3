"""The views on one line, with the number of series in each; a narrow line leaves out keys, then numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip

from patchwatch.series.views import View
from patchwatch.tui.base.theme import Styled, StyledText
from patchwatch.tui.render.columns import fit_pieces, width_of

_NAME: Sequence[StyledText] = ((" patchwatch", "strong accent"), ("  ", ""))

_SHORT = {View.QUEUE: "Needs me"}

Tab = tuple[View | None, list[StyledText]]
"""Styled text, and the view that a click on it chooses."""


def tabs(chosen: View, counts: Mapping[View, int], width: int) -> list[Tab]:
    """The line in at most `width` cells: with the name of the program, without it, without keys, or without numbers."""
    for name, keyed, counted in ((_NAME, True, True), ((), True, True), ((), False, True), ((), False, False)):
        line: list[Tab] = [(None, list(name))] if name else []
        line += [_tab(view, chosen, counts, keyed=keyed, counted=counted) for view in View]
        if sum(width_of(pieces) for _, pieces in line) <= width:
            return line
    here = _tab(chosen, chosen, counts, keyed=False, counted=True)
    return [here, (None, [(f" {list(View).index(chosen) + 1} of {len(View)}", "dim")])]


def _tab(view: View, chosen: View, counts: Mapping[View, int], *, keyed: bool, counted: bool) -> Tab:
    count = str(counts[view]) if view in counts else "…"
    name = view.value if keyed else _SHORT.get(view, view.value)
    if view is chosen:
        return view, [(f" {name} ", "tab strong"), (f"{count} ", "tab")]
    key = f" {list(View).index(view) + 1}" if keyed else ""
    number = f" {count}" if counted else ""
    return view, [(key, "dim"), (f" {name}", ""), (f"{number} ", "dim" if counts.get(view) == 0 else "accent")]


class ViewTabs(Styled):
    """The tabs; a click on one chooses its view."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ViewTabs { height: 1; background: $background; }
    """

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, view: View) -> None:
            """`view` is the view of the tab."""
            super().__init__()
            self.view = view

    def __init__(self, chosen: View) -> None:
        """Start with `chosen`, without counts."""
        super().__init__()
        self._chosen = chosen
        self._counts: Mapping[View, int] = {}

    def show(self, chosen: View, counts: Mapping[View, int]) -> None:
        """Show the chosen view and the number of series in each view counted so far."""
        if (chosen, counts) != (self._chosen, self._counts):
            self._chosen, self._counts = chosen, counts
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the tabs."""
        pieces = [piece for _, part in tabs(self._chosen, self._counts, self.size.width) for piece in part]
        return self.style_cache.strip(fit_pieces(pieces, self.size.width), self.base_style)

    def on_click(self, event: events.Click) -> None:
        """Choose the view under the mouse."""
        at = event.x
        for view, pieces in tabs(self._chosen, self._counts, self.size.width):
            at -= width_of(pieces)
            if at < 0:
                if view is not None:
                    self.post_message(self.Chosen(view))
                return
