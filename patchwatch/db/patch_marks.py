"""Which patches a person has read or skipped, and the versions that this is kept through."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.revision_codec import decode_summary
from patchwatch.db.revision_order import in_order
from patchwatch.db.revisions import stored_rows
from patchwatch.db.tags import tagged
from patchwatch.series.carried_tags import Tagged
from patchwatch.series.patch_reading import Mark

_MARKS = "SELECT message_id, mark FROM patch_mark WHERE person = :person AND message_id IN ({values})"
_FORGET = "DELETE FROM patch_mark WHERE message_id = :message_id AND person = :person"
_STORE = "INSERT INTO patch_mark (message_id, person, mark, at) VALUES (:message_id, :person, :mark, :at)"


def mark_patches(execute: Execute, message_ids: Collection[str], mark: Mark, at: int) -> None:
    """Store my mark on patches in place of an earlier one; those that have it keep their time."""
    before = patch_marks(execute, message_ids)
    for message_id in (one for one in message_ids if before.get(one) is not mark):
        execute(_FORGET, {"message_id": message_id})
        execute(_STORE, {"message_id": message_id, "mark": str(mark), "at": at})


def patch_marks(execute: Execute, message_ids: Iterable[str]) -> dict[str, Mark]:
    """Return my marks, by message-id."""
    return {message_id: Mark(mark) for message_id, mark in rows_among(execute, _MARKS, message_ids)}


def versions_of(execute: Execute, series_id: int) -> list[Tagged]:
    """Return the revisions of a series, resends included, oldest first, with their patches and own tags."""
    stored = in_order(stored_rows(execute, [series_id]))
    return tagged([(row.root, decode_summary(row.view)) for row in stored])
