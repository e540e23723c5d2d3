"""What is due when."""

from __future__ import annotations

import datetime
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.daemon.planner import (
    Pace,
    PollState,
    QuietHours,
    clock_jumped,
    next_poll,
    plan,
    quiet_hours,
    quiet_until,
    wait_seconds,
)

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = 60, 3600, 86_400
PACE = Pace(15 * MINUTE)
NIGHT = Pace(15 * MINUTE, quiet_hours("23:00-06:00"), BERLIN)


def at(text: str) -> int:
    """A local time in Berlin."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


NOW = at("2026-11-23 12:00")


def test_inbox_never_polled_is_due() -> None:
    assert plan([PollState("bpf"), PollState("netdev")], PACE, None, NOW).polls == ("bpf", "netdev")


@pytest.mark.parametrize(
    ("failures", "soonest", "latest"),
    [
        (0, 13.5, 16.5),
        (1, 27, 33),
        (2, 54, 66),
        (3, 108, 132),
        (4, 216, 264),
        (5, 324, 396),  # at most six hours
        (60, 324, 396),
    ],
)
def test_interval_has_jitter_and_doubles_with_each_failure(failures: int, soonest: float, latest: float) -> None:
    for name in ("bpf", "netdev", "linux-mm", "cgroups"):
        waits = next_poll(PollState(name, NOW, failures), PACE, NOW) - NOW
        assert soonest * MINUTE <= waits <= latest * MINUTE + 1


def test_jitter_differs_between_inboxes_and_polls() -> None:
    names = [f"list-{n}" for n in range(50)]
    assert len({next_poll(PollState(name, NOW), PACE, NOW) for name in names}) > 30
    assert len({next_poll(PollState("bpf", NOW + n), PACE, NOW + n) - n for n in range(50)}) > 30


def test_jitter_stays_the_same_when_asked_again() -> None:
    assert next_poll(PollState("bpf", NOW), PACE, NOW) == next_poll(PollState("bpf", NOW), PACE, NOW + 5 * MINUTE)


def test_retry_after_is_respected_for_a_day_at_most() -> None:
    assert next_poll(PollState("bpf", NOW, 1, not_before=NOW + 3 * HOUR), PACE, NOW) == NOW + 3 * HOUR
    assert next_poll(PollState("bpf", NOW, 1, not_before=NOW + 400 * DAY), PACE, NOW) == NOW + DAY


def test_requested_poll_respects_retry_after() -> None:
    polls = [
        PollState("bpf", NOW - 10),
        PollState("netdev", NOW - 10, 3),
        PollState("linux-mm", NOW, 1, not_before=NOW + HOUR),
    ]
    assert plan(polls, PACE, None, NOW, requested=True).polls == ("bpf", "netdev")


def test_poll_in_the_future_is_ignored() -> None:
    assert next_poll(PollState("bpf", NOW + 40 * DAY), PACE, NOW) == NOW


QUIET = {
    "before them": ("2026-11-23 22:59", "2026-11-23 22:59"),
    "their first minute": ("2026-11-23 23:00", "2026-11-24 06:00"),
    "after midnight": ("2026-11-24 03:30", "2026-11-24 06:00"),
    "their last minute": ("2026-11-24 05:59", "2026-11-24 06:00"),
    "their end": ("2026-11-24 06:00", "2026-11-24 06:00"),
    "the night to summer time": ("2026-03-28 23:30", "2026-03-29 06:00"),
    "the night to winter time": ("2026-10-24 23:30", "2026-10-25 06:00"),
}


@pytest.mark.parametrize(("moment", "until"), QUIET.values(), ids=QUIET)
def test_quiet_hours_are_local_and_may_span_midnight(moment: str, until: str) -> None:
    assert quiet_until(at(moment), NIGHT) == at(until)


def test_quiet_hours_on_nights_with_a_clock_change() -> None:
    begin = "23:30"
    assert quiet_until(at(f"2026-03-28 {begin}"), NIGHT) - at(f"2026-03-28 {begin}") == 5.5 * HOUR
    assert quiet_until(at(f"2026-10-24 {begin}"), NIGHT) - at(f"2026-10-24 {begin}") == 7.5 * HOUR


def test_quiet_hours_that_end_in_a_skipped_hour_end_after_it() -> None:
    pace = Pace(15 * MINUTE, QuietHours(0, 2 * 60 + 30), BERLIN)
    assert quiet_until(at("2026-03-29 01:00"), pace) == at("2026-03-29 03:30")


def test_quiet_hours_within_a_day() -> None:
    pace = Pace(15 * MINUTE, quiet_hours("12:00-13:30"), BERLIN)
    assert quiet_until(at("2026-11-23 12:10"), pace) == at("2026-11-23 13:30")
    assert quiet_until(at("2026-11-23 14:00"), pace) == at("2026-11-23 14:00")
    assert quiet_hours("") is None


def test_digest_is_sent_in_quiet_hours_without_a_poll() -> None:
    night = at("2026-11-24 03:00")
    polls = [PollState("bpf", night - HOUR)]
    assert plan(polls, NIGHT, None, night).polls == ()
    assert plan(polls, NIGHT, None, night).wake_at == at("2026-11-24 06:00")
    assert plan(polls, NIGHT, night, night).deliver is True


def test_next_plan_is_at_the_earliest_due_time() -> None:
    polled = PollState("bpf", NOW)
    assert plan([polled], PACE, NOW + 60, NOW) == replace(plan([polled], PACE, None, NOW), wake_at=NOW + 60)
    assert plan([], PACE, None, NOW).wake_at == NOW + HOUR  # nothing is watched yet


def test_nothing_is_due_right_after_a_sleep() -> None:
    due = plan([PollState("bpf")], PACE, NOW - HOUR, NOW, resume_at=NOW + 20)
    assert (due.polls, due.deliver, due.wake_at) == ((), False, NOW + 20)


@pytest.mark.parametrize(
    ("passed", "waited", "jumped"),
    [(30, 30.0, False), (31, 30.0, False), (0, 30.0, False), (8 * HOUR, 30.0, True), (-HOUR, 30.0, True)],
)
def test_sleep_is_detected_by_the_clock(passed: int, waited: float, jumped: bool) -> None:
    assert clock_jumped(NOW, NOW + passed, waited) is jumped


def test_wait_is_short() -> None:
    assert wait_seconds(NOW + DAY, NOW) == 30
    assert wait_seconds(NOW + 3, NOW) == 3
    assert wait_seconds(NOW - 3, NOW) == 0


@given(
    tried=st.integers(0, NOW + DAY),
    failures=st.integers(0, 100),
    not_before=st.integers(0, NOW + DAY),
    ahead=st.integers(0, DAY),
)
def test_next_poll_is_within_a_day(tried: int, failures: int, not_before: int, ahead: int) -> None:
    now = NOW + ahead
    at_ = next_poll(PollState("bpf", tried, failures, not_before), NIGHT, now)
    assert now <= at_ <= now + DAY + 8 * HOUR
