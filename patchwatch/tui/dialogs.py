"""Two questions: which link to watch, and whether to stop watching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from patchwatch.db.rows import SeriesRow
from patchwatch.errors import PatchwatchError
from patchwatch.printable import line
from patchwatch.tui import wording
from patchwatch.tui.core import Core, Watched
from patchwatch.tui.errands import Errands
from patchwatch.tui.ink import Piece, content


class WatchDialog(ModalScreen[None]):
    """Asks for a link or message-id and watches it; stays until that worked, or until it is left with Esc.

    Leaving it does not stop what has begun: what comes of it is then said as a notice.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="watch.leave"),
    ]

    def __init__(self, core: Core, errands: Errands, watched: Callable[[Sequence[Watched]], None], text: str) -> None:
        """`watched` hears of success; `text` is what the line begins with."""
        super().__init__()
        self._core = core
        self._errands = errands
        self._heard = watched
        self._text = text
        self._underway = False

    def compose(self) -> ComposeResult:
        """A line to type on, and a line for what comes of it."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Watch a series"
            yield Static("A lore.kernel.org link or a message-id, of any mail of it:", id="question")
            yield Input(self._text, placeholder="https://lore.kernel.org/…", id="link")
            yield Static(id="answer")
            yield Static(
                content([("⏎", "accent"), (" watch   ", "dim"), ("esc", "accent"), (" close", "dim")]), id="keys"
            )

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is edited makes an error a thing of the past; what is pasted is made printable."""
        if (text := line(event.value)) != event.value.strip():
            event.input.value = text
        if not self._underway:
            self._say([])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Watch what was typed."""
        event.stop()
        text = event.value.strip()
        if self._underway:
            return
        if not text:
            self._say([("! ", "bad strong"), ("Type or paste a link first.", "")])
            return
        self._underway = True
        self._progress("looking for it …")
        self._errands.send(
            "watch",
            "watch",
            lambda: self._core.watch(text, lambda said: self._errands.tell(self._progress, said)),
            self._watched,
            self._failed,
        )

    def action_leave(self) -> None:
        """Close the dialog."""
        self.dismiss()

    def _say(self, pieces: list[Piece]) -> None:
        if self.is_active:
            answer = self.query_one("#answer", Static)
            answer.update(content(pieces))
            answer.display = bool(pieces)

    def _progress(self, said: str) -> None:
        if self._underway:
            self._say([("… ", "accent"), (line(said), "dim")])

    def _watched(self, watched: Sequence[Watched]) -> None:
        self._underway = False
        if self.is_active:
            self.dismiss()
        self._heard(watched)

    def _failed(self, error: PatchwatchError) -> None:
        self._underway = False
        if self.is_active:
            self._say([("! ", "bad strong"), (line(str(error)), "")])
        else:
            self._errands.notices.say("watch", "error", str(error))


class UnwatchDialog(ModalScreen[bool]):
    """Asks whether to stop watching a series, which it names."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Stop watching", id="unwatch.yes"),
        Binding("n,escape,q", "answer(False)", "Keep", id="unwatch.no"),
    ]

    def __init__(self, row: SeriesRow) -> None:
        """`row` is the series in question."""
        super().__init__()
        self._row = row

    def compose(self) -> ComposeResult:
        """The question, and the keys that answer it."""
        row = self._row
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Stop watching?"
            about = f"{wording.version(row)} · {wording.author(row)} · {', '.join(map(line, row.inboxes))}"
            yield Static(content([(line(row.title), "strong")]), id="question")
            yield Static(content([(about, "dim")]), id="about")
            yield Static(content([("Its mail is kept; watching it again brings it back.", "dim")]), id="note")
            keys: list[Piece] = [("y", "accent"), (" stop watching   ", "dim"), ("esc", "accent"), (" keep", "dim")]
            yield Static(content(keys), id="keys")

    def action_answer(self, yes: bool) -> None:
        """Close the dialog with the answer."""
        self.dismiss(yes)
