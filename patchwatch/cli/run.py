"""`run`, `service`: patchwatch by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from patchwatch.cli.main import Context
from patchwatch.cli.output import say
from patchwatch.sanitize import line

if TYPE_CHECKING:
    from patchwatch.daemon.systemd import Done


@click.command("run", short_help="Poll and send digests by itself, until stopped.")
@click.option("--json", "as_json", is_flag=True, help="Log as JSON, an object a line, on stderr.")
@click.pass_obj
def run_command(context: Context, as_json: bool) -> None:
    """Poll every list on its interval, tell what happens and send digests at their hour, until SIGTERM or Ctrl-C.

    SIGHUP reads the config again, SIGUSR1 polls now. `patchwatch service install` lets systemd start it.
    """
    from patchwatch.daemon.process import run

    raise click.exceptions.Exit(run(context.tracker, clock=time.time, as_json=as_json))


@click.group("service", short_help="Let systemd run it: install, remove, status.")
def service_command() -> None:
    """Install systemd user units that run patchwatch, and remove them again."""


@service_command.command("install")
@click.option("--timer", is_flag=True, help="A timer that polls once and sends what is due, in place of a service.")
@click.pass_obj
def service_install(context: Context, timer: bool) -> None:
    """Write the units into ~/.config/systemd/user, and say what to do next."""
    from patchwatch.daemon.systemd import install

    _report("written", install(context.tracker.config.poll.interval_minutes, timer=timer))


@service_command.command("remove")
def service_remove() -> None:
    """Stop patchwatch's units and take them away."""
    from patchwatch.daemon.systemd import remove

    _report("removed", remove())


@service_command.command("status")
def service_status() -> None:
    """Say which units are there, and how they are; exit status 1 if there are none."""
    from patchwatch.config import systemd_unit_directory
    from patchwatch.daemon.systemd import status

    found = status()
    for path, state in found:
        click.echo(f"{line(str(path))}: {state}")
    if not found:
        directory = line(str(systemd_unit_directory()))
        say(f"no patchwatch unit in {directory}; `patchwatch service install` writes one.")
        raise click.exceptions.Exit(1)


def _report(what: str, done: Done) -> None:
    for path in done.files:
        click.echo(f"{what} {line(str(path))}")
    if done.next:
        say("next:")
        for command in done.next:
            say(f"  {command}")
