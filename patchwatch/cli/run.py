"""`run`, `service`: patchwatch as a service."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from patchwatch.cli.main import Context
from patchwatch.output import print_error, print_line
from patchwatch.sanitize import line

if TYPE_CHECKING:
    from patchwatch.daemon.systemd import Changes


@click.command("run", short_help="Poll and send digests until stopped.")
@click.option("--json", "as_json", is_flag=True, help="Log on stderr as JSON, one object per line.")
@click.pass_obj
def run_command(context: Context, as_json: bool) -> None:
    """Poll every list on its interval, run hooks and send digests, until SIGTERM or Ctrl-C.

    SIGHUP reloads the config; SIGUSR1 triggers a poll. Use `patchwatch service install` to start it from systemd.

    \b
    Example:
      patchwatch run
    """
    from patchwatch.daemon.process import run

    raise click.exceptions.Exit(run(context.tracker, clock=time.time, as_json=as_json))


@click.group("service", short_help="Manage the systemd user units.")
def service_command() -> None:
    """Install, remove or inspect the systemd user units that run patchwatch.

    \b
    Example:
      patchwatch service install
    """


@service_command.command("install", short_help="Write the units.")
@click.option(
    "--timer",
    is_flag=True,
    help="Instead of a service, install a timer: `poll` and `digest --send --due` every [poll] interval_minutes.",
)
@click.pass_obj
def service_install(context: Context, timer: bool) -> None:
    """Write the units to ~/.config/systemd/user, and print the commands that start them."""
    from patchwatch.daemon.systemd import install

    _report("wrote", install(context.tracker.config.poll.interval_minutes, timer=timer))


@service_command.command("remove", short_help="Stop and remove the units.")
def service_remove() -> None:
    """Stop and remove patchwatch's units."""
    from patchwatch.daemon.systemd import remove

    _report("removed", remove())


@service_command.command("status", short_help="Print the units and their state.")
def service_status() -> None:
    """Print the installed units and their state; exit with 1 if there are none."""
    from patchwatch.config import systemd_unit_directory
    from patchwatch.daemon.systemd import status

    units = status()
    for path, state in units:
        print_line(f"{line(str(path))}: {state}")
    if not units:
        directory = line(str(systemd_unit_directory()))
        print_error(f"no patchwatch units in {directory}. Run `patchwatch service install`.")
        raise click.exceptions.Exit(1)


def _report(verb: str, changes: Changes) -> None:
    for path in changes.files:
        print_line(f"{verb} {line(str(path))}")
    if changes.commands:
        print_error("next:")
        for command in changes.commands:
            print_error(f"  {command}")
