"""The loop over simulated days: waiting moves the clock."""

from __future__ import annotations

import dataclasses
import datetime
import io
import itertools
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from patchwatch.config import Config, Poll
from patchwatch.daemon import log
from patchwatch.daemon.loop import Loop, Requests
from patchwatch.db.event_queue import QueuedEvent
from patchwatch.errors import (
    ConfigError,
    DatabaseError,
    DatabaseLockedError,
    DatabaseTooNewError,
    DatabaseUnreachableError,
    PatchwatchError,
)
from patchwatch.notify.delivery.outbox import Delivery
from patchwatch.notify.events import Event
from patchwatch.progress import Progress
from patchwatch.series.left import Left
from patchwatch.series.model import InboxRow
from patchwatch.sync.outcome import NOTHING, Outcome
from patchwatch.sync.poll import InboxReport, PollReport
from patchwatch.sync.turns import SharedPoll

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = 60, 3600, 86_400
BEGIN = int(datetime.datetime(2026, 3, 23, 12, 0, tzinfo=BERLIN).timestamp())


def inbox(name: str, polled_at: int | None = None) -> InboxRow:
    return InboxRow(name, followed=True, watched=0, polled_at=polled_at, failed_at=None, failure="")


class World:
    """A tracker that records calls, a clock that waiting moves, and a digest at seven, Berlin time."""

    def __init__(self, **settings: object) -> None:
        self.now = float(BEGIN)
        self.config = Config(poll=replace(Poll(), **settings))  # type: ignore[arg-type]
        self.rows = [inbox("bpf"), inbox("netdev")]
        self.shared: dict[str, SharedPoll] = {}
        self.duty = True
        self.polls: list[tuple[int, str]] = []
        self.deliveries: list[int] = []
        self.answers: list[int] = []
        self.left = 0  # mails to be brought up to date
        self.steps: list[int] = []
        self.error_of_renewal: PatchwatchError | None = None
        self.failing: dict[str, InboxReport] = {}
        self.error: PatchwatchError | None = None
        self.requests = Requests()
        self.text = io.StringIO()
        self.reload: Callable[[], World] = lambda: self
        self.before_wait: Callable[[], None] = lambda: None
        log.configure("json", lambda: self.now, self.text)
        self.loop = Loop(
            self,
            clock=lambda: self.now,
            wait=self.wait,
            requests=self.requests,
            reload=lambda: self.reload(),
        )

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.loop.once()

    def wait(self, seconds: float) -> None:
        self.before_wait()
        self.now += seconds

    # ---- the API that the loop uses

    def inboxes(self) -> Sequence[InboxRow]:
        if self.error:
            raise self.error
        return self.rows

    def poll_some(
        self, names: Collection[str] | None, progress: Progress, pause: Callable[[float], None], rest: float
    ) -> PollReport:
        reports = []
        for name in names or ():
            self.polls.append((int(self.now), name))
            self.shared = {
                n: dataclasses.replace(s, tried=int(self.now)) if n == name else s for n, s in self.shared.items()
            }
            reports.append(self.failing.get(name, InboxReport(name, Outcome(1, 0, (), ()))))
        return PollReport(tuple(reports), (), ())

    def shared_polls(self) -> Mapping[str, SharedPoll]:
        return self.shared

    def on_duty(self) -> bool:
        return self.duty

    def detect_events(self) -> Sequence[Event]:
        return ()

    def queued_events(self) -> Sequence[QueuedEvent]:
        return ()

    def dequeue_event(self, queue_id: int) -> None: ...

    def queue_message(self, recipient: str, key: str, subject: str, text: str) -> bool:
        return True

    def url(self, message_id: str, inbox: str = "") -> str:
        return ""

    def next_delivery_at(self) -> int | None:
        """The next seven o'clock after the last delivery, or after the beginning."""
        last = datetime.datetime.fromtimestamp(self.deliveries[-1] if self.deliveries else BEGIN, BERLIN)
        day = last.date() + datetime.timedelta(days=last.hour >= 7)
        return int(datetime.datetime.combine(day, datetime.time(7), BERLIN).timestamp())

    def send_digests(self) -> Sequence[Delivery]:
        self.deliveries.append(int(self.now))
        return (Delivery("ann", "day", "sent", "sent"),)

    def refresh_answer(self) -> None:
        self.answers.append(int(self.now))

    def renew(self, progress: Progress, until: Callable[[], bool], pause: Callable[[float], object]) -> int:
        """Bring up to date what is left, in steps of five minutes."""
        if self.error_of_renewal:
            raise self.error_of_renewal
        done = 0
        while self.left and not until():
            progress("reading", 0, 0)
            self.steps.append(int(self.now))
            self.now += 5 * MINUTE
            self.left -= 10
            done += 10
        return done

    def outdated(self) -> Left:
        return Left(100, self.left)

    def times(self, name: str) -> list[int]:
        return [at for at, polled in self.polls if polled == name]

    def logged(self, kind: str) -> list[str]:
        return [entry["text"] for entry in map(json.loads, self.text.getvalue().splitlines()) if entry["event"] == kind]


