"""Merge windows, in which waiting for a review does not count.

The release of vX.Y opens one, the next -rc1, whatever its number, closes it about two weeks later
(Documentation/process/2.Process.rst); meanwhile net-next and others take no new patches.  Pure: computed from the tags
of the mainline tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from patchwatch.pattern import Pattern

_DAY = 86_400
LONGEST = 21 * _DAY
"""Seconds after which a window without an -rc1 is over: the clone is out of date."""

# v2.6.39 is a release as v3.0 is; v6.1.5 and v2.6.39.1 are from the stable trees.
_TAG = Pattern(r"v(2\.6\.\d+|(?:[3-9]|\d\d+)\.\d+)(-rc1)?")


class Window(Struct, frozen=True):
    """One merge window; times are UTC seconds."""

    after: str  # the release that opened it: v6.5
    opened: int
    closed: int | None  # None: no -rc1 yet

    @property
    def end(self) -> int:
        """When it closed, or will close at the latest."""
        return self.opened + LONGEST if self.closed is None else self.closed


def is_window_tag(tag: str) -> bool:
    """True if a tag opens or closes a window."""
    return _TAG.fullmatch(tag) is not None


def windows(tags: Iterable[tuple[str, int]]) -> tuple[Window, ...]:
    """The merge windows, oldest first, from (name, time) of a tree's tags.

    A release that is followed by another release is ignored: the tags in between are missing.
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
    """Seconds from `since` to `now`, without those in merge windows."""
    paused = sum(max(min(w.end, now) - max(w.opened, since), 0) for w in windows)
    return max(now - since, 0) - paused


def waited_by(since: int, seconds: int, windows: Sequence[Window]) -> int:
    """The time at which `waited` since then reaches `seconds`, as far as the windows are known."""
    when = since + seconds
    while (missing := seconds - waited(since, when, windows)) > 0:
        when += missing
    return when


def since_at_latest(seconds: int, now: int, windows: Sequence[Window]) -> int:
    """The latest time since which `waited` has reached `seconds` by now."""
    since = now - seconds
    while (missing := seconds - waited(since, now, windows)) > 0:
        since -= missing
    return since


def reopened(after: int, windows: Sequence[Window]) -> int | None:
    """When the window that was open at `after`, or the next one, closed; None if it has not."""
    return next((w.closed for w in windows if w.closed is None or w.closed > after), None)
