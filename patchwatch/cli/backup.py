"""`backup`: copy the database to a file."""

from __future__ import annotations

from pathlib import Path

import click

from patchwatch.cli.main import Context
from patchwatch.output import print_line
from patchwatch.sanitize import line


@click.command("backup", short_help="Copy the database to a file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace FILE if it exists, once the new backup is complete.")
@click.pass_obj
def backup_command(context: Context, file: Path, replace: bool) -> None:
    """Copy the database to FILE, even while other processes use it.

    The copy has everything: mail, decisions, read marks, digests. To restore it, stop `patchwatch run` and the TUI,
    delete the database's -wal and -shm files, if there are any, and copy it over the database. For PostgreSQL, use
    pg_dump.

    \b
    Example:
      patchwatch backup ~/backup/patchwatch.db
    """
    target = file.expanduser()
    size = context.tracker.back_up(target, replace=replace)
    print_line(f"wrote {line(str(target))} ({max(size >> 10, 1):,} KiB)")
