"""`digest --send` and `--dry-run`: digests as mail."""

from __future__ import annotations

import email
import email.policy

import click

from patchwatch.cli.output import say
from patchwatch.config import Recipient
from patchwatch.errors import InvalidInputError
from patchwatch.notify.delivery.build_message import OutgoingMessage
from patchwatch.sanitize import block, line
from patchwatch.times import format_future
from patchwatch.tracker import Tracker


def send(tracker: Tracker) -> None:
    """Send today's digests now, and what is left in the outbox; fails if one is not delivered."""
    _need_recipients(tracker)
    undelivered = 0
    found = tracker.send_digests(today=True)
    for one in found:
        said = f"{line(one.recipient)}, {line(one.key)}: {line(one.text)}"
        if one.outcome in ("sent", "nothing"):
            click.echo(said)
        else:
            undelivered += 1
            say(f"patchwatch: {said}")
    for row in tracker.outbox():
        if row.begun_at is not None and row.try_at is not None:
            say(
                f"{line(row.recipient)}, {line(row.key)}: another patchwatch began to send it at "
                f"{format_future(row.begun_at)}. If that was stopped, it is tried again at {format_future(row.try_at)}."
            )
    following = tracker.next_post_at()
    if not found and following is not None:
        say(f"nothing to send: today's digests have been dealt with. The next is due at {format_future(following)}.")
    if undelivered:
        raise click.exceptions.Exit(1)


def rehearse(tracker: Tracker) -> None:
    """Show the digests as they would go out now; nothing is sent, nothing is noted."""
    from patchwatch.notify.delivery.transport import transport

    _need_recipients(tracker)
    by = transport(tracker.config.mail).name
    for recipient, letter in tracker.letters():
        say(f"# {line(recipient.name)}: would go to {recipient.to} by {line(by)}; nothing is sent")
        click.echo(_shown(recipient, letter))


def _shown(recipient: Recipient, letter: OutgoingMessage) -> str:
    """A mail as its reader has it before him: decoded."""
    mail = email.message_from_bytes(letter.raw, policy=email.policy.default)
    head = "\n".join(f"{name}: {line(str(value))}" for name, value in mail.items())
    return f"{head}\n\n{block(str(mail.get_content()))}"


def _need_recipients(tracker: Tracker) -> None:
    if not tracker.config.digest:
        raise InvalidInputError(
            f'nobody gets digests: add [[digest]] with name = "me" and to = "you@example.org" to {tracker.config_file}.'
        )
