"""What the screen of a series does with patches: mark those that were read, show the files, compare versions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from patchwatch.series.model import MessageRow, SeriesRow
from patchwatch.series.patch_reading import Mark, VersionReading
from patchwatch.tui.controllers.patch_marks import PatchMarks
from patchwatch.tui.controllers.series_state import SeriesState
from patchwatch.tui.screens.files import FilesScreen
from patchwatch.tui.screens.series_points import PointScreen
from patchwatch.tui.widgets.thread_list import ThreadList


class PatchScreen(PointScreen):
    """A screen with the patches of one series."""

    _marks: PatchMarks

    @property
    @abstractmethod
    def thread(self) -> ThreadList:
        """The mails of the chosen revision."""

    @abstractmethod
    def _draw(self, reading: SeriesState) -> None:
        """Draw all but the mail."""

    @abstractmethod
    def _go_to(self, reading: SeriesState, row: MessageRow) -> None:
        """Show a mail of the series."""

    def take_readings(self, row: SeriesRow, readings: Mapping[str, VersionReading]) -> None:
        """Take which patches of the series `row` the user has read."""
        self._marks = PatchMarks(self._tracker, self._jobs, row, readings, self._marked)

    def _marked(self, readings: Mapping[str, VersionReading]) -> None:
        if self._reading:
            self._reading.readings = readings
            self._draw(self._reading)

    def action_mark_patch(self, read: bool) -> None:
        """Mark the patch of the mail under the cursor as read or skipped and go to the next one left; or unmark it."""
        reading, here = self._reading, self.thread.row
        if reading is None or here is None:
            return
        patch = reading.posting_of(here).message_id
        if not self._marks.toggle(patch, Mark.READ if read else Mark.SKIPPED):
            return
        left = reading.reading.left_beside(patch)
        if left and (row := reading.row(left.message_id)):
            self._go_to(reading, row)
        else:
            self._marks.say_finished(here.revision, patch)

    def action_files(self) -> None:
        """Show the files that the chosen revision changes."""
        if self._reading and self._reading.revision:
            revision = self._reading.revision
            patches = [row for row in self._reading.mails if row.message_id in revision.patch_message_ids]
            screen = FilesScreen(self._tracker, self._jobs, revision, patches, self._marks, self.notes)
            self.app.push_screen(screen, self._patch_chosen)

    def action_compare(self) -> None:
        """Compare the chosen revision with the one before it; the first one with the one after."""
        if (reading := self._reading) is None:
            return
        revisions = reading.series.revisions
        if len(revisions) < 2:
            self._jobs.notices.show("compare", "note", "Nothing to compare: the series has only one version.")
            return
        from patchwatch.tui.screens.compare import CompareScreen

        newer = max(reading.index, 1)
        number = reading.series.id
        screen = CompareScreen(self._tracker, self._jobs, number, revisions, newer - 1, newer, self._marks, self.notes)
        self.app.push_screen(screen, self._patch_chosen)

    def _patch_chosen(self, message_id: str | None) -> None:
        row = self._reading.row(message_id) if self._reading and message_id else None
        if self._reading and row:
            self._go_to(self._reading, row)
