"""Digests and event mails from due to delivered: never lost, hardly ever twice.

The mail of a day is queued and the day marked as done in one transaction (`write_due`); a queued mail is tried until it
is delivered or refused (`deliver`).  If the program is killed, either nothing is stored or the mail is in the outbox.
Only if the server may have accepted it just before the kill, or before the connection broke, is it sent again, with the
same Message-ID.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from patchwatch.config import Mail, Recipient
from patchwatch.db import outbox
from patchwatch.db.database import Database
from patchwatch.db.outbox import DigestCursor
from patchwatch.errors import DatabaseLockedError, DeliveryError, PatchwatchError
from patchwatch.mail.list_address import is_list_address
from patchwatch.notify.delivery.build_message import OutgoingMessage, build_message
from patchwatch.notify.delivery.transport import Transport
from patchwatch.notify.digest.build import Digest
from patchwatch.notify.digest.schedule import schedule_of
from patchwatch.series.model import OutboxRow
from patchwatch.sources.git.identity import sender

if TYPE_CHECKING:
    from sqlalchemy import Connection

BuildDigest = Callable[[Recipient, DigestCursor | None], Digest]
"""Builds a recipient's digest of what is new since the cursor."""

_LEASE_SECONDS = 600  # after this time, a try was interrupted and may be repeated
_FIRST_RETRY = 60
_LAST_RETRY = 4 * 3600
_GIVE_UP_SECONDS = 5 * 86_400  # as mail servers do (RFC 5321, 4.5.4.1)
_RECORD_TRIES = 4  # to record the result of a try in a locked database


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result for one mail, or for a day without one."""

    recipient: str
    key: str  # the day, or the event
    outcome: Literal["sent", "later", "failed", "nothing"]
    text: str  # what happened, and what comes next
    message_id: str = ""


def write_due(
    database: Database,
    recipients: Sequence[Recipient],
    mail: Mail,
    build: BuildDigest,
    now: int,
    *,
    today: bool = False,
) -> Iterator[Delivery]:
    """Queue the digests that are due; with `today`, today's at any time and on any day of the week.

    Yields failures, and days without news.
    """
    for recipient in recipients:
        schedule = schedule_of(recipient)
        with database.read() as connection:
            cursor = outbox.digest_cursor(connection, recipient.name)
        last = cursor.day if cursor else None
        day = schedule.today(now) if today else schedule.due(last, now)
        if day is None or (last is not None and last >= day):
            continue
        try:
            digest = build(recipient, cursor)
            skip = digest.empty and not recipient.even_if_empty
            message = None if skip else write(database, mail, recipient, day.isoformat(), digest, now)
        except PatchwatchError as error:
            yield Delivery(recipient.name, day.isoformat(), "failed", str(error))
            continue
        with database.write() as connection:
            if outbox.digest_cursor(connection, recipient.name) != cursor:
                continue  # another process was faster
            outbox.set_digest_cursor(connection, recipient.name, DigestCursor(day, now, digest.seen))
            if message:
                put(connection, recipient, day.isoformat(), message, now)
        if not message:
            yield Delivery(recipient.name, day.isoformat(), "nothing", "nothing new, no mail sent")


def write(database: Database, mail: Mail, recipient: Recipient, key: str, digest: Digest, now: int) -> OutgoingMessage:
    """Build the mail of a digest.

    Raises:
        DeliveryError: the address is a mailing list's.
        SendError: no sender is configured.
    """
    check_not_a_list(database, recipient)
    date = datetime.datetime.fromtimestamp(now, datetime.UTC).astimezone(schedule_of(recipient).zone)
    text, flowed = digest.flowed or digest.text, bool(digest.flowed)
    return build_message(
        sender(mail.sender), recipient.name, recipient.to, key, digest.subject, text, date, flowed=flowed
    )


def check_not_a_list(database: Database, recipient: Recipient) -> None:
    """Check that a digest does not go to a mailing list.

    Raises:
        DeliveryError: the recipient's address is that of a known list.
    """
    from patchwatch.db.inboxes import names

    with database.read() as connection:
        known = names(connection)
    if is_list_address(recipient.to, known):
        raise DeliveryError(
            f"digest.to of {recipient.name}: {recipient.to} is the address of a mailing list; digests are not sent to "
            "lists. Set it to a person's address.",
            permanent=True,
        )


def put(connection: Connection, recipient: Recipient, key: str, message: OutgoingMessage, now: int) -> bool:
    """Queue a mail; False if one with this recipient and key exists already."""
    return outbox.put(
        connection,
        recipient.name,
        key,
        message.raw,
        now,
        address=recipient.to,
        sender=message.sender,
        message_id=message.message_id,
        subject=message.subject,
    )


def deliver(
    database: Database,
    recipients: Sequence[Recipient],
    transport: Callable[[], Transport],
    clock: Callable[[], int],
) -> Iterator[Delivery]:
    """Try every queued mail that is due, once; yields the results."""
    addresses = {recipient.name: recipient.to for recipient in recipients}
    while _is_due(database, clock()):
        with database.write() as connection:
            claimed = outbox.claim(connection, clock(), clock() + _LEASE_SECONDS)
        if claimed is None:
            return
        row, mail = claimed
        yield _try(database, row, mail, addresses, transport, clock)


def _is_due(database: Database, now: int) -> bool:
    """Checked in a reading transaction, because a writing one makes every TUI refresh."""
    with database.read() as connection:
        next_try = outbox.next_try(connection)
    return next_try is not None and next_try <= now


def _try(
    database: Database,
    row: OutboxRow,
    mail: bytes,
    addresses: Mapping[str, str],
    transport: Callable[[], Transport],
    clock: Callable[[], int],
) -> Delivery:
    def result(outcome: Literal["sent", "later", "failed"], text: str) -> Delivery:
        return Delivery(row.recipient, row.key, outcome, text, row.message_id)

    if addresses.get(row.recipient) != row.address:
        why = f"no [[digest]] named {row.recipient} has the address {row.address} any more"
        _record(database, lambda connection: outbox.fail(connection, row.id, clock(), why))
        return result("failed", why)

    def accepted() -> None:
        _record(database, lambda connection: outbox.mark_sent(connection, row.id, clock()))

    try:
        transport().send(row.sender, row.address, mail, accepted)
    except DeliveryError as error:
        now, why = clock(), str(error)
        if error.permanent or now - row.queued_at > _GIVE_UP_SECONDS:
            _record(database, lambda connection: outbox.fail(connection, row.id, now, why))
            return result("failed", f"{why}. Not retried automatically; run `patchwatch digest --send` to try again.")
        delay = retry_delay(row.tries)
        _record(database, lambda connection: outbox.retry_later(connection, row.id, now + delay, why))
        return result("later", f"{why}. Next try in {delay // 60} min.")
    return result("sent", f"sent to {row.address}: {row.subject}")


def retry_delay(tries: int) -> int:
    """Seconds to wait after so many tries: a minute, doubled each time, at most four hours."""
    return min(_FIRST_RETRY << min(max(tries - 1, 0), 20), _LAST_RETRY)


def _record(database: Database, change: Callable[[Connection], None]) -> None:
    """Store the result of a try.  Keep trying longer than elsewhere: without it the mail would be sent again."""
    for left in reversed(range(_RECORD_TRIES)):
        try:
            with database.write() as connection:
                change(connection)
            return
        except DatabaseLockedError:
            if not left:
                raise
