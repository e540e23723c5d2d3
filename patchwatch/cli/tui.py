"""`tui` and `demo`."""

from __future__ import annotations

import os
import sys

import click

from patchwatch.cli.main import Context, now_option
from patchwatch.cli.output import print_series
from patchwatch.errors import InvalidInputError, ToolError
from patchwatch.times import format_time
from patchwatch.tracker import Tracker


@click.command("tui")
@click.argument("series", required=False)
@click.option("--web", "in_browser", is_flag=True, help="Show it in a browser, at the address that is printed.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --web: the address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="With --web; 0: any.")
@now_option
@click.pass_obj
def tui_command(context: Context, series: str | None, in_browser: bool, host: str, port: int) -> int:
    """Open the screen: the watched series, or SERIES."""
    tracker = context.tracker
    series_id = tracker.find(series) if series else None
    if in_browser:
        _serve(context, tracker, series_id, host, port)
        return 0
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and not os.environ.get("TEXTUAL_DRIVER"):  # textual-serve's
        raise InvalidInputError("the screen needs a terminal. `patchwatch list` prints the same; --web needs none.")
    return _open(tracker, series_id)


def _serve(context: Context, tracker: Tracker, series_id: int | None, host: str, port: int) -> None:
    try:
        from patchwatch.tui.web.server import is_loopback, serve
    except ModuleNotFoundError as error:
        raise ToolError(
            f"--web needs {error.name}, which is not installed. `pip install 'patchwatch[web]'` installs it."
        ) from error
    from patchwatch.tui.keymap import keymap

    tracker.generation()  # what is wrong with the database or the config is said here, not in each page
    keymap(tracker.config.keys.changed)
    command = [sys.executable, "-P", "-m", "patchwatch", "tui"]
    if context.now is not None:
        command += ["--now", format_time(context.now)]
    if series_id is not None:
        command.append(str(series_id))
    if not is_loopback(host):
        click.echo(
            f"patchwatch: WARNING: {host} can be reached by others. Whoever sees the traffic, which is not encrypted, "
            "can read along and act as you. `ssh -L 8000:localhost:8000` to this machine is safe.",
            err=True,
        )

    output = sys.stdout  # while it serves, what is printed is narration

    def ready(address: str) -> None:
        click.echo("patchwatch: open this in a browser; it is for you alone. Ctrl-C ends it.", err=True)
        click.echo(address, file=output)

    serve(command, host, port, ready)


def _open(tracker: Tracker, series_id: int | None) -> int:
    os.environ.setdefault("TEXTUAL_FPS", "120")  # with its 60 a key that follows another waits for up to 16 ms
    from patchwatch.tui.app import run_tui

    return run_tui(tracker, tracker.config, series_id)


@click.command("demo")
@click.option("--print", "printed", is_flag=True, help="Print the list, one series and a digest instead.")
@now_option
@click.pass_obj
def demo_command(context: Context, printed: bool) -> int:
    """The three threads, offline, on a throwaway database."""
    from patchwatch.cli.demo import demo

    with demo(context.now) as tracker:
        if printed or not (sys.stdin.isatty() and sys.stdout.isatty()):
            _print(tracker)
            return 0
        return _open(tracker, None)


def _print(tracker: Tracker) -> None:
    from patchwatch.cli.show import story
    from patchwatch.series.states import State
    from patchwatch.tracker.as_of import as_of

    rows = tracker.series()
    click.echo("$ patchwatch list\n")
    print_series(rows, tracker.now())
    accepted = next(row for row in rows if row.state == State.ACCEPTED)
    click.echo(f"\n$ patchwatch show {accepted.id}\n")
    for one in story(accepted, tracker.thread(accepted.id), tracker):
        click.echo(one)
    with as_of(tracker, tracker.now()) as then:
        digest = then.digest()
    click.echo(f"\n$ patchwatch digest\n\nSubject: {digest.subject}\n\n{digest.text}")
