"""Ask for a series to watch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from patchwatch.tui.base.api import TrackerAPI, Watched
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.widgets.watch_form import WatchForm


class WatchDialog(Dialog[None]):
    """Asks for a URL or message-id and watches it; stays open until that succeeds or the user presses Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="watch.leave"),
    ]

    def __init__(
        self, tracker: TrackerAPI, jobs: Jobs, on_watched: Callable[[Sequence[Watched]], None], text: str
    ) -> None:
        """`on_watched` is called with what is watched now; `text` is the initial text of the field."""
        super().__init__()
        self._on_watched = on_watched
        self._form = WatchForm(tracker, jobs, self._watched, text, "close")

    def compose(self) -> ComposeResult:
        """The form in a frame."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Watch a series"
            yield self._form

    def action_leave(self) -> None:
        """Close the dialog."""
        self.dismiss()

    def _watched(self, watched: Sequence[Watched]) -> None:
        if self.is_active:
            self.dismiss()
        self._on_watched(watched)
