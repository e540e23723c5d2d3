"""Times in digits, in UTC whatever the machine's zone is."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from patchwatch.times import day, minute, moment, stamp

LATE = 1_691_012_423  # 2 August 2023, 21:40:23 UTC; in Kiritimati it is the 3rd
MIDNIGHT = 1_690_934_400


@pytest.fixture(autouse=True)
def far_east() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", "Pacific/Kiritimati")
        time.tzset()
        yield
    time.tzset()


def test_a_time_is_written_in_utc() -> None:
    assert stamp(LATE) == "2023-08-02T21:40:23Z"
    assert day(LATE) == "2023-08-02"
    assert minute(LATE) == "2023-08-02 21:40 UTC"


def test_of_a_time_to_come_the_day_is_enough_where_it_begins() -> None:
    assert moment(MIDNIGHT) == "2023-08-02"
    assert moment(MIDNIGHT + 60) == "2023-08-02 00:01 UTC"
