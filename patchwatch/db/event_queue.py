"""The cursor of the last scan for events, and the events that are queued for subscribers.

Both change in one transaction, so that each event is queued once per subscriber, whenever the program is killed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, select

from patchwatch.db import schema as t
from patchwatch.db import watched
from patchwatch.db.execute import executor
from patchwatch.db.messages import forget_setting, set_setting, setting, settings_named
from patchwatch.db.people import FIRST, acting
from patchwatch.db.sql import chunks, insert_missing, insert_rows, next_id, rows_with, select_once
from patchwatch.db.versions import FACTS_VERSION
from patchwatch.series.model import Event

_CURSOR, _RENEWED = "events", "renewed"  # beginnings of the names of settings


class SeriesSnapshot(NamedTuple):
    """A series at the last scan for events; stored as a JSON array."""

    state: str
    turn: str
    applied: str  # the message-id that reported a part as applied
    actions: Mapping[str, str]  # by audience: the next action


class EventCursor(NamedTuple):
    """The database at the last scan for events; stored as a JSON array."""

    mail: int  # primary key of the newest message
    at: int  # UTC seconds
    facts_version: int
    generation: int
    rules: str  # what next actions depended on besides the series and the time

    @property
    def parser_changed(self) -> bool:
        """True if another version of patchwatch parsed the mail then."""
        return self.facts_version != FACTS_VERSION


@dataclass(frozen=True, slots=True)
class QueuedEvent:
    """An event of which a subscriber has not been notified yet."""

    id: int
    subscriber: str
    event: Event


_encoder = msgspec.json.Encoder()
_cursor_decoder = msgspec.json.Decoder(EventCursor)
_snapshot_decoder = msgspec.json.Decoder(SeriesSnapshot)
_event_decoder = msgspec.json.Decoder(Event)


def event_cursor(connection: Connection) -> EventCursor | None:
    """Return the cursor of the last scan; None before the first."""
    text = setting(connection, _own(_CURSOR, connection))
    return None if text is None else _cursor_decoder.decode(text)


def set_event_cursor(connection: Connection, cursor: EventCursor) -> None:
    """Store the cursor of a scan."""
    set_setting(connection, _own(_CURSOR, connection), _encoder.encode(cursor).decode())


def due(connection: Connection, now: int) -> set[int]:
    """Return the series whose next action may have changed by now, although nothing changed in them."""
    c = t.scanned.c
    return set(connection.scalars(select(c.series_id).where(c.person == acting(connection).person, c.until <= now)))


def snapshots(connection: Connection, series: Iterable[int]) -> dict[int, SeriesSnapshot]:
    """Return what my last scan saw of these series; those that it did not see are left out."""
    c = t.scanned.c
    mine = select_once(c.series_id, c.snapshot, c.person)
    rows = rows_with(connection, mine, c.series_id, series)
    person = acting(connection).person
    return {number: _snapshot_decoder.decode(text) for number, text, whose in rows if whose == person}


def set_snapshots(
    connection: Connection, scanned: Iterable[int], seen: Mapping[int, tuple[SeriesSnapshot, int]]
) -> None:
    """Store what a scan of mine saw of some series, and until when that holds; forget those that I no longer watch."""
    c, person = t.scanned.c, acting(connection).person
    for part in chunks(scanned):
        connection.execute(delete(t.scanned).where(c.person == person, c.series_id.in_(part)))
    rows = [
        {"person": person, "series_id": number, "snapshot": _encoder.encode(snapshot).decode(), "until": until}
        for number, (snapshot, until) in seen.items()
    ]
    insert_rows(connection, t.scanned, rows)


def _own(name: str, connection: Connection) -> str:
    """The setting of this name that is a person's own."""
    person = acting(connection).person
    return name if person == FIRST else f"{name} {person}"


def renewed(connection: Connection) -> frozenset[int]:
    """Return the watched series that were derived again since the last scan, because the program or its rules changed.

    What changed by that is not an event.
    """
    text = setting(connection, _own(_RENEWED, connection))
    return frozenset(json.loads(text)) if text else frozenset()


def note_renewed(connection: Connection, series: Iterable[int]) -> None:
    """Note for the next scan of each person that these series were derived again for that reason."""
    if not (ids := watched.watched_among(executor(connection), series)):
        return
    for cursor in settings_named(connection, _CURSOR):
        name = cursor.replace(_CURSOR, _RENEWED, 1)
        before = json.loads(setting(connection, name) or "[]")
        set_setting(connection, name, json.dumps(sorted(ids.union(before))))


def forget_renewed(connection: Connection) -> None:
    """Note that a scan has seen them."""
    forget_setting(connection, _own(_RENEWED, connection))


def newest_mail(connection: Connection) -> int:
    """Return the primary key of the message that was stored last; 0 if there is none."""
    return connection.scalar(select(func.max(t.message.c.id))) or 0


def queue_events(connection: Connection, events: Iterable[tuple[str, Event]]) -> None:
    """Queue events for subscribers: (subscriber, event); events that are queued already stay as they are."""
    first = next_id(connection, t.notification)
    rows = [
        {
            "id": first + n,
            "person": acting(connection).person,
            "listener": subscriber,
            "event_id": event.id,
            "event": _encoder.encode(event).decode(),
        }
        for n, (subscriber, event) in enumerate(events)
    ]
    insert_missing(connection, t.notification, rows)


def queued_events(connection: Connection) -> tuple[QueuedEvent, ...]:
    """Return the queued events, oldest first."""
    mine = t.notification.c.person == acting(connection).person
    query = select(t.notification).where(mine).order_by(t.notification.c.id)
    return tuple(
        QueuedEvent(row.id, row.listener, _event_decoder.decode(row.event)) for row in connection.execute(query)
    )


def dequeue_event(connection: Connection, queue_id: int) -> None:
    """Delete an event from the queue: its subscriber was notified."""
    connection.execute(delete(t.notification).where(t.notification.c.id == queue_id))
