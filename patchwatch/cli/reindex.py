"""`reindex`: rebuild what is derived from mail."""

from __future__ import annotations

import click

from patchwatch.cli.main import Context, hidden_now_option
from patchwatch.counts import plural
from patchwatch.output import print_error, print_line, progress_line
from patchwatch.sanitize import line


@click.command("reindex", short_help="Rebuild all derived data from the stored mail.")
@hidden_now_option
@click.pass_obj
def reindex_command(context: Context) -> None:
    """Rebuild all derived data from the stored mail. Your decisions are kept."""
    damaged: list[str] = []
    with progress_line() as progress:
        count = context.tracker.reindex(progress, damaged.append)
    print_line(f"{plural(count, 'mail')} reprocessed")
    if damaged:
        print_error(
            f"{plural(len(damaged), 'stored mail')} did not decompress, for example <{line(damaged[0])}>; what was "
            "read from them earlier is kept. `patchwatch doctor --check` explains how to fetch them again."
        )
