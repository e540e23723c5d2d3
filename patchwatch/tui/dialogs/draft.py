"""Asks what to do with a draft that was left, when the mail that it answers is answered again."""

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
    """Answers with True to go on with it, with False to begin anew, with None to do neither."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "answer(True)", "Go on with it", id="draft.go_on"),
        Binding("n", "answer(False)", "Throw it away and begin anew", id="draft.anew"),
        Binding("escape,q", "leave", "Leave it", id="draft.leave"),
    ]

    def __init__(self, draft: Draft, kept: Path, *, tags: bool) -> None:
        """`draft` would be the new one; `kept` is the file of the old one; `tags`: the new one gives tags."""
        super().__init__()
        self._draft = draft
        self._kept = kept
        self._tags = tags

    def compose(self) -> ComposeResult:
        """Which draft, where it is, and the keys."""
        about: list[StyledText] = [
            (line(self._draft.subject), "strong"),
            ("\n", ""),
            (labels.place(self._kept), "dim"),
        ]
        note = "There is a draft of an answer to this mail, which was not sent."
        if self._tags:
            note += " The tags that you chose are not in it."
        keys: list[StyledText] = [
            ("⏎", "accent"),
            (" go on with it   ", "dim"),
            ("n", "accent"),
            (" throw it away, begin anew   ", "dim"),
            ("esc", "accent"),
            (" leave it", "dim"),
        ]
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Your draft"
            yield Static(content(about), id="question")
            yield Static(content([(note, "")]), id="note")
            yield Static(content(keys), id="keys")

    def action_answer(self, go_on: bool) -> None:
        """Close the dialog with the answer."""
        self.dismiss(go_on)

    def action_leave(self) -> None:
        """Close the dialog without one."""
        self.dismiss(None)
