"""An input for a URL or message-id to watch, and the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from patchwatch.errors import PatchwatchError
from patchwatch.progress import in_words
from patchwatch.sanitize import line
from patchwatch.tui.base import signs
from patchwatch.tui.base.api import TrackerAPI, Watched
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.widgets.text_field import SanitizedInput

QUESTION = "lore.kernel.org URL or message-id of any mail in the series:"


class WatchForm(Vertical):
    """Watches the series of a URL or message-id.

    The job continues if the user leaves the form; a notice then shows the result.
    """

    DEFAULT_CSS = """
    WatchForm {
        height: auto;
        & > * { height: auto; margin-bottom: 1; }
        & > #answer { display: none; }
        & > #link {
            border: none; height: 1; padding: 0 1; background: $field-background;
            &:focus { border: none; background: $field-background; }
        }
    }
    """

    def __init__(
        self, tracker: TrackerAPI, jobs: Jobs, watched: Callable[[Sequence[Watched]], None], text: str, leave: str
    ) -> None:
        """`watched` is called on success; `text` is the initial text; `leave` describes what Esc does."""
        super().__init__()
        self._tracker = tracker
        self._jobs = jobs
        self._on_watched = watched
        self._text = text
        self._leave = leave
        self._underway = False

    def compose(self) -> ComposeResult:
        """The input, and a line for the result."""
        yield Static(QUESTION, id="question")
        yield SanitizedInput(self._text, placeholder="https://lore.kernel.org/…", id="link", select_on_focus=False)
        yield Static(id="answer")
        enter: StyledText = (signs.enter(), "accent")
        keys: list[StyledText] = [enter, (" watch   ", "dim"), ("esc", "accent"), (f" {self._leave}", "dim")]
        yield Static(content(keys), id="keys")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Clear the error, and sanitize pasted text."""
        event.stop()
        if (text := line(event.value)) != event.value.strip():
            event.input.value = text
        if not self._underway:
            self._show_result([])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Watch the series."""
        event.stop()
        text = event.value.strip()
        if self._underway:
            return
        if not text:
            self._show_result([("! ", "bad strong"), ("Type or paste a URL or message-id first.", "")])
            return
        self._underway = True
        self._progress("searching …")
        self._jobs.submit(
            "watch",
            "watch",
            lambda: self._tracker.watch(text, partial(self._jobs.call_in_app, self._progress)),
            self._watched,
            self._failed,
        )

    @property
    def _visible(self) -> bool:
        return self.is_attached and self.screen.is_current and self.region.height > 0

    def _show_result(self, pieces: list[StyledText]) -> None:
        if self.is_attached:
            answer = self.query_one("#answer", Static)
            answer.update(content(pieces))
            answer.display = bool(pieces)

    def _progress(self, text: str, done: int = 0, total: int = 0) -> None:
        if self._underway:
            self._show_result([("… ", "accent"), (line(in_words(text, done, total)), "dim")])

    def _watched(self, watched: Sequence[Watched]) -> None:
        self._underway = False
        if self.is_attached:
            self.query_one(Input).value = ""
        self._on_watched(watched)

    def _failed(self, error: PatchwatchError) -> None:
        self._underway = False
        if self._visible:
            self._show_result([("! ", "bad strong"), (line(str(error)), "")])
        else:
            self._jobs.notices.show("watch", "error", str(error))
