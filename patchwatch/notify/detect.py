"""Looking for what happened, and queueing it for those who are told of it.

The look and the queue change in one transaction: whatever was stored before a kill is found at the next look, and
nothing is found twice.  What counts as an event is decided in `events`; handing it over is for the caller.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import Connection

from patchwatch.db import event_queue, threads
from patchwatch.db.database import Database
from patchwatch.db.message_codec import FORM
from patchwatch.notify.events import Event, SeriesSnapshot, Subscriber, audience, events, seen
from patchwatch.series.model import NextAction, SeriesRow

Rows = Callable[[Connection, frozenset[str]], Sequence[SeriesRow]]
"""The watched series, with what the one who has these addresses is to do next."""


def detect(
    database: Database, rows: Rows, me: frozenset[str], listeners: Sequence[Subscriber], now: int
) -> tuple[Event, ...]:
    """What happened since the last look, queued for those `listeners` who want to hear of it.

    Returned is all of it; of what is somebody's turn, what is mine (`me`).

    The first look finds nothing: it only remembers how things stand.  So does the first one at a series.
    """
    with database.read() as connection:
        before = event_queue.look(connection)
        after, found = _look(connection, rows, me, listeners, before, now)
    if before is not None and (before.mail, before.form, before.series) == (after.mail, after.form, after.series):
        return ()  # the usual case: nothing to write
    with database.write() as connection:
        before = event_queue.look(connection)
        after, found = _look(connection, rows, me, listeners, before, now)
        wanted = [(one.name, e.id, encode(e)) for e in found for one in listeners if one.wants(e)]
        event_queue.queue_tellings(connection, wanted)
        event_queue.keep_look(connection, after)
    return tuple(e for e in found if e.whom in ("", audience(me)))


def encode(event: Event) -> str:
    """An event, to be kept."""
    return json.dumps(asdict(event))


def decode(text: str) -> Event:
    """The event that `encode` wrote."""
    kept = json.loads(text)
    return Event(**{**kept, "inboxes": tuple(kept["inboxes"])})


def _look(
    connection: Connection,
    rows: Rows,
    me: frozenset[str],
    listeners: Sequence[Subscriber],
    before: event_queue.EventCursor | None,
    now: int,
) -> tuple[event_queue.EventCursor, list[Event]]:
    everybody = {me, *(listener.addresses for listener in listeners)}
    moves: dict[int, dict[str, NextAction | None]] = {}
    watched: dict[int, SeriesRow] = {}
    for addresses in sorted(everybody, key=sorted):
        for row in rows(connection, addresses):
            watched[row.id] = row
            moves.setdefault(row.id, {})[audience(addresses)] = row.next_action
    found: list[Event] = []
    if before is not None:
        fresh = event_queue.mails_after(connection, before.mail, watched)
        for number, row in watched.items():
            known = _known(before, row)
            if known is None:
                continue
            came: Collection[str] = fresh.get(number, ())
            mails = threads.thread(connection, number) if came else ()
            found += events(
                known,
                row,
                moves[number],
                mails,
                came,
                last_look=before.at,
                now=now,
                judged_anew=not before.judged_alike,
            )
    kept: Mapping[int, SeriesSnapshot] = {number: seen(row, moves[number]) for number, row in watched.items()}
    series = {number: (one.state, one.turn, one.applied, dict(one.moves)) for number, one in kept.items()}
    return event_queue.EventCursor(event_queue.newest_mail(connection), now, FORM, series), sorted(
        found, key=lambda e: (e.at, e.series_id)
    )


def _known(before: event_queue.EventCursor, row: SeriesRow) -> SeriesSnapshot | None:
    """What was known of a series, also under the number that it had before it was joined with another."""
    number = next((n for n in (row.id, *(r.id for r in row.revisions)) if n in before.series), None)
    return None if number is None else SeriesSnapshot(*before.series[number])
