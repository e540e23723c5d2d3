"""`reindex`."""

from __future__ import annotations

import itertools
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from patchwatch.config import Config
from patchwatch.db import messages, schema, versions
from patchwatch.sync import renewal
from patchwatch.tracker import Tracker
from tests.support.command_line import XDP_V5, Run

NOT_YET = "the others are shown as an earlier patchwatch, or other rules, read them"


def test_reindex_gives_the_same_list(with_xdp: Run) -> None:
    before = with_xdp("list", "--all", "--json").stdout
    assert with_xdp("reindex").stdout == "13 mails reprocessed\n"
    assert with_xdp("list", "--all", "--json").stdout == before


@pytest.fixture
def upgraded(with_xdp: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command of the program after the one that stored the series, and read another state."""
    monkeypatch.setattr(versions, "OLDEST_READABLE", versions.FACTS_VERSION - 1)
    with closing(sqlite3.connect(tmp_path / "data" / "patchwatch" / "patchwatch.db")) as connection:
        connection.execute("UPDATE setting SET value = ? WHERE name = 'form'", (str(versions.FACTS_VERSION - 1),))
        connection.execute("UPDATE series SET state = 'rejected'")
        connection.commit()
    return with_xdp


@pytest.mark.sqlite
def test_after_an_upgrade_commands_show_what_was_stored_and_say_so(upgraded: Run) -> None:
    shown = upgraded("show", XDP_V5)
    assert "State:  rejected" in shown.stdout
    assert "this series is shown as an earlier patchwatch" in shown.stderr
    listed = upgraded("list", "--all")
    assert "rejected" in listed.stdout
    assert f"0 of 13 mails are up to date; {NOT_YET}" in listed.stderr
    assert json.loads(upgraded("list", "--all", "--json").stdout)[0]["state"] == "rejected"


@pytest.mark.sqlite
def test_doctor_says_how_far_an_upgrade_is(upgraded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert f"ok    upgrade: 0 of 13 mails are up to date; {NOT_YET}" in upgraded("doctor", "--offline").stdout
    assert json.loads(upgraded("doctor", "--offline", "--json").stdout)["upgrade"] == {"done": 0, "mails": 13}
    checked = upgraded("doctor", "--offline", "--check")
    assert "derived data is compared after the upgrade" in checked.stdout
    assert upgraded("reindex").returncode == 0
    assert "upgrade" not in upgraded("doctor", "--offline").stdout
    assert json.loads(upgraded("doctor", "--offline", "--json").stdout)["upgrade"] is None


@pytest.mark.sqlite
def test_a_poll_brings_stored_mail_up_to_date(upgraded: Run) -> None:
    done = upgraded("poll")
    assert "13 mails brought up to date after a change of patchwatch or its rules" in done.stderr
    shown = upgraded("show", XDP_V5)
    assert "State:  accepted" in shown.stdout
    assert shown.stderr == ""


@pytest.mark.sqlite
def test_a_poll_in_the_tui_continues_the_upgrade(upgraded: Run, tmp_path: Path) -> None:
    file = tmp_path / "data" / "patchwatch" / "patchwatch.db"
    tracker = Tracker(Config(), database_url=f"sqlite:///{file}")
    assert tracker.outdated().outdated == 13
    assert tracker.poll().failures == ()
    assert tracker.outdated().outdated == 0
    with tracker.database.write() as connection:
        messages.set_setting(connection, "form", str(versions.FACTS_VERSION - 1))
        connection.execute(update(schema.revision).values(posting="[1,"))
    (failure,) = tracker.poll().failures
    assert failure.startswith("upgrade: a value in the database")
    tracker.database.close()


@pytest.mark.sqlite
def test_a_stopped_reindex_is_continued_by_the_next_poll(upgraded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    step, steps = renewal.Renewal.step, []

    def stop_in_the_middle(work: renewal.Renewal) -> int | None:
        steps.append(work)
        if len(steps) == 2:
            raise KeyboardInterrupt
        return step(work)

    monkeypatch.setattr(renewal, "_MAILS", 1)
    monkeypatch.setattr(renewal, "_MOST_MAILS", 1)
    monkeypatch.setattr(renewal.Renewal, "step", stop_in_the_middle)
    assert upgraded("reindex").returncode != 0
    left = json.loads(upgraded("doctor", "--offline", "--json").stdout)["upgrade"]
    assert 0 < left["done"] < 13
    assert f"{13 - left['done']} mails brought up to date" in upgraded("poll").stderr
    assert "intact" in upgraded("doctor", "--offline", "--check").stdout


@pytest.mark.sqlite
def test_a_poll_leaves_the_rest_of_a_long_upgrade_to_the_next(upgraded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "_MAILS", 1)
    clock = itertools.count(0, 25)  # seconds
    monkeypatch.setattr("patchwatch.cli.fetch.time.monotonic", lambda: next(clock))
    done = upgraded("poll")
    assert "mails are up to date, the next poll continues" in done.stderr
    assert "that was all" not in done.stderr
    assert upgraded("poll").returncode == 0
    assert json.loads(upgraded("doctor", "--offline", "--json").stdout)["upgrade"] is None
