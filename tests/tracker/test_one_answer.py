"""TUI, `list`, `next` and digest say the same at many moments of a year of one list."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from patchwatch.cli.main import run
from patchwatch.config import Review
from patchwatch.config_file import load_config
from patchwatch.db import inboxes
from patchwatch.db.series_list import is_known
from patchwatch.series import labels
from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import ASKS, Section, first
from patchwatch.series.verbs import verb_of
from patchwatch.series.views import by_section
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.times import format_time
from patchwatch.tracker import Tracker
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.render.queue_rows import QueueHeading
from patchwatch.tui.screens.overview import OverviewScreen
from tests.support.mails import mail
from tests.tui.driving import until

DAY = 86_400
START = 1_767_225_600  # 2026-01-01
PEOPLE = ("Ines Varga <ines@example.org>", "Tomas Veld <tomas@example.net>", "Lea Brandt <lea@example.com>",
          "Samir Dube <samir@example.io>", "Petra Nowicki <petra@example.eu>")  # fmt: skip
SAID = (
    "Please take the lock before the lookup.\n",
    "Why is the lock taken here?\n",
    "Applied, thanks!\n",
    "Looks fine to me.\n",
    "It holds the list.\n",
    "I will do that in the next version.\n",
    "Thanks a lot.\n",
)
HEADING = re.compile(r"^(Now|Review|New|New since you looked|Waiting|Dormant|Closed) \((\d+)\)", re.MULTILINE)


def a_year() -> list[tuple[int, bytes]]:
    """Mails by date: sixty series of five people in up to four versions, with replies, tags and thanks."""
    chosen = random.Random(7)
    found: list[tuple[int, bytes]] = []

    def post(message_id: str, at: int, sender: str, subject: str, body: str, answers: str = "") -> None:
        date = format_datetime(datetime.fromtimestamp(at, UTC))
        raw = mail(
            message_id=message_id,
            subject=subject,
            sender=sender,
            date=date,
            to="quill@lists.example.org",
            cc=", ".join(person for person in PEOPLE if person != sender and chosen.random() < 0.5) or PEOPLE[0],
            in_reply_to=answers or None,
            body=body,
        )
        found.append((at, raw))

    for number in range(60):
        at, author = START + chosen.randrange(330 * DAY), chosen.choice(PEOPLE)
        for version in range(1, chosen.randrange(1, 5)):
            root, tag = f"{number}-{version}@x", f" v{version}" if version > 1 else ""
            title = f"[PATCH{tag}] quill: change number {number} of the ring"
            post(root, at, author, title, f"It turns {number}.\n---\n ring.c | 1 +\n")
            last, when = root, at
            for reply in range(chosen.randrange(5)):
                when += chosen.randrange(3600, 6 * DAY)
                who = chosen.choice(PEOPLE)
                text = chosen.choice(SAID) if chosen.random() < 0.8 else f"Reviewed-by: {who}\n"
                post(f"{number}-{version}-{reply}@x", when, who, f"Re: {title}", text, last)
                last = f"{number}-{version}-{reply}@x"
            at = when + chosen.randrange(DAY, 40 * DAY)
    return sorted(found)


@pytest.fixture
def year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[tuple[int, bytes]]]:
    """A directory for config and database, and the mails."""
    (tmp_path / "config.toml").write_text('[me]\naddresses = ["ines@example.org"]\n')
    monkeypatch.setenv("PATCHWATCH_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("PATCHWATCH_DATABASE", str(tmp_path / "year.db"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path, a_year()


async def test_one_answer(year: tuple[Path, list[tuple[int, bytes]]], capsys: pytest.CaptureFixture[str]) -> None:
    _, mails = year
    chosen = random.Random(3)
    moments = [START + 30 * DAY + number * 42 * DAY + chosen.randrange(DAY) for number in range(9)]
    before, seen = START, set()
    for number, moment in enumerate(moments):
        tracker = Tracker(load_config(), clock=lambda moment=moment: float(moment))  # type: ignore[misc]
        if not number:
            tracker.follow("quill")
            with tracker.database.write() as connection:
                inboxes.set_inbox(connection, "quill", looked_at=START)
        with tracker.database.write() as connection:
            ingest(connection, [read_mail(raw) for at, raw in mails if before < at <= moment], "quill")
        before = moment
        lines = tracker.lines()
        sections = by_section(lines)
        counts = {section.value: len(rows) for section, rows in sections.items()}
        seen |= {name for name, count in counts.items() if count}
        assert from_list(moment, capsys) == {n: c for n, c in counts.items() if c or n == "now"}
        value = from_next(moment, capsys)
        assert value["counts"] == counts
        places = {row.id: row.place for row in lines if row.place}
        top = first({section: [row.id for row in rows] for section, rows in sections.items()}, places)
        assert (value["series"] or {}).get("id") == top
        assert_next_actions(tracker, [row for section in ASKS for row in sections[section]])
        assert from_digest(tracker) == {n: c for n, c in counts.items() if c and n in ("now", "review", "new")}
        if number % 3 == 1:
            assert await from_tui(tracker) == {n: c for n, c in counts.items() if c or n == "now"}
        for days in (120, 10):
            assert_live(tracker.with_config(replace(tracker.config, review=Review(dormant_days=days))))
        tracker.visit([row.id for row in sections[Section.NEW][::2]])
        if number == 4:
            tracker.pin(lines[-1].id)
            tracker.snooze(lines[-2].id, None)
            tracker.snooze(lines[-3].id, moment + 50 * DAY)
            tracker.mute(lines[0].id)
        tracker.database.close()
    assert seen == {section.value for section in Section}


def assert_next_actions(tracker: Tracker, asked: list[SeriesSummary]) -> None:
    """The next action of what is in Now or Review, in JSON and in `show`, is what the row says that I do."""
    verbs = [row.place.verb.rstrip("?") for row in asked if row.place]
    for rows in (list(tracker.series_in_order(asked)), [tracker.one(row.id) for row in asked]):
        actions = [row.next_action for row in rows]
        assert {action and action.by for action in actions} <= {"me"}
        versions = [labels.revision_name(row) for row in rows]
        assert [verb_of(a.text, v) for a, v in zip(actions, versions, strict=True) if a] == verbs
        sure = [not (action and action.text.startswith("likely")) for action in actions]
        assert sure == [row.place.sure for row in asked if row.place]


def assert_live(tracker: Tracker) -> None:
    """The first screen reads all that is not dormant, and nothing else."""
    lines = tracker.lines()
    assert tracker.lines(among="known") == tuple(line for line in lines if is_known(line))
    live = tuple(line for line in lines if line.place and line.place.section is not Section.DORMANT)
    assert tracker.lines(among="live") == live


def from_list(moment: int, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """The headings of `list`."""
    assert run(["--now", format_time(moment), "list"]) == 0
    return {name.lower(): int(count) for name, count in HEADING.findall(capsys.readouterr().out)}


def from_next(moment: int, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """What `next` prints."""
    assert run(["--now", format_time(moment), "next", "--json"]) == 0
    value: dict[str, object] = json.loads(capsys.readouterr().out)
    return value


def from_digest(tracker: Tracker) -> dict[str, int]:
    """The headings of the digest, without those of what did not move."""
    digest = tracker.digest(since=tracker.now() - DAY)
    found = {name.split()[0].lower(): int(count) for name, count in HEADING.findall(digest.text)}
    subject = re.findall(r"(\d+) (?:now|to review|new)", digest.subject)
    assert [int(number) for number in subject] == [found.get(name, 0) for name in ("now", "review", "new")]
    return {name: count for name, count in found.items() if name in ("now", "review", "new")}


async def from_tui(tracker: Tracker) -> dict[str, int]:
    """The headings on the screen."""
    async with PatchwatchApp(tracker).run_test(size=(80, 24)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, OverviewScreen)
        await until(pilot, lambda: bool(screen.table.rows))
        headings = [row for row in screen.table.rows if isinstance(row, QueueHeading)]
        return {row.section.value: row.number for row in headings}
