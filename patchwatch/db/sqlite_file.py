"""Open an SQLite file for reading without SQLAlchemy, whose import takes longer than reading a list.

Only if its schema and stored form are this program's; otherwise the caller opens it with patchwatch.db.database, which
migrates it or reports what is wrong.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from patchwatch.db.versions import FACTS_VERSION, SCHEMA_REVISION

_PREFIX = "sqlite:///"


def open_file(url: str) -> sqlite3.Connection | None:
    """Return a connection with a consistent view of the file, which it cannot change; None if it is no such file.

    It does not wait for a program that has locked the file: None then, too.
    """
    path = Path(url.removeprefix(_PREFIX))
    if not url.startswith(_PREFIX) or "?" in url or not path.is_file():
        return None
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=0, check_same_thread=False
        )
    except sqlite3.Error:
        return None
    try:
        connection.execute("BEGIN")
        (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        (facts,) = connection.execute("SELECT value FROM setting WHERE name = 'form'").fetchone() or ("",)
    except sqlite3.Error:
        schema = facts = ""
    if (schema, facts) != (SCHEMA_REVISION, str(FACTS_VERSION)):
        connection.close()
        return None
    return connection
