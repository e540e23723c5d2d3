"""Derived data: conversations, revisions with their index keys, and series.

Functions that write take the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select, update

from patchwatch.db import dictionaries
from patchwatch.db import schema as t
from patchwatch.db.dictionaries import Kind
from patchwatch.db.index_key import forms_of, stored_key
from patchwatch.db.sql import change_rows, delete_with, insert_rows, next_id, rows_between, rows_with, select_once

_VIEWS_AT_ONCE = 500
_LAST_CONVERSATION = select(func.max(t.message.c.conversation))
_SIZES = select(t.message.c.conversation, func.count()).group_by(t.message.c.conversation)
_NEWEST = select(func.max(t.message.c.date)).where(t.message.c.revision_id == t.revision.c.id).scalar_subquery()
_LAST_DATES = select(t.revision.c.id, _NEWEST)
_ROOTS = select(t.message.c.message_id, t.revision.c.root).join(t.revision, t.revision.c.id == t.message.c.revision_id)


def conversations_of(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the conversation of each known thread key."""
    k, forms = t.thread_key.c, forms_of(names)
    rows = rows_with(connection, select_once(k.name, k.conversation), k.name, forms)
    return {forms[name]: conversation for name, conversation in rows}


def add_thread_keys(connection: Connection, keys: Mapping[str, int]) -> None:
    """Add new thread keys to their conversations."""
    stored = {stored_key(name): conversation for name, conversation in keys.items()}
    insert_rows(connection, t.thread_key, [{"name": n, "conversation": c} for n, c in stored.items()])


def forget_thread_keys(connection: Connection, conversations: Iterable[int]) -> None:
    """Delete the thread keys of conversations."""
    delete_with(connection, t.thread_key.c.conversation, conversations)


def thread_keys_in(connection: Connection, conversations: Iterable[int]) -> dict[int, set[str]]:
    """Return the stored forms of the thread keys of these conversations."""
    k = t.thread_key.c
    found: dict[int, set[str]] = {}
    for conversation, name in rows_with(connection, select_once(k.conversation, k.name), k.conversation, conversations):
        found.setdefault(conversation, set()).add(name)
    return found


def join_conversations(connection: Connection, into: int, others: Collection[int]) -> None:
    """Merge conversations into one."""
    for table in (t.thread_key, t.message, t.revision):
        connection.execute(update(table).where(table.c.conversation.in_(others)).values(conversation=into))


def conversation_sizes(connection: Connection, conversations: Iterable[int]) -> dict[int, int]:
    """Return how many messages each of these conversations has."""
    rows = rows_with(connection, _SIZES, t.message.c.conversation, conversations)
    return {row[0]: row[1] for row in rows}


def with_revisions(connection: Connection, conversations: Iterable[int]) -> set[int]:
    """Return those of these conversations that have a revision."""
    column = t.revision.c.conversation
    return {row[0] for row in rows_with(connection, select_once(column), column, conversations)}


def with_any_revision(connection: Connection) -> set[int]:
    """Return the conversations with a revision."""
    return set(connection.scalars(select(t.revision.c.conversation).distinct()))


def with_results(connection: Connection) -> set[int]:
    """Return the conversations with results of robots that can pass the turn."""
    query = select(t.revision.c.conversation, t.revision.c.view)
    views = connection.execute(query, execution_options={"yield_per": _VIEWS_AT_ONCE})
    return {conversation for conversation, view in views if '"finding"' in view or '"failure"' in view}


def with_messages(connection: Connection, message_ids: Iterable[str]) -> set[int]:
    """Return the conversations that these messages are in."""
    m = t.message.c
    return {row[0] for row in rows_with(connection, select_once(m.conversation), m.message_id, message_ids)}


def conversations_with(connection: Connection, pks: Iterable[int]) -> set[int]:
    """Return the conversations that these messages are in."""
    m = t.message.c
    return {row[0] for row in rows_with(connection, select_once(m.conversation), m.id, pks)}


def next_conversation(connection: Connection) -> int:
    """A conversation number that is free."""
    return (connection.scalar(_LAST_CONVERSATION) or 0) + 1


@dataclass(frozen=True, slots=True)
class PlacedMessage:
    """A message with its conversation, revision and patch."""

    id: int
    message_id: str
    conversation: int
    revision_id: int | None
    patch: int | None


def messages_in(connection: Connection, conversations: Iterable[int]) -> list[PlacedMessage]:
    """Return every message of these conversations."""
    m = t.message.c
    query = select_once(m.id, m.message_id, m.conversation, m.revision_id, m.patch)
    return [PlacedMessage(*row) for row in rows_with(connection, query, m.conversation, conversations)]


