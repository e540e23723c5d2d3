"""Ask which labels to add to series, and which to remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from patchwatch.counts import plural
from patchwatch.errors import InvalidInputError
from patchwatch.sanitize import line
from patchwatch.series.own_labels import LabelChange, parse_change
from patchwatch.tui.base import keys, signs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render.columns import pad
from patchwatch.tui.render.series_names import AnySeries, series_names
from patchwatch.tui.widgets.text_field import TextField

_PLACEHOLDER = "todo -later"
_NAME = 24  # columns


class LabelDialog(Dialog[LabelChange | None]):
    """Answers with a LabelChange, or None."""

    AUTO_FOCUS = "#field"
    BINDINGS: ClassVar[list[BindingType]] = keys.of_choices("label")

    def __init__(self, rows: Sequence[AnySeries], in_use: Mapping[str, int]) -> None:
        """`rows` are the series to label, `in_use` all labels, with the number of series that have each."""
        super().__init__()
        self._rows = rows
        self._in_use = in_use
        self._given = {name for name in in_use if all(name in row.labels for row in rows)}

    def compose(self) -> ComposeResult:
        """The field, what it does, and the labels in use, with a tick at those that all of the series have."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Labels"
            yield Static(content(series_names(self._rows)), id="question")
            yield TextField(_PLACEHOLDER)
            yield Static(id="reading")
            options = (Option(content(self._option(name))) for name in self._in_use)
            yield OptionList(*options, id="labels", compact=True)
            enter: StyledText = (signs.enter(), "accent")
            keys: list[StyledText] = [enter, (" set   ", "dim"), ("esc", "accent"), (" cancel", "dim")]
            yield Static(content(keys), id="keys")

    def on_mount(self) -> None:
        """Say what can be typed; hide the list if there is nothing in it."""
        self.query_one("#labels").display = bool(self._in_use)
        self._show([])

    def _option(self, name: str) -> list[StyledText]:
        count = plural(self._in_use[name], "series", "series")
        return [("✓ " if name in self._given else "  ", "calm"), (pad(line(name), _NAME), ""), (count, "dim")]

    def _show(self, pieces: list[StyledText]) -> None:
        help_text = "Adds the labels you type, and removes those after a minus sign."
        if self._in_use:
            help_text += " Or choose one below: Enter adds it, or removes it."
        self.query_one("#reading", Static).update(content(pieces or [(help_text, "dim")]))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show([])

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            change = parse_change(event.value.split())
        except InvalidInputError as error:
            self._show([("! ", "bad strong"), (line(str(error)), "")])
            return
        if change:
            self.dismiss(change)

    @on(TextField.Left)
    def _to_choices(self) -> None:
        if self._in_use:
            self.query_one("#labels").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Add the label, or remove it from series that all have it."""
        name = list(self._in_use)[event.option_index]
        chosen = frozenset({name})
        self.dismiss(LabelChange(removed=chosen) if name in self._given else LabelChange(added=chosen))

    def action_leave(self) -> None:
        """Close the dialog without a change."""
        self.dismiss(None)
