"""When changed rows are read again; with a fake clock and fake timers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from textual.screen import Screen

from patchwatch.tui.base import refresh
from patchwatch.tui.base.refresh import Debounced, Throttled


class Timer:
    """A fake timer."""

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
    """A fake clock that stands in for a screen."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []
        self.reads: list[float] = []  # times of the reads

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


def apply(clock: Clock, changed: Callable[[], None], *moments: float) -> None:
    for moment in moments:
        clock.pass_to(moment)
        changed()
    clock.pass_to(100.0)


@pytest.mark.parametrize(
    ("changes", "reads"),
    [
        ([0.0], [0.0]),
        ([0.0, 0.1, 0.2], [0.0, 1.0]),  # two changes in the pause, one read
        ([0.0, 0.5, 1.5, 2.5], [0.0, 1.0, 2.0, 3.0]),  # a pause after each read
        ([0.0, 1.5], [0.0, 1.5]),
    ],
)
def test_throttled_reads_at_once_and_then_once_per_pause(
    clock: Clock, changes: list[float], reads: list[float]
) -> None:
    apply(clock, Throttled(clock.screen, clock.read).ask, *changes)
    assert clock.reads == reads


def test_throttled_can_forget_changes_during_the_pause(clock: Clock) -> None:
    throttled = Throttled(clock.screen, clock.read)
    throttled.ask()
    throttled.ask()
    throttled.forget()
    clock.pass_to(100.0)
    assert clock.reads == [0.0]


@pytest.mark.parametrize(
    ("changes", "reads"),
    [
        ([0.0], [2.0]),
        ([0.0, 1.0], [3.0]),  # two seconds after the last change
        ([0.0, 1.5, 3.0, 4.5], [5.0]),  # at most four seconds after the first change
        ([0.0, 10.0], [2.0, 12.0]),
    ],
)
def test_debounced_reads_after_the_last_change_or_the_limit(
    clock: Clock, changes: list[float], reads: list[float]
) -> None:
    apply(clock, Debounced(clock.screen, clock.read).later, *changes)
    assert clock.reads == reads


def test_debounced_catches_up_once(clock: Clock) -> None:
    debounced = Debounced(clock.screen, clock.read)
    debounced.catch_up()
    assert clock.reads == []  # nothing has changed
    debounced.later()
    clock.pass_to(0.5)
    debounced.catch_up()
    clock.pass_to(100.0)
    assert clock.reads == [0.5]
