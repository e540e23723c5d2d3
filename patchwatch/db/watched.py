"""What polls and scans for events need of the watched series, of which there can be tens of thousands.

Polls are for everybody: they ask for what anyone watches.  Events are a person's own.

The queries read columns only, and decode nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from patchwatch.db.execute import Execute, executor, rows_among
from patchwatch.db.series_flags import WATCHED, WATCHED_BY_ANYONE


class Standing(NamedTuple):
    """The columns of a watched series whose changes are events, and the people whose turn can come with time."""

    state: str
    turn: str
    people: str  # addresses of its posters, recipients and reviewers, one per line

    def concerns(self, people: Iterable[str]) -> bool:
        """True if one of these people is among them; most are in none, which a search in the text shows first."""
        return any(one in self.people and one in self.people.split("\n") for one in people)


def _of_watched(sql: str) -> str:
    return sql.format(watched=WATCHED_BY_ANYONE)


def _of_mine(sql: str) -> str:
    return sql.format(watched=WATCHED)


_STANDINGS = _of_mine("SELECT id, state, turn, posters, people FROM series WHERE id IN ({watched})")
_MAILS_AFTER = _of_mine(
    """
    SELECT revision.series_id, message.message_id FROM message
    JOIN revision ON revision.id = message.revision_id
    WHERE message.id > :mail AND revision.series_id IN ({watched})
    """
)
_IN_NO_INBOX = _of_watched(
    """
    SELECT series.roots FROM series WHERE series.id IN ({watched}) AND NOT EXISTS (
      SELECT 1 FROM revision
      JOIN message ON message.message_id = revision.root
      JOIN archive_copy ON archive_copy.message_pk = message.id
      WHERE revision.series_id = series.id)
    ORDER BY series.last_activity DESC, series.id
    """
)
_AUTHOR_KEYS = _of_watched(
    """
    SELECT DISTINCT revision_key.key FROM revision
    JOIN revision_key ON revision_key.revision_id = revision.id
    WHERE revision.series_id IN ({watched}) AND revision_key.key LIKE 'a:%'
    """
)
_WATCHED_AMONG = f"{WATCHED_BY_ANYONE} AND revision.series_id IN ({{values}})"
_MINE_AMONG = f"{WATCHED} AND revision.series_id IN ({{values}})"
_POSTERS = _of_watched("SELECT DISTINCT posters FROM series WHERE id IN ({watched})")


def is_any(execute: Execute) -> bool:
    """True if anyone watches anything."""
    return next(iter(execute("SELECT 1 FROM watch LIMIT 1", {})), None) is not None


def watched_among(execute: Execute, series: Iterable[int], *, mine: bool = False) -> set[int]:
    """Return those of these series that anyone watches, or only those that I watch."""
    return {row[0] for row in rows_among(execute, _MINE_AMONG if mine else _WATCHED_AMONG, series)}


def standings(connection: Connection) -> dict[int, Standing]:
    """Return state, turn and people of the series that I watch, by number."""
    rows = executor(connection)(_STANDINGS, {})
    return {number: Standing(state, turn, f"{posters}\n{people}") for number, state, turn, posters, people in rows}


def mails_after(connection: Connection, mail: int) -> dict[int, set[str]]:
    """Return the messages of each watched series that were stored after the one with the primary key `mail`."""
    found: dict[int, set[str]] = {}
    for series_id, message_id in executor(connection)(_MAILS_AFTER, {"mail": mail}):
        found.setdefault(series_id, set()).add(message_id)
    return found


def in_no_inbox(connection: Connection) -> list[str]:
    """Return the newest posting of each watched series that was seen in no inbox, the most recently active first."""
    return [roots.rpartition("\n")[2] for (roots,) in executor(connection)(_IN_NO_INBOX, {})]


def authors(connection: Connection) -> set[str]:
    """Return the addresses of the authors of all watched versions, in lower case."""
    found = {key.removeprefix("a:") for (key,) in executor(connection)(_AUTHOR_KEYS, {})}
    for (posters,) in executor(connection)(_POSTERS, {}):  # backports have no keys of authors
        found.update(posters.split("\n"))
    return found - {""}
