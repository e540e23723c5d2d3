"""`diff`: two revisions of a series compared, printed as `git range-diff` prints it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from patchwatch.cli.main import Context, json_option, now_option
from patchwatch.cli.output import print_json, say
from patchwatch.counts import plural
from patchwatch.sanitize import block, line
from patchwatch.times import format_day, format_time

if TYPE_CHECKING:
    from patchwatch.mail.message import Trailer
    from patchwatch.series.rangediff.comparison import Comparison, Pair, Side, TagChange
    from patchwatch.series.rangediff.rows import Difference, Row


@click.command("diff")
@click.argument("series")
@click.argument("older", required=False, metavar="[vA]")
@click.argument("newer", required=False, metavar="[vB]")
@click.option("--stat", is_flag=True, help="Only what became of each patch, a line each.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="auto: on a terminal, and not if NO_COLOR is set.",
)
@json_option
@now_option
@click.pass_obj
def diff_command(
    context: Context, series: str, older: str | None, newer: str | None, stat: bool, color: str, as_json: bool
) -> None:
    """Compare two revisions of a series: a range-diff, made from the mails.

    vA and vB are v3, 3, v5.1, rfc1 or a message-id: by default the newest revision and the one before it; vA alone is
    compared with the newest.
    """
    tracker = context.tracker
    row = tracker.one(tracker.find(series))
    found = tracker.compare(row.id, older, newer)
    if as_json:
        print_json(comparison_json(row.id, row.title, found))
        return
    colours = color == "always" or (color == "auto" and _is_colourful())
    for one in report(row.id, row.title, found, stat=stat):
        click.echo(one if colours else click.unstyle(one), color=colours)
    for side in (found.older, found.newer):
        if side.missing:
            say(
                f"{side.label} is incomplete: {len(side.patches)} of its {side.expected} patches were seen. "
                f"`patchwatch watch {side.message_id}` fetches what its list has."
            )


def _is_colourful() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def report(number: int, title: str, found: Comparison, *, stat: bool = False) -> Iterator[str]:
    """A comparison as lines, printable and styled."""
    yield click.style(f"#{number}  {line(title)}", bold=True)
    sides = (found.older, found.newer)
    wide = max(len(side.label) for side in sides)
    for side in sides:
        yield f"    {side.label:<{wide}}  {format_day(side.date)}  {_count(side)}  <{line(side.message_id)}>"
    if found.said and not stat:
        yield ""
        yield "What the author says:"
        for said in found.said:
            yield from _said(said, found)
    yield ""
    if found.equal:
        yield click.style(f"{found.older.label} and {found.newer.label} are equal.", bold=True)
    wide = max((len(str(p.number)) for side in sides for p in side.patches), default=1)
    for one in found.pairs:
        yield _summary(one, wide)
        details = [] if stat else list(_details(one))
        yield from details
        if details and one is not found.pairs[-1]:
            yield ""


def _count(side: Side) -> str:
    return (
        f"{len(side.patches)} of {side.expected} patches"
        if side.missing
        else plural(side.expected or len(side.patches), "patch", "patches")
    )


def _said(said: TagChange, found: Comparison) -> Iterator[str]:
    where = f"patch {said.patch}" if said.patch else "cover letter"
    by = f"{where} of {said.label}" if said.label != found.newer.label else where
    yield f"    {click.style(line(said.changes.heading), bold=True)}  ({by})"
    yield from (f"        {one}".rstrip() for one in block(said.changes.text).split("\n"))


_MARKS = {"=": "bright_black", "!": "yellow", "<": "red", ">": "green"}


def _summary(one: Pair, wide: int) -> str:
    numbers = "  ".join(
        f"{p.number if p else '-':>{wide}}{':' if n == 0 else ''}" for n, p in enumerate((one.older, one.newer))
    )
    return click.style(f"{numbers}  {one.mark}  {line(one.title)}  ({', '.join(one.words())})", fg=_MARKS[one.mark])


def _details(one: Pair) -> Iterator[str]:
    if one.older and one.newer and one.retitled:
        yield f"    was: {line(one.older.title)}"
    if one.older and one.newer and one.new_author:
        yield f"    author: {line(str(one.older.author))}"
        yield f"       now: {line(str(one.newer.author))}"
    for patch in (one.older, one.newer):
        if patch and patch.diff.damaged:
            side = "older" if patch is one.older else "newer"
            yield f"    the {side} mail's diff is damaged (wrapped or missing lines): read this with care"
    if one.message.rows or one.message.too_large:
        yield click.style("    message:", bold=True)
        yield from _difference(one.message)
    if one.gained or one.lost:
        yield click.style("    tags:", bold=True)
        yield from (click.style(f"    -  {_tag(tag)}", fg="red") for tag in one.lost)
        yield from (click.style(f"    +  {_tag(tag)}", fg="green") for tag in one.gained)
    if one.diff.rows:
        yield click.style("    diff:", bold=True)
        yield from _difference(one.diff)


def _tag(tag: Trailer) -> str:
    return f"{line(tag.name)}: {line(tag.value)}"


def _difference(found: Difference) -> Iterator[str]:
    for row in found.rows:
        yield f"    {_row(row)}"
    if found.omitted:
        yield f"    ({plural(found.omitted, 'more line', 'more lines')} of difference, not shown)"
    if found.too_large:
        yield "    (too large to be compared line by line)"
    if found.context_only:
        places = plural(found.context_only, "place differs", "places differ")
        yield f"    ({places} only in the lines around the change)"


def _row(row: Row) -> str:
    """A row in git's dual colours: the outer marker stands out, what only the older patch has is dim."""
    text = block(row.text)
    if row.outer == "@":
        return click.style(f"@@ {text}".rstrip(), fg="cyan")
    heading = {"#": f"## {text}", "@": f"@@ {text}"}.get(row.inner)
    body = heading if heading is not None else row.inner + text
    inner = {"+": "green", "-": "red", "#": "cyan", "@": "cyan"}.get(row.inner)
    if row.outer == " ":
        return click.style(f" {body}".rstrip(), fg=inner, reset=inner is not None)
    outer = click.style(row.outer, fg="green" if row.outer == "+" else "red", reverse=True)
    # None, not False: to click False is an escape sequence that takes bold and dim back.
    return outer + click.style(body.rstrip(), fg=inner, dim=row.outer == "-" or None, bold=row.outer == "+" or None)


