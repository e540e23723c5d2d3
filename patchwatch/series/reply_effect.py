"""What a reply changes for its sender: the place of the series in their queue, its points and its state.

Pure.  patchwatch.tracker.replies finds how the series stands before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import NamedTuple

from patchwatch.counts import joined, plural
from patchwatch.series import labels, verbs
from patchwatch.series.model import SeriesRow
from patchwatch.series.names import Names
from patchwatch.series.point_labels import fate_word, names_in
from patchwatch.series.point_list import ListedPoint, listed_points
from patchwatch.series.queue import ASKS, WAITS_FOR, Place, Section

_MOST = 4  # points that are named by their numbers


class Standing(NamedTuple):
    """A series, and its place in the queue of the person who replies."""

    row: SeriesRow
    place: Place | None


def reply_effect(before: Standing, after: Standing, me: Set[str], now: int) -> str:
    """`it stays in Review: review v4; point 5 waits for Jun; point 6 waits for you`: what changes between the two.

    `me` are the addresses of the person who replies.
    """
    if after.place and after.place.section is Section.CLOSED and before.row.state != after.row.state:
        return f"it is {after.place.verb}"
    changes = [_queue(before.place, after.place), *_points(before.row, after.row, me, now)]
    if after.row.state != before.row.state:
        changes.append(f"its state becomes {labels.state_name(after.row)}")
    return "; ".join(filter(None, changes)) or "nothing changes for you"


def _queue(before: Place | None, after: Place | None) -> str:
    if after is None:
        return ""
    was = before.section if before else None
    if after.section in ASKS:
        return f"it {'stays in' if was is after.section else 'moves to'} {after.section.heading}: {after.verb}"
    leaves = f"it leaves {was.heading}" if was in ASKS else ""
    if after.section is Section.WAITING:
        return f"{leaves} and {_waits(after)}" if leaves else f"it {_waits(after)}"
    return leaves


def _waits(place: Place) -> str:
    if place.verb in ("muted", "snoozed"):
        return f"stays {place.verb}"
    ping = f", ping on {verbs.long_day(place.due)}" if place.due else ""
    waits = f"waits for {WAITS_FOR.get(place.verb, place.verb)}"
    return f"{f'is {place.verb}' if place.verb.startswith('blocked') else waits}{ping}"


def _points(before: SeriesRow, after: SeriesRow, me: Set[str], now: int) -> Iterator[str]:
    """What becomes of each point that the reply is about, and which still wait for its sender."""
    old = {listed.point.key: listed for listed in listed_points(before, now)}
    new = listed_points(after, now)
    names = names_in(after, new, me)
    said: dict[str, list[int]] = {}
    raised: dict[str, int] = {}
    for listed in new:
        known = old.get(listed.point.key)
        words = _fate(listed, names)
        if known is None:
            if listed.waits_for:
                raised[words] = raised.get(words, 0) + 1
        elif known.fate != listed.fate or (listed.point.firm and _is_mine(listed, me)):
            said.setdefault(words, []).append(listed.number)
    mine_last = sorted(said.items(), key=lambda item: item[0].endswith(" you"))
    for words, numbers in mine_last:
        yield f"{_named(numbers)} {_agree(words, len(numbers))}"
    for words, count in raised.items():
        yield f"{plural(count, 'new point')} {_agree(words, count)}"


def _is_mine(listed: ListedPoint, me: Set[str]) -> bool:
    return listed.waits_for is not None and listed.waits_for.email in me


def _fate(listed: ListedPoint, names: Names) -> str:
    who = listed.waits_for
    if listed.is_open:
        return f"waits for {names.name(who)}" if who else "is open"
    return f"is {fate_word(listed.fate)}"


def _agree(words: str, count: int) -> str:
    if count == 1:
        return words
    return words.replace("waits", "wait", 1) if words.startswith("waits") else words.replace("is", "are", 1)


def _named(numbers: list[int]) -> str:
    """`point 5`, `points 2, 3 and 5`; of many only how many."""
    if len(numbers) > _MOST:
        return plural(len(numbers), "point")
    return f"point{'s' * (len(numbers) > 1)} {joined(numbers)}"
