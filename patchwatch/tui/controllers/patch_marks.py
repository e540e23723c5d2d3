"""Mark patches as read or skipped, in the thread, the files and the comparison of a series."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from patchwatch.series.model import SeriesRow
from patchwatch.series.patch_reading import NOTHING_READ, Mark, PatchReading, VersionReading
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs


class PatchMarks:
    """Which patches of a series the user has read, and how to change that."""

    def __init__(
        self,
        tracker: TrackerAPI,
        jobs: Jobs,
        row: SeriesRow,
        readings: Mapping[str, VersionReading],
        changed: Callable[[Mapping[str, VersionReading]], None],
    ) -> None:
        """`readings` are those of the series `row`; `changed` is called with the new ones after a mark."""
        self._tracker = tracker
        self._jobs = jobs
        self._row = row
        self._changed = changed
        self._take(readings)

    def _take(self, readings: Mapping[str, VersionReading]) -> None:
        self._readings = readings
        self._patches = {patch.message_id: patch for reading in readings.values() for patch in reading.patches}

    def version(self, root: str) -> VersionReading:
        """How a version stands."""
        return self._readings.get(root, NOTHING_READ)

    @property
    def begun(self) -> bool:
        """True if the user has read or skipped a patch of the series."""
        return any(reading.begun for reading in self._readings.values())

    def of(self, message_id: str) -> PatchReading | None:
        """How a patch stands."""
        return self._patches.get(message_id)

    def toggle(self, message_id: str, mark: Mark, stored: Callable[[], None] = lambda: None) -> bool:
        """Mark a patch, or take the mark back if it has it; True if it is marked.  `stored` is called later.

        This does not wait: the cursor can move on at once.
        """
        patch = self.of(message_id)
        if patch is None:
            self._jobs.notices.show(
                "patch", "note", "Only patches are marked: put the cursor on one, or on a reply to it."
            )
            return False
        new = Mark.LEFT if patch.mark is mark else mark

        def done(readings: Mapping[str, VersionReading]) -> None:
            self._take(readings)
            self._changed(readings)
            stored()

        self._jobs.notices.dismiss("patch")
        work = lambda: self._tracker.mark_patches(self._row, [message_id], new)  # noqa: E731
        self._jobs.submit("write", "patch mark", work, done)
        return new is not Mark.LEFT

    def say_finished(self, root: str, but: str) -> None:
        """Say that no patch is left after this one; `but` is the message-id of a patch that was just marked."""
        left = sum(patch.is_left and patch.message_id != but for patch in self.version(root).patches)
        text = (
            f"That was the last patch; {left} above it still to read." if left else "All patches are read or skipped."
        )
        self._jobs.notices.show("patch", "note", text)
