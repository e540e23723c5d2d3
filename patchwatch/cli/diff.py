"""`diff`: compare two versions of a series, in the format of `git range-diff`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from patchwatch.cli.arguments import SERIES, VERSION
from patchwatch.cli.main import Context, hidden_now_option, json_option
from patchwatch.cli.pager import paged
from patchwatch.counts import plural
from patchwatch.output import command, print_error, print_json, print_styled, use_color
from patchwatch.sanitize import block, line
from patchwatch.times import format_day, format_time

if TYPE_CHECKING:
    from patchwatch.mail.message import Trailer
    from patchwatch.series.rangediff.comparison import AuthorNote, Comparison, Pair, Side
    from patchwatch.series.rangediff.rows import Difference, Row


@click.command("diff", short_help="Compare two versions of a series.")
@click.argument("series", type=SERIES)
@click.argument("older", required=False, metavar="[vA]", type=VERSION)
@click.argument("newer", required=False, metavar="[vB]", type=VERSION)
@click.option("--stat", is_flag=True, help="Print only one line per patch.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="auto: on a terminal, unless NO_COLOR is set.",
)
@json_option
@hidden_now_option
@click.pass_obj
def diff_command(
    context: Context, series: str, older: str | None, newer: str | None, stat: bool, color: str, as_json: bool
) -> None:
    """Compare two versions of a series: a range-diff made from the mails alone. No git tree is needed.

    vA and vB are v3, 3, v5.1, rfc1 or a message-id. By default, compare the newest version with the one before it; with
    only vA, compare vA with the newest.

    \b
    Example:
      patchwatch diff 12 v3 v5
    """
    tracker = context.tracker
    row = tracker.one(tracker.find(series))
    comparison = tracker.compare(row.id, older, newer)
    if as_json:
        print_json(comparison_json(row.id, row.title, comparison))
        return
    in_color = color == "always" or (color == "auto" and use_color())
    with paged():
        for text in comparison_lines(row.id, row.title, comparison, stat=stat):
            print_styled(text, color=in_color)
    for side in (comparison.older, comparison.newer):
        if side.missing:
            print_error(
                f"{side.label} is incomplete: {len(side.patches)} of its {side.expected} patches were received. "
                f"`{command('patchwatch', 'watch', side.message_id)}` fetches what its list has."
            )


def comparison_lines(series_id: int, title: str, comparison: Comparison, *, stat: bool = False) -> Iterator[str]:
    """Yield a comparison as lines, sanitized and styled."""
    yield click.style(f"#{series_id}  {line(title)}", bold=True)
    sides = (comparison.older, comparison.newer)
    size = max(len(side.label) for side in sides)
    for side in sides:
        yield f"    {side.label:<{size}}  {format_day(side.date)}  {_count(side)}  <{line(side.message_id)}>"
    if comparison.notes and not stat:
        yield ""
        yield "Author's changelog:"
        for change in comparison.notes:
            yield from _changelog(change, comparison)
    yield ""
    if comparison.equal:
        yield click.style(f"{comparison.older.label} and {comparison.newer.label} are equal.", bold=True)
    size = max((len(str(p.number)) for side in sides for p in side.patches), default=1)
    for pair in comparison.pairs:
        yield _summary(pair, size)
        details = [] if stat else list(_details(pair))
        yield from details
        if details and pair is not comparison.pairs[-1]:
            yield ""


def _count(side: Side) -> str:
    return (
        f"{len(side.patches)} of {side.expected} patches"
        if side.missing
        else plural(side.expected or len(side.patches), "patch", "patches")
    )


def _changelog(change: AuthorNote, comparison: Comparison) -> Iterator[str]:
    where = f"patch {change.patch}" if change.patch else "cover letter"
    source = f"{where} of {change.label}" if change.label != comparison.newer.label else where
    yield f"    {click.style(line(change.changes.heading), bold=True)}  ({source})"
    yield from (f"        {text}".rstrip() for text in block(change.changes.text).split("\n"))


_COLORS = {"=": "bright_black", "!": "yellow", "<": "red", ">": "green"}


def _summary(pair: Pair, size: int) -> str:
    numbers = "  ".join(
        f"{p.number if p else '-':>{size}}{':' if n == 0 else ''}" for n, p in enumerate((pair.older, pair.newer))
    )
    return click.style(
        f"{numbers}  {pair.mark}  {line(pair.title)}  ({', '.join(pair.words())})", fg=_COLORS[pair.mark]
    )


def _details(pair: Pair) -> Iterator[str]:
    if pair.older and pair.newer and pair.retitled:
        yield f"    was: {line(pair.older.title)}"
    if pair.older and pair.newer and pair.new_author:
        yield f"    author: {line(str(pair.older.author))}"
        yield f"       now: {line(str(pair.newer.author))}"
    for patch in (pair.older, pair.newer):
        if patch and patch.diff.damaged:
            side = "older" if patch is pair.older else "newer"
            yield f"    the {side} mail's diff is damaged (wrapped or missing lines): the comparison may be wrong"
    if pair.message.rows or pair.message.too_large:
        yield click.style("    message:", bold=True)
        yield from _difference(pair.message)
    if pair.gained or pair.lost:
        yield click.style("    tags:", bold=True)
        yield from (click.style(f"    -  {_tag(tag)}", fg="red") for tag in pair.lost)
        yield from (click.style(f"    +  {_tag(tag)}", fg="green") for tag in pair.gained)
    if pair.diff.rows:
        yield click.style("    diff:", bold=True)
        yield from _difference(pair.diff)


def _tag(tag: Trailer) -> str:
    return f"{line(tag.name)}: {line(tag.value)}"


def _difference(difference: Difference) -> Iterator[str]:
    for row in difference.rows:
        yield f"    {_row(row)}"
    if difference.omitted:
        yield f"    ({plural(difference.omitted, 'more line', 'more lines')} of differences not shown)"
    if difference.too_large:
        yield "    (too large to compare line by line)"
    if difference.context_only:
        places = plural(difference.context_only, "place differs", "places differ")
        yield f"    ({places} only in the lines around the change)"


def _row(row: Row) -> str:
    """Style a row with git's dual colors: the outer marker in reverse video, lines of the older patch dim."""
    text = block(row.text)
    if row.outer == "@":
        return click.style(f"@@ {text}".rstrip(), fg="cyan")
    heading = {"#": f"## {text}", "@": f"@@ {text}"}.get(row.inner)
    body = heading if heading is not None else row.inner + text
    inner = {"+": "green", "-": "red", "#": "cyan", "@": "cyan"}.get(row.inner)
    if row.outer == " ":
        return click.style(f" {body}".rstrip(), fg=inner, reset=inner is not None)
    outer = click.style(row.outer, fg="green" if row.outer == "+" else "red", reverse=True)
    # None, not False: for False, click emits a sequence that resets bold and dim.
    return outer + click.style(body.rstrip(), fg=inner, dim=row.outer == "-" or None, bold=row.outer == "+" or None)


