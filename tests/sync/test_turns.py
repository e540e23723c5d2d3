"""Pollers on a server share the lists: one at a time, and another takes over from one that was killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from patchwatch.db import leases
from patchwatch.db.database import Database
from patchwatch.sync.turns import SharedTurns, pollers, shared_polls

SECONDS = 2


@pytest.fixture
def database(postgresql: str) -> Iterator[Database]:
    database = Database(postgresql)
    yield database
    database.close()


def turns(database: Database, seconds: int = SECONDS) -> SharedTurns:
    return SharedTurns(database, "run", seconds)


def killed(database: Database, *names: str) -> None:
    """Let a process take turns and never renew them."""
    dead = turns(database)
    for name in names:
        assert dead.take(name).mine


def test_only_one_process_has_a_turn(database: Database) -> None:
    mine: list[SharedTurns] = []

    def take(one: SharedTurns) -> None:
        if one.take("bpf").mine:
            mine.append(one)

    threads = [threading.Thread(target=take, args=(turns(database, 60),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mine) == 1
    mine[0].done("bpf")
    assert turns(database).take("bpf").mine


def test_another_process_takes_over_when_the_lease_ends(database: Database) -> None:
    killed(database, "bpf")
    other = turns(database)
    assert not other.take("bpf").mine
    until = time.monotonic() + 3 * SECONDS
    while not (taken := other.take("bpf")).mine:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "patchwatch run" in taken.owner or '"run"' in taken.owner


def test_a_turn_is_renewed_while_its_process_lives(database: Database) -> None:
    with turns(database, 3).begun() as living:
        assert living.take("bpf").mine
        time.sleep(4)
        assert not turns(database).take("bpf").mine
        assert [poller.polling for poller in pollers(database)] == [("bpf",)]
    assert turns(database).take("bpf").mine
    assert pollers(database) == ()


def test_a_process_that_was_suspended_knows_that_it_lost_its_turn(database: Database) -> None:
    suspended = turns(database, 1)
    suspended.take("bpf")
    time.sleep(2.1)
    with database.write() as connection:
        assert not suspended.is_mine(connection, "bpf")
    assert turns(database).take("bpf").mine
    suspended.done("bpf")  # must not pass the turn of the other
    assert not turns(database).take("bpf").mine


def test_what_was_polled_lately_is_left_alone(database: Database) -> None:
    first, second = turns(database), turns(database)
    first.take("bpf")
    first.done("bpf")
    assert second.take("bpf", rest=60) == leases.Taken(mine=False, tried=True)
    assert second.take("bpf").mine


@pytest.mark.parametrize("ahead", [-3600, 0, 3600])
def test_clocks_of_the_machines_may_differ(database: Database, ahead: int) -> None:
    first = turns(database)
    first.take("bpf")
    first.done("bpf", failed=True, wait=100)
    killed(database, "netdev")
    now = int(time.time()) + ahead
    found = shared_polls(database, now)
    assert found["bpf"].tried == pytest.approx(now, abs=2)
    assert found["bpf"].failures == 1
    assert found["bpf"].not_before == pytest.approx(now + 100, abs=2)
    assert found["netdev"].not_before == pytest.approx(now + SECONDS, abs=2)
