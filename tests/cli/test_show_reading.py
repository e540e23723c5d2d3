"""`read` marks patches, `undo` takes that back, and `show` says which I have read, also from my tags."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from patchwatch.config import Config, Me
from patchwatch.db.people import Acting
from patchwatch.progress import no_progress
from patchwatch.series.patch_reading import Mark, newest, summary, word
from patchwatch.tracker import Tracker
from tests.support.command_line import Run, add_to_config
from tests.support.mails import mbox
from tests.support.points import NOW, series_with_points


@pytest.fixture
def database(run: Run, tmp_path: Path, environment: dict[str, str]) -> str:
    """The URL of a database with three patches in two versions, of which the second changed the first patch."""
    add_to_config(tmp_path, '[me]\naddresses = ["Ines@example.org", "ines@home.example"]\n')
    (tmp_path / "points.mbox").write_bytes(mbox(series_with_points()))
    assert run("import", tmp_path / "points.mbox", "--inbox", "quill").returncode == 0
    return f"sqlite:///{environment['XDG_DATA_HOME']}/patchwatch/patchwatch.db"


def tracker_of(database: str, *addresses: str) -> Tracker:
    return Tracker(Config(me=Me(addresses)), database_url=database, clock=lambda: 1_689_235_200.0)


def mark(tracker: Tracker, message_id: str, how: Mark) -> None:
    tracker.mark_patches(tracker.one(1), [message_id], how)


def words(tracker: Tracker) -> list[str]:
    row = tracker.one(1)
    return [word(patch) for patch in newest(row, tracker.readings(row)).patches]


def shown(run: Run) -> list[str]:
    return [text for text in run("show", "1", "--now", NOW).stdout.split("\n") if text.startswith("Read:")]


def test_show_says_nothing_before_the_first_patch_is_marked(run: Run, database: str) -> None:
    assert shown(run) == []


def test_show_counts_what_is_kept_and_names_what_is_left(run: Run, database: str) -> None:
    ines = tracker_of(database, "ines@example.org")
    mark(ines, "1-1@quill", Mark.READ)  # changed in v2
    mark(ines, "1-2@quill", Mark.READ)  # the same, but a point of hers is open
    mark(ines, "1-3@quill", Mark.SKIPPED)
    assert words(ines) == ["changed", "as in v1", "skipped"]
    assert shown(run) == ["Read:   0 of 3, 1 skipped, 1 changed since your review; left: patches 1-2"]


def test_show_json_has_each_patch(run: Run, database: str) -> None:
    mark(tracker_of(database, "ines@home.example"), "1-3@quill", Mark.SKIPPED)
    reading: dict[str, Any] = json.loads(run("show", "1", "--json", "--now", NOW).stdout)["reading"]
    assert {key: reading[key] for key in ("read", "skipped", "changed")} == {"read": 0, "skipped": 1, "changed": 0}
    assert reading["patches"][2] == {
        "patch": 3,
        "message_id": "2-3@quill",
        "mark": "skipped",
        "kept_from": "v1",
        "same_as": "v1",
        "read_before": None,
        "open_point": False,
    }


def test_marks_are_kept_for_each_person(database: str) -> None:
    mark(tracker_of(database, "ines@example.org"), "2-2@quill", Mark.READ)
    petra = tracker_of(database, "petra@example.net")
    petra.database.acting = Acting(2, "petra@example.net")
    assert words(petra)[1] == "as in v1"
    mark(petra, "2-2@quill", Mark.SKIPPED)
    assert words(tracker_of(database, "ines@example.org"))[1] == "read"
    assert words(petra)[1] == "skipped"


def test_my_tag_in_a_reply_counts_as_reading(database: str) -> None:
    assert words(tracker_of(database, "petra@example.net"))[0] == "read"
    assert words(tracker_of(database, "ines@example.org"))[0] == ""


def test_marks_of_any_of_my_addresses_count(database: str) -> None:
    mark(tracker_of(database, "ines@home.example"), "2-1@quill", Mark.READ)
    assert words(tracker_of(database, "ines@example.org", "ines@home.example"))[0] == "read"


def test_marks_work_without_addresses_in_the_config(database: str) -> None:
    nobody = tracker_of(database)
    mark(nobody, "2-1@quill", Mark.READ)
    assert words(nobody)[0] == "read"


def test_marks_survive_reindex(database: str) -> None:
    ines = tracker_of(database, "ines@example.org")
    mark(ines, "2-1@quill", Mark.READ)
    ines.reindex(no_progress)
    assert words(ines)[0] == "read"


def test_a_mark_can_be_replaced(database: str) -> None:
    ines = tracker_of(database, "ines@example.org")
    for how, expected in (
        (Mark.READ, "all 3 read"),
        (Mark.LEFT, "2 of 3 read"),
        (Mark.SKIPPED, "2 of 3 read, 1 skipped"),
    ):
        found = ines.mark_patches(ines.one(1), ["2-1@quill", "2-2@quill", "2-3@quill"], Mark.READ)
        found = ines.mark_patches(ines.one(1), ["2-1@quill"], how)
        assert summary(found["2-0@quill"]) == expected


def test_read_marks_the_patches_of_the_newest_version_and_says_what_is_left(run: Run, database: str) -> None:
    done = run("read", "1", "1", "3", "--now", NOW)
    assert done.stdout.split("\n")[0].startswith("read: patches 1, 3 of #1 ")
    assert shown(run) == ["Read:   2 of 3; left: patch 2"]
    assert done.stdout.split("\n")[1] == shown(run)[0]
    assert run("read", "1", "2-2", "--skip").stdout.startswith("skipped: patch 2 of #1 ")
    assert shown(run) == ["Read:   2 of 3, 1 skipped"]
    assert run("read", "1", "--off").stdout.startswith("left to read: patches 1-3 of #1 ")
    assert words(tracker_of(database, "ines@example.org")) == ["", "as in v1", "as in v1"]
    assert run("read", "1").stdout.startswith("read: patches 1-3 of #1 ")
    assert shown(run) == ["Read:   all 3"]


def test_undo_takes_marks_of_reading_back_one_by_one(run: Run, database: str) -> None:
    run("read", "1", "1,2")
    run("read", "1", "2", "--skip")
    run("read", "1", "2", "--skip", "--now", "2030-01-01T00:00Z")  # it is skipped already: nothing to undo
    assert run("undo").stdout.startswith("undone: marked as skipped: patch 2 of #1 ")
    assert words(tracker_of(database, "ines@example.org"))[:2] == ["read", "read"]
    assert run("undo").stdout.startswith("undone: marked as read: patches 1-2 of #1 ")
    assert shown(run) == []


@pytest.mark.parametrize(
    ("patches", "problem"),
    [
        (("4",), "there is no patch 4 in v2 of #1, which has 3 patches."),
        (("2-7",), "there is no patch 2-7 in v2 of #1, which has 3 patches."),
        (("3-1",), "there is no patch 3-1 in v2 of #1, which has 3 patches."),
        (("0",), "there is no patch 0 in v2 of #1, which has 3 patches."),
        (("one",), "'one' is not a patch; give numbers or ranges, such as 1-3 5."),
    ],
)
def test_read_rejects_patches_that_do_not_exist(
    run: Run, database: str, patches: tuple[str, ...], problem: str
) -> None:
    done = run("read", "1", *patches)
    assert (done.returncode, done.stderr) == (1, f"patchwatch: {problem}\n")
    assert shown(run) == []


def test_read_takes_one_kind_of_mark(run: Run, database: str) -> None:
    assert run("read", "1", "--skip", "--off").returncode == 2
