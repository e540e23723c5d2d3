"""The state of an open series: the selected revision, the unread mails, and the history.

Pure.  Rows change underneath; the selected revision stays selected as long as it exists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from patchwatch.series.model import MessageRow, RevisionRow, SeriesRow, StateChangeRow
from patchwatch.series.patch_reading import NOTHING_READ, VersionReading
from patchwatch.tui.render.history import HistoryEntry, history_entries


class SeriesState:
    """A series, its mails, and the user's place in them."""

    def __init__(
        self,
        series: SeriesRow,
        thread: Sequence[MessageRow],
        steps: Sequence[StateChangeRow] = (),
        readings: Mapping[str, VersionReading] = MappingProxyType({}),
    ) -> None:
        """Select the newest revision."""
        self.read: set[str] = set()  # marked as read, ahead of the rows
        self._root = ""
        self.update(series, thread, steps, readings)

    def update(
        self,
        series: SeriesRow,
        thread: Sequence[MessageRow],
        steps: Sequence[StateChangeRow] = (),
        readings: Mapping[str, VersionReading] = MappingProxyType({}),
    ) -> None:
        """Replace the rows, and which patches the user has read, by root."""
        self.series = series
        self.readings = readings
        self.thread = thread
        self._rows = {row.message_id: row for row in thread}
        self.history: tuple[HistoryEntry, ...] = history_entries(series, steps, self._rows)
        self.read &= {row.message_id for row in thread if row.unread}
        if self._root not in {revision.message_id for revision in series.revisions}:
            self._root = series.revisions[-1].message_id if series.revisions else ""

    @property
    def index(self) -> int:
        """Index of the selected revision."""
        return next((n for n, revision in enumerate(self.series.revisions) if revision.message_id == self._root), 0)

    @property
    def revision(self) -> RevisionRow | None:
        """The selected revision."""
        return self.series.revisions[self.index] if self.series.revisions else None

    @property
    def reading(self) -> VersionReading:
        """Which patches of the selected revision the user has read."""
        return self.readings.get(self._root, NOTHING_READ)

    @property
    def mails(self) -> list[MessageRow]:
        """The mails of the selected revision, in thread order."""
        return self.mails_of(self._root)

    def mails_of(self, root: str) -> list[MessageRow]:
        """The mails of a revision, in thread order."""
        return [row for row in self.thread if row.revision == root]

    @property
    def unread(self) -> list[MessageRow]:
        """The unread mails of all revisions, in order."""
        return [row for row in self.thread if row.unread and row.message_id not in self.read]

    @property
    def first(self) -> str:
        """The mail to show first in the selected revision: its first unread mail, or its root."""
        return next((row.message_id for row in self.unread if row.revision == self._root), self._root)

    def is_unread(self, message_id: str) -> bool:
        """True if a mail belongs to the series and is unread."""
        row = self._rows.get(message_id)
        return row is not None and row.unread and message_id not in self.read

    def row(self, message_id: str) -> MessageRow | None:
        """A mail of the series, by its message-id."""
        return self._rows.get(message_id)

    def posting_of(self, row: MessageRow) -> MessageRow:
        """The patch or cover letter that a mail is or replies to; if none is known, the root of its revision."""
        above: MessageRow | None = row
        for _ in self.thread:  # a limit: mails may reply to each other in a cycle
            if above is None or above.submission:
                break
            above = self._rows.get(above.parent or "")
        if above is None or not above.submission or above.revision != row.revision:
            return self._rows.get(row.revision, row)
        return above

    def choose(self, index: int) -> bool:
        """Select a revision by its index; True if that changes the selection."""
        if not 0 <= index < len(self.series.revisions) or index == self.index:
            return False
        self._root = self.series.revisions[index].message_id
        return True

    def choose_of(self, row: MessageRow) -> bool:
        """Select the revision of a mail; True if that changes the selection."""
        changed = row.revision != self._root
        self._root = row.revision
        return changed

    def next_unread(self, message_id: str, direction: int) -> MessageRow | None:
        """The next (1) or previous (-1) unread mail, across all revisions and around the end."""
        count = len(self.thread)
        at = next((n for n, row in enumerate(self.thread) if row.message_id == message_id), 0)
        around = (self.thread[(at + step * direction) % count] for step in range(1, count + 1))
        return next((row for row in around if self.is_unread(row.message_id)), None)

    def next_left(self, message_id: str, direction: int) -> MessageRow | None:
        """The next unread mail; without one, the next patch of this revision left to read, if reading has begun."""
        row = self.next_unread(message_id, direction)
        if row is None and self.reading.begun and (here := self._rows.get(message_id)):
            patch = self.reading.left_beside(self.posting_of(here).message_id, direction)
            row = self._rows.get(patch.message_id) if patch else None
        return row
