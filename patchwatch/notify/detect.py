"""Scan the watched series for events, and queue them for the subscribers.

Only those are read that changed since the last scan (patchwatch.db.series_changes), or whose next action can have
changed with the time alone.  The scan and the queue are stored in one transaction: after a kill, the next scan finds
what is missing, and nothing is queued twice.  patchwatch.notify.events decides what is an event;
patchwatch.daemon.dispatch empties the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from typing import Protocol

from msgspec import structs
from sqlalchemy import Connection

from patchwatch.db import event_queue, series_flags, threads, watched
from patchwatch.db.database import Database, generation
from patchwatch.db.event_queue import EventCursor, SeriesSnapshot
from patchwatch.db.execute import executor
from patchwatch.db.series_changes import changed_since
from patchwatch.db.versions import FACTS_VERSION
from patchwatch.notify.events import Event, Subscriber, audience, events, snapshot
from patchwatch.series.model import NextAction, SeriesRow
from patchwatch.series.states import Turn
from patchwatch.times import first_change

_DAY = 86_400
_HORIZON = (1, 2, 4, 8, 16, 32)  # days from now at which the next action is computed again
_NEVER = 1 << 62


class Reader(Protocol):
    """Reads series in a transaction, and computes the next action."""

    rules: str  # changes with what next actions depend on besides the series and the time

    def rows(self, ids: frozenset[int], me: frozenset[str]) -> Sequence[SeriesRow]:
        """Return the series with these numbers, as the person with these addresses (lower case) is involved in them."""

    def action(self, row: SeriesRow, when: int) -> NextAction | None:
        """Return the next action of the person for whom a row was read, as of a time (UTC seconds)."""


ReaderOf = Callable[[Connection], Reader]


def detect(
    database: Database, reader_of: ReaderOf, me: frozenset[str], subscribers: Sequence[Subscriber], now: int
) -> tuple[Event, ...]:
    """Queue the events since the last scan for the `subscribers` who want them.

    Returns all events; of `your_turn` only mine (`me`).  The first scan, and the first of a series, finds no events and
    only stores a snapshot.
    """
    audiences = frozenset({me, *(subscriber.addresses for subscriber in subscribers)})
    with database.read() as connection:
        before = event_queue.event_cursor(connection)
        after = _cursor(connection, reader_of(connection), audiences, now)
        same = before is not None and before._replace(at=now, generation=after.generation) == after
        if same and not _to_read(connection, before, after, audiences):
            return ()  # the usual case: nothing to write
    with database.write() as connection:
        before = event_queue.event_cursor(connection)
        reader = reader_of(connection)
        after = _cursor(connection, reader, audiences, now)
        found = _scan(connection, reader, audiences, before, after)
        wanted = [(s.name, event) for event in found for s in subscribers if s.wants(event)]
        event_queue.queue_events(connection, wanted)
        event_queue.set_event_cursor(connection, after)
        event_queue.forget_renewed(connection)
    return tuple(event for event in found if event.whom in ("", audience(me)))


def _cursor(connection: Connection, reader: Reader, audiences: Set[frozenset[str]], now: int) -> EventCursor:
    """Return the cursor of a scan now."""
    rules = "\n".join([*sorted(map(audience, audiences)), reader.rules])
    return EventCursor(event_queue.newest_mail(connection), now, FACTS_VERSION, generation(connection), rules)


def _to_read(
    connection: Connection, before: EventCursor | None, after: EventCursor, audiences: Set[frozenset[str]]
) -> set[int]:
    """Return the series in which something can have happened: all others that I watch are as they were."""
    execute = executor(connection)
    if before is None or before.parser_changed:
        return series_flags.watched(execute)
    found = changed_since(execute, before.generation) | event_queue.due(connection, after.at)
    if before.rules != after.rules:
        found |= watched.concerning(execute, frozenset().union(*audiences), series_flags.watched(execute))
    return found


def _scan(
    connection: Connection,
    reader: Reader,
    audiences: Set[frozenset[str]],
    before: EventCursor | None,
    after: EventCursor,
) -> list[Event]:
    """Store what is seen now; return the events since `before` by time."""
    to_read = _to_read(connection, before, after, audiences)
    execute = executor(connection)
    mine = frozenset(watched.watched_among(execute, to_read, mine=True))
    rows: dict[int, dict[str, SeriesRow]] = {}  # by audience
    for addresses in sorted(audiences, key=sorted):
        for row in reader.rows(mine, addresses):
            rows.setdefault(row.id, {})[audience(addresses)] = row
    numbers = {number for own in rows.values() for row in own.values() for number in _numbers(row)}
    known = event_queue.snapshots(connection, numbers)
    new_mails = watched.mails_after(execute, before.mail, mine) if before is not None else {}
    concerned = watched.concerning(execute, frozenset().union(*audiences), mine)
    renewed = event_queue.renewed(connection)
    found: list[Event] = []
    seen: dict[int, tuple[SeriesSnapshot, int]] = {}
    for number, own in rows.items():
        actions = {whose: row.next_action for whose, row in own.items()}
        row = next(iter(own.values()))
        previous = next((known[n] for n in _numbers(row) if n in known), None)
        if before is not None and previous is not None:
            new_ids: Collection[str] = new_mails.get(number, ())
            found += events(
                previous,
                row,
                actions,
                threads.thread(execute, number) if new_ids else (),
                new_ids,
                last_scan=before.at,
                now=after.at,
                parser_changed=before.parser_changed or number in renewed,
            )
        until = _holds_until(reader, own, after.at) if number in concerned else _NEVER
        seen[number] = snapshot(row, actions), until
    event_queue.set_snapshots(connection, to_read, seen)
    return sorted(found, key=lambda event: (event.at, event.series_id))


def _numbers(row: SeriesRow) -> list[int]:
    """The numbers under which a series can have been seen: it may have been linked with another since."""
    return [row.id, *(revision.id for revision in row.revisions)]


def _holds_until(reader: Reader, rows: Mapping[str, SeriesRow], now: int) -> int:
    """Return until when the next actions in a series, by audience, stay what they are if nothing changes in it.

    A series is read each time if others decide about it that need not be watched: one that blocks it, a later pull
    request, or what its author applied besides.
    """
    one = next(iter(rows.values()))
    if one.turn == Turn.NOBODY:
        return _NEVER
    newest = one.revisions[-1]
    if one.depends_on or newest.pull is not None or newest.commits:
        return now

    def state_at(when: int) -> object:
        return snapshot(one, {who: reader.action(_awake(row, when), when) for who, row in rows.items()}).actions

    end = now
    for days in _HORIZON:
        before, end = end, now + days * _DAY
        if (change := first_change(state_at, before, end + 1)) <= end:
            return change
    return end


def _awake(row: SeriesRow, when: int) -> SeriesRow:
    """The series without a snooze that ends by then."""
    ends = row.snoozed_until and row.snoozed_until <= when
    return structs.replace(row, snoozed_until=None) if ends else row
