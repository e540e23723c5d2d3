"""A first look at the database without SQLAlchemy, whose import takes longer than everything else a first screen needs.

Reads only, and only an SQLite file that is exactly as this program left it; otherwise it declines, and the caller opens
the database in the ordinary way (patchwatch.db.database), which mends or reports.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from pathlib import Path

from patchwatch.db.series_list import lines
from patchwatch.db.versions import FACTS_VERSION, SCHEMA_REVISION
from patchwatch.series.model import SeriesSummary

_PREFIX = "sqlite:///"


def glance(
    url: str, now: int, overdue_days: int, me: Collection[str], *, watched_only: bool
) -> tuple[SeriesSummary, ...] | None:
    """As `patchwatch.db.series_list.lines`; None where the database has to be opened in the ordinary way."""
    connection = _open(url)
    if connection is None:
        return None
    try:
        connection.execute("BEGIN")
        return lines(connection.execute, now, overdue_days, me, watched_only=watched_only)
    except sqlite3.Error:
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
        (form,) = connection.execute("SELECT value FROM setting WHERE name = 'form'").fetchone() or ("",)
    except sqlite3.Error:
        schema = form = ""
    if (schema, form) != (SCHEMA_REVISION, str(FACTS_VERSION)):
        connection.close()
        return None
    return connection
