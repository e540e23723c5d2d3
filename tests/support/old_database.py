"""Databases with the tables of an earlier release."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import patchwatch.db


def create_old(url: str, revision: str) -> None:
    """Create an empty database with the tables of a schema revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(patchwatch.db.__file__).parent / "migrations"))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def make_old(path: Path, revision: str) -> None:
    """Replace an SQLite database by one of a schema revision, with those of its values that this one can hold."""
    old = path.with_suffix(".old")
    create_old(f"sqlite:///{old}", revision)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("ATTACH ? AS new", (str(path),))
        for (table,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            columns = ", ".join(sorted(_columns(connection, "main", table) & _columns(connection, "new", table)))
            if table.startswith("sqlite_") or table == "alembic_version" or not columns:
                continue
            connection.execute(f"DELETE FROM main.{table}")
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        connection.commit()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    old.replace(path)


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> set[str]:
    return {f'"{row[1]}"' for row in connection.execute(f"PRAGMA {schema}.table_info({table})")}
