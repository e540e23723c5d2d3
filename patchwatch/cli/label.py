"""`label`: give series labels, remove them, or list the labels in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from patchwatch.cli.arguments import SERIES_OR_LABEL
from patchwatch.cli.decide import find_all
from patchwatch.cli.main import Context, hidden_now_option
from patchwatch.counts import plural
from patchwatch.output import print_error, print_line
from patchwatch.sanitize import line
from patchwatch.series.own_labels import parse_change

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class _LabelCommand(click.Command):
    """A command that takes `-name` as an argument; only its options have two dashes, besides -h."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        labels = [word for word in args if len(word) > 1 and word[0] in "+-" and word[1] != "-" and word != "-h"]
        ctx.meta["labels"] = [word for word in labels if "@" not in word]
        left = [word for word in args if word not in ctx.meta["labels"]]
        return super().parse_args(ctx, left)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        """Complete labels to remove, too, which click takes for options."""
        argument = SERIES_OR_LABEL.shell_complete(ctx, self.params[0], incomplete) if incomplete[:1] == "-" else []
        return [*super().shell_complete(ctx, incomplete), *argument]


@click.command("label", cls=_LabelCommand, short_help="Label series, or list your labels.")
@click.argument("series", nargs=-1, type=SERIES_OR_LABEL, metavar="[SERIES]... [+LABEL|-LABEL]...")
@hidden_now_option
@click.pass_context
def label_command(ctx: click.Context, series: tuple[str, ...]) -> None:
    """Give series labels (+LABEL), or remove them (-LABEL). Without either, print the labels of the series; without
    series, all labels in use, and how many series have each.

    A series keeps its labels when new versions are posted. Labels are yours: in a database that several people use, the
    others do not see them.

    \b
    Examples:
      patchwatch label 12 14 +todo -later
      patchwatch label 12
      patchwatch label
    """
    context: Context = ctx.obj
    tracker = context.tracker
    change = parse_change(ctx.meta["labels"])
    if not series:
        if change:
            raise click.UsageError("name the series to label.")
        in_use = tracker.labels()
        for name, count in in_use.items():
            print_line(f"{line(name)}: {plural(count, 'series', 'series')}")
        if not in_use:
            print_error("no series has a label yet. `patchwatch label SERIES +LABEL` gives it one.")
        return
    rows = find_all(tracker, series)
    if change:
        tracker.label([row.id for row in rows], change)
        rows = find_all(tracker, series)
    for row in rows:
        print_line(f"#{row.id} {line(row.title)}: {', '.join(map(line, row.labels)) or 'no labels'}")
