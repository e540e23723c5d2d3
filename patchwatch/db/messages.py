"""Stored mail: messages, raw copies, the inboxes they were seen in, and positions in sources.

Functions that write take the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from patchwatch.db import dictionaries, packing
from patchwatch.db import schema as t
from patchwatch.db.dictionaries import Kind
from patchwatch.db.page_order import in_page_order
from patchwatch.db.sql import change_rows, chunks, insert_missing, insert_rows, next_id, rows_with, select_once
from patchwatch.errors import DamagedError


def next_message(connection: Connection) -> int:
    """Return a primary key for a new message; those above it are free too, because only one transaction writes."""
    return next_id(connection, t.message)


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A stored copy of a mail."""

    id: int
    message_pk: int
    digest: bytes
    arrived: int
    mail: bytes


def known_messages(connection: Connection, message_ids: Iterable[str]) -> dict[str, int]:
    """Return the primary keys of those messages that are stored."""
    m = t.message.c
    return dict(rows_with(connection, select_once(m.message_id, m.id), m.message_id, message_ids))


def unreadable_in(connection: Connection, conversations: Iterable[int]) -> set[int]:
    """Return the messages of conversations that could not be parsed."""
    m = t.message.c
    return {
        pk
        for pk, kind in rows_with(connection, select_once(m.id, m.kind), m.conversation, conversations)
        if kind == "unreadable"
    }


def facts_of(connection: Connection, pks: Iterable[int]) -> dict[int, str]:
    """Return the parsed fields of messages, encoded, by primary key."""
    m = t.message.c
    return dict(rows_with(connection, select_once(m.id, m.facts), m.id, pks))


def stored_mails(connection: Connection, message_pks: Iterable[int]) -> dict[int, list[StoredMail]]:
    """Return every stored copy of these messages."""
    found: dict[int, list[StoredMail]] = {}
    for part in chunks(message_pks):
        for row in connection.execute(select(t.raw).where(t.raw.c.message_pk.in_(part))):
            found.setdefault(row.message_pk, []).append(
                StoredMail(row.id, row.message_pk, row.digest, row.arrived, row.mail)
            )
    return found


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """The columns of a message."""

    message_id: str
    subject: str
    author_name: str
    author_email: str
    date: int
    facts: str


def stored_message(connection: Connection, pk: int) -> StoredMessage:
    """Return a message by its primary key."""
    m = t.message.c
    row = connection.execute(
        select(m.message_id, m.subject, m.author_name, m.author_email, m.date, m.facts).where(m.id == pk)
    ).one()
    return StoredMessage(*row)


def unreadable_messages(connection: Connection) -> list[tuple[str, str]]:
    """Return (message-id, facts) of every mail that could not be parsed, newest first."""
    m = t.message.c
    rows = connection.execute(
        select(m.message_id, m.facts).where(m.kind == "unreadable").order_by(m.date.desc(), m.message_id)
    )
    return [(row.message_id, row.facts) for row in rows]


def count(connection: Connection) -> int:
    """Return how many messages are stored."""
    return connection.scalar(select(func.count()).select_from(t.message)) or 0


