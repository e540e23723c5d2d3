"""`unwatch`, `mark`, `link`, `unlink`, `mute`, `snooze`: what people decide."""

from __future__ import annotations

import datetime
import re

import click

from patchwatch.cli.main import Context, now_option, parse_now
from patchwatch.cli.output import day
from patchwatch.errors import InvalidInputError
from patchwatch.printable import line
from patchwatch.words import STATES


@click.command("unwatch")
@click.argument("series", nargs=-1, required=True)
@click.pass_obj
def unwatch_command(context: Context, series: tuple[str, ...]) -> None:
    """Stop watching; the mail stays."""
    tracker = context.tracker
    for row in [tracker.one(tracker.find(name)) for name in series]:
        tracker.unwatch(row.id)
        click.echo(f"no longer watching #{row.id} {line(row.title)}")


@click.command("mark")
@click.argument("series")
@click.argument("state", type=click.Choice([*(s for s in STATES if s != "superseded"), "auto"]))
@now_option
@click.pass_obj
def mark_command(context: Context, series: str, state: str) -> None:
    """Set a state by hand; it holds until a newer revision is posted.  `auto` takes it back."""
    tracker = context.tracker
    number = tracker.find(series)
    tracker.mark(number, None if state == "auto" else state)
    row = tracker.one(number)
    click.echo(f"#{row.id} {line(row.title)}: {row.state}")


@click.command("link", short_help="Say that one revision succeeds another.")
@click.argument("later")
@click.argument("earlier")
@now_option
@click.pass_obj
def link_command(context: Context, later: str, earlier: str) -> None:
    """Say that revision LATER succeeds revision EARLIER (message-ids, links or numbers)."""
    row = context.tracker.one(context.tracker.link(later, earlier))
    click.echo(f"linked: #{row.id} {line(row.title)} has {len(row.revisions)} revisions")


@click.command("unlink", short_help="Say that it does not.")
@click.argument("later")
@click.argument("earlier", required=False)
@now_option
@click.pass_obj
def unlink_command(context: Context, later: str, earlier: str | None) -> None:
    """Say that LATER is no version of EARLIER (without it: of its predecessor)."""
    tracker = context.tracker
    for number in dict.fromkeys(tracker.unlink(later, earlier)):
        row = tracker.one(number)
        click.echo(f"#{row.id} {line(row.title)}: {len(row.revisions)} revisions")


@click.command("mute")
@click.argument("series", nargs=-1, required=True)
@click.option("--off", is_flag=True, help="Let it speak again.")
@now_option
@click.pass_obj
def mute_command(context: Context, series: tuple[str, ...], off: bool) -> None:
    """Keep following, but silently: not in the digest."""
    tracker = context.tracker
    for row in [tracker.one(tracker.find(name)) for name in series]:
        tracker.mute(row.id, muted=not off)
        click.echo(f"{'no longer muted' if off else 'muted'}: #{row.id} {line(row.title)}")


@click.command("snooze")
@click.argument("series", nargs=-1, required=True)
@click.option("--until", help="A day (2023-10-01) or a span (3d, 2w); without it, until somebody answers.")
@click.option("--off", is_flag=True, help="Take it up again.")
@now_option
@click.pass_obj
def snooze_command(context: Context, series: tuple[str, ...], until: str | None, off: bool) -> None:
    """Put a series aside until a day, or until somebody answers."""
    tracker = context.tracker
    when = _until(until, tracker.now()) if until else None
    for row in [tracker.one(tracker.find(name)) for name in series]:
        if off:
            tracker.unsnooze(row.id)
            click.echo(f"no longer snoozed: #{row.id} {line(row.title)}")
        else:
            tracker.snooze(row.id, when)
            click.echo(f"snoozed until {day(when) if when else 'somebody answers'}: #{row.id} {line(row.title)}")


def _until(text: str, now: int) -> int:
    span = re.fullmatch(r"(\d{1,4})([hdwm])", text)
    if span:
        hours = {"h": 1, "d": 24, "w": 168, "m": 720}[span[2]]
        return now + int(datetime.timedelta(hours=int(span[1]) * hours).total_seconds())
    when = parse_now(text)
    if when <= now:
        raise InvalidInputError(f"{text} has passed: name a later time, or a span such as 3d.")
    return when
