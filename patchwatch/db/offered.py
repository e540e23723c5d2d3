"""What the shell offers while somebody types: series, versions, lists and labels, read fast, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from patchwatch.db import series_flags
from patchwatch.db.people import FIRST
from patchwatch.db.sqlite_file import open_file

_MOST = 1_000  # titles; more than a shell shows
_TITLES = f"""
SELECT id, title, id IN ({series_flags.WATCHED}) AS watched FROM series
ORDER BY watched DESC, last_activity DESC LIMIT :limit
"""  # noqa: S608 (no values)


def read_titles(url: str) -> list[tuple[int, str]]:
    """Return number and title of the watched series, or of all if none is watched, most recently active first.

    At most a thousand, and none if the file cannot be read this way.
    """
    known = _rows(url, _TITLES, {"limit": _MOST})
    return [(number, title) for number, title, watched in known if watched or not known[0][2]]


def read_newest_version(url: str, series: int) -> int:
    """Return the number of a series' newest version; 0 if it is unknown, or an RFC's."""
    rows = _rows(url, "SELECT version FROM series WHERE id = :series AND NOT rfc", {"series": series})
    return int(rows[0][0]) if rows else 0


def read_inbox_names(url: str) -> list[str]:
    """Return the names of the lists that mail was seen on."""
    return [name for (name,) in _rows(url, "SELECT name FROM inbox ORDER BY name")]


def read_labels(url: str) -> list[str]:
    """Return the labels in use."""
    return [name for (name,) in _rows(url, "SELECT DISTINCT name FROM label WHERE person = :person ORDER BY name")]


def _rows(url: str, sql: str, values: Mapping[str, int] | None = None) -> list[tuple[Any, ...]]:
    file = open_file(url)
    if file is None:
        return []
    with closing(file):
        try:
            return file.execute(sql, {"person": FIRST, **(values or {})}).fetchall()
        except sqlite3.Error:
            return []
