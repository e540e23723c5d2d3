"""`read`: mark patches as read or skipped, patch by patch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from patchwatch.cli.arguments import SERIES
from patchwatch.cli.main import Context, hidden_now_option
from patchwatch.counts import plural
from patchwatch.errors import InvalidInputError
from patchwatch.output import print_line
from patchwatch.pattern import Pattern
from patchwatch.sanitize import line

if TYPE_CHECKING:
    from patchwatch.series.model import SeriesRow
    from patchwatch.series.patch_reading import PatchReading

_RANGE = Pattern(r"(\d{1,6})(?:-(\d{1,6}))?")


@click.command("read", short_help="Mark patches as read or skipped.")
@click.argument("series", type=SERIES)
@click.argument("patches", nargs=-1)
@click.option("--skip", is_flag=True, help="Mark them as skipped: you leave them to others.")
@click.option("--off", is_flag=True, help="Remove the marks: they are left to read.")
@hidden_now_option
@click.pass_obj
def read_command(context: Context, series: str, patches: tuple[str, ...], skip: bool, off: bool) -> None:
    """Mark patches of the newest version as read; without PATCHES, all of them.

    PATCHES are numbers or ranges. A later version keeps the mark of each patch that it did not change; `show` and the
    TUI say what is left to read.

    \b
    Examples:
      patchwatch read 12
      patchwatch read 12 1-3 5
      patchwatch read 12 4 --skip
    """
    from patchwatch.cli.patch_reading import reading_lines
    from patchwatch.series.patch_numbers import format_patches
    from patchwatch.series.patch_reading import Mark, newest

    if skip and off:
        raise click.UsageError("--skip and --off can't be combined.")
    tracker = context.tracker
    row = tracker.one(tracker.find(series))
    chosen = _chosen(row, newest(row, tracker.readings(row)).patches, patches)
    mark = Mark.LEFT if off else Mark.SKIPPED if skip else Mark.READ
    tracker.mark_patches(row, [patch.message_id for patch in chosen], mark)
    done = "left to read" if off else str(mark)
    print_line(f"{done}: {format_patches(patch.number for patch in chosen)} of #{row.id} {line(row.title)}")
    for text in reading_lines(row, tracker):
        print_line(text)


def _chosen(row: SeriesRow, known: tuple[PatchReading, ...], names: tuple[str, ...]) -> list[PatchReading]:
    """The patches that the user named by numbers and ranges; all of them without names."""
    from patchwatch.series import labels

    version = f"{labels.version(row)} of #{row.id}"
    if not known:
        raise InvalidInputError(f"{version} has no patches.")
    numbers: set[int] = set()
    for name in (part for text in names for part in text.split(",") if part):
        found = _RANGE.fullmatch(name)
        if found is None:
            raise InvalidInputError(f"{name!r} is not a patch; give numbers or ranges, such as 1-3 5.")
        first, last = int(found[1]), int(found[2] or found[1])
        unknown = {first, last} - {patch.number for patch in known}
        if unknown or last < first:
            has = plural(len(known), "patch", "patches")
            raise InvalidInputError(f"there is no patch {name} in {version}, which has {has}.")
        numbers |= set(range(first, last + 1))
    return [patch for patch in known if patch.number in numbers or not names]
