"""The words for the sections of the queue that the command line and the TUI share.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patchwatch.series.queue import ASKS, Place, Section
from patchwatch.times import format_age


def note(section: Section, places: Sequence[Place], now: int) -> str:
    """What a heading says besides the number of series, of what is asked of the user and what is new; else empty."""
    if section in ASKS:
        overdue = sum(place.overdue for place in places)
        return f"{overdue} overdue (!)" if overdue else ""
    if section is Section.NEW and places:
        return f"since you looked, oldest {format_age(min(place.since for place in places), now)}"
    return ""


def next_ping(waiting: Iterable[tuple[int, Place | None]]) -> tuple[int, int] | None:
    """Number and day of the first of the user's own series that has a day to ping, of series in order."""
    return next(((number, place.due) for number, place in waiting if place and place.mine and place.due), None)