def comparison_json(number: int, title: str, found: Comparison) -> dict[str, Any]:
    """A comparison as scripts get it (docs/json.md)."""
    return {
        "schema": 1,
        "id": number,
        "title": title,
        "older": _side_json(found.older),
        "newer": _side_json(found.newer),
        "equal": found.equal,
        "changelog": [
            {
                "heading": said.changes.heading,
                "text": said.changes.text,
                "patch": said.patch,
                "message_id": said.message_id,
            }
            for said in found.said
        ],
        "patches": [_pair_json(one) for one in found.pairs],
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


def _pair_json(one: Pair) -> dict[str, Any]:
    return {
        "mark": one.mark,
        "standing": one.standing,
        "words": list(one.words()),
        "moved": one.moved,
        **{
            name: patch
            and {
                "number": patch.number,
                "title": patch.title,
                "message_id": patch.message_id,
                "patch_id": patch.patch_id,
            }
            for name, patch in (("older", one.older), ("newer", one.newer))
        },
        "message": _difference_json(one.message),
        "tags_gained": [{"name": tag.name, "value": tag.value} for tag in one.gained],
        "tags_lost": [{"name": tag.name, "value": tag.value} for tag in one.lost],
        "diff": _difference_json(one.diff),
        "relatives": [{"number": kin.number, "share": round(kin.share, 2)} for kin in one.relatives],
    }


def _difference_json(found: Difference) -> dict[str, Any]:
    return {
        "rows": [[row.outer, row.inner, row.text] for row in found.rows],
        "context_only": found.context_only,
        "omitted": found.omitted,
        "too_large": found.too_large,
    }
