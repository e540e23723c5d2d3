"""`next`: the one thing to do now, and the stored answer, which says the same as a computed one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from patchwatch.cli import print_next
from patchwatch.config import Config, Me
from patchwatch.db import next_file
from patchwatch.series.queue import Section, in_order
from patchwatch.tracker import Tracker
from patchwatch.tracker.next_answer import answer_now
from tests.support.command_line import Run
from tests.support.mails import mail, mbox, patch_with_question
from tests.support.paths import ROOT

AT = "2023-07-07T10:00Z"
NOW = 1_688_724_000
DAY = 86_400


def test_next_prints_what_to_do_who_asked_and_where_to_look(with_question: Run) -> None:
    assert with_question("--now", AT, "next").stdout.splitlines() == [
        "answer Rita's question from 3 days ago",
        "  #1  frob: fix it  (you)",
        "  “Why is the lock taken?”  Rita Reviewer",
        "  patchwatch show 1 --why",
    ]


def test_line_and_count_are_for_prompts(with_question: Run) -> None:
    assert with_question("--now", AT, "next", "--line").stdout == "answer Rita: frob: fix it (1)\n"
    assert with_question("--now", AT, "next", "--count").stdout == "1\n"
    assert with_question("--now", AT, "next", "--count", "now", "review", "dormant").stdout == "1 1 0\n"


def test_json_has_the_counts_and_the_series(with_question: Run) -> None:
    value = json.loads(with_question("--now", AT, "next", "--json").stdout)
    assert value["counts"] == {"now": 1, "review": 1, "new": 0, "waiting": 0, "dormant": 0, "closed": 0}
    assert value["series"]["verb"] == "answer Rita"
    assert (value["schema"], value["stale"], value["series"]["message_id"]) == (1, False, "a@x")


def test_every_key_of_the_json_is_documented(with_question: Run) -> None:
    value = json.loads(with_question("--now", AT, "next", "--json").stdout)
    _, _, documented = (ROOT / "docs" / "json.md").read_text(encoding="utf-8").partition("## `next --json`")
    documented = documented.partition("\n## ")[0]
    assert [key for key in (*value, *value["counts"], *value["series"]) if f"`{key}`" not in documented] == []


def test_nothing_to_do_names_the_next_ping(with_question: Run) -> None:
    with_question("--now", AT, "snooze", "1", "2", "--until", "2023-07-20")
    assert with_question("--now", AT, "next").stdout.startswith("nothing needs you")
    assert with_question("--now", AT, "next", "--line").stdout == "\n"


def test_next_needs_an_address(run: Run) -> None:
    done = run("next")
    assert done.returncode == 1
    assert "under [me]" in done.stderr


def test_sections_need_count(with_question: Run) -> None:
    assert with_question("next", "review").returncode == 2
    assert with_question("next", "--count", "soon").returncode == 2


def test_sections_are_those_of_the_queue() -> None:
    assert tuple(section.value for section in Section) == print_next.SECTIONS


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    """Three series of Ann, one of them hers to answer, and one to review; stored answers in a directory of the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    raws = [
        *patch_with_question(),
        mail(message_id="b@x", subject="[PATCH] blip: fix it", date="Wed, 5 Jul 2023 12:00:00 +0000", body="W.\n---\n"),
        mail(message_id="d@x", subject="[PATCH] plop: fix it", date="Thu, 6 Jul 2023 13:30:00 +0000", body="W.\n---\n"),
        mail(
            message_id="c@x",
            subject="[PATCH] quux: say quux",
            sender="Bo Author <bo@example.net>",
            date="Wed, 5 Jul 2023 10:00:00 +0000",
            cc="Ann Author <ann@example.org>",
            body="Why.\n---\n",
        ),
    ]
    (tmp_path / "box").write_bytes(mbox(raws))
    config = Config(me=Me(("ann@example.org",)), source=tmp_path / "config.toml")
    found = at(Tracker(config, database_url=f"sqlite:///{tmp_path}/next.db"), NOW)
    found.import_mail(tmp_path / "box", "x")
    return found


def at(tracker: Tracker, now: int) -> Tracker:
    """The same at another time."""
    return Tracker(tracker.config, clock=lambda: float(now), database_url=tracker._url)


