"""Poll on demand: progress, outcome, and which series moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from textual.app import App

from patchwatch.progress import in_words
from patchwatch.sanitize import line
from patchwatch.series.model import SeriesSummary
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import PollReport, TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.controllers.moved import Moved, moved_text

_MARGIN = 4  # columns of the status bar that a notice does not use


class Polls:
    """The polls of this run, one at a time."""

    def __init__(self, app: App[Any], tracker: TrackerAPI, jobs: Jobs, changed: Callable[[], None]) -> None:
        """`changed` is called after a poll."""
        self._app = app
        self._tracker = tracker
        self._jobs = jobs
        self._changed = changed
        self._progress = ""  # of the current poll
        self._moved = Moved()

    def begin(self, lines: Sequence[SeriesSummary]) -> bool:
        """Begin a poll; False if one is running.  `lines` are the series before it, if they are loaded."""
        notices = self._jobs.notices
        if self._progress:
            notices.show("poll", "progress", f"Already polling: {self._progress}")
            return False
        notices.dismiss("poll failures")
        self._moved.begin(lines)
        self._say("polling …")
        work = lambda: self._tracker.poll(partial(self._jobs.call_in_app, self._say))  # noqa: E731
        self._jobs.submit("poll", "poll", work, self._polled, lambda error: self._failed(str(error)))
        return True

    def _say(self, text: str, done: int = 0, total: int = 0) -> None:
        self._progress = line(in_words(text, done, total))
        self._jobs.notices.show("poll", "progress", self._progress)

    def _polled(self, report: PollReport) -> None:
        self._progress = ""
        notices = self._jobs.notices
        if report.failures:
            notices.dismiss("poll")
            notices.show("poll failures", "error", " · ".join((*report.failures, report.summary)))
        else:
            notices.show("poll", "outcome", report.summary)
        counts = report.summary.partition(";")[0]
        self._jobs.submit("lists", "moved", self._tracker.lines, lambda lines: self._say_moved(lines, counts))
        self._changed()

    def _failed(self, error: str) -> None:
        self._progress = ""
        self._jobs.notices.show("poll", "error", error)

    def _say_moved(self, lines: Sequence[SeriesSummary], counts: str) -> None:
        if moved := self._moved.finish(lines):
            key = keys.key_display(self._app, [keys.MOVED], "app.moved")
            text = moved_text(moved, counts, key, self._app.size.width - _MARGIN)
            self._jobs.notices.show("poll", "outcome", text)

    def moved_after(self, series_id: int | None) -> int | None:
        """The series that moved after this one, around the end; without any, say so."""
        found = self._moved.after(series_id)
        if found is None:
            self._jobs.notices.show("poll", "note", "No series moved with the last poll.")
        return found
