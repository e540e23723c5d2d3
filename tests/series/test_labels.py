"""The words for a series that `list`, `show` and the TUI share."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from patchwatch.series import labels
from patchwatch.series.model import AppliedRow, SeriesRow
from patchwatch.series.states import Turn
from tests.tui.sample_mails import NOW
from tests.tui.sample_series import zswap

DAY = 86_400


def series(**changes: object) -> SeriesRow:
    """A series whose newest revision has these fields."""
    row = zswap()[0]
    newest = replace(row.revisions[-1], **changes)  # type: ignore[arg-type]
    revision_fields = {"version": newest.version, "rfc": newest.rfc, "patches": newest.patches}
    return replace(row, revisions=(*row.revisions[:-1], newest), **revision_fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("version", "minor", "rfc", "label"), [(3, 0, False, "v3"), (3, 0, True, "v3 RFC"), (5, 1, False, "v5.1")]
)
def test_a_series_and_its_newest_revision_have_the_same_version(
    version: int, minor: int, rfc: bool, label: str
) -> None:
    row = series(version=version, minor=minor, rfc=rfc)
    assert labels.version(row) == labels.version(row.revisions[-1]) == label


@pytest.mark.parametrize(
    ("seen", "expected", "label"),
    [(1, 1, "1 patch"), (3, 3, "3 patches"), (1, 3, "1 of 3 patches received"), (0, 0, "no patches")],
)
def test_patches_are_counted_against_the_stated_number(seen: int, expected: int, label: str) -> None:
    assert labels.patches(series(patches=seen, expected=expected).revisions[-1]) == label


def test_a_state_names_missing_and_applied_patches() -> None:
    row = replace(series(patches=4, expected=5, applied=AppliedRow((1, 2, 3), None)), incomplete=True)
    assert labels.state(row) == f"{row.state} (1 of 5 patches missing, 3/5 applied)"
    assert labels.applied(row.revisions[-1]) == "patches 1-3 of 5 applied"
    assert labels.state(replace(zswap()[0], incomplete=False)) == zswap()[0].state


def test_a_turn_has_an_age_and_a_mark_if_it_is_overdue() -> None:
    row = replace(zswap()[0], turn=Turn.REVIEWERS, turn_since=NOW - 12 * DAY, overdue=True)
    assert labels.turn(row, NOW) == "reviewers 12d!"
    assert labels.turn(replace(row, overdue=False), NOW) == "reviewers 12d"
    assert labels.turn(replace(row, turn=Turn.NOBODY), NOW) == "nobody"


def test_reviewed_patches_are_counted() -> None:
    row = replace(series(patches=4), reviewed=2)
    assert labels.reviewed(row) == "2/4"
    assert labels.reviewed(replace(row, patches=0)) == "–"