def test_two_weeks_with_a_clock_change() -> None:
    """Summer time begins on 29 March: an hour is missing, but no digest is missing or late."""
    world = World()
    world.run(14 * DAY)
    local = [datetime.datetime.fromtimestamp(at, BERLIN) for at in world.deliveries]
    assert [t.date() for t in local] == [datetime.date(2026, 3, 24) + datetime.timedelta(days=n) for n in range(14)]
    assert all((t.hour, t.minute) == (7, 0) for t in local)
    for name in ("bpf", "netdev", "all"):
        times = world.times(name)
        pauses = [b - a for a, b in itertools.pairwise(times)]
        assert min(pauses) >= 13.5 * MINUTE - 1
        assert max(pauses) <= 16.5 * MINUTE + 1
        assert len(set(pauses)) > 20  # jitter


def test_stored_mail_is_brought_up_to_date_between_polls() -> None:
    world = World(interval_minutes=15)
    world.left = 100
    world.run(2 * HOUR)
    assert len(world.steps) == 10
    assert world.left == 0
    for name in ("bpf", "netdev"):  # polls were not later for it than by one step
        assert max(b - a for a, b in itertools.pairwise(world.times(name))) <= 22 * MINUTE
    assert world.times("bpf")[0] == world.steps[0]  # the first poll is before it
    assert world.logged("upgrade")[0] == "reading: 0 of 100 mails are up to date"
    assert world.logged("upgrade")[-1].endswith("mails brought up to date; that was all")


def test_a_request_interrupts_the_upgrade() -> None:
    world = World(interval_minutes=15)
    world.left = 1000
    world.loop.once()
    world.requests.submit(world.requests.stop)
    before = len(world.steps)
    world.loop.run()
    assert len(world.steps) == before


def test_a_newer_program_on_the_database_ends_the_loop() -> None:
    world = World()
    world.error_of_renewal = DatabaseTooNewError("changed by a newer patchwatch")
    with pytest.raises(DatabaseTooNewError):
        world.loop.once()


def test_the_answer_of_next_is_stored_after_each_poll() -> None:
    world = World()
    world.run(DAY)
    assert {at for at, _ in world.polls} <= set(world.answers)


def test_a_bug_in_the_answer_stops_nothing() -> None:
    world = World()

    def fail() -> None:
        raise KeyError("place")

    world.refresh_answer = fail  # type: ignore[method-assign]
    world.run(DAY)
    assert len(world.deliveries) == 1
    assert len(world.times("bpf")) > 50
    assert len(world.logged("bug")) in range(20, 26)  # once an hour


def test_laptop_asleep_for_three_days_polls_and_delivers_once_when_it_wakes() -> None:
    world = World()
    world.run(HOUR)
    world.polls.clear()
    asleep = iter([3 * DAY])

    def sleep() -> None:
        world.now += next(asleep, 0)

    world.before_wait = sleep
    woke = world.now + 3 * DAY
    world.run(3 * DAY + 5 * MINUTE)
    assert sorted(name for _, name in world.polls) == ["all", "bpf", "netdev"]
    assert len(world.deliveries) == 1
    assert min(at for at, _ in world.polls) >= woke + 20  # the network comes back later than the clock
    assert world.deliveries[0] >= max(at for at, _ in world.polls)  # with what these polls brought
    assert len(world.logged("clock")) == 1


def test_clock_set_back_stops_neither_polls_nor_deliveries() -> None:
    world = World()
    world.run(HOUR)
    world.next_delivery_at = lambda: BEGIN - 40 * DAY  # type: ignore[method-assign]
    world.run(MINUTE)

    def set_back() -> None:
        world.now -= 30 * DAY
        world.before_wait = lambda: None

    world.before_wait = set_back
    while world.now > BEGIN:
        world.loop.once()
    polls, deliveries = len(world.polls), len(world.deliveries)
    world.run(20 * MINUTE)
    assert len(world.polls) > polls
    assert len(world.deliveries) > deliveries


