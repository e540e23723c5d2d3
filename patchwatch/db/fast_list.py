"""The series list without SQLAlchemy, whose import takes longer than everything else before the first screen.

Reads an SQLite file if its schema and stored form are this program's; otherwise it returns None, and the caller opens
the database with patchwatch.db.database, which migrates it or reports what is wrong.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from patchwatch.db import series_flags
from patchwatch.db.people import FIRST, known_as
from patchwatch.db.series_flags import Execute
from patchwatch.db.series_list import summaries
from patchwatch.db.versions import FACTS_VERSION, SCHEMA_REVISION
from patchwatch.series.model import SeriesSummary

_PREFIX = "sqlite:///"
_OFFERED = 1_000  # titles; more than a shell shows
_TITLES = f"""
SELECT id, title, id IN ({series_flags.WATCHED}) AS watched FROM series
ORDER BY watched DESC, last_activity DESC LIMIT :limit
"""  # noqa: S608 (no values)


def read_summaries(
    url: str, now: int, overdue_days: int, me: Collection[str], *, watched_only: bool
) -> tuple[SeriesSummary, ...] | None:
    """Return the same as `patchwatch.db.series_list.summaries`; None if the file cannot be read this way."""
    connection = _open(url)
    if connection is None:
        return None
    try:
        connection.execute("BEGIN")
        return summaries(_execute_as(connection, me), now, overdue_days, me, watched_only=watched_only)
    except (sqlite3.Error, ValueError):  # the slow path reports it
        return None
    finally:
        connection.close()


def read_titles(url: str) -> list[tuple[int, str]]:
    """Return number and title of the watched series, or of all if none is watched, most recently active first.

    At most a thousand, and none if the file cannot be read this way: the shell asks while somebody types.
    """
    known = _rows(url, _TITLES, {"limit": _OFFERED})
    return [(number, title) for number, title, watched in known if watched or not known[0][2]]


def read_newest_version(url: str, series: int) -> int:
    """Return the number of a series' newest version; 0 if it is unknown, or an RFC's."""
    rows = _rows(url, "SELECT version FROM series WHERE id = :series AND NOT rfc", {"series": series})
    return int(rows[0][0]) if rows else 0


def read_inbox_names(url: str) -> list[str]:
    """Return the names of the lists that mail was seen on."""
    return [name for (name,) in _rows(url, "SELECT name FROM inbox ORDER BY name")]


def _rows(url: str, sql: str, values: Mapping[str, int] | None = None) -> list[tuple[Any, ...]]:
    connection = _open(url)
    if connection is None:
        return []
    try:
        return connection.execute(sql, {"person": FIRST, **(values or {})}).fetchall()
    except sqlite3.Error:
        return []
    finally:
        connection.close()


def _execute_as(connection: sqlite3.Connection, addresses: Collection[str]) -> Execute:
    """Return a function that runs queries for the person with these addresses."""
    mine = {address.lower() for address in addresses}
    person = known_as(connection.execute, mine) or FIRST
    return lambda sql, values: connection.execute(sql, {**values, "person": person})


def _open(url: str) -> sqlite3.Connection | None:
    path = Path(url.removeprefix(_PREFIX))
    if not url.startswith(_PREFIX) or "?" in url or not path.is_file():
        return None
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error:
        return None
    try:
        (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        (facts,) = connection.execute("SELECT value FROM setting WHERE name = 'form'").fetchone() or ("",)
    except sqlite3.Error:
        schema = facts = ""
    if (schema, facts) != (SCHEMA_REVISION, str(FACTS_VERSION)):
        connection.close()
        return None
    return connection