@pytest.mark.sqlite
def test_the_stored_answer_is_the_computed_one_as_long_as_it_holds(tracker: Tracker) -> None:
    """At many moments of half a year: in the minutes before and after something changes, and in between."""
    checked = 0
    now = NOW
    while now < NOW + 180 * DAY:
        answer_now(at(tracker, now))
        stored = json.loads(Path(next_file.path()).read_text())
        moments = {now, stored["until"] - 1, stored["text_until"] - 1, (now + stored["until"]) // 2}
        for moment in sorted(moments):
            for text in (True, False):
                found = next_file.read(moment, text=text)
                if found is None:
                    assert text
                    assert moment >= stored["text_until"]
                    continue
                fresh = answer_now_without_storing(at(tracker, moment))
                fields = ("counts", "line", "text", "json") if text else ("counts", "line")
                assert {name: found[name] for name in fields} == {name: fresh[name] for name in fields}
                checked += 1
        now = stored["until"] if stored["until"] - now < DAY else now + 5 * DAY
    assert checked > 100


def answer_now_without_storing(tracker: Tracker) -> next_file.Answer:
    """Compute it, and leave the stored one alone."""
    path = Path(next_file.path())
    before = path.read_bytes()
    answer = answer_now(tracker)
    path.write_bytes(before)
    return answer


def test_the_counts_are_those_of_the_list(tracker: Tracker) -> None:
    for days in (0, 3, 8, 20, 100, 130, 400):
        later = at(tracker, NOW + days * DAY)
        places = {row.id: row.place for row in later.lines() if row.place}
        counts = {section.value: len(numbers) for section, numbers in in_order(places).items()}
        assert answer_now(later)["counts"] == counts


@pytest.mark.sqlite
def test_the_stored_answer_ends_with_a_change_of_database_or_config(tracker: Tracker) -> None:
    answer_now(tracker)
    assert next_file.read(NOW, text=True) is not None
    assert next_file.read(NOW - 1, text=False) is None  # the clock was set back
    tracker.visit([1])
    assert next_file.read(NOW, text=False) is None
    answer_now(tracker)
    assert tracker.config.source is not None
    tracker.config.source.write_text("[me]\n")
    assert next_file.read(NOW, text=False) is None


@pytest.mark.sqlite
def test_a_poll_stores_the_answer_again_if_somebody_asks_for_it(tracker: Tracker) -> None:
    tracker.refresh_answer()
    assert not next_file.exists()
    answer_now(tracker)
    before = Path(next_file.path()).read_bytes()
    tracker.refresh_answer()
    assert Path(next_file.path()).read_bytes() == before  # it still holds
    tracker.snooze(tracker.find("a@x"), NOW + DAY)
    assert next_file.read(NOW, text=True) is None
    tracker.refresh_answer()
    found = next_file.read(NOW, text=True)
    assert found is not None
    assert found["counts"]["now"] == 0
    later = at(tracker, NOW + 2 * DAY)
    later.refresh_answer()
    assert next_file.read(NOW + 2 * DAY, text=True) is not None


@pytest.mark.sqlite
def test_a_damaged_file_is_computed_again(tracker: Tracker) -> None:
    for text in ("", "{}", "[1]", '{"until": "x", "text_until": 3}', "\x00"):
        answer_now(tracker)
        Path(next_file.path()).write_text(text)
        assert next_file.read(NOW, text=False) is None


def test_stale_lists_print_a_question_mark(tracker: Tracker, capsys: pytest.CaptureFixture[str]) -> None:
    answer = {**answer_now(tracker), "stale_at": NOW}
    for forms in (["--count"], ["--line"]):
        print_next.print_answer(answer, NOW, forms, [])
    print_next.print_answer(replace_stale(answer), NOW, ["--count"], [])
    assert capsys.readouterr().out == "?\n?\n1\n"


def replace_stale(answer: next_file.Answer) -> next_file.Answer:
    """The same, stale only later."""
    return {**answer, "stale_at": NOW + 1}


@pytest.mark.sqlite
def test_the_stored_answer_is_read_without_slow_imports(with_question: Run, environment: dict[str, str]) -> None:
    """Neither SQLAlchemy, msgspec, click nor typing: a shell prompt asks each time."""
    with_question("next")
    code = (
        "import sys; from patchwatch.__main__ import main; sys.argv = ['patchwatch', 'next', '--count']; main();"
        "print([m for m in ('sqlalchemy', 'msgspec', 'click', 'typing', 'tomllib') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[1:] == ["[]"], done.stderr
