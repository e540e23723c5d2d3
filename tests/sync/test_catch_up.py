"""A list is caught up with in parts after weeks, or for its history; nothing is missing, and a failure costs a part."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import Connection

from patchwatch.config import Config, Lore
from patchwatch.db import inboxes
from patchwatch.sync import catch_up, ingest, poll, responses
from patchwatch.sync.ingest import Read
from patchwatch.sync.outcome import Outcome
from patchwatch.sync.poll import PollReport
from patchwatch.tracker import Tracker
from tests.faults.server import Exchange, FaultServer, SmallArchive
from tests.support.mails import mail

DAY = 86_400
NOW = int(time.time())


class World:
    """A list with a mail every hour, a server that can fail, and a database that follows the list."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = NOW
        self.rests: list[float] = []
        monkeypatch.setattr(poll, "_clock", lambda: self.clock)
        self.upstream = SmallArchive()
        self.server = FaultServer(self.upstream)
        self.tracker = Tracker(Config(lore=Lore(url=self.server.url)), database_url=f"sqlite:///{directory}/pw.db")
        self.told: list[tuple[str, int, int]] = []

    def deliver(self, begin: int, end: int, step: int = 3600) -> int:
        mails = []
        for at in range(begin, end, step):
            received = {"Received": f"from a by b; {formatdate(at)}"}
            mails.append(mail(message_id=f"{at}@example.org", date=formatdate(at), headers=received))
        self.upstream.deliver("net", *mails)
        return len(mails)

    def poll(self) -> PollReport:
        self.server.requests.clear()
        return self.tracker.poll_some(
            None, lambda text, done=0, total=0: self.told.append((text, done, total)), self.rests.append
        )

    def cursor(self) -> int | None:
        with self.tracker.database.read() as connection:
            return inboxes.cursor(connection, "net")[0]

    def set_cursor(self, at: int) -> None:
        with self.tracker.database.write() as connection:
            inboxes.set_inbox(connection, "net", cursor=at)

    def asked(self) -> list[tuple[int, int | None]]:
        """The times that were asked for since the last poll began."""
        found = re.findall(r"rt:(\d+)\.\.(\d*)", unquote(" ".join(self.server.requests)))
        return [(int(begin), int(end) if end else None) for begin, end in found]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(tmp_path, monkeypatch)
    world.tracker.follow("net")
    yield world
    world.tracker.database.close()
    world.server.close()


def test_after_a_month_nothing_is_missing(world: World) -> None:
    count = world.deliver(NOW - 30 * DAY, NOW)
    world.set_cursor(NOW - 30 * DAY)
    assert world.poll().failures == ()
    assert world.tracker.mail_count() == count
    assert world.cursor() is not None
    asked = world.asked()
    assert len(asked) > 2
    assert asked[-1][1] is None
    assert all(end == begin for (_, end), (begin, _) in itertools.pairwise(asked))  # without a gap
    assert world.rests == [1.0] * (len(asked) - 1)


def test_a_short_absence_takes_one_request(world: World) -> None:
    count = world.deliver(NOW - 5 * DAY, NOW)
    world.set_cursor(NOW - 5 * DAY)
    world.poll()
    assert [end for _, end in world.asked()] == [None]
    assert world.tracker.mail_count() == count


def test_after_a_failure_only_the_part_that_failed_is_fetched_again(world: World) -> None:
    count = world.deliver(NOW - 60 * DAY, NOW)
    world.set_cursor(NOW - 60 * DAY)
    passed = iter([True, True])
    world.server.inject(r"\?q=", lambda exchange: exchange.pass_on() if next(passed, False) else exchange.send(500))
    (failure,) = world.poll().failures
    assert failure.startswith("net: ")
    stored = world.tracker.mail_count()
    assert 0 < stored < count
    cursor = world.cursor()
    assert cursor is not None
    assert NOW - 60 * DAY < cursor < NOW - 40 * DAY
    world.server.heal()
    assert world.poll().failures == ()
    assert world.tracker.mail_count() == count
    assert min(begin for begin, _ in world.asked()) > cursor - 4 * DAY


