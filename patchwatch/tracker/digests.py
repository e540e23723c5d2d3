"""What the tracker sends to readers of digests: composing, the outbox, and when the next is due."""

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

_REWRITE = 600  # seconds after which a digest is tried again that could not be written


class Digests(Queries):
    """Digests, and mails at once, for those whom the config names."""

    def digest(self, reader: DigestRecipient | None = None, since: int | None = None, seen: str = "") -> Digest:
        """What is to be said to a reader, by default to me, of all that happened since the digest before.

        That one was composed at `since` (UTC seconds; None: there was none, a day is told) and knew what is `seen`
        (`Digest.seen` of it): mail that came later than it was sent is new too, then.
        """
        return self.digest_contents(reader, since, seen).digest(self.now())

    def digest_contents(
        self, reader: DigestRecipient | None = None, since: int | None = None, seen: str = ""
    ) -> DigestContents:
        """What `digest` is composed of."""
        from patchwatch.notify.digest.gather import gather
        from patchwatch.notify.digest.recipient import DigestRecipient

        reader = reader or DigestRecipient(self.addresses)
        return gather(self.database, self.config.review, self._raws, reader, self.now(), since, seen)

    def send_digests(self, *, today: bool = False) -> tuple[Delivery, ...]:
        """Write the digests that are due, and try everything that waits for a try; what became of each.

        With `today`, which is a person's wish: also today's digest before its hour, and again what was put off or
        refused.  What can't be delivered is told, not raised.
        """
        from patchwatch.notify.delivery.outbox import deliver, write_due
        from patchwatch.notify.delivery.transport import transport

        mail, recipients = self.config.mail, self.config.digest
        now = self.now()
        ready = [one for one in recipients if today or self._unwritten.get(one.name, now) <= now]
        written = tuple(write_due(self.database, ready, mail, self._digest_for, now, today=today))
        later = {name: at for name, at in self._unwritten.items() if at > now}
        self._unwritten = later | {one.recipient: now + _REWRITE for one in written if one.outcome == "failed"}
        if today and self.outbox():
            with self.database.write() as connection:
                outbox.hurry(connection, self.now())
        return (*written, *deliver(self.database, recipients, lambda: transport(mail), self.now))

    def queue_message(self, recipient: str, key: str, subject: str, text: str) -> bool:
        """Have a mail of its own sent to a recipient of the config; once for each `key`: False where it was before.

        It goes out with the next `send_digests`.

        Raises:
            NotFoundError: the config has no such recipient.
            DeliveryError: his address is a list's.
            SendError: nobody says whom it is from.
        """
        from patchwatch.notify.delivery.outbox import put, write
        from patchwatch.notify.digest.build import Digest

        found = next((one for one in self.config.digest if one.name == recipient), None)
        if found is None:
            raise NotFoundError(f"there is no [[digest]] named {recipient} in {self.config_file}.")
        written = write(self.database, self.config.mail, found, key, Digest(subject, text), self.now())
        with self.database.write() as connection:
            return put(connection, found, key, written, self.now())

    def digest_messages(self) -> tuple[tuple[Recipient, OutgoingMessage], ...]:
        """The digests as mails, as they would be written now; nothing is sent or noted.

        Raises:
            DeliveryError: an address is a list's.
            SendError: nobody says whom they are from.
        """
        from patchwatch.notify.delivery.outbox import write
        from patchwatch.notify.digest.schedule import schedule_of

        found = []
        for one in self.config.digest:
            with self.database.read() as connection:
                told = outbox.told(connection, one.name)
            day = schedule_of(one).today(self.now()).isoformat()
            digest = self._digest_for(one, told)
            found.append((one, write(self.database, self.config.mail, one, day, digest, self.now())))
        return tuple(found)

    def next_delivery_at(self) -> int | None:
        """When the next digest or the next try is due (UTC seconds, perhaps passed); None: never."""
        from patchwatch.notify.digest.schedule import schedule_of

        with self.database.read() as connection:
            told = {one.name: outbox.told(connection, one.name) for one in self.config.digest}
            retry = outbox.next_try(connection)
        due = []
        for one in self.config.digest:
            last = told[one.name]
            following = schedule_of(one).next_at(last.day if last else None, self.now())
            due.append(max(following, self._unwritten.get(one.name, following)))
        return min((*due, *([] if retry is None else [retry])), default=None)

    def outbox(self) -> tuple[OutboxRow, ...]:
        """Mails of our own that wait, or were given up."""
        with self.database.read() as connection:
            return outbox.unsent(connection)

    def digests_sent(self) -> dict[str, int]:
        """When each recipient was last sent a mail, by name."""
        with self.database.read() as connection:
            return outbox.last_sent(connection)

    def _digest_for(self, recipient: Recipient, told: DigestCursor | None) -> Digest:
        from patchwatch.notify.digest.recipient import DigestRecipient

        addresses = frozenset(one.lower() for one in recipient.addresses) or self.addresses
        reader = DigestRecipient(addresses, frozenset(recipient.inboxes), recipient.views)
        return self.digest(reader, told.until, told.seen) if told else self.digest(reader)
