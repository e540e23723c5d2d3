"""Ask in which form to copy a reference to a mail: message-id, URL, Link: line and others."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.compose.citations import LABELS, Citation
from patchwatch.tui.base import signs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render.columns import pad
from patchwatch.tui.widgets.row_list import RowList

_NAME = 18  # columns


class CitationList(RowList[tuple[int, Citation]]):
    """The forms, each with the number that selects it."""

    DEFAULT_CSS = """
    CitationList { background: $surface; overflow-y: hidden; margin-bottom: 1; }
    """

    def __init__(self, citations: Sequence[Citation]) -> None:
        """`citations` in the order to show them."""
        super().__init__(id="citations")
        self._citations = citations

    def on_mount(self) -> None:
        """Fill the list."""
        self.styles.height = len(self._citations)
        self.set_rows(list(enumerate(self._citations, 1)))

    def key_of(self, row: tuple[int, Citation]) -> Hashable:
        """The number of the form."""
        return row[0]

    def draw(self, row: tuple[int, Citation], index: int, width: int) -> list[list[StyledText]]:
        """One form: number, name, and as much of the text as fits."""
        number, citation = row
        text = citation.text.replace("\n", " ⏎ ")
        return [[(f"{number} ", "accent"), (pad(citation.label, _NAME), ""), (text, "dim")]]


class CopyDialog(Dialog[Citation | None]):
    """Answers with the text to copy, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Cancel", id="copy.leave"),
        Binding("y", "take", "Copy", show=False, id="copy.take"),
        *(
            Binding(str(n), f"number({n})", f"Copy the {label}", show=False, id=f"copy.{n}")
            for n, label in enumerate(LABELS, 1)
        ),
    ]

    def __init__(self, citations: Sequence[Citation]) -> None:
        """`citations` are the forms to choose from."""
        super().__init__()
        self._citations = citations

    def compose(self) -> ComposeResult:
        """The forms, and the whole text of the one under the cursor."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Copy"
            yield CitationList(self._citations)
            yield Static(id="reading")
            note = "Copies via the terminal (OSC 52), which some terminals must be configured to allow."
            yield Static(content([(note, "dim")]), id="note")
            enter: StyledText = (signs.enter(), "accent")
            keys: list[StyledText] = [enter, (" copy   ", "dim"), ("esc", "accent"), (" cancel", "dim")]
            yield Static(content(keys), id="keys")

    @on(RowList.Moved)
    def _moved(self) -> None:
        row = self.query_one(CitationList).row
        self.query_one("#reading", Static).update(content([(row[1].text, "strong")] if row else []))

    @on(RowList.Chosen)
    def action_take(self) -> None:
        """Copy the form under the cursor."""
        row = self.query_one(CitationList).row
        self.dismiss(row[1] if row else None)

    def action_number(self, number: int) -> None:
        """Copy a form by its number."""
        if number <= len(self._citations):
            self.dismiss(self._citations[number - 1])

    def action_leave(self) -> None:
        """Close the dialog without copying."""
        self.dismiss(None)
