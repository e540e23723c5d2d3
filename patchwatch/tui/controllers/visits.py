"""Remember which series the user looks at, without a wait and without moving them."""

from __future__ import annotations

from collections.abc import Callable

from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.controllers.view_state import ViewState


class Visits:
    """The visits of this run; series stay in their section until the user asks for new mail."""

    def __init__(self, tracker: TrackerAPI, jobs: Jobs, state: ViewState, stored: Callable[[int], None]) -> None:
        """`stored` is called with the generation of the database after a visit was stored."""
        self._tracker = tracker
        self._jobs = jobs
        self._state = state
        self._stored = stored

    def visit(self, series_id: int) -> None:
        """Store that the user looks at a series; if that fails, it is new once more."""
        self._state.keep([series_id])
        store = lambda: self._tracker.visit([series_id])  # noqa: E731
        self._jobs.submit("write", "visit", store, self._stored, lambda _: None)
