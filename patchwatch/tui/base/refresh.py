"""When rows that have changed are read anew: soon, but not with each of many changes.

Decides when; what is read is the screen's.  What is in sight follows a change at once, and the next ones after a pause.
What nobody sees waits until nothing has changed for a while, as it does with each mail that is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

_PAUSE_SECONDS = 0.8  # between two readings of what is in sight: reading a mail changes the database, not the screen
_BEHIND_SECONDS = 1.5  # without a change, until rows that nobody sees are read: ten thousand take a while
_BEHIND_MOST_SECONDS = 15.0  # then they are read all the same: a line of the series’ screen counts what is unread


class Throttled:
    """Reads at once, and after a pause what changed in it."""

    def __init__(self, screen: Screen[Any], read: Callable[[], None]) -> None:
        """`read` is called while `screen` is there."""
        self._screen = screen
        self._read = read
        self._pause: Timer | None = None
        self._changed = False  # during the pause

    def ask(self) -> None:
        """Something has changed."""
        if self._pause is not None:
            self._changed = True
            return
        self._pause = self._screen.set_timer(_PAUSE_SECONDS, self._go_on)
        self._read()

    def _go_on(self) -> None:
        self._pause = None
        if self._changed:
            self._changed = False
            self.ask()

    def forget(self) -> None:
        """What has changed is of no interest any more."""
        self._changed = False


class Deferred:
    """Reads when nothing has changed for a while, and when that is asked for."""

    def __init__(self, screen: Screen[Any], read: Callable[[], None]) -> None:
        """`read` is called while `screen` is there."""
        self._screen = screen
        self._read = read
        self._later: Timer | None = None
        self._since = 0.0  # when it was put off first, by the monotonic clock

    def now(self) -> None:
        """Read, and put nothing off any more."""
        if self._later is not None:
            self._later.stop()
            self._later = None
        self._read()

    def later(self) -> None:
        """Something has changed that nobody sees."""
        if self._later is None:
            self._since = time.monotonic()
            self._later = self._screen.set_timer(_BEHIND_SECONDS, self.now)
        elif time.monotonic() - self._since < _BEHIND_MOST_SECONDS:
            self._later.reset()

    def catch_up(self) -> None:
        """Read what was put off, if anything was."""
        if self._later is not None:
            self.now()