def test_after_a_kill_the_next_poll_continues(world: World, tmp_path: Path) -> None:
    count = world.deliver(NOW - 60 * DAY, NOW, DAY // 8)
    world.set_cursor(NOW - 60 * DAY)
    requests = itertools.count(1)
    processes: list[subprocess.Popen[bytes]] = []

    def kill_at_the_fourth(exchange: Exchange) -> None:
        if next(requests) == 4:
            processes[0].kill()
            exchange.send(500)
        else:
            exchange.pass_on()

    world.server.inject(r"\?q=", kill_at_the_fourth)
    environment = {
        **os.environ,
        "PATCHWATCH_DATABASE": f"sqlite:///{tmp_path}/pw.db",
        "PATCHWATCH_LORE_URL": world.server.url,
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    command = [sys.executable, "-m", "patchwatch", "poll"]
    processes.append(subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL))
    assert processes[0].wait(60) == -signal.SIGKILL
    world.server.heal()
    stored, cursor = world.tracker.mail_count(), world.cursor()
    assert 0 < stored < count
    assert cursor is not None
    assert cursor > NOW - 60 * DAY
    report = world.poll()
    assert report.failures == ()
    assert world.tracker.mail_count() == count
    new = sum(one.outcome.new_mails for one in report.inboxes)
    assert new == count - stored
    assert min(begin for begin, _ in world.asked()) > cursor - 4 * DAY


def test_a_part_is_stored_in_transactions_of_bounded_size(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that memory does not grow with what there is to catch up with."""
    sizes: list[int] = []
    stored = ingest.ingest

    def observe(connection: Connection, reads: Sequence[Read], *others: Any) -> Outcome:
        sizes.append(len(reads))
        return stored(connection, reads, *others)

    monkeypatch.setattr(ingest, "ingest", observe)
    monkeypatch.setattr(responses, "_BATCH", 50)
    count = world.deliver(NOW - 30 * DAY, NOW)
    world.set_cursor(NOW - 30 * DAY)
    world.poll()
    assert sum(sizes) >= count
    assert max(sizes) == 50


def test_a_busy_list_is_asked_for_shorter_times_than_a_quiet_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catch_up, "_MAILS", 24)
    world.deliver(NOW - 60 * DAY, NOW - 40 * DAY)
    world.deliver(NOW - 40 * DAY, NOW, 10 * DAY)
    world.set_cursor(NOW - 57 * DAY)
    world.poll()
    lengths = [end - begin for begin, end in world.asked() if end is not None]
    assert min(lengths) <= DAY
    assert max(lengths) > 4 * DAY


def test_too_much_for_one_poll_is_continued_by_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catch_up, "_PARTS", 2)
    count = world.deliver(NOW - 90 * DAY, NOW, DAY // 4)
    world.set_cursor(NOW - 90 * DAY)
    report = world.poll()
    assert report.failures == ()
    assert re.fullmatch(r"net: \d+ new mails, .*, up to \d{4}-\d\d-\d\d; the next poll continues", report.lines[0])
    assert len(world.asked()) == 2
    polls = 1
    while world.tracker.mail_count() < count:
        polls += 1
        assert polls < 20
        assert world.poll().failures == ()
    assert "continues" not in world.poll().lines[0]


def test_the_history_that_was_asked_for_is_fetched(world: World) -> None:
    count = world.deliver(NOW - 100 * DAY, NOW, DAY // 2)
    world.poll()
    assert 0 < world.tracker.mail_count() < count
    world.tracker.follow("net", None, NOW - 100 * DAY)
    world.poll()
    assert world.tracker.mail_count() == count
    assert ("polling net", 0, 1) in world.told
    assert any(text.startswith("polling net: ") and 0 < done < total for text, done, total in world.told)


def test_a_time_without_mail_does_not_move_the_cursor(world: World) -> None:
    world.set_cursor(NOW - 60 * DAY)
    world.deliver(NOW - 90 * DAY, NOW - 80 * DAY, DAY)
    world.poll()
    assert world.cursor() == NOW - 60 * DAY


def test_a_clock_that_is_years_ahead_does_not_make_many_requests(world: World) -> None:
    count = world.deliver(NOW - 30 * DAY, NOW, DAY)
    world.set_cursor(NOW - 30 * DAY)
    world.clock = NOW + 20 * 365 * DAY
    world.poll()
    assert len(world.asked()) < 10
    assert world.tracker.mail_count() == count
