"""`reindex`: rebuild what is derived from mail."""

from __future__ import annotations

import click

from patchwatch.cli.main import Context, hidden_now_option
from patchwatch.cli.signals import orderly_stop
from patchwatch.counts import plural
from patchwatch.output import print_error, print_line, progress_line
from patchwatch.sanitize import line


@click.command("reindex", short_help="Rebuild all derived data from the stored mail.")
@hidden_now_option
@click.pass_obj
def reindex_command(context: Context) -> None:
    """Read all stored mail again, and rebuild what is derived from it. Your decisions are kept.

    That happens in short steps, the newest mail first, so that other commands, `patchwatch run` and the TUI go on
    meanwhile. If you stop it, `run`, `poll` or another `reindex` continues it.

    \b
    Example:
      patchwatch reindex
    """
    damaged: list[str] = []
    with orderly_stop(), progress_line() as progress:
        count = context.tracker.reindex(progress, damaged.append)
    damaged = [*dict.fromkeys(damaged)]
    print_line(f"{plural(count, 'mail')} reprocessed")
    if damaged:
        print_error(
            f"{plural(len(damaged), 'stored mail')} did not decompress, for example <{line(damaged[0])}>; what was "
            "read from them earlier is kept. `patchwatch doctor --check` explains how to fetch them again."
        )
