"""Stored mail: messages, their raw copies, where they were seen, and how far sources were read.

Functions that write take the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from patchwatch.db import schema as t
from patchwatch.db.sql import chunks, insert_missing, next_id


def next_message(connection: Connection) -> int:
    """A primary key for a new message; those above it are free too, for writing transactions are alone."""
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


def unreadable_messages(connection: Connection) -> list[tuple[str, str]]:
    """Return (message-id, facts) of every mail that could not be parsed, newest first."""
    m = t.message.c
    rows = connection.execute(
        select(m.message_id, m.facts).where(m.kind == "unreadable").order_by(m.date.desc(), m.message_id)
    )
    return [(row.message_id, row.facts) for row in rows]


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
