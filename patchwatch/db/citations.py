"""The index of cited commits: which mails name a commit of a title.

Functions that write take the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from patchwatch.db import schema as t
from patchwatch.db.sql import chunks, insert_rows, rows_with, select_once
from patchwatch.mail.message import Person
from patchwatch.series.citations import Citation


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert citations."""
    insert_rows(connection, t.citation, rows)


def of_messages(
    connection: Connection, messages: Iterable[int]
) -> dict[tuple[str, int, str, str, str], tuple[str, str, str]]:
    """Return form, title and tree of the citations of these messages, by what names a row."""
    c = t.citation.c
    query = select_once(c.key, c.message_pk, c.deed, c.sha, c.author, c.form, c.title, c.tree)
    return {tuple(row[:5]): tuple(row[5:]) for row in rows_with(connection, query, c.message_pk, messages)}


def forget(connection: Connection, messages: Iterable[int]) -> set[str]:
    """Delete the citations of these messages; return their keys."""
    column = t.citation.c.message_pk
    keys: set[str] = set()
    for part in chunks(messages):
        keys.update(connection.scalars(select(t.citation.c.key).where(column.in_(part))))
        if keys:
            connection.execute(delete(t.citation).where(column.in_(part)))
    return keys


def known_keys(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Return those of these keys that some mail cites."""
    return {
        key
        for part in chunks(keys)
        for key in connection.scalars(select(t.citation.c.key).where(t.citation.c.key.in_(part)).distinct())
    }


_C, _M = t.citation.c, t.message.c
_CITED_IN = select(
    _C.key, _C.deed, _C.title, _C.sha, _C.author, _C.form, _M.message_id, _M.date, _M.author_name, _M.author_email,
    _M.revision_id, _C.tree,
).join(t.message, _M.id == _C.message_pk)  # fmt: skip


def with_keys(connection: Connection, keys: Iterable[str]) -> dict[str, list[tuple[Citation, int | None]]]:
    """Return the citations with each key, each with the revision that its mail belongs or replies to."""
    found: dict[str, list[tuple[Citation, int | None]]] = {}
    for r in rows_with(connection, _CITED_IN, t.citation.c.key, keys):
        by = Person(r.author_name, r.author_email)
        citation = Citation(r.key, r.deed, r.title, r.sha, r.author, r.form, r.message_id, r.date, by, r.tree)
        found.setdefault(r.key, []).append((citation, r.revision_id))
    return found
