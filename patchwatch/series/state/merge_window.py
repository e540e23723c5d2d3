"""The merge window: when mainline takes new features, and waiting for a review does not count.

The release of vX.Y opens it, the next -rc1, whatever its number, closes it about two weeks later
(Documentation/process/2.Process.rst); meanwhile net-next and others take no new patches.  Pure: the tags of the tree
named as mainline are given.  What is late, and what to do about it, is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_DAY = 86_400
LONGEST = 21 * _DAY
"""Seconds after which a window without an -rc1 counts as over: the clone was not fetched since, Linus did not pause."""

# v2.6.39 was what v3.0 is; v6.1.5 and v2.6.39.1 are of the stable trees.
_TAG = re.compile(r"v(2\.6\.\d+|(?:[3-9]|\d\d+)\.\d+)(-rc1)?")


@dataclass(frozen=True, slots=True)
class Window:
    """One merge window; times are UTC seconds."""

    after: str  # the release that opened it: v6.5
    opened: int
    closed: int | None  # None: there is no -rc1 yet

    @property
    def end(self) -> int:
        """When it closed, or has closed at the latest."""
        return self.opened + LONGEST if self.closed is None else self.closed


def is_window_tag(tag: str) -> bool:
    """Whether a tag opens or closes a window."""
    return _TAG.fullmatch(tag) is not None


def windows(tags: Iterable[tuple[str, int]]) -> tuple[Window, ...]:
    """The merge windows, oldest first, from (name, time) of a tree's tags.

    A release that neither an -rc1 nor nothing at all follows says nothing: the tags in between are missing.
    """
    marks = sorted({(time, found[1], bool(found[2])) for name, time in tags if (found := _TAG.fullmatch(name))})
    known: list[Window] = []
    for place, (time, version, candidate) in enumerate(marks):
        if candidate:
            continue
        following = marks[place + 1] if place + 1 < len(marks) else None
        if following is None:
            known.append(Window(f"v{version}", time, None))
        elif following[2] and following[0] - time <= LONGEST:
            known.append(Window(f"v{version}", time, following[0]))
    return tuple(known)


def waited(since: int, now: int, windows: Sequence[Window]) -> int:
    """Seconds from `since` to `now`, without those that fell into merge windows."""
    paused = sum(max(min(w.end, now) - max(w.opened, since), 0) for w in windows)
    return max(now - since, 0) - paused


def waited_by(since: int, seconds: int, windows: Sequence[Window]) -> int:
    """The time at which `seconds` will have been `waited` since then, as far as the windows are known."""
    when = since + seconds
    while (missing := seconds - waited(since, when, windows)) > 0:
        when += missing
    return when


def since_at_latest(seconds: int, now: int, windows: Sequence[Window]) -> int:
    """The latest time from which `seconds` have been `waited` by now."""
    since = now - seconds
    while (missing := seconds - waited(since, now, windows)) > 0:
        since -= missing
    return since


def reopened(after: int, windows: Sequence[Window]) -> int | None:
    """When the window that was open at `after`, or the next one, closed; None if it did not yet."""
    return next((w.closed for w in windows if w.closed is None or w.closed > after), None)
