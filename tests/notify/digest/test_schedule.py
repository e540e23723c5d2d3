"""When a digest is due: times, zones, summer time, days of the week, and missed days."""

from __future__ import annotations

import datetime
import time
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from patchwatch.config import Recipient
from patchwatch.notify.digest.schedule import Schedule, schedule_of
from patchwatch.times import parse_time

SEVEN = datetime.time(7)
BERLIN, NEW_YORK, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
HOUR, DAY = 3600, 86_400

BERLIN_AT_7 = Schedule(SEVEN, "daily", BERLIN)
WEEKDAYS = Schedule(SEVEN, "weekdays", BERLIN)
WEEKLY = Schedule(SEVEN, "weekly", BERLIN)


@pytest.mark.parametrize(
    ("schedule", "day", "due"),
    [
        (BERLIN_AT_7, date(2023, 7, 3), "2023-07-03T05:00Z"),
        (BERLIN_AT_7, date(2023, 12, 4), "2023-12-04T06:00Z"),
        (BERLIN_AT_7, date(2023, 3, 25), "2023-03-25T06:00Z"),  # the clocks go forward in the night that follows
        (BERLIN_AT_7, date(2023, 3, 26), "2023-03-26T05:00Z"),
        (BERLIN_AT_7, date(2023, 10, 28), "2023-10-28T05:00Z"),  # … and back
        (BERLIN_AT_7, date(2023, 10, 29), "2023-10-29T06:00Z"),
        (Schedule(datetime.time(2, 30), "daily", BERLIN), date(2023, 3, 26), "2023-03-26T01:30Z"),  # 3:30, 2:30 is not
        (Schedule(datetime.time(2, 30), "daily", BERLIN), date(2023, 10, 29), "2023-10-29T00:30Z"),  # the first 2:30
        (Schedule(SEVEN, "daily", NEW_YORK), date(2023, 3, 12), "2023-03-12T11:00Z"),
        (Schedule(SEVEN, "daily", KOLKATA), date(2023, 7, 3), "2023-07-03T01:30Z"),
        (Schedule(datetime.time(0, 0), "daily", KOLKATA), date(2023, 7, 3), "2023-07-02T18:30Z"),
    ],
)
def test_time_is_local(schedule: Schedule, day: date, due: str) -> None:
    assert schedule.moment(day) == parse_time(due)


@pytest.mark.parametrize(
    ("schedule", "last", "now", "day"),
    [
        # Every day; Berlin's summer, so 7:00 is 5:00Z.
        (BERLIN_AT_7, date(2023, 7, 2), "2023-07-03T04:59Z", None),
        (BERLIN_AT_7, date(2023, 7, 2), "2023-07-03T05:00Z", date(2023, 7, 3)),
        (BERLIN_AT_7, date(2023, 7, 3), "2023-07-03T05:00Z", None),
        (BERLIN_AT_7, date(2023, 7, 2), "2023-07-03T21:59Z", date(2023, 7, 3)),  # late, a minute before midnight
        # Slept over: the newest day, once, and before the hour the one before.
        (BERLIN_AT_7, date(2023, 7, 2), "2023-07-06T12:00Z", date(2023, 7, 6)),
        (BERLIN_AT_7, date(2023, 7, 2), "2023-07-06T03:00Z", date(2023, 7, 5)),
        (BERLIN_AT_7, date(2023, 7, 5), "2023-07-06T03:00Z", None),
        (BERLIN_AT_7, date(2022, 7, 5), "2023-07-06T12:00Z", date(2023, 7, 6)),
        # Somebody new gets today's when its hour has passed, and nothing of before.
        (BERLIN_AT_7, None, "2023-07-03T12:00Z", date(2023, 7, 3)),
        (BERLIN_AT_7, None, "2023-07-03T04:00Z", None),
        # The clock was wrong and is set back: a day that was done stays done.
        (BERLIN_AT_7, date(2023, 7, 9), "2023-07-03T12:00Z", None),
        # The 1st of July 2023 was a Saturday.
        (WEEKDAYS, date(2023, 6, 30), "2023-07-01T12:00Z", None),
        (WEEKDAYS, date(2023, 6, 30), "2023-07-02T12:00Z", None),
        (WEEKDAYS, date(2023, 6, 30), "2023-07-03T12:00Z", date(2023, 7, 3)),
        (WEEKDAYS, date(2023, 6, 29), "2023-07-02T12:00Z", date(2023, 6, 30)),
        (WEEKDAYS, None, "2023-07-01T12:00Z", None),
        (WEEKLY, date(2023, 6, 26), "2023-07-02T12:00Z", None),
        (WEEKLY, date(2023, 6, 26), "2023-07-03T05:00Z", date(2023, 7, 3)),
        (WEEKLY, date(2023, 6, 26), "2023-07-09T12:00Z", date(2023, 7, 3)),
        (WEEKLY, date(2023, 6, 26), "2023-07-10T04:00Z", date(2023, 7, 3)),
        (WEEKLY, None, "2023-07-04T12:00Z", None),
        # The zone decides what day it is.
        (Schedule(SEVEN, "daily", NEW_YORK), date(2023, 7, 2), "2023-07-03T10:59Z", None),
        (Schedule(SEVEN, "daily", KOLKATA), date(2023, 7, 3), "2023-07-03T20:00Z", None),
        (Schedule(SEVEN, "daily", KOLKATA), date(2023, 7, 3), "2023-07-04T01:30Z", date(2023, 7, 4)),
    ],
)
def test_day_that_is_due(schedule: Schedule, last: date | None, now: str, day: date | None) -> None:
    assert schedule.due(last, parse_time(now)) == day