def test_failing_inbox_is_retried_with_backoff_and_others_are_unaffected() -> None:
    world = World()
    world.failing["bpf"] = InboxReport("bpf", NOTHING, "bpf answers 503. Try again later.")
    world.run(6 * HOUR)
    times = world.times("bpf")
    pauses = [round((b - a) / (15 * MINUTE)) for a, b in itertools.pairwise(times)]
    assert pauses[:3] == [2, 4, 8]
    assert len(world.times("netdev")) >= 21
    world.failing.clear()
    world.run(7 * HOUR)
    times = world.times("bpf")
    assert times[-1] - times[-2] <= 16.5 * MINUTE + 1  # back to normal after one success
    assert world.logged("poll").count("bpf: bpf answers 503. Try again later.") == 4


def test_retry_after_is_respected() -> None:
    world = World()
    world.failing["bpf"] = InboxReport("bpf", NOTHING, "bpf answers 429.", wait=3.0 * HOUR)
    world.run(2.9 * HOUR)
    assert len(world.times("bpf")) == 1
    world.run(0.5 * HOUR)
    assert len(world.times("bpf")) == 2


def test_recent_poll_is_not_repeated_at_the_start() -> None:
    world = World()
    world.rows = [inbox("bpf", BEGIN - MINUTE), inbox("netdev", BEGIN - HOUR)]
    world.run(MINUTE)
    assert (len(world.times("bpf")), len(world.times("netdev"))) == (0, 1)


def test_inbox_watched_meanwhile_is_polled_soon() -> None:
    world = World()
    world.run(5 * MINUTE)
    world.rows = [*world.rows, inbox("linux-mm")]
    world.run(MINUTE)
    assert len(world.times("linux-mm")) == 1


def test_without_inboxes_trees_are_read_and_the_digest_is_sent() -> None:
    world = World()
    world.rows = []
    world.run(DAY)
    assert {name for _, name in world.polls} == {"all"}
    assert len(world.deliveries) == 1


def test_delivery_that_stays_due_does_not_make_the_loop_busy() -> None:
    world = World()
    world.next_delivery_at = lambda: BEGIN  # type: ignore[method-assign]
    world.run(MINUTE)
    assert len(world.deliveries) == 12


def test_requested_poll_runs_immediately() -> None:
    world = World()
    world.run(MINUTE)
    world.polls.clear()
    world.requests.submit(world.requests.poll)
    world.loop.once()
    assert sorted(name for _, name in world.polls) == ["all", "bpf", "netdev"]


def test_reloaded_config_is_used_from_the_next_step() -> None:
    world = World()
    world.run(HOUR)
    world.config = Config(poll=Poll(interval_minutes=60))
    world.requests.submit(world.requests.reload)
    world.polls.clear()
    world.run(3 * HOUR)
    assert len(world.times("bpf")) in (2, 3)
    assert world.logged("reload") == ["config reloaded: defaults"]


def test_broken_config_is_logged_and_the_old_one_kept() -> None:
    world = World()
    world.run(HOUR)

    def broken() -> World:
        raise ConfigError("pw.toml:3: unknown key poll.intervall; did you mean interval_minutes?")

    world.reload = broken
    world.requests.submit(world.requests.reload)
    world.polls.clear()
    world.run(HOUR)
    assert len(world.times("bpf")) >= 3
    (text,) = world.logged("reload")
    assert text.startswith("config not reloaded, keeping the old one: pw.toml:3: unknown key poll.intervall;")


def test_locked_database_is_logged_once_and_retried() -> None:
    world = World()
    world.error = DatabaseLockedError("the database is locked by another program for more than 15 s.")
    world.run(10 * MINUTE)
    assert world.polls == []
    assert len(world.logged("database")) == 1
    world.error = None
    world.run(2 * MINUTE)
    assert len(world.times("bpf")) == 1


