"""When to ask whether the database has changed.

Once a second; if a server notifies of changes, when it does, and now and then in case that it was not heard.  While the
server can't be reached, more and more seldom.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from textual.app import App

from patchwatch.errors import DatabaseUnreachableError, PatchwatchError
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs

_TICK_SECONDS = 1.0
_TICKS_LISTENING = 15
_TICKS_UNREACHABLE = 30  # at most


class DatabaseWatch:
    """Reads the generation of the database, which changes with every commit of any process."""

    def __init__(
        self,
        tracker: TrackerAPI,
        jobs: Jobs,
        checked: Callable[[int], None],
        failed: Callable[[PatchwatchError], None],
    ) -> None:
        """`checked` is called with each generation that was read, `failed` with the reason why it could not be."""
        self._tracker = tracker
        self._jobs = jobs
        self._on_checked = checked
        self._on_failed = failed
        self._checking = False  # True while the generation is being read
        self._again = False  # True if there was a change meanwhile
        self._listening = False
        self._pause = 1  # ticks between two checks
        self._ticks = 0  # since the last check
        self._ended = threading.Event()
        self._listener: threading.Thread | None = None

    def begin(self, app: App[Any]) -> None:
        """Check soon, and from then on."""
        app.call_after_refresh(self.check)  # the first rows are drawn before all are read
        app.set_interval(_TICK_SECONDS, self._tick)

    def end(self) -> None:
        """Stop listening."""
        self._ended.set()

    def check(self) -> None:
        """Read the generation."""
        if not self._checking:
            self._checking, self._ticks = True, 0
            self._jobs.submit("read", "database", self._tracker.generation, self._checked, self._failed)

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks >= self._pause:
            self.check()

    def _listen(self) -> None:
        self._tracker.listen(lambda listening: self._jobs.call_in_app(self._heard, listening), self._ended)

    def _heard(self, listening: bool) -> None:
        """React to a notification of the server, or to the loss of its connection."""
        self._listening = listening
        if self._checking:
            self._again = True
        self.check()

    def _checked(self, generation: int) -> None:
        self._checking = False
        if self._listener is None:  # the database is open by now
            self._listener = threading.Thread(target=self._listen, name="patchwatch-listen", daemon=True)
            self._listener.start()
        self._pause = _TICKS_LISTENING if self._listening else 1
        self._on_checked(generation)
        if self._again:
            self._again = False
            self.check()

    def _failed(self, error: PatchwatchError) -> None:
        self._checking = self._again = False
        self._pause = min(2 * self._pause, _TICKS_UNREACHABLE) if isinstance(error, DatabaseUnreachableError) else 1
        self._on_failed(error)
