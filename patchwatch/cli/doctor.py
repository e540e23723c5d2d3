"""`doctor`, `reindex`: looking after patchwatch itself."""

from __future__ import annotations

import sys
from typing import Any

import click

from patchwatch.cli.health import Health, examine, health
from patchwatch.cli.main import Context, json_option, now_option
from patchwatch.cli.output import print_json
from patchwatch.sanitize import line
from patchwatch.times import format_time


@click.command("doctor", short_help="Say what works, what does not, and the mend.")
@json_option
@click.option("--offline", is_flag=True, help="Ask no server: for scripts that look often.")
@now_option
@click.pass_obj
def doctor_command(context: Context, as_json: bool, offline: bool) -> None:
    """Check config, database, polling and archive: what works, what does not, and the mend.

    The exit status is 0 when all is well, 1 when something is not.
    """
    findings = list(examine(context.now, offline=offline))
    if as_json:
        print_json(
            {
                "schema": 1,
                "ok": all(f.ok for f in findings),
                "checks": [{"name": f.name, "ok": f.ok, "text": f.text, "mend": f.mend or None} for f in findings],
                **_health_json(health(context.now)),
            }
        )
    else:
        for f in findings:
            click.echo(f"{'ok  ' if f.ok else 'FAIL'}  {f.name}: {line(f.text)}")
            if f.mend:
                click.echo(f"      → {line(f.mend)}")
    if not all(f.ok for f in findings):
        raise click.exceptions.Exit(1)


def _health_json(found: Health | None) -> dict[str, Any]:
    """Null where it could not be looked at."""
    if found is None:
        return {"holder": None, "inboxes": None, "digests": None, "outbox": None}
    holder = found.holder
    return {
        "holder": {"what": holder.what, "pid": holder.pid, "since": format_time(holder.since)} if holder else None,
        "inboxes": [
            {
                "name": row.name,
                "followed": row.followed,
                "last_poll": _time(row.polled_at),
                "stale_since": _time(row.failed_at),
                "failure": row.failure or None,
            }
            for row in found.inboxes
        ],
        "digests": [{"recipient": name, "last_sent": _time(sent)} for name, sent in found.recipients],
        "outbox": [
            {
                "recipient": row.recipient,
                "key": row.key,
                "subject": row.subject,
                "queued": format_time(row.queued_at),
                "tries": row.tries,
                "next_try": _time(row.try_at),
                "given_up": _time(row.failed_at),
                "failure": row.failure or None,
            }
            for row in found.outbox
        ],
    }


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else format_time(seconds)


@click.command("reindex")
@now_option
@click.pass_obj
def reindex_command(context: Context) -> None:
    """Work everything out anew from the stored mails.  What you decided stays."""
    shown = sys.stderr.isatty()

    def progress(done: int) -> None:
        if shown:
            click.echo(f"\r{done} mails", err=True, nl=False)

    count = context.tracker.reindex(progress)
    if shown:
        click.echo("\r", err=True, nl=False)
    click.echo(f"{count} mails understood anew")
