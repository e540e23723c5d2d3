"""Stay with a revision when it moves to another series, because it was linked or unlinked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from patchwatch.errors import NotFoundError, PatchwatchError
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.controllers.series_state import SeriesState


class RevisionFollower:
    """Finds the series that a revision belongs to now."""

    def __init__(
        self,
        screen: Screen[Any],
        tracker: TrackerAPI,
        jobs: Jobs,
        current: Callable[[], SeriesState | None],
        moved: Callable[[int], None],
        failed: Callable[[PatchwatchError], None],
    ) -> None:
        """`current` returns the state shown now; `moved` is called with the number of the other series."""
        self._screen = screen
        self._tracker = tracker
        self._jobs = jobs
        self._current = current
        self._moved = moved
        self._failed = failed

    def follow(self, gone: NotFoundError | None = None) -> None:
        """Find the series of the selected revision; `gone`: the error if its old series no longer exists."""
        if (state := self._current()) is None:
            return
        revision, series_id = state.revision, state.series.id
        if revision is None:
            self._failed(gone or NotFoundError(f"there is no series {series_id}."))
            return

        def done(new_id: int) -> None:
            if state is not self._current():
                return
            if new_id != series_id:
                self._moved(new_id)
            elif gone is not None:
                self._failed(gone)

        message_id = revision.message_id
        self._jobs.submit(
            "read", "series", lambda: self._tracker.find(message_id), done, self._failed, screen=self._screen
        )
