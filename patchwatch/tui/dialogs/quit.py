"""Ask before quitting while a reply is not sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.sanitize import line
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content

_SHOWN = 5


class QuitDialog(Dialog[bool]):
    """Asks whether to quit although replies are not sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Quit", id="quit.yes"),
        Binding("n,escape,q", "answer(False)", "Cancel", id="quit.no"),
    ]

    def __init__(self, subjects: Sequence[str]) -> None:
        """`subjects` are those of the replies."""
        super().__init__()
        self._subjects = subjects

    def compose(self) -> ComposeResult:
        """The replies and the keys that answer."""
        more = len(self._subjects) - _SHOWN
        names = [line(subject) for subject in self._subjects[:_SHOWN]] + ([f"and {more} more"] if more > 0 else [])
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Quit without sending?"
            yield Static(content([("\n".join(names), "")]), id="question")
            yield Static(content([("Drafts are kept; reply to the same mail to continue one.", "dim")]), id="note")
            keys: list[StyledText] = [("y", "accent"), (" quit   ", "dim"), ("esc", "accent"), (" cancel", "dim")]
            yield Static(content(keys), id="keys")

    def action_answer(self, yes: bool) -> None:
        """Close the dialog with the answer."""
        self.dismiss(yes)
