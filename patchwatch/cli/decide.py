"""What a person decides: `unwatch`, `seen`, `mark`, `link`, `unlink`, `dismiss`, `mute`, `not-mine`, `pin`, `snooze`.

And `undo`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from patchwatch import times
from patchwatch.cli.arguments import SERIES
from patchwatch.cli.main import Context, hidden_now_option
from patchwatch.counts import plural
from patchwatch.output import print_error, print_line
from patchwatch.sanitize import line
from patchwatch.series.states import SETTABLE
from patchwatch.times import format_future

if TYPE_CHECKING:
    from patchwatch.series.model import SeriesRow
    from patchwatch.tracker import Tracker

_MARKS = [*map(str, SETTABLE), "auto"]
_STATES = f"States (docs/how-it-decides.md defines them): {', '.join(SETTABLE)}."


@click.command("unwatch", short_help="Stop watching series.")
@click.argument("series", nargs=-1, required=True, type=SERIES)
@click.pass_obj
def unwatch_command(context: Context, series: tuple[str, ...]) -> None:
    """Stop watching series. Their stored mail is kept.

    \b
    Example:
      patchwatch unwatch 12 14
    """
    tracker = context.tracker
    rows = find_all(tracker, series)
    tracker.unwatch([row.id for row in rows])
    for row in rows:
        print_line(f"no longer watching #{row.id} {line(row.title)}")


@click.command("seen", short_help="Mark series as seen: nothing in them is new.")
@click.argument("series", nargs=-1, required=True, type=SERIES)
@hidden_now_option
@click.pass_obj
def seen_command(context: Context, series: tuple[str, ...]) -> None:
    """Mark series as seen: their mail counts as read, and nothing in them is new until more comes.

    This is what `C` does in the TUI.

    \b
    Example:
      patchwatch seen 12 14
    """
    tracker = context.tracker
    rows = find_all(tracker, series)
    tracker.read_series([row.id for row in rows])
    _print_each("seen", rows)


@click.command("mark", short_help="Set the state of a series by hand.", epilog=_STATES)
@click.argument("series", type=SERIES)
@click.argument("state", type=click.Choice(_MARKS), metavar="STATE")
@hidden_now_option
@click.pass_obj
def mark_command(context: Context, series: str, state: str) -> None:
    """Set the state of a series by hand; `auto` removes the mark.

    A mark holds until a newer version is posted.

    \b
    Examples:
      patchwatch mark 12 deferred
      patchwatch mark 12 auto
    """
    tracker = context.tracker
    series_id = tracker.find(series)
    tracker.mark(series_id, None if state == "auto" else state)
    row = tracker.one(series_id)
    print_line(f"#{row.id} {line(row.title)}: {row.state}")


@click.command("link", short_help="Link two versions of the same series.")
@click.argument("later", type=SERIES)
@click.argument("earlier", type=SERIES)
@hidden_now_option
@click.pass_obj
def link_command(context: Context, later: str, earlier: str) -> None:
    """Make LATER the next version of EARLIER.

    Each is the message-id or URL of a mail in that version, or the number of a series, which means its newest version.

    \b
    Example:
      patchwatch link 14 12        # series 14 continues series 12
    """
    row = context.tracker.one(context.tracker.link(later, earlier))
    print_line(f"linked: #{row.id} {line(row.title)} has {plural(len(row.revisions), 'version')}")


@click.command("unlink", short_help="Separate two versions that were linked.")
@click.argument("later", type=SERIES)
@click.argument("earlier", required=False, type=SERIES)
@hidden_now_option
@click.pass_obj
def unlink_command(context: Context, later: str, earlier: str | None) -> None:
    """Separate LATER from EARLIER; by default, from the version before it.

    Give each as for `link`. patchwatch does not link the two again. LATER may then follow an older version; unlink it
    again to separate it from that, too.

    \b
    Example:
      patchwatch unlink 14
    """
    tracker = context.tracker
    after = tracker.unlink(later, earlier)
    for series_id in dict.fromkeys(after):
        row = tracker.one(series_id)
        print_line(f"#{row.id} {line(row.title)}: {plural(len(row.revisions), 'version')}")
    if after[0] == after[1]:
        print_error(
            "the later one still follows another version of the series; unlink it again to separate it from that."
        )


@click.command("dismiss", short_help="Dismiss a point that patchwatch got wrong.")
@click.argument("series", type=SERIES)
@click.argument("point")
@hidden_now_option
@click.pass_obj
def dismiss_command(context: Context, series: str, point: str) -> None:
    """Dismiss a point of a series: nobody has to act on it, and no later mail changes that.

    A point is what a reviewer or a bot wants of a patch, as far as patchwatch understood it. POINT is its number in
    `show`, or its id in `show --json`.

    \b
    Example:
      patchwatch dismiss 12 4
    """
    from patchwatch.series import labels

    tracker = context.tracker
    row = tracker.one(tracker.find(series))
    listed = tracker.dismiss(row.id, point)
    row = tracker.one(row.id)
    print_line(f"dismissed point {listed.number} of #{row.id}: “{line(listed.point.text)}”")
    print_line(f"#{row.id} {line(row.title)}: {row.state}, waiting for {labels.whose(row)}")


@click.command("mute", short_help="Leave series out of digests and notifications.")
@click.argument("series", nargs=-1, required=True, type=SERIES)
@click.option("--off", is_flag=True, help="Unmute.")
@hidden_now_option
@click.pass_obj
def mute_command(context: Context, series: tuple[str, ...], off: bool) -> None:
    """Keep watching series, but move them to Waiting, and leave them out of digests and notifications.

    \b
    Examples:
      patchwatch mute 12
      patchwatch mute 12 --off
    """
    tracker = context.tracker
    rows = find_all(tracker, series)
    tracker.mute([row.id for row in rows], muted=not off)
    _print_each("no longer muted" if off else "muted", rows)


@click.command("not-mine", short_help="Say that what is asked of you in series is not yours to do.")
@click.argument("series", nargs=-1, required=True, type=SERIES)
@click.option("--off", is_flag=True, help="Put them back into your queue.")
@hidden_now_option
@click.pass_obj
def not_mine_command(context: Context, series: tuple[str, ...], off: bool) -> None:
    """Take series out of Now and Review, because somebody else reviews or applies them.

    They return when somebody asks you by name or answers you, or when you write in them.

    \b
    Examples:
      patchwatch not-mine 12
      patchwatch not-mine 12 --off
    """
    tracker = context.tracker
    rows = find_all(tracker, series)
    tracker.not_mine([row.id for row in rows], mine=off)
    _print_each("yours again" if off else "not yours", rows)


@click.command("pin", short_help="Keep series first in their section.")
@click.argument("series", nargs=-1, required=True, type=SERIES)
@click.option("--off", is_flag=True, help="Unpin.")
@hidden_now_option
@click.pass_obj
def pin_command(context: Context, series: tuple[str, ...], off: bool) -> None:
    """Keep series first in their section of your queue; while they are open, they never become dormant.

    Pins are yours: in a database that several people use, the others do not see them.

    \b
    Example:
      patchwatch pin 12
    """
    tracker = context.tracker
    rows = find_all(tracker, series)
    tracker.pin([row.id for row in rows], pinned=not off)
    _print_each("no longer pinned" if off else "pinned", rows)


@click.command("snooze", short_help="Snooze series until a given time or a reply.")
@click.argument("series", nargs=-1, required=True, type=SERIES)
@click.option("--until", metavar="TIME", help=f"{times.FUTURE_FORMATS}; default: until someone else replies.")
@click.option("--off", is_flag=True, help="Unsnooze.")
@hidden_now_option
@click.pass_obj
def snooze_command(context: Context, series: tuple[str, ...], until: str | None, off: bool) -> None:
    """Snooze series until a given time or, without --until, until someone else replies.

    Like muted series, snoozed series are in Waiting, and left out of digests and notifications.

    \b
    Example:
      patchwatch snooze 12 --until monday
    """
    tracker = context.tracker
    time = times.parse_future(until, tracker.now()) if until else None
    rows = find_all(tracker, series)
    if off:
        tracker.unsnooze([row.id for row in rows])
        done = "no longer snoozed"
    else:
        tracker.snooze([row.id for row in rows], time)
        done = f"snoozed until {format_future(time) if time else 'someone replies'}"
    _print_each(done, rows)


@click.command("undo", short_help="Undo the last decision, such as a mark or a snooze.")
@hidden_now_option
@click.pass_obj
def undo_command(context: Context) -> None:
    """Undo the last watch, unwatch, read, mark, link, unlink, dismiss, mute, not-mine, pin, label or snooze.

    Repeat it to undo earlier ones. What is read mail by mail, and `seen`, is not undone.

    \b
    Example:
      patchwatch undo
    """
    print_line(f"undone: {line(context.tracker.undo())}")


def _print_each(done: str, rows: Iterable[SeriesRow]) -> None:
    """Print what was done to each series."""
    for row in rows:
        print_line(f"{done}: #{row.id} {line(row.title)}")


def find_all(tracker: Tracker, names: Iterable[str]) -> list[SeriesRow]:
    """Return the series that a user named, each once."""
    return [tracker.one(series_id) for series_id in dict.fromkeys(tracker.find(name) for name in names)]