def messages_named(connection: Connection, message_ids: Iterable[str]) -> dict[str, PlacedMessage]:
    """Return those of these messages that are stored."""
    m = t.message.c
    query = select_once(m.id, m.message_id, m.conversation, m.revision_id, m.patch)
    return {row[1]: PlacedMessage(*row) for row in rows_with(connection, query, m.message_id, message_ids)}


def place_messages(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set the revision and patch that messages belong or reply to: rows of id, revision_id, patch."""
    change_rows(connection, t.message, rows)


def numbers(connection: Connection, message_ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of messages that have one."""
    n = t.number.c
    return dict(rows_with(connection, select_once(n.message_id, n.id), n.message_id, message_ids))


def give_numbers(connection: Connection, message_ids: Sequence[str]) -> dict[str, int]:
    """Assign numbers to messages that have none."""
    first = next_id(connection, t.number)
    given = {message_id: first + n for n, message_id in enumerate(message_ids)}
    insert_rows(connection, t.number, [{"id": n, "message_id": m} for m, n in given.items()])
    return given


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """A revision as it was derived last."""

    id: int
    root: str
    conversation: int
    series_id: int | None
    date: int
    posting: str
    view: str
    standing: str
    predecessor: str | None
    link: str | None


_REVISION: tuple[Any, ...] = (
    t.revision.c.id,
    t.revision.c.root,
    t.revision.c.conversation,
    t.revision.c.series_id,
    t.revision.c.date,
    t.revision.c.posting,
    t.revision.c.view,
    t.revision.c.standing,
    t.revision.c.predecessor,
    t.revision.c.link,
)


def _revisions(connection: Connection, column: Any, values: Iterable[Any]) -> list[StoredRevision]:
    return [StoredRevision(*row) for row in rows_with(connection, select_once(*_REVISION), column, values)]


def revisions_in(connection: Connection, conversations: Iterable[int]) -> list[StoredRevision]:
    """Return the revisions of these conversations."""
    return _revisions(connection, t.revision.c.conversation, conversations)


def revisions_by_id(connection: Connection, ids: Iterable[int]) -> list[StoredRevision]:
    """Return the revisions with these numbers."""
    return _revisions(connection, t.revision.c.id, ids)


def postings_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the stored postings of the revisions with these numbers."""
    r = t.revision.c
    return dict(rows_with(connection, select_once(r.id, r.posting), r.id, ids))


def revisions_by_root(connection: Connection, roots: Iterable[str]) -> list[StoredRevision]:
    """Return the revisions with these root message-ids."""
    return _revisions(connection, t.revision.c.root, roots)


def roots_of(connection: Connection, message_ids: Iterable[str]) -> dict[str, str]:
    """Return the root of the revision that each message belongs or replies to."""
    return {row[0]: row[1] for row in rows_with(connection, _ROOTS, t.message.c.message_id, message_ids)}


def successors(connection: Connection, roots: Iterable[str]) -> list[StoredRevision]:
    """Return the revisions that have one of these roots as predecessor, or join it with that."""
    roots = set(roots)
    joining = {row[0] for row in rows_with(connection, select_once(t.joined.c.revision_id), t.joined.c.root, roots)}
    found = _revisions(connection, t.revision.c.predecessor, roots)
    return found + revisions_by_id(connection, joining - {r.id for r in found})


def replace_joins(connection: Connection, joins: Mapping[int, Iterable[str]]) -> None:
    """Set the roots that revisions join with their predecessors."""
    delete_with(connection, t.joined.c.revision_id, joins.keys())
    insert_rows(connection, t.joined, [{"root": root, "revision_id": i} for i, own in joins.items() for root in own])


def forget_revisions(connection: Connection, ids: Collection[int]) -> None:
    """Delete revisions, their keys, memories and joins."""
    for column in (t.revision_key.c.revision_id, t.memory.c.revision_id, t.joined.c.revision_id, t.revision.c.id):
        delete_with(connection, column, ids)


def add_revisions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert revisions."""
    if rows:
        insert_rows(connection, t.revision, dictionaries.packed(connection, rows, Kind.REVISION))


def change_revisions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change the same columns of several revisions: rows with `id` and those columns."""
    if rows:
        change_rows(connection, t.revision, dictionaries.packed(connection, rows, Kind.REVISION))


def forget_keys(connection: Connection, ids: Collection[int]) -> None:
    """Delete the index keys of revisions."""
    delete_with(connection, t.revision_key.c.revision_id, ids)


def keys_of(connection: Connection, ids: Iterable[int]) -> dict[int, set[tuple[str, int]]]:
    """Return the stored forms of the index keys of revisions, each with its date."""
    k = t.revision_key.c
    found: dict[int, set[tuple[str, int]]] = {}
    for number, key, date in rows_with(connection, select_once(k.revision_id, k.key, k.date), k.revision_id, ids):
        found.setdefault(number, set()).add((key, date))
    return found


def add_keys(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add index keys: key, in its stored form, revision_id, date."""
    insert_rows(connection, t.revision_key, rows)


def revisions_with_keys(connection: Connection, keys: Iterable[str]) -> dict[str, list[int]]:
    """Return the revisions with each index key."""
    k, forms = t.revision_key.c, forms_of(keys)
    found: dict[str, list[int]] = {}
    for form, number in rows_with(connection, select_once(k.key, k.revision_id), k.key, forms):
        found.setdefault(forms[form], []).append(number)
    return found


@cache
def _counted_keys(above: int) -> Select[Any]:
    key = t.revision_key.c.key
    return select(key, func.count()).group_by(key).having(func.count() > above)


def key_counts(connection: Connection, keys: Iterable[str], above: int) -> dict[str, int]:
    """Return how many revisions have each of these index keys, where they are more than `above`."""
    k, forms = t.revision_key.c, forms_of(keys)
    # If a key has more than that in both of its forms together, it has more than half of that in one of them.
    frequent = {forms[form] for form, _ in rows_with(connection, _counted_keys(above // 2), k.key, forms)}
    counts = Counter[str]()
    for form, count in rows_with(connection, _counted_keys(0), k.key, forms_of(frequent)):
        counts[forms[form]] += count
    return {key: count for key, count in counts.items() if count > above}


def revisions_near(
    connection: Connection, wanted: Iterable[tuple[str, int]], *, before: int, after: int
) -> dict[tuple[str, int], list[int]]:
    """Return, for each (key, date), the revisions with the key from `before` seconds before the date to `after` later.

    No other rows of the index are read: an author may have posted for twenty years.
    """
    dates: dict[str, set[int]] = {}
    for key, date in wanted:
        dates.setdefault(key, set()).add(date)
    k, forms = t.revision_key.c, forms_of(dates)
    near = {key: _united((date - before, date + after) for date in own) for key, own in dates.items()}
    ranges = [(form, *each) for form, key in forms.items() for each in near[key]]
    held: dict[str, list[tuple[int, int]]] = {key: [] for key in dates}
    for form, posted, number in rows_between(
        connection, select_once(k.key, k.date, k.revision_id), k.key, k.date, ranges
    ):
        held[forms[form]].append((posted, number))
    found: dict[tuple[str, int], list[int]] = {}
    for key, own in dates.items():
        rows = sorted(held[key])
        for date in own:
            first, last = bisect_left(rows, (date - before,)), bisect_left(rows, (date + after + 1,))
            found[key, date] = [number for _, number in rows[first:last]]
    return found


def _united(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges without those that overlap, which are united."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1]:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return found


def series_revisions(connection: Connection, ids: Iterable[int]) -> list[StoredRevision]:
    """Return the revisions of these series."""
    return _revisions(connection, t.revision.c.series_id, ids)


def series_states(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
    """Return state, turn and title of series."""
    s = t.series.c
    rows = rows_with(connection, select_once(s.id, s.state, s.turn, s.title), s.id, ids)
    return {number: (state, turn, title) for number, state, turn, title in rows}


def series_claims(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return the roots of series, one per line, and the claims about their points, encoded."""
    s = t.series.c
    return {
        i: (roots, claims)
        for i, roots, claims in rows_with(connection, select_once(s.id, s.roots, s.claims), s.id, ids)
    }


def replace_series(connection: Connection, gone: Collection[int], rows: Sequence[Mapping[str, Any]]) -> None:
    """Delete the series `gone`, and insert or replace `rows`."""
    delete_with(connection, t.series.c.id, {*gone, *(row["id"] for row in rows)})
    insert_rows(connection, t.series, rows)


def last_dates(connection: Connection, revision_ids: Iterable[int]) -> dict[int, int]:
    """Return the date of the newest message of each revision, replies included."""
    rows = rows_with(connection, _LAST_DATES, t.revision.c.id, revision_ids)
    return {row[0]: row[1] for row in rows if row[1] is not None}


def forget_derived(connection: Connection) -> None:
    """Delete all derived data.  Numbers stay, because people type them."""
    indexes = (t.citation, t.file_change, t.thread_key, t.revision_key)
    for table in (*indexes, t.memory, t.joined, t.acceptance, t.committer, t.relayer, t.revision, t.series):
        connection.execute(delete(table))
    connection.execute(update(t.message).values(conversation=0, revision_id=None, patch=None))
