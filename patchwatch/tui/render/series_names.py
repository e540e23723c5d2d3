"""Name the series that a question is about.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import SeriesRow, SeriesSummary
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels

AnySeries: TypeAlias = SeriesSummary | SeriesRow
"""A series, as a list or as its own screen has it."""

_LISTED = 5  # titles shown of several series


def series_names(rows: Sequence[AnySeries]) -> list[StyledText]:
    """One series with version, author and inboxes; several by number, and the first of them by title."""
    if len(rows) == 1:
        row = rows[0]
        about = f"{series_labels.version(row)} · {labels.author(row)} · {', '.join(map(line, row.inboxes))}"
        return [(line(row.title), "strong"), ("\n", ""), (about.rstrip(" ·"), "dim")]
    pieces: list[StyledText] = [(f"{len(rows)} series", "strong")]
    for row in rows[:_LISTED]:
        pieces += [("\n", ""), (f"{series_labels.version(row)} ", "dim"), (line(row.title), "")]
    if len(rows) > _LISTED:
        pieces += [("\n", ""), (f"and {len(rows) - _LISTED} more", "dim")]
    return pieces
