"""Ask before watching ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render.series_names import AnySeries, series_names


class UnwatchDialog(Dialog[bool]):
    """Asks whether to stop watching some series."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Stop watching", id="unwatch.yes"),
        Binding("n,escape,q", "answer(False)", "Cancel", id="unwatch.no"),
    ]

    def __init__(self, rows: Sequence[AnySeries]) -> None:
        """`rows` are the series to stop watching."""
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """The question and the keys that answer it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Stop watching?"
            yield Static(content(series_names(self._rows)), id="question")
            yield Static(content([("The mail is kept; watch again to bring it back.", "dim")]), id="note")
            keys: list[StyledText] = [
                ("y", "accent"),
                (" stop watching   ", "dim"),
                ("esc", "accent"),
                (" cancel", "dim"),
            ]
            yield Static(content(keys), id="keys")

    def action_answer(self, yes: bool) -> None:
        """Close the dialog with the answer."""
        self.dismiss(yes)
