"""`tui`, `demo`: the terminal user interface, on the user's database or on sample threads."""

from __future__ import annotations

import gc
import os
import sys

import click

from patchwatch.cli.arguments import SERIES
from patchwatch.cli.main import Context, now_option
from patchwatch.config import config_path
from patchwatch.errors import InvalidInputError, ToolError
from patchwatch.output import line_printer, print_error, print_line, stdout_is_terminal
from patchwatch.sanitize import line
from patchwatch.times import format_time
from patchwatch.tracker import Tracker


@click.command("tui", short_help="Open the terminal user interface.")
@click.argument("series", required=False, type=SERIES)
@click.option("--web", "in_browser", is_flag=True, help="Serve the TUI to a browser, and print the address to open.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --web: address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="With --web: port to listen on; 0 picks a free one.",
)
@now_option
@click.pass_obj
def tui_command(context: Context, series: str | None, in_browser: bool, host: str, port: int) -> int:
    """Open the terminal user interface at the overview, or at SERIES.

    \b
    Examples:
      patchwatch tui
      patchwatch tui 12
    """
    tracker = context.tracker
    series_id = tracker.find(series) if series else None
    if in_browser:
        _serve(context, tracker, series_id, host, port)
        return 0
    if not (sys.stdin.isatty() and stdout_is_terminal()) and not os.environ.get("TEXTUAL_DRIVER"):  # textual-serve's
        raise InvalidInputError("the TUI needs a terminal; use `patchwatch list`, or --web for a browser.")
    return _open(tracker, series_id)


def _serve(context: Context, tracker: Tracker, series_id: int | None, host: str, port: int) -> None:
    try:
        from patchwatch.tui.web.server import is_loopback, serve
    except ModuleNotFoundError as error:
        raise ToolError(
            f"--web needs {error.name}, which is not installed. Run `pipx install --force '.[web]'` in "
            "patchwatch's source directory."
        ) from error
    from patchwatch.tui.keymap import keymap

    # Report errors in the database or the config here, not on every page.
    tracker.generation()
    keymap(tracker.config.keys.changed)
    command = [sys.executable, "-P", "-m", "patchwatch", "tui"]
    if context.now is not None:
        command += ["--now", format_time(context.now)]
    if series_id is not None:
        command.append(str(series_id))
    if not is_loopback(host):
        print_error(
            f"patchwatch: WARNING: {host} can be reached from other machines. The traffic is not encrypted: anyone who "
            "sees it can read everything and act as you. A safe way is `ssh -L 8000:localhost:8000` to this machine."
        )

    print_address = line_printer()  # the server redirects stdout while it runs

    def ready(address: str) -> None:
        print_error("patchwatch: open this address in a browser, and keep it secret. Stop with Ctrl-C.")
        print_address(address)

    serve(command, host, port, ready)


def _open(tracker: Tracker, series_id: int | None) -> int:
    os.environ.setdefault("TEXTUAL_FPS", "120")  # at Textual's 60, a second key in a row waits for up to 16 ms
    gc.disable()  # until the first frame is drawn
    from patchwatch.tui.app import run_tui

    return run_tui(tracker, tracker.config, series_id)


@click.command("demo", short_help="Try patchwatch offline on three sample threads.")
@click.option("--print", "as_text", is_flag=True, help="Print a list, a series and a digest; do not open the TUI.")
@now_option
@click.pass_obj
def demo_command(context: Context, as_text: bool) -> int:
    """Try patchwatch on three sample threads, offline, with a temporary database.

    \b
    Examples:
      patchwatch demo
      patchwatch demo --print
    """
    from patchwatch.cli.demo import demo

    with demo(context.now) as tracker:
        if as_text or not (sys.stdin.isatty() and stdout_is_terminal()):
            _print_demo(tracker)
            return 0
        status = _open(tracker, None)
    if not status:
        print_error(_AFTER_DEMO.format(config=line(str(config_path()))))
    return status


_AFTER_DEMO = """\
That was the demo; nothing of it is kept. With your own mail, type:

  patchwatch watch URL       to watch a series: a link to a mail on lore
  patchwatch follow INBOX    to follow a list, such as netdev
  patchwatch tui             to see what needs you

Add your addresses under [me] in {config}:
without them, nothing can be asked of you."""


def _print_demo(tracker: Tracker) -> None:
    from patchwatch.cli.queue_lines import print_sections
    from patchwatch.cli.show import series_lines
    from patchwatch.series.states import State
    from patchwatch.series.views import by_section
    from patchwatch.tracker.as_of import as_of

    rows = tracker.series()
    print_line("$ patchwatch list\n")
    print_sections(by_section(tracker.lines()), tracker.now(), unfolded=frozenset())
    accepted = next(row for row in rows if row.state == State.ACCEPTED)
    print_line(f"\n$ patchwatch show {accepted.id}\n")
    for text in series_lines(accepted, tracker.thread(accepted.id), tracker):
        print_line(text)
    with as_of(tracker, tracker.now()) as then:
        digest = then.digest()
    print_line(f"\n$ patchwatch digest\n\nSubject: {digest.subject}\n\n{digest.text}")
