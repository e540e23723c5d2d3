"""The index of what patches do to files: which begin, and which end, with a content.

Functions that write take the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Select, exists, func, select

from patchwatch.db import schema as t
from patchwatch.db.message_codec import decode_subject
from patchwatch.db.sql import delete_with, insert_rows, rows_with, select_once
from patchwatch.mail.message import Person
from patchwatch.series.built_on import NO_CONTENT, FileChange, SentPatch

MOST = 200
"""Patches that may begin, or end, with a content; what more do shows nothing of one of them."""
_F, _M = t.file_change.c, t.message.c


def add(connection: Connection, changes: Mapping[int, Set[FileChange]]) -> None:
    """Insert the changes of messages, given by their primary keys."""
    rows = [{"message_pk": pk, "after": one.after, "before": one.before} for pk, own in changes.items() for one in own]
    insert_rows(connection, t.file_change, rows)


def of_messages(connection: Connection, messages: Collection[int]) -> dict[int, set[FileChange]]:
    """Return the changes of messages; those without any are left out."""
    found: dict[int, set[FileChange]] = {}
    query = select_once(_F.message_pk, _F.before, _F.after)
    for pk, before, after in rows_with(connection, query, _F.message_pk, messages):
        found.setdefault(pk, set()).add(FileChange(before, after))
    return found


def forget(connection: Connection, messages: Collection[int]) -> set[int]:
    """Delete the changes of messages; return the contents that they name."""
    contents = contents_of(change for own in of_messages(connection, messages).values() for change in own)
    if contents:
        delete_with(connection, _F.message_pk, messages)
    return contents


def contents_of(changes: Iterable[FileChange]) -> set[int]:
    """Return the contents that changes name."""
    return {content for one in changes for content in (one.before, one.after)} - {NO_CONTENT}


_IN_MESSAGES = select(_M.message_id, _F.before, _F.after).join(t.message, _M.id == _F.message_pk)
_USE, _USER = t.file_change.alias("use"), t.message.alias("user")
_BY_ANOTHER = (
    exists()
    .where(_USE.c.before == _F.after, _USER.c.id == _USE.c.message_pk)
    .where(_USER.c.revision_id.is_distinct_from(_M.revision_id), _USER.c.date > _M.date)
)
_IN_USE = select(_M.message_id).join(t.file_change, _M.id == _F.message_pk).where(_F.after != NO_CONTENT, _BY_ANOTHER)
_REVISIONS = select(_M.revision_id).join(t.file_change, _M.id == _F.message_pk).distinct()
_STANDINGS = select(_M.message_id, t.revision.c.standing).join(t.revision, t.revision.c.id == _M.revision_id)
_BEGINS = select(_F.before, func.count()).group_by(_F.before)
_ENDS = select(_F.after, func.count()).group_by(_F.after)
_SENT = (_M.message_id, _M.date, _M.author_name, _M.author_email, _M.facts)
_BEGINNING = select(_F.before, *_SENT).join(t.message, _M.id == _F.message_pk)
_ENDING = select(_F.after, *_SENT).join(t.message, _M.id == _F.message_pk)


def with_results_in_use(connection: Connection, message_ids: Iterable[str]) -> set[str]:
    """Return those of these messages that end with a content which a later patch of another posting begins with."""
    return {row[0] for row in rows_with(connection, _IN_USE, _M.message_id, message_ids)}


def by_message_id(connection: Connection, message_ids: Iterable[str]) -> dict[str, list[FileChange]]:
    """Return the changes of messages, given by message-id."""
    found: dict[str, list[FileChange]] = {}
    for message_id, before, after in rows_with(connection, _IN_MESSAGES, _M.message_id, message_ids):
        found.setdefault(message_id, []).append(FileChange(before, after))
    return found


def revisions_ending_with(connection: Connection, contents: Iterable[int]) -> set[int]:
    """Return the revisions with mails of which a patch ends with one of these contents."""
    return {row[0] for row in rows_with(connection, _REVISIONS, _F.after, contents) if row[0] is not None}


def standings(connection: Connection, message_ids: Iterable[str]) -> dict[str, str]:
    """Return the column `standing` of the revision that each of these messages is in."""
    return {row[0]: row[1] for row in rows_with(connection, _STANDINGS, _M.message_id, message_ids)}


def crowded(connection: Connection, contents: Iterable[int]) -> set[int]:
    """Return the contents that more than `MOST` patches end with."""
    return {row[0] for row in rows_with(connection, _crowded(MOST), _F.after, contents)}


def beginning_with(connection: Connection, contents: Iterable[int]) -> dict[int, list[SentPatch]]:
    """Return the patches that begin with each content; none of those that more than `MOST` begin with."""
    return _sent(connection, (_BEGINS, _BEGINNING), _F.before, contents)


def ending_with(connection: Connection, contents: Iterable[int]) -> dict[int, list[SentPatch]]:
    """Return the patches that end with each content; none of those that more than `MOST` end with."""
    return _sent(connection, (_ENDS, _ENDING), _F.after, contents)


@cache
def _crowded(most: int) -> Select[Any]:
    return select(_F.after).group_by(_F.after).having(func.count() > most)


def _sent(
    connection: Connection, queries: tuple[Select[Any], Select[Any]], column: Column[int], contents: Iterable[int]
) -> dict[int, list[SentPatch]]:
    counting, reading = queries
    few = [content for content, count in rows_with(connection, counting, column, contents) if count <= MOST]
    found: dict[int, list[SentPatch]] = {}
    for content, message_id, date, name, email, facts in rows_with(connection, reading, column, few):
        patch = SentPatch(message_id, date, Person(name, email), decode_subject(facts))
        found.setdefault(content, []).append(patch)
    return found
