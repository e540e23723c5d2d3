"""What is written: arrived mail, and what is worked out from it.

Every function takes the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, Table, bindparam, delete, false, func, insert, or_, select, update

from patchwatch.db import schema as t

_T = TypeVar("_T")
_CHUNK = 400  # values of one IN (...): well below SQLite's limit of bound parameters


def chunks(values: Iterable[_T], size: int = _CHUNK) -> Iterator[list[_T]]:
    """`values` in lists of at most `size`."""
    part: list[_T] = []
    for value in values:
        part.append(value)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose primary key or unique value is not there yet."""
    if rows:
        if connection.dialect.name == "postgresql":  # imported here: 30 ms that users of SQLite need not wait for
            from sqlalchemy.dialects import postgresql

            connection.execute(postgresql.insert(table).on_conflict_do_nothing(), list(rows))
        else:
            from sqlalchemy.dialects import sqlite

            connection.execute(sqlite.insert(table).on_conflict_do_nothing(), list(rows))


def next_message(connection: Connection) -> int:
    """A primary key for a new message; those above it are free too, for writing transactions are alone."""
    return _next_id(connection, t.message)


def _next_id(connection: Connection, table: Table) -> int:
    return (connection.scalar(select(func.max(table.c.id))) or 0) + 1


# ---- inboxes -------------------------------------------------------------------------------------------------------


def inbox_id(connection: Connection, name: str) -> int:
    """The id of an inbox, made if it is new."""
    found = connection.scalar(select(t.inbox.c.id).where(t.inbox.c.name == name))
    if found is None:
        found = _next_id(connection, t.inbox)
        connection.execute(insert(t.inbox).values(id=found, name=name, followed=False))
    return found


def set_inbox(connection: Connection, name: str, **values: Any) -> None:
    """Change columns of an inbox: cursor, deep_at, polled_at, failed_at, failure, followed."""
    row = inbox_id(connection, name)
    connection.execute(update(t.inbox).where(t.inbox.c.id == row).values(**values))


# ---- mail ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A stored copy of a mail."""

    id: int
    message_pk: int
    digest: bytes
    arrived: int
    mail: bytes


def known_messages(connection: Connection, message_ids: Iterable[str]) -> dict[str, int]:
    """Primary keys of those messages that are stored."""
    found: dict[str, int] = {}
    for part in chunks(message_ids):
        found.update(
            (row.message_id, row.id)
            for row in connection.execute(
                select(t.message.c.message_id, t.message.c.id).where(t.message.c.message_id.in_(part))
            )
        )
    return found


def stored_mails(connection: Connection, message_pks: Iterable[int]) -> dict[int, list[StoredMail]]:
    """Every stored copy of these messages."""
    found: dict[int, list[StoredMail]] = {}
    for part in chunks(message_pks):
        for row in connection.execute(select(t.raw).where(t.raw.c.message_pk.in_(part))):
            found.setdefault(row.message_pk, []).append(
                StoredMail(row.id, row.message_pk, row.digest, row.arrived, row.mail)
            )
    return found


