"""A preview of the series under the cursor, loaded when the cursor rests on it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from textual.message import Message
from textual.timer import Timer

from patchwatch.series.model import NextAction, SeriesRow
from patchwatch.series.patch_reading import newest, summary
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.widgets.series_header import SeriesHeader

_LOAD_SECONDS = 0.06  # after which a series is loaded
_REST_SECONDS = 1.0  # with the cursor on it for so long, the user has looked at it


class SeriesPreview(SeriesHeader):
    """The header of the series under the cursor."""

    class Rested(Message):
        """The cursor rests on the series."""

    def __init__(self, tracker: TrackerAPI, jobs: Jobs) -> None:
        """Loads series from `tracker`."""
        super().__init__(id="preview")
        self._tracker = tracker
        self._jobs = jobs
        self._series: int | None = None
        self._row: SeriesRow | None = None
        self._why = ""
        self._read = ""
        self._rest: Timer | None = None
        self._look: Timer | None = None

    def follow(self, series_id: int | None, why: str = "", *, at_once: bool = False) -> None:
        """Show this series when the cursor rests on it, or at once; `why` it is in the queue."""
        self._why = why
        if series_id != self._series:
            if self._look is not None:
                self._look.stop()
            self._look = self.set_timer(_REST_SECONDS, lambda: self.post_message(self.Rested()))
        self._series = series_id
        if self._rest is not None:
            self._rest.stop()
        self._rest = None if at_once else self.set_timer(_LOAD_SECONDS, self._load)
        if at_once:
            self._load()

    def tick(self) -> None:
        """Update the ages."""
        self.show(self._row, self._tracker.now(), read=self._read)

    def _load(self) -> None:
        if self._series is None:
            self._row = None
            self.tick()
        elif self.display:
            load = partial(self._rows, self._series)
            # A series that is gone disappears when the list is reloaded; no error is needed here.
            self._jobs.submit("read", "preview", load, self._loaded, lambda _: None, screen=self.screen, latest=True)

    def _rows(self, series_id: int) -> tuple[SeriesRow, str]:
        row = self._tracker.one(series_id)
        return row, summary(newest(row, self._tracker.readings(row)))

    def _loaded(self, loaded: tuple[SeriesRow, str]) -> None:
        row, read = loaded
        if row.id == self._series:
            self._read = read
            # The place in the queue says more than the next action: it knows that I apply patches, and what is overdue.
            self._row = replace(row, next_action=NextAction(self._why, "", "me")) if self._why else row
            self.tick()
