"""Times as text: written in UTC whatever the machine's zone is, and read as people type them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from patchwatch.errors import InvalidInputError
from patchwatch.times import (
    first_change,
    format_age,
    format_ago,
    format_day,
    format_future,
    format_minute,
    format_span,
    format_time,
    parse_future,
    parse_time,
)

LATE = 1_691_012_423  # 2 August 2023, 21:40:23 UTC; in Kiritimati it is the 3rd
MIDNIGHT = 1_690_934_400
NOW = int(datetime(2023, 9, 21, 8, 0, tzinfo=UTC).timestamp())  # a Thursday


@pytest.fixture(autouse=True)
def far_east() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", "Pacific/Kiritimati")
        time.tzset()
        yield
    time.tzset()


def at(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M")


def test_times_are_written_in_utc() -> None:
    assert format_time(LATE) == "2023-08-02T21:40:23Z"
    assert format_day(LATE) == "2023-08-02"
    assert format_minute(LATE) == "2023-08-02 21:40 UTC"


def test_a_future_midnight_is_written_as_a_day() -> None:
    assert format_future(MIDNIGHT) == "2023-08-02"
    assert format_future(MIDNIGHT + 60) == "2023-08-02 00:01 UTC"


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
        ("thursday", "2023-09-28T00:00"),  # today is a Thursday: the next one is meant
        ("2026-12-01", "2026-12-01T00:00"),
        ("2023-09-21T09:30", "2023-09-21T09:30"),
        ("2023-09-21T12:00+02:00", "2023-09-21T10:00"),
    ],
)
def test_future_times_are_read(text: str, expected: str) -> None:
    assert at(parse_future(text, NOW)) == expected


@pytest.mark.parametrize("text", ["", "soon", "3", "3y", "rc1", "0x3d", "someday", "2023-13-01", "99999d"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="is not a valid time; use 2026-12-01, "):
        parse_future(text, NOW)


@pytest.mark.parametrize("text", ["2023-09-21", "2023-09-21T08:00Z", "0d", "1999-01-01"])
def test_past_times_are_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="has passed"):
        parse_future(text, NOW)


def test_a_time_without_a_zone_is_utc() -> None:
    assert at(parse_time("2023-09-20T08:00")) == at(parse_time("2023-09-20T08:00Z")) == "2023-09-20T08:00"
    with pytest.raises(InvalidInputError, match="is not a valid time"):
        parse_time("yesterday")


@pytest.mark.parametrize(
    ("seconds", "age", "ago"),
    [
        (-3600, "now", "just now"),
        (10, "now", "just now"),
        (300, "5m", "5m ago"),
        (7200, "2h", "2h ago"),
        (20 * 86400, "20d", "20d ago"),
        (122 * 86400, "17w", "17w ago"),
        (364 * 86400, "52w", "52w ago"),
        (800 * 86400, "2y", "2y ago"),
    ],
)
def test_ages_are_one_number(seconds: int, age: str, ago: str) -> None:
    assert format_age(NOW - seconds, NOW) == age
    assert format_ago(NOW - seconds, NOW) == ago


def test_a_time_in_the_far_future_is_shown_by_its_year() -> None:
    future = int(datetime(2077, 1, 1, tzinfo=UTC).timestamp())
    assert format_age(future, NOW) == format_ago(future, NOW) == "2077"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "1 minute"),
        (59 * 60, "59 minutes"),
        (3600, "1 hour"),
        (23 * 3600, "23 hours"),
        (86400, "1 day"),
        (60 * 86400, "60 days"),
        (61 * 86400, "2 months"),
        (400 * 86400, "13 months"),
        (800 * 86400, "2 years"),
    ],
)
def test_spans_in_words(seconds: int, words: str) -> None:
    assert format_span(seconds) == words


@pytest.mark.parametrize("at", [101, 102, 150, 198, 199])
def test_the_first_second_of_another_state_is_found(at: int) -> None:
    asked: list[int] = []

    def state(when: int) -> bool:
        asked.append(when)
        return when >= at

    assert first_change(state, 100, 200) == at
    assert len(asked) < 10


def test_a_state_that_does_not_change_lasts_to_the_end() -> None:
    assert first_change(lambda when: "same", 100, 200) == 200
    assert first_change(lambda when: when >= 200, 100, 200) == 200
