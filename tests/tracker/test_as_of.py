"""A tracker as of a past time: going back in a copy gives what deriving everything from the mail of that time does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchwatch.config import Config, Me, Tree
from patchwatch.db import integrity
from patchwatch.notify.digest.build import Digest
from patchwatch.series.patch_reading import Mark
from patchwatch.sync import rewind
from patchwatch.sync.ingest import ingest
from patchwatch.tracker import Tracker
from patchwatch.tracker import as_of as module
from patchwatch.tracker.as_of import as_of
from tests.support.git_tree import GitTree
from tests.support.sample_threads import READS

pytestmark = pytest.mark.sqlite


@pytest.fixture
def tracker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tracker]:
    """A tracker with some sample threads, on the day after the last of them."""
    reads = READS[request.param]
    end = max(read.message.date for read in reads) + 86_400
    tracker = Tracker(Config(), clock=lambda: float(end), database_url=f"sqlite:///{tmp_path}/one.db")
    with tracker.database.write() as connection:
        ingest(connection, reads, "frob")
    yield tracker
    tracker.database.close()


def derived_at(tracker: Tracker, then: int, monkeypatch: pytest.MonkeyPatch, *, in_copy: bool) -> dict[str, Any]:
    """Everything derived as of then, in one of the two ways; a name that only later mail has leads nowhere."""
    monkeypatch.setattr(module, "is_quick", lambda connection, then: in_copy)
    with as_of(tracker, then) as past, past.database.read() as connection:
        found = dict(integrity.derived_rows(connection))
        return {name: rows for name, rows in found.items() if name != "thread_key"}


def moments(tracker: Tracker, count: int = 6) -> list[int]:
    """Times between the mails."""
    with tracker.database.read() as connection:
        dates = sorted({row[0] for row in connection.exec_driver_sql("SELECT date FROM message").fetchall()})
    return [dates[-1], *dates[:: max(1, len(dates) // count)]]


@pytest.mark.parametrize("tracker", READS, indirect=True)
def test_both_ways_to_the_past_lead_to_the_same(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    for then in moments(tracker):
        wanted = derived_at(tracker, then, monkeypatch, in_copy=False)
        assert derived_at(tracker, then, monkeypatch, in_copy=True) == wanted


@pytest.mark.parametrize("tracker", READS, indirect=True)
def test_going_back_in_parts_leads_to_the_same(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    for then in moments(tracker, 3):
        wanted = derived_at(tracker, then, monkeypatch, in_copy=True)
        with monkeypatch.context() as context:
            context.setattr(rewind, "_AT_ONCE", 1)
            assert derived_at(tracker, then, monkeypatch, in_copy=True) == wanted


@pytest.mark.parametrize("name", READS)
def test_the_digest_of_a_day_is_the_one_that_was_written_then(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "is_quick", lambda connection, then: True)
    reads = sorted(READS[name], key=lambda read: read.message.date)
    now = reads[0].message.date - 2 * 86_400  # what came in the last day counts as not looked at
    config = Config(me=Me(addresses=("rita@example.com",)))
    tracker = Tracker(config, clock=lambda: float(now), database_url=f"sqlite:///{tmp_path}/one.db")
    tracker.follow("frob")
    written: dict[int, Digest] = {}
    for start in range(0, len(reads), 4):
        part = reads[start : start + 4]
        with tracker.database.write() as connection:
            ingest(connection, part, "frob")
        now = part[-1].message.date
        if all(read.message.date > now for read in reads[start + 4 :]):
            written[now] = tracker.digest()
    now += 30 * 86_400
    for then, digest in written.items():
        with as_of(tracker, then) as past:
            assert past.digest() == digest
    tracker.database.close()


@pytest.mark.parametrize("tracker", ["points"], indirect=True)
def test_later_marks_and_dismissals_are_taken_back(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    (then, *_) = moments(tracker)
    wanted = derived_at(tracker, then, monkeypatch, in_copy=False)
    (row, *_) = tracker.series(everything=True)
    tracker.dismiss(row.id, "1")
    tracker.mark(row.id, "rejected")
    assert tracker.one(row.id).state == "rejected"
    for in_copy in (True, False):
        assert derived_at(tracker, then, monkeypatch, in_copy=in_copy) == wanted


@pytest.mark.parametrize("tracker", ["points"], indirect=True)
def test_earlier_marks_of_patches_stay(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    (then, *_) = moments(tracker)
    row = tracker.one(tracker.find("r1@quill"))
    tracker.mark_patches(row, row.revisions[-1].patch_message_ids[:1], Mark.SKIPPED)
    now = tracker.now()
    for in_copy in (True, False):
        monkeypatch.setattr(module, "is_quick", lambda connection, then, answer=in_copy: answer)
        for moment, mark in ((then, Mark.LEFT), (now, Mark.SKIPPED)):
            with as_of(tracker, moment) as past:
                assert past.readings(past.one(row.id))[row.revisions[-1].message_id].patches[0].mark == mark


@pytest.mark.parametrize("tracker", ["demo"], indirect=True)
def test_later_links_are_taken_back(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    (then, *_) = moments(tracker)
    wanted = derived_at(tracker, then, monkeypatch, in_copy=False)
    rows = sorted(tracker.series(everything=True), key=lambda row: row.revisions[-1].date)
    tracker.link(rows[-1].revisions[0].message_id, rows[0].revisions[-1].message_id)
    assert len(tracker.series(everything=True)) == len(rows) - 1
    for in_copy in (True, False):
        assert derived_at(tracker, then, monkeypatch, in_copy=in_copy) == wanted


@pytest.mark.parametrize("tracker", ["demo"], indirect=True)
def test_later_commits_are_taken_back(tracker: Tracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (last, *_) = moments(tracker)
    title = tracker.series(everything=True)[0].revisions[-1].subject.rpartition("] ")[2]
    tree = GitTree(tmp_path / "linus", last)
    tree.commit(title, at=last + 1000, authored=last - 1000)
    tracker.config = Config(tree=(Tree(name="linus", path=str(tree.path), mainline=True),))
    tracker.poll()
    for then in (last, last + 2000):
        wanted = derived_at(tracker, then, monkeypatch, in_copy=False)
        assert derived_at(tracker, then, monkeypatch, in_copy=True) == wanted


@pytest.mark.parametrize("tracker", ["demo"], indirect=True)
def test_the_way_with_less_work_is_taken(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    derived: list[int] = []
    monkeypatch.setattr(module, "_derive_until", lambda source, target, then, progress: derived.append(then))
    times = moments(tracker, 20)
    for then in (times[0], times[1]):
        with as_of(tracker, then):
            pass
    assert derived == [times[1]]
