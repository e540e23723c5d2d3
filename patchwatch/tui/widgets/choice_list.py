"""A list of options for dialogs where Enter belongs to the dialog."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList


class ChoiceList(OptionList, inherit_bindings=False):
    """Options with a cursor.  Only a click selects an option; Enter is handled by the dialog."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Down", show=False, id="choices.down"),
        Binding("k,up", "cursor_up", "Up", show=False, id="choices.up"),
    ]
