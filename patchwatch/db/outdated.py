"""Messages whose parsed fields, or what is derived from them, are of an earlier program or of earlier rules.

A message stays listed until both are up to date.  `reread` means that its mail has to be parsed again; without it, what
is derived from its conversation is outdated.  Functions that write take the connection of one writing transaction
(`Database.write`); none commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, func, literal, select, update

from patchwatch.db import messages as mails
from patchwatch.db import schema as t
from patchwatch.db.sql import chunks, rows_with, select_once
from patchwatch.db.versions import FACTS_VERSION

_O, _M = t.outdated.c, t.message.c
_FORM, _OLDEST_FORM = "form", "oldest_form"


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of what is stored: settings of a database."""

    newest: str | None  # None in a new database
    oldest: str | None  # None if it is the same

    @property
    def is_current(self) -> bool:
        """True if everything that is not listed is up to date."""
        return self.newest == str(FACTS_VERSION)


def forms(connection: Connection) -> Forms:
    """Return the forms of what is stored."""
    return Forms(mails.setting(connection, _FORM), mails.setting(connection, _OLDEST_FORM))


def set_current(connection: Connection) -> None:
    """Store that everything has this program's form."""
    mails.set_setting(connection, _FORM, str(FACTS_VERSION))
    mails.forget_setting(connection, _OLDEST_FORM)


def set_listed(connection: Connection) -> None:
    """Store that everything that does not have this program's form is listed."""
    found = forms(connection)
    mails.set_setting(connection, _OLDEST_FORM, found.oldest or found.newest or str(FACTS_VERSION))
    mails.set_setting(connection, _FORM, str(FACTS_VERSION))


def count(connection: Connection) -> int:
    """Return how many messages are listed."""
    return connection.scalar(select(func.count()).select_from(t.outdated)) or 0


def is_empty(connection: Connection) -> bool:
    """True if no message is listed."""
    return connection.scalar(select(_O.message_pk).limit(1)) is None


def newest_conversations(connection: Connection, limit: int) -> list[int]:
    """Return the conversations of the newest `limit` listed messages, the newest first."""
    query = select(_M.conversation).join_from(t.outdated, t.message, _M.id == _O.message_pk)
    rows = connection.scalars(query.order_by(_O.date.desc(), _O.message_pk.desc()).limit(limit))
    return list(dict.fromkeys(rows))


def listed_in(connection: Connection, conversations: Iterable[int]) -> dict[int, dict[int, bool]]:
    """Return the listed messages of these conversations: by conversation, whether each has to be read again."""
    found: dict[int, dict[int, bool]] = {}
    query = select_once(_M.conversation, _O.message_pk, _O.reread).join(t.message, _M.id == _O.message_pk)
    for conversation, pk, reread in rows_with(connection, query, _M.conversation, conversations):
        found.setdefault(conversation, {})[pk] = reread
    return found


def list_mails(connection: Connection, after: int, limit: int) -> int | None:
    """List the next `limit` messages above a primary key to be read again; return the last one, None after all."""
    keys = mails.message_keys(connection, after, limit)
    if not keys:
        return None
    last = keys[-1]
    part = (_M.id > after) & (_M.id <= last)
    derived_only = (_O.message_pk > after) & (_O.message_pk <= last) & _O.reread.is_(False)
    connection.execute(update(t.outdated).where(derived_only).values(reread=True))
    _insert(connection, select(_M.id, _M.date, literal(True)).where(part))
    return last


def list_conversations(connection: Connection, conversations: Iterable[int]) -> None:
    """List one message of each revision of these conversations, so that they are derived again."""
    for part in chunks(conversations):
        _insert(connection, _ROOTS.where(t.revision.c.conversation.in_(part)))


def unlist(connection: Connection, messages: Iterable[int]) -> None:
    """Store that these messages, and what is derived from them, are up to date."""
    for part in chunks(messages):
        connection.execute(delete(t.outdated).where(_O.message_pk.in_(part)))


def unlist_all(connection: Connection) -> None:
    """Store that everything is up to date."""
    connection.execute(delete(t.outdated))


_ROOTS = select(_M.id, _M.date, literal(False)).join(t.revision, t.revision.c.root == _M.message_id)


def _insert(connection: Connection, query: Select[Any]) -> None:
    """Insert what is not listed yet."""
    missing = query.where(_M.id.not_in(select(_O.message_pk)))
    connection.execute(t.outdated.insert().from_select(["message_pk", "date", "reread"], missing))
