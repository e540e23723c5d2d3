"""`mark`, `mute`, `pin`, `seen`, `snooze`, `link`, `unlink`, `undo`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command_line import XDP_V5, Run
from tests.support.mails import mail, mbox


def test_decisions_by_hand(with_xdp: Run) -> None:
    assert with_xdp("mark", "1", "deferred").stdout.endswith(": deferred\n")
    assert with_xdp("mute", "1").stdout.startswith("muted: #1 ")
    assert with_xdp("snooze", "1", "--until", "3d").stdout.startswith("snoozed until 20")
    (series,) = json.loads(with_xdp("list", "--all", "--json").stdout)
    assert (series["state"], series["muted"], series["snoozed"]) == ("deferred", True, True)
    assert with_xdp("mark", "1", "auto").stdout.endswith(": accepted\n")
    assert with_xdp("unlink", XDP_V5).stdout.count("1 version") == 2
    assert "has 2 versions" in with_xdp("link", "2", "1").stdout
    assert with_xdp("unwatch", "1").returncode == 0


def test_unlink_names_the_next_step_if_the_version_now_follows_an_older_one(run: Run, tmp_path: Path) -> None:
    days = {"": 3, " v2": 10, " v3": 17}
    raws = [
        mail(
            message_id=f"{day}@x",
            subject=f"[PATCH{version}] foo: free the blip once",
            date=f"Mon, {day} Jul 2023 10:00:00 +0000",
            body="Why.\n---\n",
        )
        for version, day in days.items()
    ]
    (tmp_path / "box").write_bytes(mbox(raws))
    assert run("import", tmp_path / "box", "--inbox", "x").returncode == 0
    again = "unlink it again"
    first, second = run("unlink", "17@x"), run("unlink", "17@x")
    assert (first.stdout.count("3 versions"), again in first.stderr) == (1, True)
    assert (second.stdout.count("2 versions"), second.stdout.count("1 version"), again in second.stderr) == (
        1,
        1,
        False,
    )


def test_what_is_not_mine_leaves_the_queue_until_it_is_put_back(with_xdp: Run) -> None:
    assert with_xdp("not-mine", "1").stdout.startswith("not yours: #1 ")
    assert json.loads(with_xdp("show", "1", "--json").stdout)["not_mine"] is True
    assert "\nYou:    said that it is not yours to do\n" in with_xdp("show", "1").stdout
    assert "[not yours]" in with_xdp("list", "--all").stdout
    assert "xdp" in with_xdp("list", "--all", "is:not-mine").stdout
    assert "xdp" not in with_xdp("list", "--all", "--", "-is:not-mine").stdout
    assert with_xdp("not-mine", "1", "--off").stdout.startswith("yours again: #1 ")
    assert json.loads(with_xdp("show", "1", "--json").stdout)["not_mine"] is False
    assert "\nYou: " not in with_xdp("show", "1").stdout
    assert "[not yours]" not in with_xdp("list", "--all").stdout


def test_show_says_what_i_decided(with_xdp: Run) -> None:
    for command in (("pin", "1"), ("mute", "1"), ("snooze", "1")):
        assert with_xdp(*command).returncode == 0
    assert "\nYou:    pinned it, muted it, snoozed it until someone replies\n" in with_xdp("show", "1").stdout


def test_a_pinned_series_is_shown_as_such_until_it_is_unpinned(with_xdp: Run) -> None:
    assert with_xdp("pin", "1").stdout.startswith("pinned: #1 ")
    assert json.loads(with_xdp("show", "1", "--json").stdout)["pinned"] is True
    assert "[pinned]" in with_xdp("list", "--all").stdout
    assert "#1" not in with_xdp("list", "--all", "--", "-is:pinned").stdout
    assert with_xdp("undo").stdout.startswith("undone: pinned: #1 ")
    (series,) = json.loads(with_xdp("list", "--all", "--json").stdout)
    assert series["pinned"] is False
    with_xdp("pin", "1")
    assert with_xdp("pin", "1", "--off").stdout.startswith("no longer pinned: #1 ")
    assert json.loads(with_xdp("show", "1", "--json").stdout)["pinned"] is False


@pytest.mark.sqlite
def test_seen_series_have_nothing_unread(with_xdp: Run, environment: dict[str, str]) -> None:
    file = Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM read_range")  # an import counts as read
        columns = "(message_id, person, at, inbox)"
        database.execute(f"INSERT INTO watch {columns} SELECT root, 1, 0, 'bpf' FROM revision WHERE id = 1")
    assert json.loads(with_xdp("show", "1", "--json").stdout)["unread"] > 0
    assert with_xdp("seen", "1").stdout.startswith("seen: #1 ")
    assert json.loads(with_xdp("show", "1", "--json").stdout)["unread"] == 0


def test_undo_reverts_one_decision_after_the_other(with_xdp: Run) -> None:
    with_xdp("mark", "1", "deferred")
    with_xdp("snooze", "1", "--until", "monday", "--now", "2023-09-21")
    assert with_xdp("undo").stdout.startswith("undone: snoozed until 2023-09-25: #1 ")
    assert with_xdp("undo").stdout.startswith("undone: marked deferred: #1 ")
    (series,) = json.loads(with_xdp("list", "--all", "--json").stdout)
    assert (series["state"], series["snoozed"]) == ("accepted", False)
    done = with_xdp("undo")
    assert (done.returncode, done.stderr) == (1, "patchwatch: there is nothing to undo.\n")
