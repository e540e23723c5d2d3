"""Which series are watched, and what scans for events ask about some of them, of which there can be tens of thousands.

Polls are for everybody: they ask for what anyone watches.  Events are a person's own.

The queries read columns only, and decode nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.series_flags import WATCHED, WATCHED_BY_ANYONE

_PEOPLE = "SELECT id, posters, people FROM series WHERE id IN ({values})"
_MAILS_AFTER = """
SELECT revision.series_id, message.message_id FROM message
JOIN revision ON revision.id = message.revision_id
WHERE message.id > :mail AND revision.series_id IN ({values})
"""
_WATCHED_AMONG = f"{WATCHED_BY_ANYONE} AND revision.series_id IN ({{values}})"
_MINE_AMONG = f"{WATCHED} AND revision.series_id IN ({{values}})"


def is_any(execute: Execute) -> bool:
    """True if anyone watches anything."""
    return next(iter(execute("SELECT 1 FROM watch LIMIT 1", {})), None) is not None


def watched_among(execute: Execute, series: Iterable[int], *, mine: bool = False) -> set[int]:
    """Return those of these series that anyone watches, or only those that I watch."""
    return {row[0] for row in rows_among(execute, _MINE_AMONG if mine else _WATCHED_AMONG, series)}


def concerning(execute: Execute, people: Set[str], series: Iterable[int]) -> set[int]:
    """Return those of these series that one of these addresses posted, received or reviewed, or is asked in."""
    found = set()
    for number, posters, others in rows_among(execute, _PEOPLE, series):
        text = f"{posters}\n{others}"  # most are in none, which a search in it shows first
        if any(one in text and one in text.split("\n") for one in people):
            found.add(number)
    return found


def mails_after(execute: Execute, mail: int, series: Iterable[int]) -> dict[int, set[str]]:
    """Return the messages of each of these series that were stored after the one with the primary key `mail`."""
    found: dict[int, set[str]] = {}
    for series_id, message_id in rows_among(execute, _MAILS_AFTER, series, {"mail": mail}):
        found.setdefault(series_id, set()).add(message_id)
    return found
