"""Which patches I have read or skipped, and what is left."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from patchwatch.db import LazyModule
from patchwatch.db.execute import executor
from patchwatch.series.patch_numbers import format_patches
from patchwatch.series.patch_reading import Mark
from patchwatch.tracker.queries import Queries

if TYPE_CHECKING:
    from patchwatch.db import patch_marks, undo
    from patchwatch.series.model import SeriesRow
    from patchwatch.series.patch_reading import VersionReading
else:
    patch_marks, undo = (LazyModule(f"patchwatch.db.{name}") for name in ("patch_marks", "undo"))


class PatchReadings(Queries):
    """Reading by patch."""

    def readings(self, row: SeriesRow) -> dict[str, VersionReading]:
        """Return how each version of a series stands for me, by the root of each of its postings."""
        from patchwatch.series import labels
        from patchwatch.series.point_list import open_points_on
        from patchwatch.series.reading_history import readings

        names = {root: labels.revision_name(revision) for revision in row.revisions for root in revision.postings}
        with self.reading() as execute:
            chain = [(names.get(one.root, "?"), one) for one in patch_marks.versions_of(execute, row.id)]
            patches = [patch.message_id for _, version in chain for patch in version.patches]
            marks = patch_marks.patch_marks(execute, patches)
        return readings(chain, marks, self.addresses, open_points_on(row, self.now(), self.addresses))

    def mark_patches(self, row: SeriesRow, message_ids: Collection[str], mark: Mark) -> dict[str, VersionReading]:
        """Mark patches of a series as read, skipped, or left to read; return how its versions stand after it."""
        patches = (patch for reading in self.readings(row).values() for patch in reading.patches)
        numbers = [patch.number for patch in patches if patch.message_id in message_ids]
        marked = "marks of reading removed" if mark is Mark.LEFT else f"marked as {mark}"
        what = f"{marked}: {format_patches(numbers)} of #{row.id} {row.title}"
        with self.database.write() as connection, undo.logged(connection, "patch_mark", message_ids, what, self.now()):
            patch_marks.mark_patches(executor(connection), message_ids, mark, self.now())
        return self.readings(row)