def add_messages(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert messages, their ids given."""
    if rows:
        connection.execute(insert(t.message), list(rows))


def change_facts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace what was read from messages: rows with `id` and the columns of a message."""
    if rows:
        connection.execute(
            update(t.message).where(t.message.c.id == bindparam("pk")),
            [{"pk": row["id"], **{k: v for k, v in row.items() if k != "id"}} for row in rows],
        )


def add_mails(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert raw mails: message_pk, digest, arrived, mail."""
    if rows:
        connection.execute(insert(t.raw), list(rows))


def replace_mail(connection: Connection, row: int, *, arrived: int, mail: bytes) -> None:
    """Put an earlier copy of the same content in a copy's place."""
    connection.execute(update(t.raw).where(t.raw.c.id == row).values(arrived=arrived, mail=mail))


def add_copies(connection: Connection, pks: Iterable[int], inbox: int) -> None:
    """Note that these messages were seen in an inbox."""
    insert_missing(connection, t.copy, [{"message_pk": pk, "inbox_id": inbox} for pk in pks])


def every_mail(connection: Connection, after: int, limit: int) -> list[tuple[int, list[StoredMail]]]:
    """Stored copies of the next `limit` messages above the primary key `after`, by message."""
    pks = list(
        connection.scalars(select(t.message.c.id).where(t.message.c.id > after).order_by(t.message.c.id).limit(limit))
    )
    stored = stored_mails(connection, pks)
    return [(pk, stored.get(pk, [])) for pk in pks]


# ---- conversations -------------------------------------------------------------------------------------------------


def conversations_of(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The conversation of each node that is known."""
    found: dict[str, int] = {}
    for part in chunks(names):
        found.update(
            (row.name, row.conversation)
            for row in connection.execute(select(t.node.c.name, t.node.c.conversation).where(t.node.c.name.in_(part)))
        )
    return found


def add_nodes(connection: Connection, nodes: Mapping[str, int]) -> None:
    """Put new nodes into their conversations."""
    if nodes:
        connection.execute(insert(t.node), [{"name": n, "conversation": c} for n, c in nodes.items()])


def join_conversations(connection: Connection, into: int, others: Collection[int]) -> None:
    """Make one conversation of several."""
    for table in (t.node, t.message, t.revision):
        connection.execute(update(table).where(table.c.conversation.in_(others)).values(conversation=into))


def next_conversation(connection: Connection) -> int:
    """A conversation number that is free."""
    return (connection.scalar(select(func.max(t.message.c.conversation))) or 0) + 1


@dataclass(frozen=True, slots=True)
class PlacedMessage:
    """A message and where it stands now."""

    id: int
    message_id: str
    facts: str
    conversation: int
    revision_id: int | None
    patch: int | None


def messages_in(connection: Connection, conversations: Iterable[int]) -> list[PlacedMessage]:
    """Every message of these conversations."""
    found: list[PlacedMessage] = []
    columns = (
        t.message.c.id,
        t.message.c.message_id,
        t.message.c.facts,
        t.message.c.conversation,
        t.message.c.revision_id,
        t.message.c.patch,
    )
    for part in chunks(conversations):
        found += [
            PlacedMessage(*row)
            for row in connection.execute(select(*columns).where(t.message.c.conversation.in_(part)))
        ]
    return found


def place_messages(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note the revision and patch that messages belong to or answer: rows of pk, revision_id, patch."""
    if rows:
        connection.execute(
            update(t.message)
            .where(t.message.c.id == bindparam("pk"))
            .values(revision_id=bindparam("new_revision"), patch=bindparam("new_patch")),
            [{"pk": r["pk"], "new_revision": r["revision_id"], "new_patch": r["patch"]} for r in rows],
        )


# ---- revisions -----------------------------------------------------------------------------------------------------


def numbers(connection: Connection, message_ids: Iterable[str]) -> dict[str, int]:
    """The numbers that messages have been given."""
    found: dict[str, int] = {}
    for part in chunks(message_ids):
        found.update(
            (row.message_id, row.id)
            for row in connection.execute(select(t.number).where(t.number.c.message_id.in_(part)))
        )
    return found


def give_numbers(connection: Connection, message_ids: Sequence[str]) -> dict[str, int]:
    """Give new numbers to messages that have none."""
    first = _next_id(connection, t.number)
    given = {message_id: first + n for n, message_id in enumerate(message_ids)}
    if given:
        connection.execute(insert(t.number), [{"id": n, "message_id": m} for m, n in given.items()])
    return given


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """A revision as it was worked out last."""

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
    return [
        StoredRevision(*row)
        for part in chunks(values)
        for row in connection.execute(select(*_REVISION).where(column.in_(part)))
    ]


def revisions_in(connection: Connection, conversations: Iterable[int]) -> list[StoredRevision]:
    """The revisions of these conversations."""
    return _revisions(connection, t.revision.c.conversation, conversations)


def revisions_by_id(connection: Connection, ids: Iterable[int]) -> list[StoredRevision]:
    """The revisions with these numbers."""
    return _revisions(connection, t.revision.c.id, ids)


def revisions_by_root(connection: Connection, roots: Iterable[str]) -> list[StoredRevision]:
    """The revisions with these root message-ids."""
    return _revisions(connection, t.revision.c.root, roots)


def roots_of(connection: Connection, message_ids: Iterable[str]) -> dict[str, str]:
    """The root of the revision that each of these messages belongs to or answers."""
    found: dict[str, str] = {}
    for part in chunks(message_ids):
        found.update(
            (row.message_id, row.root)
            for row in connection.execute(
                select(t.message.c.message_id, t.revision.c.root)
                .join(t.revision, t.revision.c.id == t.message.c.revision_id)
                .where(t.message.c.message_id.in_(part))
            )
        )
    return found


def successors(connection: Connection, roots: Iterable[str]) -> list[StoredRevision]:
    """The revisions that have one of these roots as predecessor."""
    return _revisions(connection, t.revision.c.predecessor, roots)


def forget_revisions(connection: Connection, ids: Collection[int]) -> None:
    """Delete revisions and their keys."""
    for part in chunks(ids):
        connection.execute(delete(t.revision_key).where(t.revision_key.c.revision_id.in_(part)))
        connection.execute(delete(t.revision).where(t.revision.c.id.in_(part)))


def add_revisions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert revisions."""
    if rows:
        connection.execute(insert(t.revision), list(rows))


def change_revisions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change the same columns of several revisions: rows with `id` and those columns."""
    if rows:
        columns = [c for c in rows[0] if c != "id"]
        connection.execute(
            update(t.revision)
            .where(t.revision.c.id == bindparam("pk"))
            .values({c: bindparam(f"new_{c}") for c in columns}),
            [{"pk": row["id"], **{f"new_{c}": row[c] for c in columns}} for row in rows],
        )


def forget_keys(connection: Connection, ids: Collection[int]) -> None:
    """Delete the index keys of revisions."""
    for part in chunks(ids):
        connection.execute(delete(t.revision_key).where(t.revision_key.c.revision_id.in_(part)))


def add_keys(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add index keys: key, revision_id, date."""
    if rows:
        connection.execute(insert(t.revision_key), list(rows))


def holders(connection: Connection, keys: Iterable[str]) -> dict[str, list[int]]:
    """The revisions that hold each key."""
    found: dict[str, list[int]] = {}
    for part in chunks(keys):
        for row in connection.execute(
            select(t.revision_key.c.key, t.revision_key.c.revision_id).where(t.revision_key.c.key.in_(part))
        ):
            found.setdefault(row.key, []).append(row.revision_id)
    return found


def holders_around(connection: Connection, key: str, date: int, seconds: int) -> list[int]:
    """The revisions that hold a key and were posted at most `seconds` before or after `date`."""
    return list(
        connection.scalars(
            select(t.revision_key.c.revision_id).where(
                t.revision_key.c.key == key, t.revision_key.c.date.between(date - seconds, date + seconds)
            )
        )
    )


# ---- series --------------------------------------------------------------------------------------------------------


def series_revisions(connection: Connection, ids: Iterable[int]) -> list[StoredRevision]:
    """The revisions of these series."""
    return _revisions(connection, t.revision.c.series_id, ids)


def series_states(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
    """State, turn and title of series."""
    found: dict[int, tuple[str, str, str]] = {}
    for part in chunks(ids):
        for row in connection.execute(
            select(t.series.c.id, t.series.c.state, t.series.c.turn, t.series.c.title).where(t.series.c.id.in_(part))
        ):
            found[row.id] = (row.state, row.turn, row.title)
    return found


def replace_series(connection: Connection, gone: Collection[int], rows: Sequence[Mapping[str, Any]]) -> None:
    """Delete the series `gone` and put `rows` in place of what was there."""
    for part in chunks({*gone, *(row["id"] for row in rows)}):
        connection.execute(delete(t.series).where(t.series.c.id.in_(part)))
    if rows:
        connection.execute(insert(t.series), list(rows))


def last_dates(connection: Connection, revision_ids: Iterable[int]) -> dict[int, int]:
    """The date of the newest message of each revision, answers included."""
    found: dict[int, int] = {}
    for part in chunks(revision_ids):
        found.update(
            (row[0], row[1])
            for row in connection.execute(
                select(t.message.c.revision_id, func.max(t.message.c.date))
                .where(t.message.c.revision_id.in_(part))
                .group_by(t.message.c.revision_id)
            )
        )
    return found


# ---- what people decided -------------------------------------------------------------------------------------------


def marks(connection: Connection, roots: Iterable[str]) -> list[tuple[str, str, int, str]]:
    """States set by hand on these revisions: (root, state, at, by)."""
    return [
        (row.message_id, row.state, row.at, row.by)
        for part in chunks(roots)
        for row in connection.execute(select(t.mark).where(t.mark.c.message_id.in_(part)))
    ]


def ties(connection: Connection, roots: Iterable[str]) -> list[tuple[str, str, bool, int, str]]:
    """Links and refusals by hand that name one of these roots: (later, earlier, linked, at, by)."""
    found: dict[tuple[str, str], tuple[str, str, bool, int, str]] = {}
    for part in chunks(roots):
        for row in connection.execute(
            select(t.tie).where(or_(t.tie.c.message_id.in_(part), t.tie.c.predecessor.in_(part)))
        ):
            found[row.message_id, row.predecessor] = (row.message_id, row.predecessor, row.linked, row.at, row.by)
    return list(found.values())


Decision = Literal["watch", "mute", "snooze", "mark"]
"""What people decide about one message: a table each."""


def decide(connection: Connection, decision: Decision, message_id: str, **values: Any) -> None:
    """Note a decision about a message in place of an earlier one."""
    table = t.metadata.tables[decision]
    connection.execute(delete(table).where(table.c.message_id == message_id))
    connection.execute(insert(table).values(message_id=message_id, **values))


def undecide(connection: Connection, decision: Decision, message_ids: Iterable[str]) -> None:
    """Forget decisions about these messages."""
    table = t.metadata.tables[decision]
    for part in chunks(message_ids):
        connection.execute(delete(table).where(table.c.message_id.in_(part)))


def tie(connection: Connection, later: str, earlier: str, *, linked: bool, at: int, by: str) -> None:
    """Note that somebody linked two revisions, or refused to; a new link takes the place of the last one."""
    pair = (t.tie.c.message_id == later) & (t.tie.c.predecessor == earlier)
    others = (t.tie.c.message_id == later) & t.tie.c.linked.is_(True) if linked else false()
    connection.execute(delete(t.tie).where(or_(pair, others)))
    connection.execute(insert(t.tie).values(message_id=later, predecessor=earlier, linked=linked, at=at, by=by))


def mark_read(connection: Connection, message_ids: Iterable[str], at: int) -> None:
    """Note that mails were read; the first time counts."""
    insert_missing(connection, t.reading, [{"message_id": i, "at": at} for i in message_ids])


def setting(connection: Connection, name: str) -> str | None:
    """A value that the program keeps for itself."""
    return connection.scalar(select(t.setting.c.value).where(t.setting.c.name == name))


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Keep a value."""
    connection.execute(delete(t.setting).where(t.setting.c.name == name))
    connection.execute(insert(t.setting).values(name=name, value=value))


def source_position(connection: Connection, identity: str, inbox: str) -> str | None:
    """How far a source has been imported into an inbox."""
    return connection.scalar(
        select(t.source.c.position).where(t.source.c.identity == identity, t.source.c.inbox == inbox)
    )


def set_source_position(connection: Connection, identity: str, inbox: str, position: str) -> None:
    """Note how far a source has been imported."""
    connection.execute(delete(t.source).where(t.source.c.identity == identity, t.source.c.inbox == inbox))
    connection.execute(insert(t.source).values(identity=identity, inbox=inbox, position=position))


def forget_derived(connection: Connection) -> None:
    """Delete everything that is worked out; numbers stay, for they are what people type."""
    for table in (t.revision_key, t.revision, t.series, t.node):
        connection.execute(delete(table))
    connection.execute(update(t.message).values(conversation=0, revision_id=None, patch=None))


def dumps(value: Any) -> str:
    """JSON as it is kept: compact, in UTF-8, keys in a fixed order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
