"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from patchwatch.errors import InvalidInputError
from patchwatch.time_input import moment, until

NOW = int(datetime(2023, 9, 21, 8, 0, tzinfo=UTC).timestamp())  # a Thursday


def at(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12h", "2023-09-21T20:00"),
        ("3d", "2023-09-24T08:00"),
        ("3 days", "2023-09-24T08:00"),
        ("1w", "2023-09-28T08:00"),
        ("2 Weeks", "2023-10-05T08:00"),
        ("1m", "2023-10-21T08:00"),
        ("tomorrow", "2023-09-22T00:00"),
        ("Friday", "2023-09-22T00:00"),
        ("mon", "2023-09-25T00:00"),
        ("thursday", "2023-09-28T00:00"),  # today is one: the next is meant
        ("2026-12-01", "2026-12-01T00:00"),
        ("2023-09-21T09:30", "2023-09-21T09:30"),
        ("2023-09-21T12:00+02:00", "2023-09-21T10:00"),
    ],
)
def test_a_time_to_come(text: str, expected: str) -> None:
    assert at(until(text, NOW)) == expected


@pytest.mark.parametrize("text", ["", "soon", "3", "3y", "rc1", "0x3d", "someday", "2023-13-01", "99999d"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(InvalidInputError, match="is no time to come"):
        until(text, NOW)


@pytest.mark.parametrize("text", ["2023-09-21", "2023-09-21T08:00Z", "0d", "1999-01-01"])
def test_what_has_passed(text: str) -> None:
    with pytest.raises(InvalidInputError, match="has passed"):
        until(text, NOW)


def test_a_moment_without_a_zone_is_utc() -> None:
    assert at(moment("2023-09-20T08:00")) == at(moment("2023-09-20T08:00Z")) == "2023-09-20T08:00"
    with pytest.raises(InvalidInputError, match="is no time"):
        moment("yesterday")
