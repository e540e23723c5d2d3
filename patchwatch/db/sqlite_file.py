"""Open an SQLite file for reading without SQLAlchemy, whose import takes longer than reading a list.

Only if this program can read its schema and stored form; otherwise the caller opens it with patchwatch.db.database,
which migrates it or reports what is wrong.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from patchwatch.db.versions import SCHEMA_REVISION, is_readable

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
        forms = dict(connection.execute("SELECT name, value FROM setting WHERE name IN ('form', 'oldest_form')"))
    except sqlite3.Error:
        schema, forms = "", {}
    if schema != SCHEMA_REVISION or not is_readable(forms.get("form"), forms.get("oldest_form")):
        connection.close()
        return None
    return connection