def test_lost_server_of_the_database_is_tried_again_soon_and_costs_no_backoff() -> None:
    world = World()
    world.run(30 * MINUTE)
    polled, begin = len(world.times("bpf")), world.now
    world.error = DatabaseUnreachableError("the server of the database can't be reached: gone.")
    waits: list[float] = []
    world.before_wait = lambda: waits.append(world.now - begin)
    world.run(20)
    assert waits == [0, 2, 6, 14]
    world.run(20 * MINUTE)
    assert world.logged("database") == [str(world.error)]
    assert len(world.times("bpf")) == polled
    world.error = None
    world.run(2 * MINUTE)
    assert world.logged("database")[1:] == ["it can be used again"]
    assert len(world.times("bpf")) == polled + 1
    world.run(16 * MINUTE)
    assert len(world.times("bpf")) >= polled + 2


def test_lists_are_shared_with_other_pollers() -> None:
    world = World()
    world.shared = {"bpf": SharedPoll("bpf", int(world.now), 0, 0), "netdev": SharedPoll("netdev", None, 0, BEGIN + 90)}
    world.run(60)
    assert world.times("bpf") == []  # another process has just polled it
    assert world.times("netdev") == []  # another process polls it
    world.run(60)
    assert world.times("netdev")[0] - BEGIN == pytest.approx(90, abs=1)  # its lease has ended
    world.run(16 * MINUTE)
    assert len(world.times("bpf")) == 1


def test_only_the_process_on_duty_sends_digests() -> None:
    world = World()
    world.duty = False
    world.run(30 * HOUR)
    assert world.deliveries == []
    world.duty = True
    world.run(2 * MINUTE)
    assert len(world.deliveries) == 1


@pytest.mark.parametrize(
    ("job", "logged"),
    [
        ("inboxes", "plan"),
        ("poll_some", "poll"),
        ("detect_events", "events"),
        ("queued_events", "events"),
        ("send_digests", "digest"),
        ("next_delivery_at", "digest"),
    ],
)
@pytest.mark.parametrize("error", [ValueError("odd \x1b[31m mail"), RecursionError(), MemoryError(), KeyError(1)])
def test_bug_in_one_job_is_logged_and_ends_nothing(
    job: str, logged: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()

    def fail(*_args: object) -> None:
        raise type(error)(*error.args)

    monkeypatch.setattr(world, job, fail)
    world.run(20 * HOUR)
    assert world.logged("bug")
    for text in world.logged("bug"):
        assert text.startswith(f"{logged}: unexpected error ({type(error).__name__} in ")
        assert text.isprintable()
    if job in ("detect_events", "queued_events", "send_digests", "next_delivery_at"):
        assert len(world.times("bpf")) > 70  # polls go on
    if job in ("poll_some", "detect_events", "queued_events"):
        assert len(world.deliveries) == 1  # digests go on
    assert len(world.logged("bug")) <= 21  # once an hour
    monkeypatch.undo()
    before = len(world.times("bpf"))
    world.run(7 * HOUR)
    assert len(world.times("bpf")) > before


def test_database_that_fails_during_polls_does_not_make_them_more_frequent() -> None:
    world = World()

    def fail(names: Collection[str], *_: object) -> PollReport:
        world.polls += [(int(world.now), name) for name in names]
        raise DatabaseError("the database can't be used: database or disk is full.")

    world.poll_some = fail  # type: ignore[assignment,method-assign]
    world.run(DAY)
    assert 4 <= len(world.times("bpf")) <= 10


def test_infinite_wait_of_a_server_ends_after_a_day() -> None:
    world = World()
    world.failing["bpf"] = InboxReport("bpf", NOTHING, "429", float("inf"))
    world.run(2 * HOUR)
    assert len(world.times("bpf")) == 1
    world.failing.clear()
    world.run(DAY)
    assert len(world.times("bpf")) > 1
    assert len(world.times("netdev")) > 90


def test_stop_interrupts_a_poll() -> None:
    world = World()
    polled: list[str] = []

    def poll_some(
        names: Collection[str] | None, progress: Progress, pause: Callable[[float], None], rest: float
    ) -> PollReport:
        for name in names or ():
            progress(f"polling {name}")
            polled.append(name)
            world.requests.submit(world.requests.stop)
            pause(3600)
        return PollReport((), (), ())

    world.poll_some = poll_some  # type: ignore[method-assign]
    world.loop.run()
    assert polled == ["bpf"]
    assert world.deliveries == []


def test_no_polls_in_quiet_hours_for_a_week() -> None:
    world = World(quiet_hours="23:00-06:00")
    world.run(7 * DAY)
    hours = {datetime.datetime.fromtimestamp(at).astimezone().hour for at, _ in world.polls}
    assert hours == set(range(6, 23))
    assert len(world.deliveries) == 7