def comparison_json(series_id: int, title: str, comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON (docs/json.md)."""
    return {
        "schema": 1,
        "id": series_id,
        "title": title,
        "older": _side_json(comparison.older),
        "newer": _side_json(comparison.newer),
        "equal": comparison.equal,
        "changelog": [
            {
                "heading": change.changes.heading,
                "text": change.changes.text,
                "patch": change.patch,
                "message_id": change.message_id,
            }
            for change in comparison.notes
        ],
        "patches": [_pair_json(pair) for pair in comparison.pairs],
    }


def _side_json(side: Side) -> dict[str, Any]:
    return {
        "label": side.label,
        "message_id": side.message_id,
        "subject": side.subject,
        "date": format_time(side.date),
        "patches": len(side.patches),
        "expected": side.expected,
    }


def _pair_json(pair: Pair) -> dict[str, Any]:
    return {
        "mark": pair.mark,
        "standing": pair.state,
        "words": list(pair.words()),
        "moved": pair.moved,
        **{
            name: patch
            and {
                "number": patch.number,
                "title": patch.title,
                "message_id": patch.message_id,
                "patch_id": patch.patch_id,
            }
            for name, patch in (("older", pair.older), ("newer", pair.newer))
        },
        "message": _difference_json(pair.message),
        "tags_gained": [{"name": tag.name, "value": tag.value} for tag in pair.gained],
        "tags_lost": [{"name": tag.name, "value": tag.value} for tag in pair.lost],
        "diff": _difference_json(pair.diff),
        "relatives": [{"number": relative.number, "share": round(relative.share, 2)} for relative in pair.related],
    }


def _difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "rows": [[row.outer, row.inner, row.text] for row in difference.rows],
        "context_only": difference.context_only,
        "omitted": difference.omitted,
        "too_large": difference.too_large,
    }
