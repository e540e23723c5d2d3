"""What polls ask for because of the watched series: lists, authors, and threads that are on no known list.

The table has what each series that somebody watches contributes.  `refresh` brings it up to date with the series that
changed (patchwatch.db.series_changes), so that a poll without news reads no series.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum

from sqlalchemy import Connection

from patchwatch.db import schema as t
from patchwatch.db import series_flags
from patchwatch.db.database import Database, generation
from patchwatch.db.execute import Execute, executor, rows_among
from patchwatch.db.messages import set_setting, setting
from patchwatch.db.series import seen_in
from patchwatch.db.series_changes import changed_since
from patchwatch.db.sql import delete_with, insert_rows
from patchwatch.db.watched import watched_among

_SEEN = "poll targets"  # setting: the generation of the database up to which the table has what changed


class Target(StrEnum):
    """What is asked for; `value` in the table says which one."""

    LIST = "list"  # name of an inbox
    AUTHOR = "author"  # address, in lower case
    THREAD = "thread"  # the newest posting of a series that was seen in no inbox


_OF_SERIES = "SELECT id, roots, posters FROM series WHERE id IN ({values})"
_AUTHOR_KEYS = """
SELECT revision.series_id, revision_key.key FROM revision
JOIN revision_key ON revision_key.revision_id = revision.id
WHERE revision.series_id IN ({values}) AND revision_key.key LIKE 'a:%'
"""
_LISTS = """
SELECT name FROM inbox WHERE followed OR EXISTS (SELECT 1 FROM poll_target WHERE kind = 'list' AND value = inbox.name)
ORDER BY name
"""
# From each author straight to the next, because one can have thousands of series.
_AUTHORS = """
WITH RECURSIVE author(value) AS (
  SELECT min(value) FROM poll_target WHERE kind = 'author'
  UNION ALL
  SELECT (SELECT min(value) FROM poll_target WHERE kind = 'author' AND value > author.value) FROM author
  WHERE author.value IS NOT NULL
) SELECT value FROM author WHERE value IS NOT NULL
"""
_THREADS = """
SELECT poll_target.value FROM poll_target JOIN series ON series.id = poll_target.series_id
WHERE poll_target.kind = 'thread' ORDER BY series.last_activity DESC, series.id
"""


def refresh(database: Database) -> None:
    """Bring the table up to date."""
    with database.read() as connection:
        if _changed(connection) == set():
            return
    with database.write() as connection:
        changed = _changed(connection)
        if changed is None:  # the first time
            changed = {row[0] for row in executor(connection)(series_flags.WATCHED_BY_ANYONE, {})}
        delete_with(connection, t.poll_target.c.series_id, changed)
        rows = [
            {"kind": kind, "value": value, "series_id": number}
            for number, kind, value in sorted(set(_targets(executor(connection), changed)))
        ]
        insert_rows(connection, t.poll_target, rows)
        set_setting(connection, _SEEN, str(generation(connection)))


def _changed(connection: Connection) -> set[int] | None:
    """Return the series that changed since the table was brought up to date; None if it never was."""
    seen = setting(connection, _SEEN)
    return None if seen is None else changed_since(executor(connection), int(seen))


def _targets(execute: Execute, series: Collection[int]) -> Iterator[tuple[int, Target, str]]:
    watched = watched_among(execute, series)
    inboxes, _ = seen_in(execute, watched)
    for number, names in inboxes.items():
        yield from ((number, Target.LIST, name) for name in names)
    for number, roots, posters in rows_among(execute, _OF_SERIES, watched):
        yield from ((number, Target.AUTHOR, address) for address in posters.split("\n") if address)
        if number not in inboxes:
            yield number, Target.THREAD, roots.rpartition("\n")[2]
    for number, key in rows_among(execute, _AUTHOR_KEYS, watched):  # which backports do not have
        yield number, Target.AUTHOR, key.removeprefix("a:")


def lists(execute: Execute) -> list[str]:
    """Return the inboxes that are followed or have a watched series, by name."""
    return [name for (name,) in execute(_LISTS, {})]


def authors(execute: Execute) -> list[str]:
    """Return the addresses of the authors of all watched versions, in lower case and in the order of Python's texts."""
    return sorted(address for (address,) in execute(_AUTHORS, {}))


def threads(execute: Execute) -> list[str]:
    """Return the newest posting of each watched series that was seen in no inbox, the most recently active first."""
    return [root for (root,) in execute(_THREADS, {})]
