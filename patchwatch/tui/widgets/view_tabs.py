"""The views on one line, with the number of series in each; of what needs me, the number in each section.

A narrow line leaves out the long name, then keys, then the numbers of the other views.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textual import events
from textual.message import Message
from textual.strip import Strip

from patchwatch.series.queue import Section
from patchwatch.series.views import COUNTED, View
from patchwatch.tui.base.theme import Styled, StyledText
from patchwatch.tui.render.columns import fit_pieces, width_of

_NAME: Sequence[StyledText] = ((" patchwatch", "strong accent"), ("  ", ""))


class Tab(NamedTuple):
    """Styled text, and what a click on it chooses."""

    pieces: list[StyledText]
    view: View | None = None
    section: Section | None = None


class _Room(NamedTuple):
    """What a line has room for."""

    program: bool  # its name
    name: bool  # the name of the first view
    keys: bool
    counts: bool  # of the other views


_ROOMS = (
    _Room(program=True, name=True, keys=True, counts=True),
    _Room(program=False, name=True, keys=True, counts=True),
    _Room(program=False, name=False, keys=True, counts=True),
    _Room(program=False, name=False, keys=False, counts=True),
    _Room(program=False, name=False, keys=False, counts=False),
)


def tabs(chosen: View, counts: Mapping[View, int], sections: Mapping[Section, int], width: int) -> list[Tab]:
    """The line in at most `width` cells."""
    for room in _ROOMS:
        line = [Tab(list(_NAME))] if room.program else []
        for view in View:
            line += _queue_tabs(chosen, sections, room) if view is View.QUEUE else [_tab(view, chosen, counts, room)]
        if _fits(line, width):
            return line
    queue = _queue_tabs(chosen, sections, _ROOMS[-1])
    here = [_tab(chosen, chosen, counts, _ROOMS[-1])] if chosen is not View.QUEUE else []
    place = Tab([(f" {list(View).index(chosen) + 1} of {len(View)}", "dim")])
    line = [*queue, *here, place]
    return line if _fits(line, width) or not here else [*here, place]


def _fits(line: Sequence[Tab], width: int) -> bool:
    return sum(width_of(tab.pieces) for tab in line) <= width


def _tab(view: View, chosen: View, counts: Mapping[View, int], room: _Room) -> Tab:
    count = str(counts[view]) if view in counts else "…"
    if view is chosen:
        return Tab([(f" {view.value} ", "tab strong"), (f"{count} ", "tab")], view)
    key = f" {list(View).index(view) + 1}" if room.keys else ""
    number = f" {count}" if room.counts else ""
    return Tab(
        [(key, "dim"), (f" {view.value}", ""), (f"{number} ", "dim" if counts.get(view) == 0 else "accent")], view
    )


def _queue_tabs(chosen: View, sections: Mapping[Section, int], room: _Room) -> list[Tab]:
    """`1 What needs me: Now 4 Review 4 New 9`: a click on a section goes there."""
    view = View.QUEUE
    here = view is chosen
    key: list[StyledText] = [(" 1", "dim")] if room.keys and not here else []
    name: list[StyledText] = [(f" {view.value}:", "tab strong" if here else "")] if room.name else []
    line = [Tab([*key, *name], view)]
    for section in COUNTED:
        count = str(sections[section]) if section in sections else "…"
        number = "tab" if here else "dim" if sections.get(section) == 0 else "accent"
        line.append(Tab([(f" {section.heading}", "tab strong" if here else ""), (f" {count}", number)], view, section))
    return [*line, Tab([(" ", "tab" if here else "")], view)]


class ViewTabs(Styled):
    """The tabs; a click on one chooses its view."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ViewTabs { height: 1; background: $background; }
    """

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, view: View, section: Section | None) -> None:
            """`view` is the view of the tab, `section` that of the queue."""
            super().__init__()
            self.view = view
            self.section = section

    def __init__(self, chosen: View) -> None:
        """Start with `chosen`, without counts."""
        super().__init__()
        self._chosen = chosen
        self._counts: Mapping[View, int] = {}
        self._sections: Mapping[Section, int] = {}

    def show(self, chosen: View, counts: Mapping[View, int], sections: Mapping[Section, int]) -> None:
        """Show the chosen view and the number of series in each view and section counted so far."""
        if (chosen, counts, sections) != (self._chosen, self._counts, self._sections):
            self._chosen, self._counts, self._sections = chosen, counts, sections
            self.refresh()

    @property
    def _tabs(self) -> list[Tab]:
        return tabs(self._chosen, self._counts, self._sections, self.size.width)

    def render_line(self, y: int) -> Strip:
        """Draw the tabs."""
        pieces = [piece for tab in self._tabs for piece in tab.pieces]
        return self.style_cache.strip(fit_pieces(pieces, self.size.width), self.base_style)

    def on_click(self, event: events.Click) -> None:
        """Choose the view under the mouse, and go to the section."""
        at = event.x
        for tab in self._tabs:
            at -= width_of(tab.pieces)
            if at < 0:
                if tab.view is not None:
                    self.post_message(self.Chosen(tab.view, tab.section))
                return
