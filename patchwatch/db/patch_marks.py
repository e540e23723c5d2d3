"""Which patches a person has read or skipped, and the versions that this is kept through."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, insert

from patchwatch.db import derived
from patchwatch.db import schema as t
from patchwatch.db.people import acting
from patchwatch.db.revision_codec import decode_summary
from patchwatch.db.revision_order import in_order
from patchwatch.db.sql import chunks, rows_with, select_once
from patchwatch.db.tags import tagged
from patchwatch.series.carried_tags import Tagged
from patchwatch.series.patch_reading import Mark


def mark_patches(connection: Connection, message_ids: Collection[str], mark: Mark, at: int) -> None:
    """Store my mark on patches in place of an earlier one."""
    person = acting(connection).person
    for part in chunks(message_ids):
        mine = t.patch_mark.c.message_id.in_(part) & (t.patch_mark.c.person == person)
        connection.execute(delete(t.patch_mark).where(mine))
        rows = [{"message_id": i, "person": person, "mark": str(mark), "at": at} for i in part]
        connection.execute(insert(t.patch_mark), rows)


def patch_marks(connection: Connection, message_ids: Iterable[str]) -> dict[str, Mark]:
    """Return my marks, by message-id."""
    m, me = t.patch_mark.c, acting(connection).person
    query = select_once(m.message_id, m.person, m.mark)
    rows = rows_with(connection, query, m.message_id, message_ids)
    return {row.message_id: Mark(row.mark) for row in rows if row.person == me}


def versions_of(connection: Connection, series_id: int) -> list[Tagged]:
    """Return the revisions of a series, resends included, oldest first, with their patches and own tags."""
    stored = in_order(derived.series_revisions(connection, [series_id]))
    return tagged([(row.root, decode_summary(row.view)) for row in stored])
