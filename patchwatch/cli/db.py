"""`db`: move the database between SQLite and PostgreSQL."""

from __future__ import annotations

import click

from patchwatch.output import print_line, progress_line
from patchwatch.sanitize import line


@click.group("db", short_help="Move the database to or from PostgreSQL.")
def db_command() -> None:
    """Move the database between SQLite and PostgreSQL.

    \b
    Example:
      patchwatch db copy ~/.local/share/patchwatch/patchwatch.db postgresql://me@db.example.org/patchwatch
    """


@db_command.command("copy", short_help="Copy a database to an empty one.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_command(source: str, target: str) -> None:
    """Copy everything in the database FROM to the empty database TO, and compare the two.

    Each is a file, or a URL such as postgresql://USER@HOST/NAME. FROM may be in use; what is stored there meanwhile is
    not copied. Nothing is stored in TO unless all of it is. To use it, name it in [database] url or
    PATCHWATCH_DATABASE.

    \b
    Example:
      patchwatch db copy ~/.local/share/patchwatch/patchwatch.db postgresql://ann@db.example.org/patchwatch
    """
    from patchwatch.config import database_url
    from patchwatch.db.backup import sqlite_file
    from patchwatch.db.copy import copy_database
    from patchwatch.db.database import Database
    from patchwatch.errors import NotFoundError

    file = sqlite_file(database_url(source))
    if file is not None and not file.is_file():
        raise NotFoundError(f"there is no database at {file}.")
    old = Database(database_url(source))
    try:
        new = Database(database_url(target))
        try:
            with progress_line() as progress:
                tables = copy_database(old, new, progress)
        finally:
            new.close()
    finally:
        old.close()
    for table in tables:
        if table.rows:
            print_line(f"{table.rows:>10,}  {table.name}")
    print_line(f"{sum(table.rows for table in tables):>10,}  rows in {line(new.name)}, the same as in {line(old.name)}")
