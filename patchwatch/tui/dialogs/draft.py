"""Ask what to do with the unsent draft of an earlier reply to the same mail."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.compose.draft import Draft
from patchwatch.sanitize import line
from patchwatch.tui.base import signs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels

Answer = Literal["continue", "add", "anew"]
"""What to do: continue the draft, add the new quote to it, or start over."""


class DraftDialog(Dialog[Answer | None]):
    """Answers with what to do, or None to cancel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "answer('')", "Continue the draft, with the hunk if there is one", id="draft.go_on"),
        Binding("c", "answer('continue')", "Continue the draft as it is", id="draft.as_it_is"),
        Binding("n", "answer('anew')", "Discard the draft and start over", id="draft.anew"),
        Binding("escape,q", "leave", "Cancel", id="draft.leave"),
    ]

    def __init__(self, draft: Draft, old: Path, *, tags: bool, hunk: bool = False) -> None:
        """`draft` is the new draft, `old` the file of the old one; `tags`: the new one gives tags.

        `hunk`: the new one quotes a hunk, which can be added to the old one.
        """
        super().__init__()
        self._draft = draft
        self._old = old
        self._tags = tags
        self._hunk = hunk

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
        hints = [(signs.enter(), "continue")]
        if self._hunk:
            hints = [(signs.enter(), "add this hunk to it"), ("c", "continue as it is")]
        keys: list[StyledText] = []
        for key, does in (*hints, ("n", "discard and start over"), ("esc", "cancel")):
            keys += [(key, "accent"), (f" {does}   ", "dim")]
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Unsent draft"
            yield Static(content(about), id="question")
            yield Static(content([(note, "")]), id="note")
            yield Static(content(keys), id="keys")

    def action_answer(self, answer: Answer | Literal[""]) -> None:
        """Close the dialog with the answer; by default, add the hunk, or continue the draft without one."""
        self.dismiss(answer or ("add" if self._hunk else "continue"))

    def action_leave(self) -> None:
        """Close the dialog without one."""
        self.dismiss(None)
