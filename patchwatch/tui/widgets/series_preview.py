"""How the series under the cursor stands, read when the cursor has come to rest on it."""

from __future__ import annotations

from functools import partial

from textual.timer import Timer

from patchwatch.series.model import SeriesRow
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.widgets.series_header import SeriesHeader

_REST_SECONDS = 0.06


class SeriesPreview(SeriesHeader):
    """The heading of a series that follows a cursor."""

    def __init__(self, tracker: TrackerAPI, jobs: Jobs) -> None:
        """Reads from `core`."""
        super().__init__(id="account")
        self._tracker = tracker
        self._jobs = jobs
        self._series: int | None = None
        self._read: SeriesRow | None = None
        self._rest: Timer | None = None

    def follow(self, series_id: int | None, *, at_once: bool = False) -> None:
        """Tell of this series: when the cursor stays on it, or at once."""
        self._series = series_id
        if self._rest is not None:
            self._rest.stop()
        self._rest = None if at_once else self.set_timer(_REST_SECONDS, self._ask)
        if at_once:
            self._ask()

    def tick(self) -> None:
        """Let the ages grow."""
        self.show(self._read, self._tracker.now())

    def _ask(self) -> None:
        if self._series is None:
            self._read = None
            self.tick()
        elif self.display:
            ask = partial(self._tracker.one, self._series)
            # A series that is gone by now is told by the list, which is read anew.
            self._jobs.submit("read", "account", ask, self._heard, lambda _: None, screen=self.screen, latest=True)

    def _heard(self, read: SeriesRow) -> None:
        if read.id == self._series:
            self._read = read
            self.tick()