@pytest.mark.parametrize(
    ("schedule", "last", "now", "expected"),
    [
        (BERLIN_AT_7, date(2023, 7, 3), "2023-07-03T12:00Z", "2023-07-04T05:00Z"),
        (BERLIN_AT_7, date(2023, 7, 2), "2023-07-03T12:00Z", "2023-07-03T05:00Z"),  # due already
        (BERLIN_AT_7, None, "2023-07-03T04:00Z", "2023-07-03T05:00Z"),
        (BERLIN_AT_7, date(2023, 10, 28), "2023-10-28T12:00Z", "2023-10-29T06:00Z"),  # 25 hours later
        (BERLIN_AT_7, date(2023, 7, 9), "2023-07-03T12:00Z", "2023-07-10T05:00Z"),  # the clock was wrong
        (BERLIN_AT_7, date(2023, 7, 3), "2023-07-03T04:00Z", "2023-07-04T05:00Z"),  # sent before its hour
        (WEEKDAYS, date(2023, 6, 30), "2023-06-30T12:00Z", "2023-07-03T05:00Z"),
        (WEEKDAYS, None, "2023-07-01T12:00Z", "2023-07-03T05:00Z"),
        (WEEKLY, date(2023, 7, 3), "2023-07-03T12:00Z", "2023-07-10T05:00Z"),
        (WEEKLY, None, "2023-07-04T12:00Z", "2023-07-10T05:00Z"),
    ],
)
def test_when_the_next_digest_is_due(schedule: Schedule, last: date | None, now: str, expected: str) -> None:
    assert schedule.next_at(last, parse_time(now)) == parse_time(expected)


def digests_sent(schedule: Schedule, start: str, days: int, *, asleep: tuple[str, str] | None = None) -> list[str]:
    """The digests of a program that checks every ten minutes except while `asleep`: local time, and day if another."""
    last: date | None = schedule.today(parse_time(start)) - datetime.timedelta(days=1)
    begun, ended = (parse_time(one) for one in asleep) if asleep else (0, 0)
    found: list[str] = []
    for now in range(parse_time(start), parse_time(start) + days * DAY, 600):
        if begun <= now < ended:
            continue
        day = schedule.due(last, now)
        if day is not None:
            last = day
            local = datetime.datetime.fromtimestamp(now, schedule.zone)
            found.append(f"{local:%d %H:%M}" + (f" of {day.day}" if day != local.date() else ""))
    return found


def test_two_weeks_with_the_end_of_summer_time_and_three_days_asleep() -> None:
    # From Sunday, the 22nd of October 2023; clocks go back on the 29th; asleep from Monday evening to Thursday noon.
    found = digests_sent(BERLIN_AT_7, "2023-10-22T00:00Z", 14, asleep=("2023-10-30T19:00Z", "2023-11-02T11:20Z"))
    usual = [f"{day} 07:00" for day in (22, 23, 24, 25, 26, 27, 28, 29, 30)]
    assert found == [*usual, "02 12:20", "03 07:00", "04 07:00"]


def test_two_weeks_with_the_start_of_summer_time() -> None:
    found = digests_sent(BERLIN_AT_7, "2023-03-19T00:00Z", 14)
    assert found == [f"{day:02} 07:00" for day in (*range(19, 32), 1)]


def test_skipped_and_repeated_times() -> None:
    half_past_two = Schedule(datetime.time(2, 30), "daily", BERLIN)
    assert digests_sent(half_past_two, "2023-03-25T00:00Z", 3) == ["25 02:30", "26 03:30", "27 02:30"]
    assert digests_sent(half_past_two, "2023-10-28T00:00Z", 3) == ["28 02:30", "29 02:30", "30 02:30"]


def test_missed_day_is_sent_late_after_waking_before_todays_time() -> None:
    found = digests_sent(BERLIN_AT_7, "2023-07-03T00:00Z", 4, asleep=("2023-07-03T20:00Z", "2023-07-05T04:00Z"))
    assert found == ["03 07:00", "05 06:00 of 4", "05 07:00", "06 07:00"]


def test_weekdays_and_weekly_over_a_sleep() -> None:
    # The 1st of July 2023 was a Saturday; asleep from Thursday to the Sunday after it.
    asleep = ("2023-06-29T12:00Z", "2023-07-02T10:00Z")
    assert digests_sent(WEEKDAYS, "2023-06-28T00:00Z", 7, asleep=asleep) == [
        "28 07:00",
        "29 07:00",
        "02 12:00 of 30",
        "03 07:00",
        "04 07:00",
    ]
    assert digests_sent(WEEKLY, "2023-06-25T22:00Z", 14) == ["26 07:00", "03 07:00"]


def test_default_zone_is_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        schedule = schedule_of(Recipient("me", "ann@example.org"))
        assert schedule.moment(date(2023, 7, 3)) == parse_time("2023-07-03T05:00Z")
        assert schedule.moment(date(2023, 12, 4)) == parse_time("2023-12-04T06:00Z")
        assert schedule.today(parse_time("2023-07-02T22:30Z")) == date(2023, 7, 3)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_schedule_from_the_config() -> None:
    recipient = Recipient("me", "ann@example.org", at="18:30", days="weekdays", zone="Europe/Berlin")
    assert schedule_of(recipient) == Schedule(datetime.time(18, 30), "weekdays", BERLIN)
