"""`reindex`: rebuild what is derived from mail."""

from __future__ import annotations

import click

from patchwatch.cli.main import Context, now_option
from patchwatch.counts import plural
from patchwatch.output import mail_counter, print_line


@click.command("reindex", short_help="Rebuild all derived data from the stored mail.")
@now_option
@click.pass_obj
def reindex_command(context: Context) -> None:
    """Rebuild all derived data from the stored mail. Your decisions are kept."""
    with mail_counter() as progress:
        count = context.tracker.reindex(progress)
    print_line(f"{plural(count, 'mail')} reprocessed")
