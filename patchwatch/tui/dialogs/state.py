"""Small questions: which link to watch, whether to stop watching, which state to set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import SeriesRow, SeriesSummary
from patchwatch.series.states import SETTABLE
from patchwatch.tui.base.api import TrackerAPI, Watched
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.widgets.watch_form import WatchForm

Series: TypeAlias = SeriesSummary | SeriesRow
"""A series, as a list or as its own screen knows it."""

_LISTED = 5  # titles that are shown of several


class WatchDialog(Dialog[None]):
    """Asks for a link or message-id and watches it; stays until that worked, or until it is left with Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="watch.leave"),
    ]

    def __init__(
        self, tracker: TrackerAPI, jobs: Jobs, watched: Callable[[Sequence[Watched]], None], text: str
    ) -> None:
        """`watched` hears of success; `text` is what the line begins with."""
        super().__init__()
        self._heard = watched
        self._form = WatchForm(tracker, jobs, self._watched, text, "close")

    def compose(self) -> ComposeResult:
        """The line, in a frame."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Watch a series"
            yield self._form

    def action_leave(self) -> None:
        """Close the dialog."""
        self.dismiss()

    def _watched(self, watched: Sequence[Watched]) -> None:
        if self.is_active:
            self.dismiss()
        self._heard(watched)


def named(rows: Sequence[Series]) -> list[StyledText]:
    """The series that a question is about: one with its particulars, several by their titles."""
    if len(rows) == 1:
        row = rows[0]
        about = f"{series_labels.version(row)} · {labels.author(row)} · {', '.join(map(line, row.inboxes))}"
        return [(line(row.title), "strong"), ("\n", ""), (about.rstrip(" ·"), "dim")]
    pieces: list[StyledText] = [(f"{len(rows)} series", "strong")]
    for row in rows[:_LISTED]:
        pieces += [("\n", ""), (f"{series_labels.version(row)} ", "dim"), (line(row.title), "")]
    if len(rows) > _LISTED:
        pieces += [("\n", ""), (f"and {len(rows) - _LISTED} more", "dim")]
    return pieces


class UnwatchDialog(Dialog[bool]):
    """Asks whether to stop watching series, which it names."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Stop watching", id="unwatch.yes"),
        Binding("n,escape,q", "answer(False)", "Keep", id="unwatch.no"),
    ]

    def __init__(self, rows: Sequence[Series]) -> None:
        """`rows` are the series in question."""
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """The question, and the keys that answer it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Stop watching?"
            yield Static(content(named(self._rows)), id="question")
            yield Static(content([("The mail is kept; watching again brings it back.", "dim")]), id="note")
            keys: list[StyledText] = [
                ("y", "accent"),
                (" stop watching   ", "dim"),
                ("esc", "accent"),
                (" keep", "dim"),
            ]
            yield Static(content(keys), id="keys")

    def action_answer(self, yes: bool) -> None:
        """Close the dialog with the answer."""
        self.dismiss(yes)


class StateDialog(Dialog[str | None]):
    """Asks for the state of series; answers with its name, with an empty one to take a mark back, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Close", id="state.leave"),
        Binding("j", "app.simulate_key('down')", "Down", show=False, id="state.down"),
        Binding("k", "app.simulate_key('up')", "Up", show=False, id="state.up"),
    ]

    def __init__(self, rows: Sequence[Series]) -> None:
        """`rows` are the series in question."""
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """The states, each with its sign."""
        options = [Option(content(labels.state(name)), id=name) for name in SETTABLE]
        options.append(Option(content([("  as the mails say", "dim")]), id=""))
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Set the state"
            yield Static(content(named(self._rows)), id="question")
            states = OptionList(*options, id="states", compact=True)
            if self._rows and self._rows[0].state in SETTABLE:
                states.highlighted = SETTABLE.index(self._rows[0].state)
            yield states
            note = "Your word outranks the mails, until a newer version is posted."
            yield Static(content([(note, "dim")]), id="note")
            keys: list[StyledText] = [("⏎", "accent"), (" set   ", "dim"), ("esc", "accent"), (" leave it", "dim")]
            yield Static(content(keys), id="keys")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close the dialog with the state."""
        self.dismiss(event.option_id or "")

    def action_leave(self) -> None:
        """Close the dialog without one."""
        self.dismiss(None)
