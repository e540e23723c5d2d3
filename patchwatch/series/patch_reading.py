"""Which patches of a version a person has read; patchwatch.series.reading_history finds it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from patchwatch.series.model import SeriesRow


class Mark(StrEnum):
    """What a person said about a patch."""

    READ = "read"
    SKIPPED = "skipped"
    LEFT = "left"  # to be read: it takes back what is kept from an earlier version


class PatchReading(Struct, frozen=True):
    """How a patch of a version stands for one person."""

    message_id: str
    number: int
    mark: Mark = Mark.LEFT
    kept_from: str = ""  # the version in which it was read or skipped: `v3`; empty: in this one
    same_as: str = ""  # the version before, if that has the same diff
    read_before: str = ""  # left to read: the version in which they read another form of it
    open_point: bool = False  # left to read: it is as they read it, but a point of theirs is open

    @property
    def is_left(self) -> bool:
        """True if it is left to read."""
        return self.mark is Mark.LEFT

    @property
    def changed(self) -> bool:
        """True if it is left to read because it changed."""
        return self.is_left and bool(self.read_before) and not self.open_point


class VersionReading(Struct, frozen=True):
    """How the patches of a version stand for one person."""

    patches: tuple[PatchReading, ...] = ()  # by number
    begun: bool = False  # they marked or tagged a patch of this series

    def of(self, message_id: str) -> PatchReading | None:
        """The patch with this message-id."""
        return next((patch for patch in self.patches if patch.message_id == message_id), None)

    def left_beside(self, message_id: str, direction: int = 1) -> PatchReading | None:
        """The next (1) or previous (-1) patch that is left to read, without going around the end.

        From a mail that is no patch, the first or the last one.
        """
        at = next((n for n, patch in enumerate(self.patches) if patch.message_id == message_id), None)
        if direction > 0:
            beside = self.patches if at is None else self.patches[at + 1 :]
        else:
            beside = self.patches[::-1] if at is None else self.patches[:at][::-1]
        return next((patch for patch in beside if patch.is_left), None)


NOTHING_READ = VersionReading()


def newest(row: SeriesRow, found: Mapping[str, VersionReading]) -> VersionReading:
    """How the newest version of a series stands, as it was sent last; `found` is by root."""
    postings = row.revisions[-1].postings if row.revisions else ()
    return next((found[root] for root in reversed(postings) if root in found), NOTHING_READ)


def summary(reading: VersionReading) -> str:
    """`3 of 13 read, 1 skipped, 2 changed since your review`; empty if they have not begun."""
    total = len(reading.patches)
    if not reading.begun or not total:
        return ""
    read, skipped = (sum(patch.mark is mark for patch in reading.patches) for mark in (Mark.READ, Mark.SKIPPED))
    changed = sum(patch.changed for patch in reading.patches)
    words = [f"{'all' if read == total > 1 else f'{read} of'} {total} read"]
    words += [f"{skipped} skipped"] if skipped else []
    words += [f"{changed} changed since your review"] if changed else []
    return ", ".join(words)


def word(patch: PatchReading | None) -> str:
    """`read`, `skipped`, `changed`, or `as in v3`; empty if there is nothing to say."""
    if patch is None:
        return ""
    if patch.is_left:
        return "changed" if patch.changed else f"as in {patch.same_as}" if patch.same_as else ""
    return str(patch.mark)
