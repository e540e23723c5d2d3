"""Tables of new databases, copied from one that the migrations created: running all of them takes 50 ms each time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import wraps

from sqlalchemy import Connection

Migrate = Callable[[Connection], None]


def migrated_once(migrate: Migrate) -> Migrate:
    """Return `migrate`; from the second new SQLite database on it copies the tables of the first."""
    statements: list[str] = []

    @wraps(migrate)
    def copy_tables(connection: Connection) -> None:
        new = connection.dialect.name == "sqlite" and not _dump(connection)
        if not new or not statements:
            migrate(connection)
            if new:
                statements.extend(_dump(connection))
            return
        for statement in statements:
            connection.exec_driver_sql(statement)

    return copy_tables


def _dump(connection: Connection) -> list[str]:
    """The statements that create what is in the database."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return [line for line in driver.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")]
