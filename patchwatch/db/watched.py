"""What a poll needs of the watched series: queries that decode nothing, because there can be tens of thousands."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, TextClause, text

from patchwatch.db.series_flags import WATCHED


class WatchedSeries(NamedTuple):
    """The columns of a watched series whose changes a poll reports."""

    state: str
    turn: str
    title: str
    roots: tuple[str, ...]  # of all postings, the newest last


def _of_watched(sql: str) -> TextClause:
    return text(sql.format(watched=WATCHED))


_SERIES = _of_watched("SELECT id, state, turn, title, roots FROM series WHERE id IN ({watched})")
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
_BY_INBOX = _of_watched(
    """
    SELECT archive_copy.inbox_id, count(DISTINCT revision.series_id)
    FROM revision
    JOIN message ON message.message_id = revision.root
    JOIN archive_copy ON archive_copy.message_pk = message.id
    WHERE revision.series_id IN ({watched})
    GROUP BY archive_copy.inbox_id
    """
)
_AUTHOR_KEYS = _of_watched(
    """
    SELECT DISTINCT revision_key.key FROM revision
    JOIN revision_key ON revision_key.revision_id = revision.id
    WHERE revision.series_id IN ({watched}) AND revision_key.key LIKE 'a:%'
    """
)
_POSTERS = _of_watched("SELECT DISTINCT posters FROM series WHERE id IN ({watched})")


def watched_series(connection: Connection) -> dict[int, WatchedSeries]:
    """Return the watched series by number."""
    rows = connection.execute(_SERIES)
    return {
        number: WatchedSeries(state, turn, title, tuple(roots.split("\n")))
        for number, state, turn, title, roots in rows
    }


def in_no_inbox(connection: Connection) -> list[str]:
    """Return the newest posting of each watched series that was seen in no inbox, the most recently active first."""
    return [roots.rpartition("\n")[2] for (roots,) in connection.execute(_IN_NO_INBOX)]


def count_by_inbox(connection: Connection) -> dict[int, int]:
    """Return how many watched series were seen in each inbox, by its primary key; without those in which none was."""
    return {row[0]: row[1] for row in connection.execute(_BY_INBOX)}


def authors(connection: Connection) -> set[str]:
    """Return the addresses of the authors of all watched versions, in lower case."""
    found = {key.removeprefix("a:") for (key,) in connection.execute(_AUTHOR_KEYS)}
    for (posters,) in connection.execute(_POSTERS):  # backports have no keys of authors
        found.update(posters.split("\n"))
    return found - {""}
