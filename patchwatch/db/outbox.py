"""The outbox: mails of patchwatch's own, each kept until it was taken, and how far each recipient has been told.

A mail is written and its day ticked off in one transaction; so a day is told once, whoever is killed when.  A try is
noted before it is made (`claim`), so that two processes never make it at once; what becomes of it is noted after.
Functions that write take the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from patchwatch.db import schema as t
from patchwatch.db.sql import next_id
from patchwatch.series.model import OutboxRow

_KEPT = 30 * 86_400  # seconds that the words of a mail are kept after it was sent

_COLUMNS = [column for column in t.outbox.c if column.name != "mail"]


@dataclass(frozen=True, slots=True)
class DigestCursor:
    """How far a recipient has been told."""

    day: datetime.date  # the last that was dealt with
    until: int  # when that was
    seen: str  # what was known then: patchwatch.notify.digest.build.Digest.seen


def digest_cursor(connection: Connection, recipient: str) -> DigestCursor | None:
    """How far a recipient has been told; None: nothing yet."""
    row = connection.execute(select(t.told).where(t.told.c.recipient == recipient)).first()
    return DigestCursor(datetime.date.fromisoformat(row.day), row.until, row.seen) if row else None


def set_digest_cursor(connection: Connection, recipient: str, now: DigestCursor) -> None:
    """Tick off a day: it is in the outbox, or there was nothing to say."""
    connection.execute(delete(t.told).where(t.told.c.recipient == recipient))
    connection.execute(
        insert(t.told).values(recipient=recipient, day=now.day.isoformat(), until=now.until, seen=now.seen)
    )


def put(connection: Connection, recipient: str, key: str, mail: bytes, at: int, **columns: str) -> bool:
    """Put a mail in the outbox, to be sent at once; False where there is one of this recipient and key already."""
    if connection.scalar(select(t.outbox.c.id).where(t.outbox.c.recipient == recipient, t.outbox.c.key == key)):
        return False
    number = next_id(connection, t.outbox)
    values: dict[str, Any] = {"mail": mail, "queued_at": at, "tries": 0, "try_at": at, **columns}
    connection.execute(insert(t.outbox).values(id=number, recipient=recipient, key=key, **values))
    connection.execute(update(t.outbox).where(t.outbox.c.sent_at < at - _KEPT, t.outbox.c.mail != b"").values(mail=b""))
    return True


def claim(connection: Connection, now: int, until: int) -> tuple[OutboxRow, bytes] | None:
    """Begin a try of the oldest mail that is due; it is nobody else's before `until`."""
    due = select(t.outbox).where(t.outbox.c.try_at <= now).order_by(t.outbox.c.id)
    found = connection.execute(due.limit(1)).first()
    if found is None:
        return None
    begun = {"tries": found.tries + 1, "begun_at": now, "try_at": until}
    _set(connection, found.id, **begun)
    values = {**found._mapping, **begun}
    mail: bytes = values.pop("mail")
    return _row(values), mail


def mark_sent(connection: Connection, number: int, at: int) -> None:
    """A mail was taken."""
    _set(connection, number, sent_at=at, begun_at=None, try_at=None, failed_at=None, failure=None)


def retry_later(connection: Connection, number: int, until: int, why: str) -> None:
    """A mail was not taken now; it is tried again."""
    _set_unsent(connection, number, begun_at=None, try_at=until, failure=why)


def fail(connection: Connection, number: int, at: int, why: str) -> None:
    """A mail was refused, and is not tried again."""
    _set_unsent(connection, number, begun_at=None, try_at=None, failed_at=at, failure=why)


def retry_now(connection: Connection, now: int) -> None:
    """Try again now what was put off or given up; not what is on its way."""
    waiting = (t.outbox.c.sent_at.is_(None), t.outbox.c.begun_at.is_(None))
    connection.execute(update(t.outbox).where(*waiting).values(try_at=now, failed_at=None))


def unsent(connection: Connection) -> tuple[OutboxRow, ...]:
    """What waits, is on its way, or was given up; the oldest first."""
    rows = connection.execute(select(*_COLUMNS).where(t.outbox.c.sent_at.is_(None)).order_by(t.outbox.c.id))
    return tuple(_row(row._mapping) for row in rows)


def next_try(connection: Connection) -> int | None:
    """When the next mail may be tried."""
    found: int | None = connection.scalar(select(func.min(t.outbox.c.try_at)))
    return found


def last_sent(connection: Connection) -> dict[str, int]:
    """When each recipient was last sent something."""
    last = select(t.outbox.c.recipient, func.max(t.outbox.c.sent_at)).group_by(t.outbox.c.recipient)
    return {row[0]: row[1] for row in connection.execute(last) if row[1] is not None}


def _set(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(t.outbox).where(t.outbox.c.id == number).values(**values))


def _set_unsent(connection: Connection, number: int, **values: Any) -> None:
    """As `_set`, but where another process has sent it: that one tried when our try had taken too long."""
    waits = (t.outbox.c.id == number, t.outbox.c.sent_at.is_(None))
    connection.execute(update(t.outbox).where(*waits).values(**values))


def _row(values: Any) -> OutboxRow:
    return OutboxRow(**{**values, "failure": values["failure"] or ""})
