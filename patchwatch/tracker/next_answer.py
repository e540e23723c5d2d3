"""The one thing to do now, as `patchwatch next` prints it, and until when that holds."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Hashable, Set
from typing import NamedTuple

from patchwatch.db import next_file
from patchwatch.db.next_file import Answer
from patchwatch.sanitize import line
from patchwatch.series import labels
from patchwatch.series.model import SeriesRow, SeriesSummary
from patchwatch.series.queue import Place, Section, first, in_order
from patchwatch.series.queue_labels import next_ping
from patchwatch.series.state.next_action import OWN_WORDS, asks_for_it
from patchwatch.series.verbs import long_day
from patchwatch.times import first_change, format_time
from patchwatch.tracker import Tracker

_DAY = 86_400
_STALE = _DAY  # polls that fail for so long make the answer doubtful


def refresh(tracker: Tracker) -> None:
    """Compute the stored answer again if it no longer holds; without a stored one nobody asks."""
    if next_file.exists() and tracker.addresses and next_file.read(tracker.now(), text=True) is None:
        answer_now(tracker)


class _Top(NamedTuple):
    """What the answer depends on besides its ages."""

    counts: tuple[tuple[str, int], ...]
    overdue: int
    number: int | None  # of the series to begin with
    verb: str
    ping: str  # what is next if there is nothing to do


def answer_now(tracker: Tracker) -> Answer:
    """Return the answer, and store it for the next time if that is possible."""
    now = tracker.now()
    counted = ""
    with contextlib.suppress(OSError, sqlite3.Error):  # not an SQLite file
        counted = next_file.generation(tracker.database_url)
    queue, dormant = tracker.queue_and_dormant()
    lines = {row.id: row for row in queue.placed(now)}
    live = [row for row in lines.values() if row.place and row.place.section is not Section.DORMANT]
    dormant += sum(row.place is not None for row in lines.values()) - len(live)

    def top_at(when: int) -> _Top:
        return _top({row.id: place for row in live if (place := queue.place(row, when))}, dormant)

    def text_at(when: int) -> Hashable:
        top = top_at(when)
        place = queue.place(lines[top.number], when) if top.number is not None else None
        return top, place and place.reason

    top = top_at(now)
    row = tracker.one(top.number) if top.number is not None else None
    place = lines[top.number].place if top.number is not None else None
    answer = _answer(top, row, place, _stale_at(list(lines.values())), tracker.addresses)
    if counted:
        snoozed = [row.snoozed_until for row in live if row.snoozed_until]
        end = min([now + _DAY, *(until for until in snoozed if until > now)])
        until = first_change(top_at, now, end)
        with contextlib.suppress(OSError):  # without a place to store it, it is computed each time
            url, config = tracker.database_url, tracker.config_file
            next_file.write(url, config, counted, answer, now, until, first_change(text_at, now, until))
    return answer


def _top(places: dict[int, Place], dormant: int) -> _Top:
    sections = in_order(places)
    counts = {section.value: len(numbers) for section, numbers in sections.items()}
    counts[Section.DORMANT.value] += dormant
    number = first(sections, places)
    pinged = next_ping((number, places[number]) for number in sections[Section.WAITING])
    ping = f"ping #{pinged[0]} on {long_day(pinged[1])}" if pinged else ""
    overdue = sum(place.overdue for place in places.values())
    return _Top(tuple(counts.items()), overdue, number, places[number].verb if number is not None else "", ping)


def _stale_at(lines: list[SeriesSummary]) -> int | None:
    """Return when the first failing list counts as stale; None if none fails."""
    failing = [row.stale_since for row in lines if row.stale_since is not None]
    return min(failing) + _STALE if failing else None


def _answer(top: _Top, row: SeriesRow | None, place: Place | None, stale_at: int | None, me: Set[str]) -> Answer:
    counts = dict(top.counts)
    series = None
    if row is None or place is None:
        text = [f"nothing needs you{f'; {top.ping}' if top.ping else ''}"]
        short = ""
    else:
        title, author = labels.title(row.title), labels.author(row)
        text = [
            line(place.reason),
            f"  #{row.id}  {title}  ({author})",
            *_quote(row, me),
            f"  patchwatch show {row.id} --why",
        ]
        short = f"{line(place.verb)}: {title} ({counts[Section.NOW.value]})"
        series = {
            "id": row.id,
            "title": row.title,
            "section": place.section.value,
            "verb": place.verb,
            "reason": place.reason,
            "since": format_time(place.since),
            "overdue": place.overdue,
            "sure": place.sure,
            "message_id": row.revisions[-1].message_id,
        }
    value = {"schema": 1, "counts": counts, "overdue": top.overdue, "series": series}
    return {"counts": counts, "line": short, "text": text, "json": value, "stale_at": stale_at}


def _quote(row: SeriesRow, me: Set[str]) -> list[str]:
    """The sentence that asks for it, if somebody wrote one."""
    why = asks_for_it(row)
    if why is None or why.kind in OWN_WORDS or why.by_hand or not why.text:
        return []
    return [f"  {labels.evidence_text(why)}  {labels.evidence_author(why, me)}".rstrip()]
