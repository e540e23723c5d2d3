"""Ask before quitting while a reply is not sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from patchwatch.sanitize import line
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.dialogs.question import QuestionDialog

_SHOWN = 5


class QuitDialog(QuestionDialog):
    """Asks whether to quit although replies are not sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Quit", id="quit.yes"),
        Binding("n,escape,q", "answer(False)", "Cancel", id="quit.no"),
    ]
    heading = "Quit without sending?"
    yes = "quit"
    note = "Drafts are kept; reply to the same mail to continue one."

    def __init__(self, subjects: Sequence[str]) -> None:
        """`subjects` are those of the replies."""
        super().__init__()
        self._subjects = subjects

    def about(self) -> Sequence[StyledText]:
        """The subjects."""
        more = len(self._subjects) - _SHOWN
        names = [line(subject) for subject in self._subjects[:_SHOWN]] + ([f"and {more} more"] if more > 0 else [])
        return [("\n".join(names), "")]
