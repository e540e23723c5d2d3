"""The cursor of a list: no wrong clock, of a server, a sender or this machine, makes it miss mail."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote

import pytest

from patchwatch.config import Config, Lore
from patchwatch.db import inboxes
from patchwatch.sync import poll
from patchwatch.tracker import Tracker
from tests.faults.server import FaultServer, SmallArchive
from tests.support.mails import mail

DAY = 86_400
NOW = int(time.time())
YEAR_2077 = 3_376_684_800


class World:
    """A list on a server, a database that follows it, and clocks that can be wrong."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = NOW
        monkeypatch.setattr(poll, "_clock", lambda: self.clock)
        self.upstream = SmallArchive()
        self.server = FaultServer(self.upstream)
        self.tracker = Tracker(Config(lore=Lore(url=self.server.url)), database_url=f"sqlite:///{directory}/pw.db")
        self.tracker.follow("net")
        self.delivered = 0

    def deliver(self, arrived: int) -> None:
        self.delivered += 1
        received = {"Received": f"from a by b; {formatdate(arrived)}"}
        raw = mail(message_id=f"{self.delivered}@example.org", date=formatdate(arrived), headers=received)
        self.upstream.deliver("net", raw)

    def poll(self, server_date: int | None = None) -> None:
        self.server.heal()
        if server_date is not None:
            self.server.inject(r"\?q=", lambda x: x.pass_on(Date=formatdate(server_date, usegmt=True)))
        self.server.requests.clear()
        assert self.tracker.poll().failures == ()

    def stored(self) -> int:
        return self.tracker.mail_count()

    def cursor(self) -> int | None:
        with self.tracker.database.read() as connection:
            return inboxes.cursor(connection, "net")[0]

    def set(self, **values: int | None) -> None:
        with self.tracker.database.write() as connection:
            inboxes.set_inbox(connection, "net", **values)

    def asked_since(self) -> int:
        (since,) = re.findall(r"rt:(\d+)", unquote(" ".join(self.server.requests)))
        return int(since)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(tmp_path, monkeypatch)
    yield world
    world.tracker.database.close()
    world.server.close()


def test_cursor_is_the_arrival_of_the_newest_mail(world: World) -> None:
    world.deliver(NOW - 7200)
    world.deliver(NOW - 9999)
    world.poll()
    assert world.cursor() == NOW - 7200


def test_cursor_stays_without_new_mail(world: World) -> None:
    world.deliver(NOW - 30 * DAY)  # before the first days
    world.poll()
    assert world.cursor() is None
    world.deliver(NOW - 7200)
    world.poll()
    world.poll()
    assert world.cursor() == NOW - 7200


@pytest.mark.parametrize("date", [0, YEAR_2077])
def test_wrong_clock_of_a_server_loses_no_mail(date: int, world: World) -> None:
    world.deliver(NOW - 7200)
    world.poll(date)
    assert world.cursor() in (None, NOW - 7200)
    world.deliver(NOW - 3600)
    world.poll()
    assert world.stored() == 2


def test_mail_from_the_future_moves_the_cursor_to_now_at_most(world: World) -> None:
    world.deliver(YEAR_2077)
    world.poll()
    assert world.cursor() == NOW
    world.deliver(NOW + 60)
    world.clock += 120
    world.poll()
    assert world.stored() == 2


def test_cursor_in_the_future_goes_back_to_the_newest_mail(world: World) -> None:
    world.deliver(NOW - 30 * DAY)
    world.set(cursor=NOW - 30 * DAY)
    world.poll()
    world.set(cursor=YEAR_2077, deep_at=YEAR_2077)
    world.deliver(NOW - 20 * DAY)  # missed while the cursor was wrong
    world.poll()
    assert world.stored() == 2
    assert world.cursor() == NOW - 20 * DAY


def test_clock_of_this_machine_in_the_past_asks_for_no_more_than_usual(world: World) -> None:
    world.deliver(NOW - 3600)
    world.poll()
    world.clock = NOW - 3000 * DAY
    world.poll()
    assert world.asked_since() >= NOW - 4 * DAY
    assert world.cursor() == NOW - 3600


def test_clock_of_this_machine_in_the_future_loses_no_mail(world: World) -> None:
    world.deliver(NOW - 3600)
    world.clock = YEAR_2077
    world.poll()
    world.clock = NOW
    world.deliver(NOW - 60)
    world.poll()
    assert world.stored() == 2
