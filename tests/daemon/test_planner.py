"""What is due, when: tables of cases; the clock is a number."""

from __future__ import annotations

import datetime
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.daemon.planner import Pace, QuietHours, Round, next_poll, plan, quiet_hours, quiet_until, slept, step

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = 60, 3600, 86_400
PACE = Pace(15 * MINUTE)
NIGHT = Pace(15 * MINUTE, quiet_hours("23:00-06:00"), BERLIN)


def at(text: str) -> int:
    """A local time in Berlin."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


NOW = at("2026-11-23 12:00")


def test_an_inbox_that_was_never_polled_is_due() -> None:
    assert plan([Round("bpf"), Round("netdev")], PACE, None, NOW).polls == ("bpf", "netdev")


@pytest.mark.parametrize(
    ("failures", "soonest", "latest"),
    [
        (0, 13.5, 16.5),
        (1, 27, 33),
        (2, 54, 66),
        (3, 108, 132),
        (4, 216, 264),
        (5, 324, 396),  # six hours, and no longer
        (60, 324, 396),
    ],
)
def test_an_interval_has_jitter_and_doubles_with_each_failure(failures: int, soonest: float, latest: float) -> None:
    for name in ("bpf", "netdev", "linux-mm", "cgroups"):
        waits = next_poll(Round(name, NOW, failures), PACE, NOW) - NOW
        assert soonest * MINUTE <= waits <= latest * MINUTE + 1


def test_inboxes_spread_out_and_each_poll_has_another_jitter() -> None:
    names = [f"list-{n}" for n in range(50)]
    assert len({next_poll(Round(name, NOW), PACE, NOW) for name in names}) > 30
    assert len({next_poll(Round("bpf", NOW + n), PACE, NOW + n) - n for n in range(50)}) > 30


def test_asking_again_does_not_draw_the_jitter_again() -> None:
    assert next_poll(Round("bpf", NOW), PACE, NOW) == next_poll(Round("bpf", NOW), PACE, NOW + 5 * MINUTE)


def test_a_server_that_wants_to_be_left_alone_is_but_a_day_at_most() -> None:
    assert next_poll(Round("bpf", NOW, 1, wait=NOW + 3 * HOUR), PACE, NOW) == NOW + 3 * HOUR
    assert next_poll(Round("bpf", NOW, 1, wait=NOW + 400 * DAY), PACE, NOW) == NOW + DAY


def test_who_asks_for_a_poll_gets_one_but_not_against_the_server() -> None:
    rounds = [Round("bpf", NOW - 10), Round("netdev", NOW - 10, 3), Round("linux-mm", NOW, 1, wait=NOW + HOUR)]
    assert plan(rounds, PACE, None, NOW, asked=True).polls == ("bpf", "netdev")


def test_a_poll_in_the_future_was_by_a_wrong_clock_and_does_not_bind() -> None:
    assert next_poll(Round("bpf", NOW + 40 * DAY), PACE, NOW) == NOW


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
def test_quiet_hours_are_local_and_go_over_midnight(moment: str, until: str) -> None:
    assert quiet_until(at(moment), NIGHT) == at(until)


def test_the_nights_of_a_clock_change_are_an_hour_shorter_and_longer() -> None:
    begin = "23:30"
    assert quiet_until(at(f"2026-03-28 {begin}"), NIGHT) - at(f"2026-03-28 {begin}") == 5.5 * HOUR
    assert quiet_until(at(f"2026-10-24 {begin}"), NIGHT) - at(f"2026-10-24 {begin}") == 7.5 * HOUR


def test_quiet_hours_that_end_in_the_hour_that_is_skipped_end_after_it() -> None:
    pace = Pace(15 * MINUTE, QuietHours(0, 2 * 60 + 30), BERLIN)
    assert quiet_until(at("2026-03-29 01:00"), pace) == at("2026-03-29 03:30")


def test_quiet_hours_of_a_day() -> None:
    pace = Pace(15 * MINUTE, quiet_hours("12:00-13:30"), BERLIN)
    assert quiet_until(at("2026-11-23 12:10"), pace) == at("2026-11-23 13:30")
    assert quiet_until(at("2026-11-23 14:00"), pace) == at("2026-11-23 14:00")
    assert quiet_hours("") is None


def test_in_quiet_hours_nothing_is_polled_and_a_digest_goes_out_at_its_hour() -> None:
    night = at("2026-11-24 03:00")
    rounds = [Round("bpf", night - HOUR)]
    assert plan(rounds, NIGHT, None, night).polls == ()
    assert plan(rounds, NIGHT, None, night).wake == at("2026-11-24 06:00")
    assert plan(rounds, NIGHT, night, night).post is True


def test_the_next_look_is_at_whatever_comes_first() -> None:
    polled = Round("bpf", NOW)
    assert plan([polled], PACE, NOW + 60, NOW) == replace(plan([polled], PACE, None, NOW), wake=NOW + 60)
    assert plan([], PACE, None, NOW).wake == NOW + HOUR  # nobody watches anything yet


def test_after_a_sleep_the_network_gets_some_seconds() -> None:
    due = plan([Round("bpf")], PACE, NOW - HOUR, NOW, settled=NOW + 20)
    assert (due.polls, due.post, due.wake) == ((), False, NOW + 20)


@pytest.mark.parametrize(
    ("passed", "waited", "said"),
    [(30, 30.0, False), (31, 30.0, False), (0, 30.0, False), (8 * HOUR, 30.0, True), (-HOUR, 30.0, True)],
)
def test_a_sleep_is_known_by_the_clock_that_ran_on(passed: int, waited: float, said: bool) -> None:
    assert slept(NOW, NOW + passed, waited) is said


def test_one_never_waits_for_long_at_once() -> None:
    assert step(NOW + DAY, NOW) == 30
    assert step(NOW + 3, NOW) == 3
    assert step(NOW - 3, NOW) == 0


@given(
    tried=st.integers(0, NOW + DAY),
    failures=st.integers(0, 100),
    wait=st.integers(0, NOW + DAY),
    ahead=st.integers(0, DAY),
)
def test_whatever_happened_the_next_poll_is_never_far_away(tried: int, failures: int, wait: int, ahead: int) -> None:
    now = NOW + ahead
    at_ = next_poll(Round("bpf", tried, failures, wait), NIGHT, now)
    assert now <= at_ <= now + DAY + 8 * HOUR
