"""Options with a cursor, for dialogs in which more than the one under it is chosen."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList


class ChoiceList(OptionList, inherit_bindings=False):
    """Enter is the dialog's: here it would be taken for the choice of one option.  A click is that."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Down", show=False, id="choices.down"),
        Binding("k,up", "cursor_up", "Up", show=False, id="choices.up"),
    ]
