"""`next`: the one thing to do now."""

from __future__ import annotations

import click

from patchwatch.cli.list import no_addresses
from patchwatch.cli.main import Context, now_option
from patchwatch.cli.print_next import SECTIONS, print_answer
from patchwatch.errors import InvalidInputError


@click.command("next", short_help="Print the one thing to do now.")
@click.option("--count", "form", flag_value="--count", help="Print how many series are in Now, or in each SECTION.")
@click.option("--line", "form", flag_value="--line", help="Print it on one line, with the number of series in Now.")
@click.option("--json", "form", flag_value="--json", help="Print JSON (schema 1).")
@click.argument("sections", nargs=-1, metavar="[SECTION]...", type=click.Choice(SECTIONS))
@now_option
@click.pass_obj
def next_command(context: Context, form: str | None, sections: tuple[str, ...]) -> None:
    """Print the one thing to do now: the first series of Now, or of Review if Now is empty.

    For a shell prompt or a status bar, use --count or --line: they take a few milliseconds, because the answer is
    stored. Both print ? if a list could not be polled for a day. docs/queue.md explains the sections.

    \b
    Examples:
      patchwatch next
      patchwatch next --count now review
    """
    if sections and form != "--count":
        raise click.UsageError("SECTION needs --count.")
    tracker = context.tracker
    if not tracker.addresses:
        raise InvalidInputError(no_addresses(tracker))
    from patchwatch.tracker.next_answer import answer_now

    print_answer(answer_now(tracker), tracker.now(), [form] if form else [], sections)
