"""`doctor`: check the setup, and report the state of polling to scripts."""

from __future__ import annotations

from typing import Any

import click

from patchwatch.cli.health import Health, check, health
from patchwatch.cli.main import Context, json_option, now_option
from patchwatch.output import print_json, print_line
from patchwatch.redact import redact
from patchwatch.sanitize import line
from patchwatch.times import format_time


@click.command("doctor", short_help="Check the setup and suggest fixes.")
@json_option
@click.option("--offline", is_flag=True, help="Do not contact any server; for scripts that run often.")
@click.option(
    "--check", "thorough", is_flag=True, help="Also check every stored mail and what is derived from it; takes minutes."
)
@now_option
@click.pass_obj
def doctor_command(context: Context, as_json: bool, offline: bool, thorough: bool) -> None:
    """Check config, database, polling, git trees, archive and digests, and suggest fixes.

    Exit with 0 if every check passes, else with 1.

    \b
    Examples:
      patchwatch doctor
      patchwatch doctor --check
    """
    findings = list(check(context.now, offline=offline, thorough=thorough))
    ok = all(finding.ok for finding in findings)
    if as_json:
        print_json(
            {
                "schema": 1,
                "ok": ok,
                "checks": [
                    {"name": f.name, "ok": f.ok, "text": redact(f.text), "hint": f.hint or None} for f in findings
                ],
                **_health_json(health(context.now)),
            }
        )
    else:
        for finding in findings:
            print_line(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {line(redact(finding.text))}")
            if finding.hint:
                print_line(f"      → {line(finding.hint)}")
    if not ok:
        raise click.exceptions.Exit(1)


def _health_json(state: Health | None) -> dict[str, Any]:
    """Return the state of polling and digests; every value is null if config or database can't be read."""
    if state is None:
        return dict.fromkeys(("holder", "pollers", "upgrade", "inboxes", "digests", "outbox", "robots"))
    owner = state.pollers[0].owner if state.pollers else None
    return {
        "holder": {"what": owner.what, "pid": owner.pid, "since": format_time(owner.since)} if owner else None,
        "pollers": [
            {
                "what": poller.owner.what,
                "pid": poller.owner.pid,
                "host": poller.owner.host or None,
                "since": format_time(poller.owner.since),
                "polling": list(poller.polling),
            }
            for poller in state.pollers
        ],
        "upgrade": {"done": state.left.done, "mails": state.left.mails} if state.left.outdated else None,
        "inboxes": [
            {
                "name": row.name,
                "followed": row.followed,
                "last_poll": _time(row.polled_at),
                "stale_since": _time(row.failed_at),
                "failure": redact(row.failure) or None,
            }
            for row in state.inboxes
        ],
        "digests": [{"recipient": name, "last_sent": _time(sent)} for name, sent in state.recipients],
        "outbox": [
            {
                "recipient": row.recipient,
                "key": row.key,
                "subject": row.subject,
                "queued": format_time(row.queued_at),
                "tries": row.tries,
                "next_try": _time(row.try_at),
                "given_up": _time(row.failed_at),
                "failure": redact(row.failure) or None,
            }
            for row in state.outbox
        ],
        "robots": [
            {
                "name": robot.name,
                "address": robot.address,
                "mails": robot.mails,
                "results": robot.results,
                "recognized": robot.recognized,
                "why": robot.why,
            }
            for robot in state.robots
        ],
    }


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else format_time(seconds)
