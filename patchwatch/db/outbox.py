"""The outbox: patchwatch's own mails, each stored until it is delivered, and the digest cursor of each recipient.

A digest is stored in the transaction that moves the cursor past its day, so a day has one digest, whenever the program
is killed.  An attempt is stored before it is made (`claim`), so that two processes never make it at the same time; its
result is stored after.
Functions that write take the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from patchwatch.db import schema as t
from patchwatch.db.people import acting
from patchwatch.db.sql import next_id
from patchwatch.series.model import OutboxRow

_KEPT = 30 * 86_400  # seconds for which the content of a mail is kept after it was sent

_COLUMNS = [column for column in t.outbox.c if column.name not in ("mail", "person")]


@dataclass(frozen=True, slots=True)
class DigestCursor:
    """The last digest of a recipient."""

    day: datetime.date  # its day, also if there was nothing to send
    until: int  # when it was written; the next one begins there
    seen: str  # position in the database then: patchwatch.notify.digest.build.Digest.seen


def digest_cursor(connection: Connection, recipient: str) -> DigestCursor | None:
    """Return the last digest of a recipient; None before the first."""
    row = connection.execute(select(t.last_digest).where(*_last_of(connection, recipient))).first()
    return DigestCursor(datetime.date.fromisoformat(row.day), row.until, row.seen) if row else None


def set_digest_cursor(connection: Connection, recipient: str, now: DigestCursor) -> None:
    """Move the cursor past a day: its digest is in the outbox, or there was nothing to report."""
    connection.execute(delete(t.last_digest).where(*_last_of(connection, recipient)))
    values = {"person": acting(connection).person, "recipient": recipient, "day": now.day.isoformat()}
    connection.execute(insert(t.last_digest).values(**values, until=now.until, seen=now.seen))


def _last_of(connection: Connection, recipient: str) -> tuple[ColumnElement[bool], ...]:
    last = t.last_digest.c
    return last.recipient == recipient, last.person == acting(connection).person


def _mine(connection: Connection) -> ColumnElement[bool]:
    """The mails to recipients in my config: nobody else has what is needed to send them."""
    return t.outbox.c.person == acting(connection).person


def put(connection: Connection, recipient: str, key: str, mail: bytes, at: int, **columns: str) -> bool:
    """Put a mail in the outbox, to be sent at once; False if there is one for this recipient and key already."""
    same = select(t.outbox.c.id).where(_mine(connection), t.outbox.c.recipient == recipient, t.outbox.c.key == key)
    if connection.scalar(same):
        return False
    number = next_id(connection, t.outbox)
    values: dict[str, Any] = {"person": acting(connection).person, "recipient": recipient, "key": key, "mail": mail}
    values |= {"queued_at": at, "tries": 0, "try_at": at}
    connection.execute(insert(t.outbox).values(id=number, **values, **columns))
    connection.execute(update(t.outbox).where(t.outbox.c.sent_at < at - _KEPT, t.outbox.c.mail != b"").values(mail=b""))
    return True


def claim(connection: Connection, now: int, until: int) -> tuple[OutboxRow, bytes] | None:
    """Begin an attempt to send the oldest due mail; no other process can claim it before `until`."""
    due = select(*_COLUMNS, t.outbox.c.mail).where(_mine(connection), t.outbox.c.try_at <= now).order_by(t.outbox.c.id)
    found = connection.execute(due.limit(1)).first()
    if found is None:
        return None
    begun = {"tries": found.tries + 1, "begun_at": now, "try_at": until}
    _set(connection, found.id, **begun)
    values = {**found._mapping, **begun}
    mail: bytes = values.pop("mail")
    return _row(values), mail


def mark_sent(connection: Connection, number: int, at: int) -> None:
    """Store that a mail was accepted for delivery."""
    _set(connection, number, sent_at=at, begun_at=None, try_at=None, failed_at=None, failure=None)


def retry_later(connection: Connection, number: int, until: int, why: str) -> None:
    """Store that an attempt failed; the next one is at `until`."""
    _set_unsent(connection, number, begun_at=None, try_at=until, failure=why)


def fail(connection: Connection, number: int, at: int, why: str) -> None:
    """Store that a mail failed permanently."""
    _set_unsent(connection, number, begun_at=None, try_at=None, failed_at=at, failure=why)


def retry_now(connection: Connection, now: int) -> None:
    """Make every unsent mail due now, also those that failed permanently; not those being sent."""
    waiting = (_mine(connection), t.outbox.c.sent_at.is_(None), t.outbox.c.begun_at.is_(None))
    connection.execute(update(t.outbox).where(*waiting).values(try_at=now, failed_at=None))


def next_try(connection: Connection) -> int | None:
    """Return the time of the next attempt; None if no mail waits."""
    found: int | None = connection.scalar(select(func.min(t.outbox.c.try_at)).where(_mine(connection)))
    return found


def last_sent(connection: Connection) -> dict[str, int]:
    """Return when each recipient was last sent a mail."""
    last = select(t.outbox.c.recipient, func.max(t.outbox.c.sent_at)).where(_mine(connection))
    rows = connection.execute(last.group_by(t.outbox.c.recipient))
    return {row[0]: row[1] for row in rows if row[1] is not None}


def _set(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(t.outbox).where(t.outbox.c.id == number).values(**values))


def _set_unsent(connection: Connection, number: int, **values: Any) -> None:
    """Do the same as `_set`, unless another process has sent it because our attempt took too long."""
    waits = (t.outbox.c.id == number, t.outbox.c.sent_at.is_(None))
    connection.execute(update(t.outbox).where(*waits).values(**values))


def _row(values: Any) -> OutboxRow:
    return OutboxRow(**{**values, "failure": values["failure"] or ""})
