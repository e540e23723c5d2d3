"""Ask before watching ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.dialogs.question import QuestionDialog
from patchwatch.tui.render.series_names import AnySeries, series_names


class UnwatchDialog(QuestionDialog):
    """Asks whether to stop watching some series."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Stop watching", id="unwatch.yes"),
        Binding("n,escape,q", "answer(False)", "Cancel", id="unwatch.no"),
    ]
    heading = "Stop watching?"
    yes = "stop watching"
    note = "The mail is kept; watch again to bring it back."

    def __init__(self, rows: Sequence[AnySeries]) -> None:
        """`rows` are the series to stop watching."""
        super().__init__()
        self._rows = rows

    def about(self) -> Sequence[StyledText]:
        """The series."""
        return series_names(self._rows)
