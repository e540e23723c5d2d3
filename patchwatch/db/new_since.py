"""Mails and commits that are new since a digest: the database did not have them then.

Primary keys grow in the order of storing and are never reused, so they also find a mail that was sent long before it
arrived, or a commit that was made long before it was pushed.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from patchwatch.db import schema as t
from patchwatch.db.sql import chunks
from patchwatch.pattern import Pattern

_LATE = 7 * 86_400  # a mail that arrives later than this is history: of a thread that is watched only now
_SEEN = Pattern(r"(\d{1,18})\.(\d{1,18})")


def seen(connection: Connection) -> str:
    """Return the present position in the database, to be stored with a digest."""
    mails = connection.scalar(select(func.max(t.message.c.id))) or 0
    commits = connection.scalar(select(func.max(t.tree_commit.c.id))) or 0
    return f"{mails}.{commits}"


def mails_since(
    connection: Connection, series_ids: Iterable[int], since: int, now: int, seen: str = ""
) -> dict[int, set[str]]:
    """Return the mails of each series that were sent after `since`, or stored after the position `seen`."""
    known = _SEEN.fullmatch(seen)
    begin = since - _LATE if known else since
    found: dict[int, set[str]] = {}
    for part in chunks(series_ids):
        query = (
            select(t.revision.c.series_id, t.message.c.message_id)
            .join(t.message, t.message.c.revision_id == t.revision.c.id)
            .where(t.revision.c.series_id.in_(part), t.message.c.date > begin, t.message.c.date <= now)
        )
        if known:
            query = query.where(t.message.c.id > int(known[1]))
        for row in connection.execute(query):
            found.setdefault(row.series_id, set()).add(row.message_id)
    return found


def outside_since(connection: Connection, message_ids: Iterable[str], since: int, now: int, seen: str = "") -> set[str]:
    """Return those of these mails, whatever series they are in, that are as new as `mails_since` says."""
    known = _SEEN.fullmatch(seen)
    message = t.message.c
    new = message.date.between((since - _LATE if known else since) + 1, now)
    query = select(message.message_id).where(new & (message.id > int(known[1])) if known else new)
    return {
        message_id
        for part in chunks(message_ids)
        for message_id in connection.scalars(query.where(message.message_id.in_(part)))
    }


def commits_since(connection: Connection, shas: Iterable[str], since: int, seen: str = "") -> set[str]:
    """Return those commits that were made after `since`, or read from a tree after the position `seen`."""
    known = _SEEN.fullmatch(seen)
    later = t.tree_commit.c.id > int(known[2]) if known else t.tree_commit.c.committed > since
    return {
        sha
        for part in chunks(shas)
        for sha in connection.scalars(select(t.tree_commit.c.sha).where(t.tree_commit.c.sha.in_(part), later))
    }
