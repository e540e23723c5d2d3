"""The `patchwatch` command: global options, lazily imported commands, exit status."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import click

from patchwatch import __version__, output
from patchwatch.errors import InvalidInputError, PatchwatchError
from patchwatch.sanitize import line
from patchwatch.times import parse_time

if TYPE_CHECKING:
    from patchwatch.tracker import Tracker

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

# The module of each command, in the order of --help.
COMMANDS = {
    "watch": "fetch",
    "unwatch": "decide",
    "list": "list",
    "next": "next",
    "show": "show",
    "diff": "diff",
    "tui": "tui",
    "poll": "fetch",
    "run": "run",
    "follow": "fetch",
    "import": "fetch",
    "seen": "decide",
    "read": "read",
    "mark": "decide",
    "link": "decide",
    "unlink": "decide",
    "dismiss": "decide",
    "mute": "decide",
    "not-mine": "decide",
    "pin": "decide",
    "label": "label",
    "snooze": "decide",
    "undo": "decide",
    "digest": "digest",
    "demo": "tui",
    "service": "run",
    "doctor": "doctor",
    "backup": "backup",
    "db": "db",
    "completion": "completion",
    "reindex": "reindex",
}


_SCARCE = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EFBIG: "raise the limit of file sizes (ulimit -f)",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "stop some other programs",
    errno.EAGAIN: "raise the limit of processes (ulimit -u), or stop some",
    errno.ENOMEM: "free some memory",
    errno.ENAMETOOLONG: "use a shorter path",
}
"""The limits of a machine, and what helps."""


class _Commands(click.Group):
    """A group that imports a command when it is called: `list` must not wait for the imports of `tui`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = getattr(importlib.import_module(f"patchwatch.cli.{module}"), f"{cmd_name.replace('-', '_')}_command")
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=1) if args else []
            if not close:
                raise
            raise click.UsageError(f"{error.message} Did you mean {close[0]!r}?", ctx) from None


class Context:
    """Passed to every command."""

    def __init__(self, now: int | None = None) -> None:
        """`now` is in UTC seconds; None: by the real clock."""
        self.now = now

    @cached_property
    def tracker(self) -> Tracker:
        """The tracker, with the user's config."""
        from patchwatch.config_file import load_config
        from patchwatch.tracker import Tracker

        now = self.now
        return Tracker(load_config(), clock=time.time if now is None else lambda: float(now))


class TimeParam(click.ParamType[int]):
    """A time, in UTC seconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return parse_time(str(value))
        except InvalidInputError as error:
            self.fail(str(error), param, ctx)


def _set_now(ctx: click.Context, _param: click.Parameter, value: int | None) -> None:
    if value is not None:
        ctx.ensure_object(Context).now = value


_AGES = "Compute ages as of this time, e.g. 2023-09-20T08:00Z."


def now_option_with(about: str = _AGES, *, hidden: bool = False) -> Callable[[Decorated], Decorated]:
    """Return the option --now with this help text."""
    return click.option(
        "--now", type=TimeParam(), expose_value=False, is_eager=True, callback=_set_now, help=about, hidden=hidden
    )


now_option = now_option_with()
hidden_now_option = now_option_with(hidden=True)
"""For commands that print no ages: the time is only recorded."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON (schema 1).")


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="patchwatch")
@now_option
@click.pass_context
def patchwatch(ctx: click.Context) -> None:
    """Track Linux kernel patches on mailing lists, from RFC to mainline.

    SERIES is a number from `list`, or the message-id or lore URL of any mail in the series.

    \b
    Examples:
      patchwatch watch https://lore.kernel.org/bpf/20230730114951.74067-1-hffilwlqm@gmail.com/
      patchwatch poll
      patchwatch list
    """
    ctx.ensure_object(Context)


def run(arguments: list[str] | None = None) -> int:
    """Run a command line and return the exit status."""
    try:
        if asked := os.environ.get("_PATCHWATCH_COMPLETE"):
            from patchwatch.cli.completion import complete

            return complete(asked)
        # Not in standalone mode, click returns what the command returned or the status of its Exit.
        status = patchwatch.main(arguments, prog_name="patchwatch", standalone_mode=False)
    except click.Abort:
        output.print_error("patchwatch: interrupted; everything stored so far is kept")
        return 130
    except click.ClickException as error:
        text = io.StringIO()
        error.show(text)
        output.print_error(text.getvalue().rstrip("\n"))
        return 2 if isinstance(error, click.UsageError) else 1
    except PatchwatchError as error:
        output.print_error(f"patchwatch: {line(str(error))}")
        return 1
    except BrokenPipeError:
        output.discard_stdout()
        return 0
    except OSError as error:
        if error.errno not in _SCARCE:
            return _report_crash(error)
        advice = _SCARCE[error.errno]
        output.print_error(f"patchwatch: {error.strerror}. Stored mail is kept; {advice}, then try again.")
        return 1
    except Exception as error:  # noqa: BLE001 (this is where every bug ends)
        return _report_crash(error)
    return status if isinstance(status, int) else 0


def _report_crash(error: Exception) -> int:
    """Report a bug; unless the database is damaged, which can make any value unexpected."""
    from patchwatch.config_file import load_config
    from patchwatch.crash import report
    from patchwatch.db.backup import damage

    with contextlib.suppress(Exception):  # whatever it is, the crash is reported
        if problem := damage(load_config().database_url):
            output.print_error(
                f"patchwatch: the database is damaged: {line(problem)}. Run `patchwatch doctor --check`."
            )
            return 1
    return report(error)
