"""What is shown of a series besides its revisions: what the user decided, what is unread, and its inboxes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from patchwatch.db.execute import Execute, rows_among
from patchwatch.series.state.merge_window import Window, since_at_latest, windows
from patchwatch.series.states import CLOSED, Turn

_DAY = 86_400

DECIDED = """
SELECT revision.series_id{columns} FROM {table}
JOIN message ON message.message_id = {table}.message_id JOIN revision ON revision.id = message.revision_id
WHERE revision.series_id IS NOT NULL AND {table}.person = :person
"""
"""Selects the numbers of the series that a decision of a person is about, with columns of its table."""
WATCHED = DECIDED.format(table="watch", columns="")
"""Selects the numbers of the series that a person watches."""
PINNED = DECIDED.format(table="pin", columns="")
SNOOZED = DECIDED.format(table="snooze", columns="")
"""Select the numbers of the series that a person pinned or snoozed."""
LABELED = DECIDED.format(table="label", columns=", label.name")
"""Selects series and labels that a person gave them; a pair can repeat."""
WATCHED_BY_ANYONE = WATCHED.replace("AND watch.person = :person", "")
"""Selects the numbers of the series that somebody watches."""
# Mails since the snooze are those newer than all that were stored then.  The time of the snooze would miss mails that
# were on the server already.
_MAILS_SINCE_SNOOZE = """
SELECT revision.series_id, reply.author_email FROM snooze
JOIN message ON message.message_id = snooze.message_id JOIN revision ON revision.id = message.revision_id
JOIN revision AS own ON own.series_id = revision.series_id JOIN message AS reply ON reply.revision_id = own.id
WHERE snooze.until IS NULL AND snooze.person = :person AND reply.date > coalesce(snooze.newest, snooze.at)
"""
# CROSS JOIN keeps SQLite from beginning with the hundred thousand archive copies.
_INBOXES = """
SELECT revision.series_id, archive_copy.inbox_id FROM revision CROSS JOIN message CROSS JOIN archive_copy
WHERE revision.series_id IS NOT NULL AND message.message_id = revision.root AND archive_copy.message_pk = message.id
"""
SEEN_IN = """
SELECT 1 FROM revision CROSS JOIN message CROSS JOIN archive_copy
WHERE revision.series_id = series.id AND message.message_id = revision.root AND archive_copy.message_pk = message.id
AND archive_copy.inbox_id IN ({inboxes})
"""
"""Selects something if a posting of a series was seen in one of these inboxes."""
UNREAD = """(
coalesce((SELECT last_pk FROM read_range WHERE person = :person AND first_pk <= message.id
          ORDER BY first_pk DESC LIMIT 1), 0) < message.id
AND NOT EXISTS (SELECT 1 FROM read_mark WHERE read_mark.message_id = message.message_id AND person = :person)
)"""
"""True of a message that a person has not read."""
_UNREAD = """
SELECT revision.series_id, count(*) FROM revision
JOIN message ON message.revision_id = revision.id
WHERE {unread} AND revision.series_id IN ({values})
GROUP BY revision.series_id
""".replace("{unread}", UNREAD)
_TAGS = "SELECT tags FROM tree WHERE mainline"


def watched(execute: Execute) -> set[int]:
    """Return the watched series."""
    return {row[0] for row in execute(WATCHED, {})}


def muted(execute: Execute) -> set[int]:
    """Return the muted series."""
    return {row[0] for row in execute(DECIDED.format(table="mute", columns=""), {})}


def pinned(execute: Execute) -> set[int]:
    """Return the pinned series."""
    return {row[0] for row in execute(PINNED, {})}


def not_mine(execute: Execute) -> dict[int, int]:
    """Return when the person said, last, of each series that it is not theirs to do; the others are left out."""
    found: dict[int, int] = {}
    for number, at in execute(DECIDED.format(table="not_mine", columns=", not_mine.at"), {}):
        found[number] = max(at, found.get(number, 0))
    return found


def labels(execute: Execute) -> dict[int, tuple[str, ...]]:
    """Return my labels of each series, in alphabetical order; series without one are left out."""
    found: dict[int, tuple[str, ...]] = {}
    for number, name in sorted(set(execute(LABELED, {}))):
        found[number] = (*found.get(number, ()), name)
    return found


def snoozed(execute: Execute, me: Collection[str], now: int) -> dict[int, int]:
    """Return until when each series is snoozed: a time, or 0 for a snooze that ends with the next mail.

    A snooze that has ended is left out.  My own mails, from an address in `me` (lower case), end none.
    """
    snoozes = {row[0]: row[1] for row in execute(DECIDED.format(table="snooze", columns=", snooze.until"), {})}
    if not snoozes:
        return {}
    answered = {row[0] for row in execute(_MAILS_SINCE_SNOOZE, {}) if row[1] not in me}
    return {
        number: until or 0
        for number, until in snoozes.items()
        if (now < until if until is not None else number not in answered)
    }


def woken(execute: Execute, now: int) -> dict[int, int]:
    """Return when the snooze of each series ended, if it ended at a time."""
    rows = execute(DECIDED.format(table="snooze", columns=", snooze.until"), {})
    return {number: until for number, until in rows if until is not None and until <= now}


def unread_in_watched(execute: Execute) -> dict[int, int]:
    """Return how many mails of each watched series are unread; series without one are left out."""
    return {row[0]: row[1] for row in execute(_UNREAD.format(values=WATCHED), {})}


def unread_in(execute: Execute, ids: Iterable[int]) -> dict[int, int]:
    """Return how many mails of each of these series are unread; series without one are left out."""
    return {row[0]: row[1] for row in rows_among(execute, _UNREAD, ids)}


def inbox_ids_for_anyone(execute: Execute) -> Iterable[tuple[int, int]]:
    """Return (series, inbox) for the series that somebody watches, as `inbox_ids`."""
    return execute(f"{_INBOXES} AND revision.series_id IN ({WATCHED_BY_ANYONE})", {})


def inbox_ids(execute: Execute, condition: str, values: Mapping[str, Any]) -> Iterable[tuple[int, int]]:
    """Return (series, inbox) for each inbox that a posting of a series was seen in; pairs can repeat.

    Of the series with a `condition`, which is empty or begins with WHERE; `values` are its parameters.
    """
    among = f" AND revision.series_id IN (SELECT id FROM series{condition})" if condition else ""  # noqa: S608
    return execute(_INBOXES + among, values)


def inbox_ids_of(execute: Execute, ids: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Return (series, inbox) for these series, as `inbox_ids`."""
    return rows_among(execute, _INBOXES + " AND revision.series_id IN ({values})", ids)


def merge_windows(execute: Execute) -> tuple[Window, ...]:
    """Return the merge windows according to the tags of the mainline tree; none without such a tree."""
    row = next(iter(execute(_TAGS, {})), None)
    return windows((name, time) for name, time in json.loads(row[0])) if row and row[0] else ()


def awaits_review(state: str, turn: str) -> bool:
    """True if a series is open and waits for reviewers."""
    return turn == Turn.REVIEWERS and state not in CLOSED


def overdue_since(overdue_days: int, now: int, merge_windows: tuple[Window, ...]) -> int:
    """Return the time: a series that has waited for review since then, or longer, is overdue now."""
    return since_at_latest(overdue_days * _DAY, now, merge_windows)
