"""How far events were told: what was known at the last look, and who still has to hear of what.

Both change in one transaction, so that whatever ends the program, each event is queued once for each listener.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from patchwatch.db import schema as t
from patchwatch.db.messages import set_setting, setting
from patchwatch.db.sql import chunks, dumps, insert_missing, next_id
from patchwatch.db.versions import FACTS_VERSION

_LOOK = "events"


@dataclass(frozen=True, slots=True)
class EventCursor:
    """What was known when events were last looked for."""

    mail: int  # primary key of the newest message
    at: int  # UTC seconds
    form: int  # how mail was understood
    series: Mapping[int, tuple[str, str, str, Mapping[str, str]]]  # by number: patchwatch.notify.events.Seen

    @property
    def judged_alike(self) -> bool:
        """Whether mail is understood as it was then."""
        return self.form == FACTS_VERSION


@dataclass(frozen=True, slots=True)
class QueuedEvent:
    """An event that a listener has not heard of yet."""

    id: int
    listener: str
    event: str  # JSON


def look(connection: Connection) -> EventCursor | None:
    """The last look; None before the first."""
    kept = setting(connection, _LOOK)
    if kept is None:
        return None
    mail, at, form, series = json.loads(kept)
    return EventCursor(mail, at, form, {int(number): tuple(values) for number, values in series.items()})


def keep_look(connection: Connection, found: EventCursor) -> None:
    """Remember a look."""
    series = {str(number): list(values) for number, values in found.series.items()}
    set_setting(connection, _LOOK, dumps([found.mail, found.at, found.form, series]))


def newest_mail(connection: Connection) -> int:
    """The primary key of the message that came last."""
    return connection.scalar(select(func.max(t.message.c.id))) or 0


def mails_after(connection: Connection, mail: int, series_ids: Collection[int]) -> dict[int, set[str]]:
    """The messages of these series that came after the one with the primary key `mail`."""
    found: dict[int, set[str]] = {}
    for part in chunks(series_ids):
        for row in connection.execute(
            select(t.revision.c.series_id, t.message.c.message_id)
            .join(t.message, t.message.c.revision_id == t.revision.c.id)
            .where(t.message.c.id > mail, t.revision.c.series_id.in_(part))
        ):
            found.setdefault(row.series_id, set()).add(row.message_id)
    return found


def queue_tellings(connection: Connection, tellings: Iterable[tuple[str, str, str]]) -> None:
    """Queue events for listeners: (listener, the event's id, JSON).  What is queued already is left as it is."""
    first = next_id(connection, t.telling)
    rows = [
        {"id": first + n, "listener": listener, "event_id": event_id, "event": event}
        for n, (listener, event_id, event) in enumerate(tellings)
    ]
    insert_missing(connection, t.telling, rows)


def tellings(connection: Connection) -> tuple[QueuedEvent, ...]:
    """What is queued, oldest first."""
    query = select(t.telling.c.id, t.telling.c.listener, t.telling.c.event).order_by(t.telling.c.id)
    return tuple(QueuedEvent(*row) for row in connection.execute(query))


def forget_telling(connection: Connection, number: int) -> None:
    """A listener has heard."""
    connection.execute(delete(t.telling).where(t.telling.c.id == number))
