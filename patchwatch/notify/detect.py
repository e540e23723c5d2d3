"""Scan the watched series for events, and queue them for the subscribers.

The scan and the queue are stored in one transaction: after a kill, the next scan finds what is missing, and nothing is
queued twice.  patchwatch.notify.events decides what is an event; patchwatch.daemon.dispatch empties the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from msgspec.structs import replace
from sqlalchemy import Connection

from patchwatch.db import event_queue, threads
from patchwatch.db.database import Database
from patchwatch.db.versions import FACTS_VERSION
from patchwatch.notify.events import Event, Subscriber, audience, events, snapshot
from patchwatch.series.model import NextAction, SeriesRow, SeriesSnapshot

Rows = Callable[[Connection, frozenset[str]], Sequence[SeriesRow]]
"""Returns the watched series, with the next actions of the person with these addresses."""


def detect(
    database: Database, rows: Rows, me: frozenset[str], subscribers: Sequence[Subscriber], now: int
) -> tuple[Event, ...]:
    """Queue the events since the last scan for the `subscribers` who want them.

    Returns all events; of `your_turn` only mine (`me`).  The first scan, and the first of a series, finds no events and
    only stores a snapshot.
    """
    with database.read() as connection:
        before = event_queue.event_cursor(connection)
        after, found = _scan(connection, rows, me, subscribers, before, now)
    if before is not None and replace(before, at=after.at) == after:
        return ()  # the usual case: nothing to write
    with database.write() as connection:
        before = event_queue.event_cursor(connection)
        after, found = _scan(connection, rows, me, subscribers, before, now)
        wanted = [(s.name, event) for event in found for s in subscribers if s.wants(event)]
        event_queue.queue_events(connection, wanted)
        event_queue.set_event_cursor(connection, after)
    return tuple(event for event in found if event.whom in ("", audience(me)))


def _scan(
    connection: Connection,
    rows: Rows,
    me: frozenset[str],
    subscribers: Sequence[Subscriber],
    before: event_queue.EventCursor | None,
    now: int,
) -> tuple[event_queue.EventCursor, list[Event]]:
    """The new cursor, and the events since `before` by time."""
    audiences = {me, *(subscriber.addresses for subscriber in subscribers)}
    actions: dict[int, dict[str, NextAction | None]] = {}
    watched: dict[int, SeriesRow] = {}
    for addresses in sorted(audiences, key=sorted):
        for row in rows(connection, addresses):
            watched[row.id] = row
            actions.setdefault(row.id, {})[audience(addresses)] = row.next_action
    found: list[Event] = []
    if before is not None:
        new_mails = event_queue.mails_after(connection, before.mail, watched)
        for series_id, row in watched.items():
            previous = _previous(before, row)
            if previous is None:
                continue
            new_ids: Collection[str] = new_mails.get(series_id, ())
            found += events(
                previous,
                row,
                actions[series_id],
                threads.thread(connection, series_id) if new_ids else (),
                new_ids,
                last_scan=before.at,
                now=now,
                parser_changed=before.parser_changed,
            )
    snapshots = {series_id: snapshot(row, actions[series_id]) for series_id, row in watched.items()}
    cursor = event_queue.EventCursor(event_queue.newest_mail(connection), now, FACTS_VERSION, snapshots)
    return cursor, sorted(found, key=lambda event: (event.at, event.series_id))


def _previous(before: event_queue.EventCursor, row: SeriesRow) -> SeriesSnapshot | None:
    """The previous snapshot of a series, perhaps under the number it had before it was linked with another."""
    number = next((n for n in (row.id, *(r.id for r in row.revisions)) if n in before.series), None)
    return None if number is None else before.series[number]
