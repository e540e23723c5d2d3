"""Inboxes, and the results of polling them; patchwatch.db.inbox_rows reads them all."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, literal, or_, select, text, update

from patchwatch.db import schema as t
from patchwatch.db.messages import set_setting, setting
from patchwatch.db.people import acting
from patchwatch.db.rule_codec import decode_rules, encode_rules
from patchwatch.db.series_flags import UNREAD, WATCHED
from patchwatch.db.sql import next_id
from patchwatch.errors import InvalidInputError
from patchwatch.series.follow_rules import Rule

_INBOX_ID = select(t.inbox.c.id).where(t.inbox.c.name == bindparam("inbox"))
_CURSOR = select(t.inbox.c.cursor, t.inbox.c.deep_at).where(t.inbox.c.name == bindparam("inbox"))
_AUTHOR_TURN = "author turn"  # setting


def inbox_id(connection: Connection, name: str) -> int:
    """Return the id of an inbox; create it if it is new."""
    found = connection.scalar(_INBOX_ID, {"inbox": name})
    if found is None:
        found = next_id(connection, t.inbox)
        connection.execute(insert(t.inbox).values(id=found, name=name, followed=False))
    return found


def set_inbox(connection: Connection, name: str, **values: Any) -> None:
    """Change columns of an inbox: cursor, deep_at, polled_at, failed_at, failure, followed, rules."""
    row = inbox_id(connection, name)
    connection.execute(update(t.inbox).where(t.inbox.c.id == row).values(**values))


def follow(connection: Connection, name: str, rule: Rule | None = None) -> tuple[Rule, ...]:
    """Follow everything, or what matches a rule in addition to the present rules; return the rules in force.

    Raises:
        InvalidInputError: everything is followed already, so a rule would have no effect.
    """
    row = connection.execute(select(t.inbox.c.followed, t.inbox.c.rules).where(t.inbox.c.name == name)).first()
    before = decode_rules(row.rules) if row else ()
    if rule is not None and row and row.followed and not before:
        raise InvalidInputError(
            f"everything in {name} is followed already. "
            f"Run `patchwatch follow {name} --stop` first, then follow it with the rule."
        )
    rules = tuple(dict.fromkeys((*before, rule))) if rule else ()
    set_inbox(connection, name, followed=True, rules=encode_rules(rules))
    return rules


def begin_visits(connection: Connection, name: str, until: int) -> bool:
    """Let the mail that an inbox has up to a time (UTC seconds) count as looked at; False if that began before."""
    new = (t.inbox.c.id == inbox_id(connection, name)) & t.inbox.c.looked_at.is_(None)
    return bool(connection.execute(update(t.inbox).where(new).values(looked_at=until)).rowcount)


def read_all(connection: Connection, name: str, at: int) -> None:
    """Mark the mail of an inbox as read for this person, except that of series which they watch."""
    m, copy, me = t.message.c, t.archive_copy.c, acting(connection).person
    watched = text(WATCHED).bindparams(person=me).columns(t.revision.c.series_id)
    found = (
        select(m.id, (m.id - func.row_number().over(order_by=m.id)).label("range"))  # the same for adjacent ones
        .join(t.archive_copy, copy.message_pk == m.id)
        .outerjoin(t.revision, t.revision.c.id == m.revision_id)
        .where(copy.inbox_id == inbox_id(connection, name), text(UNREAD).bindparams(person=me))
        .where(or_(t.revision.c.series_id.is_(None), t.revision.c.series_id.not_in(watched)))
        .subquery()
    )
    first, last = func.min(found.c.id), func.max(found.c.id)
    ranges = select(literal(me), first, last, literal(at)).group_by(found.c.range)
    connection.execute(insert(t.read_range).from_select(["person", "first_pk", "last_pk", "at"], ranges))


def names(connection: Connection) -> frozenset[str]:
    """Return the names of all known inboxes."""
    return frozenset(connection.scalars(select(t.inbox.c.name)))


def inboxes_of(connection: Connection, message_id: str) -> tuple[str, ...]:
    """Return the inboxes in which a message was seen."""
    return tuple(
        connection.scalars(
            select(t.inbox.c.name)
            .join(t.archive_copy, t.archive_copy.c.inbox_id == t.inbox.c.id)
            .join(t.message, t.message.c.id == t.archive_copy.c.message_pk)
            .where(t.message.c.message_id == message_id)
            .order_by(t.inbox.c.name)
        )
    )


def cursor(connection: Connection, inbox: str) -> tuple[int | None, int | None]:
    """Return the cursor of an inbox, and the time of the last poll with the long overlap."""
    row = connection.execute(_CURSOR, {"inbox": inbox}).first()
    return (row.cursor, row.deep_at) if row else (None, None)


class AuthorTurn(NamedTuple):
    """How far a round through the authors is; each poll asks for some of them.  Stored as a JSON array."""

    begun: int = 0  # UTC seconds; 0: the next poll begins one
    asked: str = ""  # the last address, in their order


def author_turn(connection: Connection) -> AuthorTurn:
    """Return how far the round through the authors is."""
    text = setting(connection, _AUTHOR_TURN)
    return AuthorTurn(*json.loads(text)) if text else AuthorTurn()


def set_author_turn(connection: Connection, turn: AuthorTurn) -> None:
    """Store how far it is."""
    set_setting(connection, _AUTHOR_TURN, json.dumps(turn))


def newest_arrival(connection: Connection, inbox: str) -> int | None:
    """When the newest stored mail of an inbox arrived; None without mail."""
    newest: int | None = connection.scalar(
        select(func.max(t.raw.c.arrived))
        .join(t.archive_copy, t.archive_copy.c.message_pk == t.raw.c.message_pk)
        .join(t.inbox, t.inbox.c.id == t.archive_copy.c.inbox_id)
        .where(t.inbox.c.name == inbox)
    )
    return newest


def newest_mail(connection: Connection, inbox: str, now: int) -> int | None:
    """Return the date of the newest stored mail of an inbox, as of `now`; None without mail."""
    newest: int | None = connection.scalar(
        select(func.max(t.message.c.date))
        .join(t.archive_copy, t.archive_copy.c.message_pk == t.message.c.id)
        .join(t.inbox, t.inbox.c.id == t.archive_copy.c.inbox_id)
        .where(t.inbox.c.name == inbox, t.message.c.date <= now)
    )
    return newest


def failing_since(connection: Connection, inbox: str) -> int | None:
    """Return since when polling an inbox fails; None if it does not."""
    return connection.scalar(select(t.inbox.c.failed_at).where(t.inbox.c.name == inbox))
