"""Mails that were read on a screen, noted to be read.

Who goes through a thread reads many mails a second: they are gathered, and noted in one transaction.  On the screen
they are read at once, and unread again where they could not be noted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from patchwatch.errors import PatchwatchError
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.controllers.series_state import SeriesState

_GATHER_SECONDS = 0.3


class ReadMarker:
    """What was read of one series, and is not yet noted."""

    def __init__(
        self,
        screen: Screen[Any],
        tracker: TrackerAPI,
        jobs: Jobs,
        noted: Callable[[int], None],
        refused: Callable[[SeriesState], None],
    ) -> None:
        """`screen` gathers as long as it is there.

        `noted` hears the generation that the database has by what was noted; `refused` of a reading whose mails are
        unread again.
        """
        self._screen = screen
        self._tracker = tracker
        self._jobs = jobs
        self._noted = noted
        self._refused = refused
        self._reading: SeriesState | None = None
        self._seen: list[str] = []

    def mark(self, reading: SeriesState, message_id: str) -> bool:
        """Take a mail as read; whether it was unread."""
        if not reading.is_unread(message_id):
            return False
        if reading is not self._reading:
            self.write()
            self._reading = reading
        reading.read.add(message_id)
        self._seen.append(message_id)
        if len(self._seen) == 1:
            self._screen.set_timer(_GATHER_SECONDS, self.write)
        return True

    def write(self) -> None:
        """Note what was gathered."""
        reading, seen = self._reading, self._seen
        self._seen = []
        if reading is None or not seen:
            return

        def failed(error: PatchwatchError) -> None:
            self._jobs.notices.show("mark read", "error", str(error))
            reading.read.difference_update(seen)
            self._refused(reading)

        def wrote(generation: int) -> None:
            self._jobs.notices.dismiss("mark read")
            self._noted(generation)

        self._jobs.submit("write", "mark read", lambda: self._tracker.mark_read(seen), wrote, failed)
