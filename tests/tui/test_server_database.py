"""The TUI on a PostgreSQL server: it is notified of changes at once, and survives a restart of the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from patchwatch.cli.demo import NOW
from patchwatch.config import Config, Me
from patchwatch.sync.import_mail import import_mail
from patchwatch.tracker import Tracker
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.base import database_watch
from tests.support.paths import DEMO
from tests.support.postgres_server import PostgresServer, running_server
from tests.tui.driving import opened, settled, shown, until

XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    if reason := PostgresServer.missing():
        pytest.skip(reason)
    with running_server() as server:
        yield server


def tracker_of(url: str, address: str) -> Tracker:
    return Tracker(Config(me=Me((address,))), clock=lambda: float(NOW), database_url=url)


def filled(url: str) -> str:
    importer = tracker_of(url, "importer@example.org")
    import_mail(importer.database, DEMO / "xdp.mbox", "bpf")
    importer.database.close()
    return url


@pytest.fixture
def url(postgresql: str) -> str:
    return filled(postgresql)


async def test_change_by_somebody_else_is_shown_when_it_is_stored(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_watch, "_TICK_SECONDS", 3600.0)  # so that only the server can tell
    ann, bo = tracker_of(url, "ann@example.org"), tracker_of(url, "bo@example.org")
    number = ann.find(XDP_V5)
    async with PatchwatchApp(ann, open_series=number).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "accepted" in shown(pilot))
        await until(pilot, lambda: pilot.app._database._listening, "listening")
        bo.mark(number, "rejected")
        await until(pilot, lambda: "rejected" in shown(pilot))
        await until(pilot, lambda: "set by bo@example.org" in shown(pilot))
        await settled(pilot)
    for tracker in (ann, bo):
        tracker.database.close()


async def test_restart_of_the_server_is_survived(server: PostgresServer) -> None:
    url = filled(server.create())
    ann = tracker_of(url, "ann@example.org")
    number = ann.find(XDP_V5)
    async with PatchwatchApp(ann).run_test(size=(120, 40)) as pilot:
        await opened(pilot, focused=False)
        server.stop()
        await until(pilot, lambda: "can't be reached" in shown(pilot))
        await until(pilot, lambda: "Trying again" in " ".join(shown(pilot).split()))
        server.serve()
        await until(pilot, lambda: "can't be reached" not in shown(pilot))
        ann.mark(number, "deferred")
        pilot.app.open(number)
        await until(pilot, lambda: "deferred" in shown(pilot))
        await settled(pilot)
    ann.database.close()
