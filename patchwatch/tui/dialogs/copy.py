"""Offers the forms in which people pass a mail on, and says of each what would be copied."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.compose.citations import Citation
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render.columns import fill
from patchwatch.tui.widgets.row_list import RowList

_NAME = 18  # columns


class CitationList(RowList[tuple[int, Citation]]):
    """The forms, with the number that chooses each."""

    DEFAULT_CSS = """
    CitationList { background: $surface; overflow-y: hidden; margin-bottom: 1; }
    """

    def __init__(self, citations: Sequence[Citation]) -> None:
        """`citations` in the order in which they are offered."""
        super().__init__(id="citations")
        self._citations = citations

    def on_mount(self) -> None:
        """Show them."""
        self.styles.height = len(self._citations)
        self.set_rows(list(enumerate(self._citations, 1)))

    def key_of(self, row: tuple[int, Citation]) -> Hashable:
        """Its number."""
        return row[0]

    def draw(self, row: tuple[int, Citation], index: int, width: int) -> list[list[StyledText]]:
        """One form: number, name, and as much of the text as there is room for."""
        number, citation = row
        text = citation.text.replace("\n", " ⏎ ")
        return [[(f"{number} ", "accent"), (fill(citation.label, _NAME), ""), (text, "dim")]]


class CopyDialog(Dialog[Citation | None]):
    """Answers with what is to be copied, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Close", id="copy.leave"),
        Binding("y", "take", "Copy", show=False, id="copy.take"),
        *(Binding(str(n), f"number({n})", f"Copy form {n}", show=False, id=f"copy.{n}") for n in range(1, 6)),
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
            note = "The terminal takes it to the clipboard (OSC 52); some want that allowed in their settings."
            yield Static(content([(note, "dim")]), id="note")
            keys: list[StyledText] = [("⏎", "accent"), (" copy   ", "dim"), ("esc", "accent"), (" leave it", "dim")]
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
