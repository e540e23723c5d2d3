"""Every command and screen over a database with odd mails: nothing raises, and only printable text comes out."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from patchwatch.cli.main import run
from patchwatch.config import Config
from patchwatch.errors import PatchwatchError
from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.sync import ingest, read_mail
from patchwatch.tracker import Tracker
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.mail_view import MailView
from tests.hostile import zoo
from tests.tui.driving import shown, until

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)
NOW = 1_689_700_000  # 18 July 2023
DAY = 86_400


def parse_or_fail(raw: bytes, now: int) -> Message:
    if zoo.UNREADABLE.encode() in raw:
        raise LookupError("no codec for \x1b[31mthis\n")
    return parse(raw, now)


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracker]:
    database = tmp_path_factory.mktemp("zoo") / "patchwatch.db"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("patchwatch.sync.read_mail.parse", parse_or_fail)
        patched.setenv("PATCHWATCH_DATABASE", str(database))
        patched.setenv("XDG_CONFIG_HOME", str(database.parent))
        tracker = Tracker(Config(), clock=lambda: NOW, database_url=f"sqlite:///{database}")
        with tracker.database.write() as connection:
            outcome = ingest.ingest(connection, [ingest.read_mail(raw) for raw in zoo.ALL], "list")
        assert outcome.new_mails == len(zoo.ALL) - 1  # the same id twice
        yield tracker


@pytest.fixture
def series(tracker: Tracker) -> str:
    return str(tracker.find("v2@example.org"))


def test_every_odd_mail_is_in_its_place(tracker: Tracker, series: str) -> None:
    thread = tracker.thread(int(series))
    assert {f"m{n}@example.net" for n in (1, 2, 3, 6, 7, 12, 16, 17, 18, 21)} <= {m.message_id for m in thread}
    row = tracker.one(int(series))
    assert (row.state, row.version, row.unreadable) == ("reviewed", 3, 1) or row.unreadable == 1
    assert tracker.unreadable() == ((zoo.UNREADABLE, "LookupError: no codec for ␛[31mthis"),)
    for m in thread:
        assert 631_152_000 <= m.date <= read_mail._now() + 2 * DAY


COMMANDS = [
    ("list", "--all"),
    ("list", "--all", "--json"),
    ("show",),
    ("show", "--json"),
    ("show", "--why"),
    ("diff",),
    ("diff", "--json"),
    ("digest",),
    ("doctor", "--offline"),
    ("doctor", "--offline", "--json"),
    ("reindex",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_print_only_printable_text(
    command: tuple[str, ...], tracker: Tracker, series: str, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = [str(row.id) for row in tracker.series(everything=True)] if command[0] in ("show", "diff") else [""]
    for number in numbers:
        status = run([command[0], *filter(None, (number,)), *command[1:]])
        output = capsys.readouterr()
        assert status in (0, 1), command
        assert UNSAFE.findall(output.out + output.err) == [], command
        if "--json" in command and status == 0:
            json.loads(output.out)


def test_raw_mail_is_printed_as_it_came(
    tracker: Tracker, series: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["show", series, "--raw", zoo.UNREADABLE]) == 0
    assert capfdbinary.readouterr().out == zoo.ALL[-1]


def test_every_mail_can_be_shown_and_answered(tracker: Tracker) -> None:
    for row in tracker.series(everything=True):
        for m in tracker.thread(row.id):
            mail = tracker.mail(m.message_id)
            assert mail.segments
            tracker.citations(m.message_id)


def test_any_mail_can_be_given_to_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchwatch.sync.read_mail.parse", parse_or_fail)
    nowhere = replace(Config().lore, url="http://127.0.0.1:9", deadline_seconds=1)
    config = replace(Config(), lore=nowhere)
    tracker = Tracker(config, clock=lambda: NOW, database_url=f"sqlite:///{tmp_path}/patchwatch.db")
    for raw in zoo.ALL[3::6]:  # the last one is unreadable
        with contextlib.suppress(PatchwatchError):
            tracker.watch_text(raw)
    assert tracker.unreadable()


async def test_screens_show_every_mail(tracker: Tracker, series: str) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "No series is watched yet" in shown(pilot))
        await pilot.press("6")
        await until(pilot, lambda: "frob" in shown(pilot))
        assert UNSAFE.findall(shown(pilot)) == []
    async with PatchwatchApp(tracker, open_series=int(series)).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen) and "frob" in shown(pilot))
        view = pilot.app.screen.query_one(MailView)
        seen: set[str] = set()
        for _ in range(12):
            await pilot.press("n")
            await until(pilot, lambda: view.page is not None and view.page.message_id not in seen)
            seen.add(view.page.message_id if view.page else "")
            assert UNSAFE.findall(shown(pilot)) == []
