"""The TUI on a real database that another process changes or locks."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

import patchwatch
from patchwatch.cli import demo
from patchwatch.config import Config
from patchwatch.sync.import_mail import import_mail
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.base import jobs, refresh
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.filter_bar import FilterInput
from patchwatch.tui.widgets.series_table import SeriesTable
from patchwatch.tui.widgets.thread_list import ThreadList
from tests.tui.driving import opened, settled, shown, until
from tests.tui.fake_tracker import FakeTracker

XDP = "20230801142621.7925-1-hffilwlqm@gmail.com"
REPLY = f"""\
From mboxrd@z Thu Jan  1 00:00:00 1970
From: Mira Holm <mira@example.com>
To: bpf@vger.kernel.org
Subject: Re: [PATCH bpf-next v5 0/2] bpf, xdp: Add tracepoint to xdp attaching failure
Date: Thu, 21 Sep 2023 07:30:00 +0000
Message-ID: <after@example.com>
In-Reply-To: <{XDP}>

Late, but thanks: it found my bug.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database file."""
    return tmp_path / "live.db"


@pytest.fixture
def stored(file: Path) -> Iterator[Tracker]:
    """The mail of the demo in a database file."""
    stored = Tracker(Config(), clock=lambda: float(demo.NOW), database_url=f"sqlite:///{file}")
    for name, inbox in (("xdp.mbox", "bpf"), ("tcp.mbox", "netdev"), ("mglru.mbox", "linux-mm")):
        import_mail(stored.database, Path(demo.__file__).parent / name, inbox)
    watch_known(stored.database, [line.message_id for line in stored.lines()], stored.now())
    yield stored
    stored.database.close()


async def elsewhere(file: Path, *arguments: str) -> None:
    """Run another patchwatch process on the same database."""
    environment = {**os.environ, "PATCHWATCH_DATABASE": f"sqlite:///{file}", "XDG_CONFIG_HOME": str(file.parent)}
    paths = [str(Path(patchwatch.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    environment.pop("PATCHWATCH_CONFIG", None)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "patchwatch", *arguments), env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == 0


def table(pilot: Pilot[None]) -> SeriesTable:
    return pilot.app.screen_stack[0].query_one(SeriesTable)


async def test_decision_by_another_process_appears_without_moving_the_cursor(stored: Tracker, file: Path) -> None:
    app = PatchwatchApp(stored)
    async with app.run_test(size=(130, 24)) as pilot:
        await opened(pilot, "Refault distance")
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, FilterInput), "the line")
        await pilot.press(*"tracepoint", "enter")
        await until(pilot, lambda: len(table(pilot).rows) == 2, "the limit")
        assert await settled(pilot)
        await pilot.press("space")  # marks the first and goes to the second
        await until(pilot, lambda: table(pilot).marks)
        marks, ids = table(pilot).marks, [row.id for row in table(pilot).rows]
        here = table(pilot).row
        assert here is not None
        await elsewhere(file, "mark", str(here.id), "rejected")
        await until(pilot, lambda: "rejected" in shown(pilot), "what the other process did")
        now = table(pilot).row
        assert now is not None
        assert now.id == here.id
        assert table(pilot).marks == marks
        assert [row.id for row in table(pilot).rows] == ids
        assert table(pilot).has_focus


async def test_mail_stored_by_another_process_does_not_scroll_the_open_mail(
    stored: Tracker, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "new.mbox").write_text(REPLY)
    app = PatchwatchApp(stored, open_series=stored.find(XDP))
    async with app.run_test(size=(130, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SeriesScreen))
        assert await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SeriesScreen)
        await pilot.press("j")
        assert await settled(pilot)
        await pilot.press("space")
        assert await settled(pilot)
        await until(pilot, lambda: screen.mail.scroll_offset.y > 0, "the mail scrolled")
        assert await settled(pilot)
        before = (screen.thread.cursor, screen.mail.scroll_offset, app.focused)
        await elsewhere(file, "import", str(tmp_path / "new.mbox"), "--inbox", "bpf")
        await until(pilot, lambda: "Mira Holm" in shown(pilot), "the new mail")
        assert await settled(pilot)
        assert (screen.thread.cursor, screen.mail.scroll_offset, app.focused) == before


@pytest.mark.sqlite
async def test_long_write_by_another_process_delays_no_key(stored: Tracker, file: Path) -> None:
    app = PatchwatchApp(stored)
    async with app.run_test(size=(110, 24)) as pilot:
        await opened(pilot, "Refault distance")
        unread = table(pilot).rows[0].unread
        assert unread
        other = sqlite3.connect(file, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")  # as a poll in another process does while it stores
            await pilot.press("C")  # waits for the other process
            await pilot.press("j", "j")
            await until(pilot, lambda: table(pilot).cursor == 2, "the cursor")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, SeriesScreen), "the series")
            await until(pilot, lambda: "reviewers" in shown(pilot) or "author" in shown(pilot), "its story")
            await pilot.press("q")
            assert table(pilot).rows[0].unread == unread
        finally:
            other.execute("ROLLBACK")
            other.close()
        await until(pilot, lambda: table(pilot).rows[0].unread == 0, "what was asked for before")


async def test_a_write_that_waits_for_another_process_says_so_until_it_is_done(
    tracker: FakeTracker, app: PatchwatchApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_SLOW_SECONDS", 0.05)
    tracker.gates["mute"] = threading.Event()
    async with app.run_test(size=(110, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("M")
        await until(pilot, lambda: "Waiting until another process has written" in shown(pilot))
        assert "Muted" not in shown(pilot)
        tracker.gates["mute"].set()
        await until(pilot, lambda: "Muted: " in shown(pilot))
        await until(pilot, lambda: "Waiting until" not in shown(pilot))


async def test_unresponsive_server_delays_no_key(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.gates["poll"] = threading.Event()
    async with app.run_test(size=(110, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("r")
        await until(pilot, lambda: "polling netdev" in shown(pilot))
        await pilot.press("j", "j")
        await until(pilot, lambda: table(pilot).cursor == 2, "the cursor")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SeriesScreen), "the series")
        await until(pilot, lambda: app.screen.query_one(ThreadList).rows, "its mails")
        tracker.gates["poll"].set()


async def test_own_read_marks_cause_no_reload_but_other_changes_do(tracker: FakeTracker) -> None:
    app = PatchwatchApp(tracker, open_series=3)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: tracker.asked["mark_read"], "the first mail marked as read")
        await until(pilot, lambda: app._generation == tracker._generation, "the change handled")
        await pilot.pause(refresh._PAUSE_SECONDS)  # after the first read, which another may follow
        await settled(pilot)
        app._database._checking = True  # as during a check of the database, which may end before or after the write
        read = len(tracker.asked["thread"])
        await pilot.press("n")
        await until(pilot, lambda: len(tracker.asked["mark_read"]) == 2)
        await until(pilot, lambda: app._generation == tracker._generation)
        assert len(tracker.asked["thread"]) == read
        app._database._checking = False
        tracker.change(3, state="rejected")
        await until(pilot, lambda: len(tracker.asked["thread"]) > read, "the series read again")
