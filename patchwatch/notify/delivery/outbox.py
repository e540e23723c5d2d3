"""Digests and other mails of patchwatch's own, from being due to being taken: exactly once.

A day is written and ticked off in one transaction (`write_due`); what stands in the outbox is tried until it is taken
or refused (`deliver`).  Whoever is killed on the way leaves either nothing or a mail in the outbox.  Only where the
server may have taken it just then does it go out once more, with the same Message-ID.
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

Compose = Callable[[Recipient, DigestCursor | None], Digest]
"""What a recipient is to be told, after what he was told last."""

_LEASE = 600  # seconds that a try may take; whoever has not ended then was killed
_FIRST_RETRY = 60
_LAST_RETRY = 4 * 3600
_PATIENCE = 5 * 86_400  # as long as mail servers try (RFC 5321, 4.5.4.1)
_NOTES = 4  # how often it is tried to note what became of a try, where somebody holds the database


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one mail, or of a day."""

    recipient: str
    key: str  # the day, or the event
    outcome: Literal["sent", "later", "failed", "nothing"]
    text: str  # for people: what happened, and what comes next
    message_id: str = ""


def write_due(
    database: Database,
    recipients: Sequence[Recipient],
    mail: Mail,
    compose: Compose,
    now: int,
    *,
    today: bool = False,
) -> Iterator[Delivery]:
    """Write the digests that are due into the outbox; with `today` today's, whatever the hour and the day of the week.

    Yields what could not be written, and the days on which there is nothing to say.
    """
    for recipient in recipients:
        schedule = schedule_of(recipient)
        with database.read() as connection:
            told = outbox.told(connection, recipient.name)
        last = told.day if told else None
        day = schedule.today(now) if today else schedule.due(last, now)
        if day is None or (last is not None and last >= day):
            continue
        try:
            digest = compose(recipient, told)
            silent = digest.empty and not recipient.even_if_empty
            written = None if silent else write(database, mail, recipient, day.isoformat(), digest, now)
        except PatchwatchError as error:
            yield Delivery(recipient.name, day.isoformat(), "failed", str(error))
            continue
        with database.write() as connection:
            if outbox.told(connection, recipient.name) != told:
                continue  # another process was faster
            outbox.tell(connection, recipient.name, DigestCursor(day, now, digest.seen))
            if written:
                put(connection, recipient, day.isoformat(), written, now)
        if not written:
            yield Delivery(recipient.name, day.isoformat(), "nothing", "nothing is new, and so there is no mail")


def write(database: Database, mail: Mail, recipient: Recipient, key: str, digest: Digest, now: int) -> OutgoingMessage:
    """The mail with these words.

    Raises:
        DeliveryError: it would go to a list.
        SendError: nobody says whom it is from.
    """
    check_not_a_list(database, recipient)
    date = datetime.datetime.fromtimestamp(now, datetime.UTC).astimezone(schedule_of(recipient).zone)
    return build_message(sender(mail.sender), recipient.name, recipient.to, key, digest.subject, digest.text, date)


def check_not_a_list(database: Database, recipient: Recipient) -> None:
    """A digest goes to no list.

    Raises:
        DeliveryError: its address is one, as far as we know.
    """
    from patchwatch.db.inboxes import names

    with database.read() as connection:
        known = names(connection)
    if is_list_address(recipient.to, known):
        raise DeliveryError(
            f"digest.to of {recipient.name}: {recipient.to} is the address of a list that is known here, and no "
            "digest goes to a list. Name the address of a person.",
            permanent=True,
        )


def put(connection: Connection, recipient: Recipient, key: str, written: OutgoingMessage, now: int) -> bool:
    """Put a mail into the outbox; False where there is one of this recipient and key already."""
    return outbox.put(
        connection,
        recipient.name,
        key,
        written.raw,
        now,
        address=recipient.to,
        sender=written.sender,
        message_id=written.message_id,
        subject=written.subject,
    )


def deliver(
    database: Database,
    recipients: Sequence[Recipient],
    transport: Callable[[], Transport],
    clock: Callable[[], int],
) -> Iterator[Delivery]:
    """Try everything in the outbox that is due for a try, each once; yields what became of it."""
    addresses = {recipient.name: recipient.to for recipient in recipients}
    while _is_due(database, clock()):
        with database.write() as connection:
            claimed = outbox.claim(connection, clock(), clock() + _LEASE)
        if claimed is None:
            return
        row, mail = claimed
        yield _tried(database, row, mail, addresses, transport, clock)


def _is_due(database: Database, now: int) -> bool:
    """Asked before a transaction that writes: those wake every screen."""
    with database.read() as connection:
        following = outbox.next_try(connection)
    return following is not None and following <= now


def _tried(
    database: Database,
    row: OutboxRow,
    mail: bytes,
    addresses: Mapping[str, str],
    transport: Callable[[], Transport],
    clock: Callable[[], int],
) -> Delivery:
    def said(outcome: Literal["sent", "later", "failed"], text: str) -> Delivery:
        return Delivery(row.recipient, row.key, outcome, text, row.message_id)

    if addresses.get(row.recipient) != row.address:
        why = f"no [[digest]] named {row.recipient} goes to {row.address} any more"
        _note(database, lambda connection: outbox.give_up(connection, row.id, clock(), why))
        return said("failed", why)
    try:
        transport().send(row.sender, row.address, mail)
    except DeliveryError as error:
        now, why = clock(), str(error)
        if error.permanent or now - row.queued_at > _PATIENCE:
            _note(database, lambda connection: outbox.give_up(connection, row.id, now, why))
            return said("failed", f"{why}. It is not tried again by itself; `patchwatch digest --send` does.")
        until = now + pause(row.tries)
        _note(database, lambda connection: outbox.put_off(connection, row.id, until, why))
        return said("later", f"{why}. It is tried again in {pause(row.tries) // 60} min.")
    _note(database, lambda connection: outbox.sent(connection, row.id, clock()))
    return said("sent", f"sent to {row.address}: {row.subject}")


def pause(tries: int) -> int:
    """Seconds to wait after so many tries: a minute, then twice as long each time, four hours at most."""
    return min(_FIRST_RETRY << min(max(tries - 1, 0), 20), _LAST_RETRY)


def _note(database: Database, change: Callable[[Connection], None]) -> None:
    """Note what became of a try; for longer than anything else is tried, because a mail would go out twice without."""
    for left in reversed(range(_NOTES)):
        try:
            with database.write() as connection:
                change(connection)
            return
        except DatabaseLockedError:
            if not left:
                raise
