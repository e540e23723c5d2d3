"""Ask what to do with the unsent draft of an earlier reply to the same mail."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.compose.draft import Draft
from patchwatch.sanitize import line
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels


class DraftDialog(Dialog[bool | None]):
    """Answers with True to continue the draft, False to start over, None to cancel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "answer(True)", "Continue the draft", id="draft.go_on"),
        Binding("n", "answer(False)", "Discard the draft and start over", id="draft.anew"),
        Binding("escape,q", "leave", "Cancel", id="draft.leave"),
    ]

    def __init__(self, draft: Draft, old: Path, *, tags: bool) -> None:
        """`draft` is the new draft, `old` the file of the old one; `tags`: the new one gives tags."""
        super().__init__()
        self._draft = draft
        self._old = old
        self._tags = tags

    def compose(self) -> ComposeResult:
        """The draft, its file, and the keys."""
        about: list[StyledText] = [
            (line(self._draft.subject), "strong"),
            ("\n", ""),
            (labels.place(self._old), "dim"),
        ]
        note = "There is an unsent draft of a reply to this mail."
        if self._tags:
            note += " It does not have the tags you selected."
        keys: list[StyledText] = [
            ("⏎", "accent"),
            (" continue   ", "dim"),
            ("n", "accent"),
            (" discard and start over   ", "dim"),
            ("esc", "accent"),
            (" cancel", "dim"),
        ]
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Unsent draft"
            yield Static(content(about), id="question")
            yield Static(content([(note, "")]), id="note")
            yield Static(content(keys), id="keys")

    def action_answer(self, go_on: bool) -> None:
        """Close the dialog with the answer."""
        self.dismiss(go_on)

    def action_leave(self) -> None:
        """Close the dialog without one."""
        self.dismiss(None)
