"""Which patches of a series I have read, as `show` prints it and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchwatch.series.patch_numbers import format_patches
from patchwatch.series.patch_reading import Mark, newest, summary

if TYPE_CHECKING:
    from patchwatch.series.model import SeriesRow
    from patchwatch.tracker import Tracker


def reading_lines(row: SeriesRow, tracker: Tracker) -> list[str]:
    """`Read:   1 of 3, 1 changed since your review; left: patches 2-3`; no line before the first is marked."""
    reading = newest(row, tracker.readings(row))
    words = summary(reading).replace(" read", "", 1)
    left = [patch.number for patch in reading.patches if patch.is_left]
    return [f"Read:   {words}{f'; left: {format_patches(left)}' if left else ''}"] if words else []


def reading_json(row: SeriesRow, tracker: Tracker) -> dict[str, Any]:
    """The same as JSON, patch by patch."""
    patches = newest(row, tracker.readings(row)).patches
    return {
        "read": sum(patch.mark is Mark.READ for patch in patches),
        "skipped": sum(patch.mark is Mark.SKIPPED for patch in patches),
        "changed": sum(patch.changed for patch in patches),
        "patches": [
            {
                "patch": patch.number,
                "message_id": patch.message_id,
                "mark": None if patch.is_left else str(patch.mark),
                "kept_from": patch.kept_from or None,
                "same_as": patch.same_as or None,
                "read_before": patch.read_before or None,
                "open_point": patch.open_point,
            }
            for patch in patches
        ],
    }
