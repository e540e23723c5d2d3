"""Ask for the state of series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from patchwatch.series.states import SETTABLE, State
from patchwatch.tui.base import keys, signs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.render.series_names import AnySeries, series_names

_NAME = 19  # columns
_MEANINGS: dict[str, str] = {
    State.ACCEPTED: "applied by a maintainer",
    State.MAINLINED: "in Linus’s tree",
    State.AWAITING_UPSTREAM: "to be sent to the upstream tree",
}
"""States whose names do not explain themselves."""


def _described(name: str) -> list[StyledText]:
    """A state with its sign, and what it means."""
    if name not in _MEANINGS:
        return labels.state(name)
    sign, (text, style) = labels.state(name)
    return [sign, (f"{text:<{_NAME}}", style), (_MEANINGS[name], "dim")]


class StateDialog(Dialog[str | None]):
    """Answers with a state, with an empty string to revoke one set by hand, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = keys.of_choices("state")

    def __init__(self, rows: Sequence[AnySeries]) -> None:
        """`rows` are the series to set the state of."""
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """The states, each with its sign."""
        options = [Option(content(_described(name)), id=name) for name in SETTABLE]
        options.append(Option(content([(f"  {'automatic':<{_NAME}}determined from the mail", "dim")]), id=""))
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Set the state"
            yield Static(content(series_names(self._rows)), id="question")
            states = OptionList(*options, id="states", compact=True)
            if self._rows and self._rows[0].state in SETTABLE:
                states.highlighted = SETTABLE.index(self._rows[0].state)
            yield states
            note = "Overrides the automatic state until a newer version is posted."
            yield Static(content([(note, "dim")]), id="note")
            enter: StyledText = (signs.enter(), "accent")
            keys: list[StyledText] = [enter, (" set   ", "dim"), ("esc", "accent"), (" cancel", "dim")]
            yield Static(content(keys), id="keys")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close the dialog with the state."""
        self.dismiss(event.option_id or "")

    def action_leave(self) -> None:
        """Close the dialog without one."""
        self.dismiss(None)
