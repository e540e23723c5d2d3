"""The tracker's digests and event mails: building, queueing and sending them, and when the next is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchwatch.config import Recipient
from patchwatch.db import LazyModule
from patchwatch.errors import NotFoundError
from patchwatch.tracker.queries import Queries

if TYPE_CHECKING:
    from patchwatch.db import outbox
    from patchwatch.db.outbox import DigestCursor
    from patchwatch.notify.delivery.build_message import OutgoingMessage
    from patchwatch.notify.delivery.outbox import Delivery
    from patchwatch.notify.digest.build import Digest
    from patchwatch.notify.digest.gather import DigestContents
    from patchwatch.notify.digest.recipient import DigestRecipient
    from patchwatch.series.model import OutboxRow
else:
    outbox = LazyModule("patchwatch.db.outbox")

_REWRITE = 600  # seconds until a digest that could not be built is tried again


class Digests(Queries):
    """Digests and event mails for the recipients in the config."""

    def digest(self, recipient: DigestRecipient | None = None, since: int | None = None, seen: str = "") -> Digest:
        """A recipient's digest (default: mine) of what is new since the previous one.

        `since` is when that was made (UTC seconds; None: there is none, and the last day is new), `seen` its
        `Digest.seen`: with it, mail that arrived late is new, too.
        """
        return self.digest_contents(recipient, since, seen).digest(self.now())

    def digest_contents(
        self, recipient: DigestRecipient | None = None, since: int | None = None, seen: str = ""
    ) -> DigestContents:
        """What `digest` is built from."""
        from patchwatch.notify.digest.gather import gather
        from patchwatch.notify.digest.recipient import DigestRecipient

        recipient = recipient or DigestRecipient(self.addresses)
        return gather(self.database, self.config.review, self._raws, recipient, self.now(), since, seen)

    def send_digests(self, *, today: bool = False) -> tuple[Delivery, ...]:
        """Queue the digests that are due, and try to deliver all queued mails; returns the results.

        With `today` (on request of the user): also today's digest before its time, and mails that wait for a retry or
        were refused.  Failures are results, not exceptions.
        """
        from patchwatch.notify.delivery.outbox import deliver, write_due
        from patchwatch.notify.delivery.transport import transport

        mail, recipients = self.config.mail, self.config.digest
        now = self.now()
        ready = [r for r in recipients if today or self._unwritten.get(r.name, now) <= now]
        written = tuple(write_due(self.database, ready, mail, self._digest_for, now, today=today))
        later = {name: at for name, at in self._unwritten.items() if at > now}
        self._unwritten = later | {result.recipient: now + _REWRITE for result in written if result.outcome == "failed"}
        if today and self.outbox():
            with self.database.write() as connection:
                outbox.retry_now(connection, self.now())
        return (*written, *deliver(self.database, recipients, lambda: transport(mail), self.now))

    def queue_message(self, recipient: str, key: str, subject: str, text: str) -> bool:
        """Queue a mail for a recipient in the config, for the next `send_digests`.

        There is one mail per `key`; returns False if it exists already.

        Raises:
            NotFoundError: the config has no such recipient.
            DeliveryError: their address is a mailing list's.
            SendError: no sender is configured.
        """
        from patchwatch.notify.delivery.outbox import put, write
        from patchwatch.notify.digest.build import Digest

        configured = next((r for r in self.config.digest if r.name == recipient), None)
        if configured is None:
            raise NotFoundError(f"there is no [[digest]] named {recipient} in {self.config_file}.")
        message = write(self.database, self.config.mail, configured, key, Digest(subject, text), self.now())
        with self.database.write() as connection:
            return put(connection, configured, key, message, self.now())

    def digest_messages(self) -> tuple[tuple[Recipient, OutgoingMessage], ...]:
        """The mails of all digests as of now; nothing is sent or stored.

        Raises:
            DeliveryError: an address is a mailing list's.
            SendError: no sender is configured.
        """
        from patchwatch.notify.delivery.outbox import write
        from patchwatch.notify.digest.schedule import schedule_of

        messages = []
        for recipient in self.config.digest:
            with self.database.read() as connection:
                cursor = outbox.digest_cursor(connection, recipient.name)
            day = schedule_of(recipient).today(self.now()).isoformat()
            digest = self._digest_for(recipient, cursor)
            messages.append((recipient, write(self.database, self.config.mail, recipient, day, digest, self.now())))
        return tuple(messages)

    def next_delivery_at(self) -> int | None:
        """When the next digest or retry is due (UTC seconds, perhaps in the past); None: never."""
        from patchwatch.notify.digest.schedule import schedule_of

        with self.database.read() as connection:
            cursors = {
                recipient.name: outbox.digest_cursor(connection, recipient.name) for recipient in self.config.digest
            }
            retry = outbox.next_try(connection)
        due = []
        for recipient in self.config.digest:
            last = cursors[recipient.name]
            following = schedule_of(recipient).next_at(last.day if last else None, self.now())
            due.append(max(following, self._unwritten.get(recipient.name, following)))
        return min((*due, *([] if retry is None else [retry])), default=None)

    def outbox(self) -> tuple[OutboxRow, ...]:
        """Mails that wait for delivery, or failed permanently."""
        from patchwatch.db.unsent import unsent

        with self.reading() as execute:
            return unsent(execute)

    def digests_sent(self) -> dict[str, int]:
        """When each recipient was last sent a mail, by name."""
        with self.database.read() as connection:
            return outbox.last_sent(connection)

    def _digest_for(self, recipient: Recipient, cursor: DigestCursor | None) -> Digest:
        from patchwatch.notify.digest.recipient import DigestRecipient

        addresses = frozenset(address.lower() for address in recipient.addresses) or self.addresses
        person = DigestRecipient(addresses, frozenset(recipient.inboxes), recipient.views)
        return self.digest(person, cursor.until, cursor.seen) if cursor else self.digest(person)
