"""When to read changed rows again: soon, but not after every one of many changes.

This decides when; screens decide what to read.  Visible rows are read at once, and then at most once per pause.  Hidden
rows wait until nothing has changed for a while: reading a thread changes the database with every mail.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

_PAUSE_SECONDS = 0.8  # between two reads of visible rows: reading a mail changes the database, but not the screen
_BEHIND_SECONDS = 1.5  # without a change, until hidden rows are read: ten thousand of them take a while
_BEHIND_MOST_SECONDS = 15.0  # then they are read anyway: a line on the series screen counts the unread mail


class Throttled:
    """Reads at once, and once more after a pause if there were changes meanwhile."""

    def __init__(self, screen: Screen[Any], read: Callable[[], None]) -> None:
        """`read` is called while `screen` exists."""
        self._screen = screen
        self._read = read
        self._pause: Timer | None = None
        self._changed = False  # during the pause

    def ask(self) -> None:
        """React to a change."""
        if self._pause is not None:
            self._changed = True
            return
        self._pause = self._screen.set_timer(_PAUSE_SECONDS, self._pause_over)
        self._read()

    def _pause_over(self) -> None:
        self._pause = None
        if self._changed:
            self._changed = False
            self.ask()

    def forget(self) -> None:
        """Ignore the changes since the last read."""
        self._changed = False


class Debounced:
    """Reads when nothing has changed for a while, or on demand."""

    def __init__(self, screen: Screen[Any], read: Callable[[], None]) -> None:
        """`read` is called while `screen` exists."""
        self._screen = screen
        self._read = read
        self._timer: Timer | None = None
        self._first_change = 0.0  # since the last read, by the monotonic clock

    def now(self) -> None:
        """Read now, which covers all changes so far."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._read()

    def later(self) -> None:
        """React to a change of hidden rows."""
        if self._timer is None:
            self._first_change = time.monotonic()
            self._timer = self._screen.set_timer(_BEHIND_SECONDS, self.now)
        elif time.monotonic() - self._first_change < _BEHIND_MOST_SECONDS:
            self._timer.reset()

    def catch_up(self) -> None:
        """Read now if anything has changed since the last read."""
        if self._timer is not None:
            self.now()
