"""`digest`: print the digest, or send it as mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from patchwatch.cli.main import Context, TimeParam, now_option_with
from patchwatch.cli.pager import paged
from patchwatch.errors import InvalidInputError
from patchwatch.output import print_error, print_line, progress_line
from patchwatch.sanitize import block, line
from patchwatch.times import format_minute
from patchwatch.tracker import Tracker

if TYPE_CHECKING:
    from patchwatch.notify.delivery.build_message import OutgoingMessage
    from patchwatch.notify.digest.build import Digest

_DIGEST_HOUR = 7 * 3600


class _MorningParam(TimeParam):
    """A time; of a date alone, its 7:00 UTC."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        hour = _DIGEST_HOUR if len(str(value).strip()) == len("2023-09-20") else 0
        return super().convert(value, param, ctx) + hour


@click.command("digest", short_help="Print the digest, or send it by mail.")
@click.option(
    "--date", "then", type=_MorningParam(), help="Print the digest of that morning (7:00 UTC), e.g. 2023-08-03."
)
@click.option(
    "--since", type=TimeParam(), help="Mark mail dated after this time as new; default: mail of the last 24 hours."
)
@click.option(
    "--send", is_flag=True, help="Send today's digest to each [[digest]] recipient who has not received it yet."
)
@click.option("--due", is_flag=True, help="With --send: send only the digests that are due.")
@click.option("--dry-run", is_flag=True, help="Show the mails that --send would send, with their headers.")
@now_option_with("Print the digest of this time, e.g. 2023-09-20T08:00Z.")
@click.pass_obj
def digest_command(context: Context, then: int | None, since: int | None, send: bool, due: bool, dry_run: bool) -> None:
    """Print what needs your attention, what is waiting for others and what changed, or send it by mail.

    With --date or --now, use only what was known at that time.

    \b
    Examples:
      patchwatch digest --date 2023-08-03
      patchwatch digest --send
    """
    if due and not send:
        raise click.UsageError("--due needs --send.")
    if send or dry_run:
        if then is not None or since is not None:
            raise click.UsageError("--date and --since can't be combined with --send or --dry-run.")
        if dry_run:
            _preview(context.tracker)
        else:
            _send(context.tracker, due=due)
        return
    then = context.now if then is None else then
    if then is None:
        _print_digest(context.tracker.digest(since=since))
        return
    from patchwatch.tracker.as_of import as_of

    with progress_line() as progress, as_of(context.tracker, then, progress) as tracker:
        digest = tracker.digest(since=since)
    _print_digest(digest)


def _print_digest(digest: Digest) -> None:
    with paged():
        print_line(f"Subject: {digest.subject}\n\n{digest.text}")


def _send(tracker: Tracker, *, due: bool) -> None:
    """Send today's digests now, or those that are due, and the rest of the outbox; exit with 1 if one fails."""
    _check_recipients(tracker)
    undelivered = 0
    deliveries = tracker.send_digests(today=not due)
    for delivery in deliveries:
        text = f"{line(delivery.recipient)}, {line(delivery.key)}: {line(delivery.text)}"
        if delivery.outcome in ("sent", "nothing"):
            print_line(text)
        else:
            undelivered += 1
            print_error(f"patchwatch: {text}")
    for row in tracker.outbox():
        if row.begun_at is not None and row.try_at is not None:
            print_error(
                f"{line(row.recipient)}, {line(row.key)}: another patchwatch started sending it at "
                f"{format_minute(row.begun_at)}. If that process was killed, it is retried at "
                f"{format_minute(row.try_at)}."
            )
    next_at = tracker.next_delivery_at()
    if not deliveries and next_at is not None:
        reason = "no digest is due" if due else "today's digests are done"
        print_error(f"nothing to send: {reason}. The next is due at {format_minute(next_at)}.")
    if undelivered:
        raise click.exceptions.Exit(1)


def _preview(tracker: Tracker) -> None:
    """Show the digests as they would be sent now; nothing is sent or recorded."""
    from patchwatch.notify.delivery.transport import transport

    _check_recipients(tracker)
    server = transport(tracker.config.mail).name
    for recipient, message in tracker.digest_messages():
        print_error(f"# {line(recipient.name)}: would go to {recipient.to} via {line(server)}; nothing was sent")
        print_line(_decoded(message))


def _decoded(message: OutgoingMessage) -> str:
    """The mail as a mail reader shows it."""
    import email
    import email.policy

    mail = email.message_from_bytes(message.raw, policy=email.policy.default)
    headers = "\n".join(f"{name}: {line(str(value))}" for name, value in mail.items())
    return f"{headers}\n\n{block(str(mail.get_content()))}"


def _check_recipients(tracker: Tracker) -> None:
    if not tracker.config.digest:
        raise InvalidInputError(
            "no digest recipient is configured. "
            f'Add [[digest]] with name = "me" and to = "you@example.org" to {tracker.config_file}.'
        )
