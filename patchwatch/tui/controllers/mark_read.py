"""Mark mails as read when they are shown.

A user who skims a thread reads many mails a second: they are collected and written in one transaction.  On the screen
they are read at once, and unread again if the write fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from patchwatch.errors import PatchwatchError
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.controllers.series_state import SeriesState

_COLLECT_SECONDS = 0.3


class ReadMarker:
    """The mails of one series that were read, but not written yet."""

    def __init__(
        self,
        screen: Screen[Any],
        tracker: TrackerAPI,
        jobs: Jobs,
        written: Callable[[int], None],
        failed: Callable[[SeriesState], None],
    ) -> None:
        """Mails are collected while `screen` exists.

        `written` is called with the generation of the database after the write; `failed` with a series whose mails are
        unread again.
        """
        self._screen = screen
        self._tracker = tracker
        self._jobs = jobs
        self._written = written
        self._failed = failed
        self._state: SeriesState | None = None
        self._seen: list[str] = []

    def mark(self, state: SeriesState, message_id: str) -> bool:
        """Mark a mail as read; True if it was unread."""
        if not state.is_unread(message_id):
            return False
        if state is not self._state:
            self.write()
            self._state = state
        state.read.add(message_id)
        self._seen.append(message_id)
        if len(self._seen) == 1:
            self._screen.set_timer(_COLLECT_SECONDS, self.write)
        return True

    def write(self) -> None:
        """Write the mails collected so far."""
        state, seen = self._state, self._seen
        self._seen = []
        if state is None or not seen:
            return

        def failed(error: PatchwatchError) -> None:
            self._jobs.notices.show("mark read", "error", str(error))
            state.read.difference_update(seen)
            self._failed(state)

        def done(generation: int) -> None:
            self._jobs.notices.dismiss("mark read")
            self._written(generation)

        self._jobs.submit("write", "mark read", lambda: self._tracker.mark_read(seen), done, failed)
