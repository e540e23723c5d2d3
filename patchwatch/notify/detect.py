"""Scan the watched series for events, and queue them for the subscribers.

The scan and the queue are stored in one transaction: after a kill, the next scan finds what is missing, and nothing is
queued twice.  patchwatch.notify.events decides what is an event; patchwatch.daemon.dispatch empties the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set

from msgspec.structs import replace
from sqlalchemy import Connection

from patchwatch.db import event_queue, threads, watched
from patchwatch.db.database import Database
from patchwatch.db.event_queue import SeriesSnapshot
from patchwatch.db.execute import executor
from patchwatch.db.versions import FACTS_VERSION
from patchwatch.db.watched import Standing
from patchwatch.notify.events import Event, Subscriber, audience, events, snapshot
from patchwatch.series.model import NextAction, SeriesRow

Rows = Callable[[Connection, frozenset[int], frozenset[str]], Sequence[SeriesRow]]
"""Returns the series with these numbers, with the next actions of the person with these addresses."""


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
        renewed = event_queue.renewed(connection)
    if before is not None and replace(before, at=after.at) == after and not renewed:
        return ()  # the usual case: nothing to write
    with database.write() as connection:
        before = event_queue.event_cursor(connection)
        after, found = _scan(connection, rows, me, subscribers, before, now)
        wanted = [(s.name, event) for event in found for s in subscribers if s.wants(event)]
        event_queue.queue_events(connection, wanted)
        event_queue.set_event_cursor(connection, after)
        event_queue.forget_renewed(connection)
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
    standings = watched.standings(connection)
    new_mails = watched.mails_after(connection, before.mail) if before is not None else {}
    renewed = event_queue.renewed(connection)
    to_read = frozenset(_to_read(standings, new_mails, before, renewed, frozenset().union(*audiences)))
    actions: dict[int, dict[str, NextAction | None]] = {}
    read: dict[int, SeriesRow] = {}
    for addresses in sorted(audiences, key=sorted):
        for row in rows(connection, to_read, addresses):
            read[row.id] = row
            actions.setdefault(row.id, {})[audience(addresses)] = row.next_action
    found: list[Event] = []
    for series_id, row in read.items():
        previous = _previous(before, row) if before is not None else None
        if before is None or previous is None:
            continue
        new_ids: Collection[str] = new_mails.get(series_id, ())
        found += events(
            previous,
            row,
            actions[series_id],
            threads.thread(executor(connection), series_id) if new_ids else (),
            new_ids,
            last_scan=before.at,
            now=now,
            parser_changed=before.parser_changed or series_id in renewed,
        )
    snapshots = {i: before.series[i] for i in standings if i not in to_read} if before is not None else {}
    snapshots |= {series_id: snapshot(row, actions[series_id]) for series_id, row in read.items()}
    cursor = event_queue.EventCursor(event_queue.newest_mail(connection), now, FACTS_VERSION, snapshots)
    return cursor, sorted(found, key=lambda event: (event.at, event.series_id))


def _to_read(
    standings: Mapping[int, Standing],
    new_mails: Collection[int],
    before: event_queue.EventCursor | None,
    renewed: Set[int],
    people: Set[str],
) -> Iterator[int]:
    """The series in which something can have happened: all others are as they were at the last scan.

    Whose turn it is of `people` changes with time, too.
    """
    for number, now in standings.items():
        previous = before.series.get(number) if before is not None and not before.parser_changed else None
        if (
            previous is None
            or number in new_mails
            or number in renewed
            or (previous.state, previous.turn) != (now.state, now.turn)
            or now.concerns(people)
        ):
            yield number


def _previous(before: event_queue.EventCursor, row: SeriesRow) -> SeriesSnapshot | None:
    """The previous snapshot of a series, perhaps under the number it had before it was linked with another."""
    number = next((n for n in (row.id, *(r.id for r in row.revisions)) if n in before.series), None)
    return None if number is None else before.series[number]
