"""Where the reading of revisions stands, so that one more reply to a long thread does not read all the others again.

A memory is kept only of revisions in long conversations that can be continued (patchwatch.sync.amend).  What follows
from the mails does not depend on it; `reindex` writes it anew.  After a change of its form, increment FACTS_VERSION in
patchwatch.db.versions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec
from sqlalchemy import Connection, select

from patchwatch.db import schema as t
from patchwatch.db.packing import pack, unpack
from patchwatch.db.sql import delete_with, insert_rows, rows_with, select_once
from patchwatch.errors import DamagedError
from patchwatch.series.state.memory import Memory

LONG = 40
"""Mails of a conversation from which on memories are kept; to read fewer takes no longer than to store one."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Memory)
_IN_CONVERSATIONS = select(t.revision.c.conversation, t.revision.c.id).join(
    t.memory, t.memory.c.revision_id == t.revision.c.id
)


def encode_memory(memory: Memory) -> bytes:
    """Return the value of the column `memory`."""
    return pack(_encoder.encode(memory))


def remembered_in(connection: Connection, conversations: Iterable[int]) -> dict[int, set[int]]:
    """Return the revisions of these conversations of which there is a memory, by conversation."""
    found: dict[int, set[int]] = {}
    for conversation, number in rows_with(connection, _IN_CONVERSATIONS, t.revision.c.conversation, conversations):
        found.setdefault(conversation, set()).add(number)
    return found


def memories_of(connection: Connection, revisions: Iterable[int]) -> dict[int, Memory]:
    """Return the memories of these revisions; those that are damaged are left out."""
    found: dict[int, Memory] = {}
    column = t.memory.c.revision_id
    for number, memory in rows_with(connection, select_once(column, t.memory.c.memory), column, revisions):
        try:
            found[number] = _decoder.decode(unpack(memory))
        except (msgspec.DecodeError, DamagedError):
            continue
    return found


def replace(connection: Connection, gone: Collection[int], new: Mapping[int, bytes]) -> None:
    """Forget the memories of the revisions `gone`, and store others in place of what there is."""
    delete_with(connection, t.memory.c.revision_id, {*gone, *new})
    insert_rows(connection, t.memory, [{"revision_id": i, "memory": new[i]} for i in sorted(new)])
