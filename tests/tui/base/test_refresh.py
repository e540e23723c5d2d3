"""When rows that have changed are read anew; the clock and its timers are the test's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from textual.screen import Screen

from patchwatch.tui.base import refresh
from patchwatch.tui.base.refresh import Debounced, Throttled


class Timer:
    """One that goes off when it is time."""

    def __init__(self, clock: Clock, seconds: float, call: Callable[[], None]) -> None:
        self._clock = clock
        self._seconds = seconds
        self.call = call
        self.reset()

    def reset(self) -> None:
        self.due = self._clock.now + self._seconds

    def stop(self) -> None:
        self._clock.timers = [timer for timer in self._clock.timers if timer is not self]


class Clock:
    """Where timers are set, in place of a screen."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []
        self.reads: list[float] = []  # when rows were read

    def set_timer(self, seconds: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self, seconds, call))
        return self.timers[-1]

    def read(self) -> None:
        self.reads.append(round(self.now, 1))

    @property
    def screen(self) -> Screen[Any]:
        return cast("Screen[Any]", self)

    def pass_to(self, moment: float) -> None:
        while due := [timer for timer in self.timers if timer.due <= moment]:
            timer = min(due, key=lambda timer: timer.due)
            self.timers.remove(timer)
            self.now = timer.due
            timer.call()
        self.now = moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(refresh, "_PAUSE_SECONDS", 1.0)
    monkeypatch.setattr(refresh, "_BEHIND_SECONDS", 2.0)
    monkeypatch.setattr(refresh, "_BEHIND_MOST_SECONDS", 4.0)
    monkeypatch.setattr(refresh.time, "monotonic", lambda: clock.now)
    return clock


def tell(clock: Clock, changed: Callable[[], None], *moments: float) -> None:
    for moment in moments:
        clock.pass_to(moment)
        changed()
    clock.pass_to(100.0)


@pytest.mark.parametrize(
    ("changes", "reads"),
    [
        ([0.0], [0.0]),
        ([0.0, 0.1, 0.2], [0.0, 1.0]),  # two changes in the pause, one reading
        ([0.0, 0.5, 1.5, 2.5], [0.0, 1.0, 2.0, 3.0]),  # a pause after each reading
        ([0.0, 1.5], [0.0, 1.5]),
    ],
)
def test_what_is_in_sight_is_read_at_once_and_then_after_a_pause(
    clock: Clock, changes: list[float], reads: list[float]
) -> None:
    tell(clock, Throttled(clock.screen, clock.read).ask, *changes)
    assert clock.reads == reads


def test_what_changed_in_the_pause_can_be_forgotten(clock: Clock) -> None:
    paced = Throttled(clock.screen, clock.read)
    paced.ask()
    paced.ask()
    paced.forget()
    clock.pass_to(100.0)
    assert clock.reads == [0.0]


@pytest.mark.parametrize(
    ("changes", "reads"),
    [
        ([0.0], [2.0]),
        ([0.0, 1.0], [3.0]),  # two seconds after the last of them
        ([0.0, 1.5, 3.0, 4.5], [5.0]),  # four seconds are over: no change puts it off any more
        ([0.0, 10.0], [2.0, 12.0]),
    ],
)
def test_what_nobody_sees_is_read_when_changes_have_come_to_rest(
    clock: Clock, changes: list[float], reads: list[float]
) -> None:
    tell(clock, Debounced(clock.screen, clock.read).later, *changes)
    assert clock.reads == reads


def test_who_comes_back_sees_at_once_what_was_put_off_and_only_once(clock: Clock) -> None:
    put_off = Debounced(clock.screen, clock.read)
    put_off.catch_up()
    assert clock.reads == []  # nothing was
    put_off.later()
    clock.pass_to(0.5)
    put_off.catch_up()
    clock.pass_to(100.0)
    assert clock.reads == [0.5]
