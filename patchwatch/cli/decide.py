"""`unwatch`, `mark`, `link`, `unlink`, `mute`, `snooze`: what people decide; and `undo`, which takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from patchwatch import times
from patchwatch.cli.main import Context, now_option
from patchwatch.sanitize import line
from patchwatch.series.states import SETTABLE
from patchwatch.times import format_future

if TYPE_CHECKING:
    from patchwatch.series.model import SeriesRow
    from patchwatch.tracker import Tracker


@click.command("unwatch")
@click.argument("series", nargs=-1, required=True)
@click.pass_obj
def unwatch_command(context: Context, series: tuple[str, ...]) -> None:
    """Stop watching; the mail stays."""
    tracker = context.tracker
    rows = _named(tracker, series)
    tracker.unwatch([row.id for row in rows])
    for row in rows:
        click.echo(f"no longer watching #{row.id} {line(row.title)}")


@click.command("mark")
@click.argument("series")
@click.argument("state", type=click.Choice([*map(str, SETTABLE), "auto"]))
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
    rows = _named(tracker, series)
    tracker.mute([row.id for row in rows], muted=not off)
    for row in rows:
        click.echo(f"{'no longer muted' if off else 'muted'}: #{row.id} {line(row.title)}")


@click.command("snooze")
@click.argument("series", nargs=-1, required=True)
@click.option("--until", help=f"{times.FUTURE_FORMATS}; without it, until somebody answers.")
@click.option("--off", is_flag=True, help="Take it up again.")
@now_option
@click.pass_obj
def snooze_command(context: Context, series: tuple[str, ...], until: str | None, off: bool) -> None:
    """Put a series aside until a day, or until somebody answers."""
    tracker = context.tracker
    time = times.parse_future(until, tracker.now()) if until else None
    rows = _named(tracker, series)
    if off:
        tracker.unsnooze([row.id for row in rows])
        done = "no longer snoozed"
    else:
        tracker.snooze([row.id for row in rows], time)
        done = f"snoozed until {format_future(time) if time else 'somebody answers'}"
    for row in rows:
        click.echo(f"{done}: #{row.id} {line(row.title)}")


@click.command("undo")
@now_option
@click.pass_obj
def undo_command(context: Context) -> None:
    """Take back the last watch, unwatch, mark, link, unlink, mute or snooze; again: the one before."""
    click.echo(f"taken back: {line(context.tracker.undo())}")


def _named(tracker: Tracker, names: tuple[str, ...]) -> list[SeriesRow]:
    return [tracker.one(number) for number in dict.fromkeys(tracker.find(name) for name in names)]
