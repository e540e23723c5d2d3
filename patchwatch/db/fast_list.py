"""The series list without SQLAlchemy, whose import takes longer than everything else before the first screen.

Reads an SQLite file if its schema and stored form are this program's; otherwise it returns None, and the caller opens
the database with patchwatch.db.database, which migrates it or reports what is wrong.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from pathlib import Path

from patchwatch.db.series_list import summaries
from patchwatch.db.versions import FACTS_VERSION, SCHEMA_REVISION
from patchwatch.series.model import SeriesSummary

_PREFIX = "sqlite:///"


def read_summaries(
    url: str, now: int, overdue_days: int, me: Collection[str], *, watched_only: bool
) -> tuple[SeriesSummary, ...] | None:
    """Return the same as `patchwatch.db.series_list.summaries`; None if the file cannot be read this way."""
    connection = _open(url)
    if connection is None:
        return None
    try:
        connection.execute("BEGIN")
        return summaries(connection.execute, now, overdue_days, me, watched_only=watched_only)
    except (sqlite3.Error, ValueError):  # the slow path reports it
        return None
    finally:
        connection.close()


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
