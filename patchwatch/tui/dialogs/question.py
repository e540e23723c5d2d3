"""A question that is answered with yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content


class QuestionDialog(Dialog[bool]):
    """Shows what the question is about, and the keys; subclasses have the words and the bindings."""

    heading: ClassVar[str]
    yes: ClassVar[str]
    """What `y` does."""
    note: ClassVar[str]

    def about(self) -> Sequence[StyledText]:
        """What the question is about."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The question and the keys that answer it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = self.heading
            yield Static(content(self.about()), id="question")
            yield Static(content([(self.note, "dim")]), id="note")
            keys: list[StyledText] = [
                ("y", "accent"),
                (f" {self.yes}   ", "dim"),
                ("esc", "accent"),
                (" cancel", "dim"),
            ]
            yield Static(content(keys), id="keys")

    def action_answer(self, yes: bool) -> None:
        """Close the dialog with the answer."""
        self.dismiss(yes)
