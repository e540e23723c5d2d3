"""A preview of the series under the cursor, loaded when the cursor rests on it."""

from __future__ import annotations

from functools import partial

from textual.timer import Timer

from patchwatch.series.model import SeriesRow
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.widgets.series_header import SeriesHeader

_REST_SECONDS = 0.06


class SeriesPreview(SeriesHeader):
    """The header of the series under the cursor."""

    def __init__(self, tracker: TrackerAPI, jobs: Jobs) -> None:
        """Loads series from `tracker`."""
        super().__init__(id="preview")
        self._tracker = tracker
        self._jobs = jobs
        self._series: int | None = None
        self._row: SeriesRow | None = None
        self._rest: Timer | None = None

    def follow(self, series_id: int | None, *, at_once: bool = False) -> None:
        """Show this series when the cursor rests on it, or at once."""
        self._series = series_id
        if self._rest is not None:
            self._rest.stop()
        self._rest = None if at_once else self.set_timer(_REST_SECONDS, self._load)
        if at_once:
            self._load()

    def tick(self) -> None:
        """Update the ages."""
        self.show(self._row, self._tracker.now())

    def _load(self) -> None:
        if self._series is None:
            self._row = None
            self.tick()
        elif self.display:
            load = partial(self._tracker.one, self._series)
            # A series that is gone disappears when the list is reloaded; no error is needed here.
            self._jobs.submit("read", "preview", load, self._loaded, lambda _: None, screen=self.screen, latest=True)

    def _loaded(self, row: SeriesRow) -> None:
        if row.id == self._series:
            self._row = row
            self.tick()