def add_messages(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert messages, their ids given."""
    if rows:
        insert_rows(connection, t.message, dictionaries.packed(connection, rows, Kind.FACTS))


def change_facts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the parsed fields of messages: rows with `id` and the columns of a message."""
    if rows:
        change_rows(connection, t.message, dictionaries.packed(connection, rows, Kind.FACTS))


def add_mails(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert raw mails: message_pk, digest, arrived, mail."""
    if rows:
        dictionaries.require(connection, (row["mail"] for row in rows))
        insert_rows(connection, t.raw, in_page_order(rows, lambda row: len(row["mail"])))


def replace_mails(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace copies by others of the same content: rows of id, arrived, mail."""
    dictionaries.require(connection, (row["mail"] for row in rows))
    change_rows(connection, t.raw, rows)


def packed_again(connection: Connection, copies: Iterable[StoredMail]) -> Iterator[tuple[int, int, bytes]]:
    """Compress mails that were stored before the database had its dictionary, or by an earlier patchwatch.

    Yields id, arrival and mail of each, for `replace_mails`.
    """
    number = dictionaries.dictionary_for(connection, Kind.MAIL)
    for copy in copies:
        if number and packing.dictionary_of(copy.mail) != number:
            with contextlib.suppress(DamagedError):
                yield copy.id, copy.arrived, packing.pack(packing.unpack(copy.mail), number)


def add_copies(connection: Connection, pks: Iterable[int], inbox: int) -> None:
    """Store that these messages were seen in an inbox."""
    insert_missing(connection, t.archive_copy, [{"message_pk": pk, "inbox_id": inbox} for pk in pks])


def seen_in(connection: Connection, pks: Iterable[int], inbox: str) -> set[int]:
    """Return those of these messages that were seen in an inbox."""
    c = t.archive_copy.c
    number = connection.scalar(select(t.inbox.c.id).where(t.inbox.c.name == inbox))
    rows = rows_with(connection, select_once(c.message_pk, c.inbox_id), c.message_pk, pks)
    return {pk for pk, inbox_id in rows if inbox_id == number}


def message_keys(connection: Connection, after: int, limit: int) -> list[int]:
    """Return the next `limit` primary keys of messages above `after`."""
    key = t.message.c.id
    return list(connection.scalars(select(key).where(key > after).order_by(key).limit(limit)))


def every_mail(connection: Connection, after: int, limit: int) -> list[tuple[int, list[StoredMail]]]:
    """Return the stored copies of the next `limit` messages above the primary key `after`, by message."""
    pks = message_keys(connection, after, limit)
    stored = stored_mails(connection, pks)
    return [(pk, stored.get(pk, [])) for pk in pks]


def copies_of(connection: Connection, pks: Iterable[int]) -> dict[int, set[tuple[int, int, int]]]:
    """Return id, arrival and size of each stored copy of these messages."""
    found: dict[int, set[tuple[int, int, int]]] = {}
    for pk, *copy in rows_with(connection, _COPIES, t.raw.c.message_pk, pks):
        found.setdefault(pk, set()).add((copy[0], copy[1], copy[2]))
    return found


_COPIES = select(t.raw.c.message_pk, t.raw.c.id, t.raw.c.arrived, func.length(t.raw.c.mail))
_PARSED = ("date", "author_name", "author_email", "subject", "kind", "facts")


def parsed_columns(connection: Connection, pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the columns of messages that are parsed from their mail."""
    query = select_once(t.message.c.id, *(t.message.c[name] for name in _PARSED))
    rows = rows_with(connection, query, t.message.c.id, pks)
    return {row[0]: dict(zip(_PARSED, row[1:], strict=True)) for row in rows}


_SETTING = select(t.setting.c.value).where(t.setting.c.name == bindparam("setting"))


def setting(connection: Connection, name: str) -> str | None:
    """Return an internal setting; None if it is not set."""
    return connection.scalar(_SETTING, {"setting": name})


def settings_named(connection: Connection, beginning: str) -> list[str]:
    """Return the names of the internal settings that are called this, or this and a person's number."""
    name = t.setting.c.name
    return list(connection.scalars(select(name).where((name == beginning) | name.like(f"{beginning} %"))))


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Store an internal setting."""
    connection.execute(delete(t.setting).where(t.setting.c.name == name))
    connection.execute(insert(t.setting).values(name=name, value=value))


def forget_setting(connection: Connection, name: str) -> None:
    """Delete an internal setting."""
    connection.execute(delete(t.setting).where(t.setting.c.name == name))


def source_position(connection: Connection, identity: str, inbox: str) -> str | None:
    """Return the position up to which a source has been imported into an inbox."""
    return connection.scalar(
        select(t.source.c.position).where(t.source.c.identity == identity, t.source.c.inbox == inbox)
    )


def set_source_position(connection: Connection, identity: str, inbox: str, position: str) -> None:
    """Store the position up to which a source has been imported."""
    connection.execute(delete(t.source).where(t.source.c.identity == identity, t.source.c.inbox == inbox))
    connection.execute(insert(t.source).values(identity=identity, inbox=inbox, position=position))
