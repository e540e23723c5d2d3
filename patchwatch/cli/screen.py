"""`tui` and `demo`."""

from __future__ import annotations

import sys

import click

from patchwatch.cli.main import Context, now_option
from patchwatch.cli.output import print_series
from patchwatch.errors import InvalidInputError
from patchwatch.tracker import Tracker


@click.command("tui")
@click.argument("series", required=False)
@now_option
@click.pass_obj
def tui_command(context: Context, series: str | None) -> int:
    """Open the screen: the watched series, or SERIES."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InvalidInputError("the screen needs a terminal. `patchwatch list` prints the same.")
    tracker = context.tracker
    return _open(tracker, tracker.find(series) if series else None)


def _open(tracker: Tracker, series_id: int | None) -> int:
    from patchwatch.tui.app import run_tui

    return run_tui(tracker, tracker.config, series_id)


@click.command("demo")
@click.option("--print", "printed", is_flag=True, help="Print the list, one series and a digest instead.")
@now_option
@click.pass_obj
def demo_command(context: Context, printed: bool) -> int:
    """The three threads, offline, on a throwaway database."""
    from patchwatch.demo import demo

    with demo(context.now) as tracker:
        if printed or not (sys.stdin.isatty() and sys.stdout.isatty()):
            _print(tracker)
            return 0
        return _open(tracker, None)


def _print(tracker: Tracker) -> None:
    from patchwatch.cli.reading import story
    from patchwatch.digest.compose import compose

    rows = tracker.series()
    threads = {row.id: tracker.thread(row.id) for row in rows}
    click.echo("$ patchwatch list\n")
    print_series(rows, tracker.now())
    accepted = next(row for row in rows if row.state == "accepted")
    click.echo(f"\n$ patchwatch show {accepted.id}\n")
    for one in story(accepted, threads[accepted.id], tracker):
        click.echo(one)
    digest = compose(rows, threads, tracker.now(), tracker.config.review.overdue_days)
    click.echo(f"\n$ patchwatch digest\n\nSubject: {digest.subject}\n\n{digest.text}")
