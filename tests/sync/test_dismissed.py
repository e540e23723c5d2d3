"""Dismissed points: remembered over reindex and any order of arrival, undone, and known to `as of` and `doctor`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.config import Config
from patchwatch.db import decisions
from patchwatch.db.people import login
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.series.point_list import listed_points
from patchwatch.series.points import Fate, parse_point_key, point_key
from patchwatch.sync.ingest import Read, ingest, read_mail, reindex
from patchwatch.sync.verify import verify
from patchwatch.times import parse_time
from patchwatch.tracker import Tracker
from patchwatch.tracker.as_of import as_of
from tests.support.derived import dump
from tests.support.mails import mail
from tests.support.points import INES, NOW, series_with_points
from tests.support.sample_threads import READS

LOCK, GUARD = "r1@quill#1", "r1@quill#2"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Tracker]:
    clock = float(parse_time(NOW))
    tracker = Tracker(Config(), clock=lambda: clock, database_url=f"sqlite:///{tmp_path}/test.db")
    yield tracker
    tracker.database.close()


@pytest.fixture
def tracker(empty: Tracker) -> Tracker:
    arrive(empty, READS["points"])
    return empty


def arrive(tracker: Tracker, reads: list[Read]) -> None:
    with tracker.database.write() as connection:
        ingest(connection, reads, "quill")


def reply(message_id: str, body: str) -> bytes:
    subject = "Re: [PATCH] net: free the socket once"
    return mail(message_id=message_id, subject=subject, sender=INES, in_reply_to="1@example.org", body=body)


def fates(tracker: Tracker) -> dict[str, Fate]:
    return {point.key: point.fate for point in tracker.one(tracker.find("2-0@quill")).revisions[-1].points}


def test_a_dismissed_point_no_longer_passes_the_turn(tracker: Tracker) -> None:
    number = tracker.find("2-0@quill")
    assert (fates(tracker)[LOCK], tracker.one(number).turn) == (Fate.OPEN, "author")
    assert tracker.dismiss(number, "2").point.text.startswith("The lock must cover")
    assert fates(tracker)[LOCK] == Fate.DISMISSED
    row = tracker.one(number)
    assert row.state_evidence is not None
    assert "lock must" not in row.state_evidence.text
    (line,) = tracker.lines()
    assert (line.points_open, line.points) == (3, 5)


@pytest.mark.parametrize(("days", "left"), [(0, 4), (15, 4), (17, 2)])
def test_the_list_counts_what_the_series_shows(tracker: Tracker, tmp_path: Path, days: int, left: int) -> None:
    later = Tracker(
        Config(), clock=lambda: tracker.now() + days * 86_400.0, database_url=f"sqlite:///{tmp_path}/test.db"
    )
    (line,), (row,) = later.lines(), later.series(everything=True)
    assert line.points_open == sum(listed.is_open for listed in listed_points(row, later.now())) == left
    later.database.close()


def test_an_only_demand_that_is_dismissed_gives_the_turn_back(empty: Tracker) -> None:
    diff = "diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1,2 @@\n a\n+\treturn 0;\n"
    patch = mail(body=f"Words.\n---\n f.c | 1 +\n\n{diff}")
    arrive(empty, [read_mail(patch), read_mail(reply("q@x", "> +\treturn 0;\n\nPlease return -EINVAL here.\n"))])
    row = empty.one(empty.find("q@x"))
    assert (row.state, row.turn) == ("changes-requested", "author")
    empty.dismiss(row.id, "1")
    row = empty.one(row.id)
    assert (row.state, row.turn) == ("under-review", "reviewers")
    empty.undo()
    assert empty.one(row.id).state == "changes-requested"


def test_undo_takes_it_back_and_repeats(tracker: Tracker) -> None:
    before = dump(tracker.database)
    number = tracker.find("2-0@quill")
    tracker.dismiss(number, LOCK)
    tracker.dismiss(number, GUARD)
    assert tracker.undo() == f"dismissed point 3: #{number} quill: register buffers from a memfd"
    assert (fates(tracker)[LOCK], fates(tracker)[GUARD]) == (Fate.DISMISSED, Fate.PROMISED)
    tracker.undo()
    assert dump(tracker.database) == before


def test_reindex_and_verify_keep_it(tracker: Tracker) -> None:
    tracker.dismiss(tracker.find("2-0@quill"), LOCK)
    before = dump(tracker.database)
    assert list(verify(tracker.database)) == []
    with tracker.database.write() as connection:
        reindex(connection)
    assert dump(tracker.database) == before
    assert fates(tracker)[LOCK] == Fate.DISMISSED


@pytest.mark.parametrize("seed", range(6))
def test_it_holds_for_any_order_of_arrival(empty: Tracker, tmp_path: Path, seed: int) -> None:
    other = Tracker(Config(), clock=empty._clock, database_url=f"sqlite:///{tmp_path}/other.db")
    arrive(other, READS["points"])
    other.dismiss(other.find("2-0@quill"), GUARD)
    chance = random.Random(seed)
    reads, when = chance.sample(READS["points"], len(READS["points"])), chance.randrange(len(READS["points"]))
    for at, read in enumerate(reads):
        if at == when:  # before or after the mails that it is about
            with empty.database.write() as connection:
                decisions.dismiss(connection, GUARD, 1, login())
        arrive(empty, [read])
    with empty.database.write() as connection:
        reindex(connection)  # the mails may all have been there before it was dismissed behind the tracker's back
    assert dump(empty.database) == dump(other.database)
    other.database.close()


def test_mails_that_answer_it_later_do_not_change_its_fate(empty: Tracker) -> None:
    answers = {"a1@quill", "t1@quill", "a2@quill", "a3@quill"}
    first = [read for read in READS["points"] if read.message.message_id not in answers]
    arrive(empty, first)
    empty.dismiss(empty.find("2-0@quill"), GUARD)
    arrive(empty, [read for read in READS["points"] if read.message.message_id in answers])
    assert fates(empty)[GUARD] == Fate.DISMISSED


def test_an_earlier_morning_does_not_know_it(tracker: Tracker) -> None:
    tracker.dismiss(tracker.find("2-0@quill"), LOCK)
    with as_of(tracker, int(tracker.now()) - 1) as before:
        assert fates(before)[LOCK] == Fate.OPEN
    with as_of(tracker, int(tracker.now())) as after:
        assert fates(after)[LOCK] == Fate.DISMISSED


@pytest.mark.parametrize("name", ["0", "7", "#9", "r1@quill", "r1@quill#9", "", "1 or 1"])
def test_what_names_no_point_is_refused(tracker: Tracker, name: str) -> None:
    with pytest.raises(NotFoundError, match="has no point"):
        tracker.dismiss(tracker.find("2-0@quill"), name)


def test_a_point_is_dismissed_once(tracker: Tracker) -> None:
    number = tracker.find("2-0@quill")
    tracker.dismiss(number, "#2")
    with pytest.raises(InvalidInputError, match="dismissed already"):
        tracker.dismiss(number, "2")


@pytest.mark.parametrize("message_id", ["a@b", "a#b@c", "%_@x", 'qu"o\\te@x', "ä@x"])
def test_odd_message_ids_have_a_key_and_are_found(empty: Tracker, message_id: str) -> None:
    assert parse_point_key(point_key(message_id, 12)) == (message_id, 12)
    arrive(empty, [read_mail(mail(body="Words.\n---\n")), read_mail(reply(message_id, "Please rename it.\n"))])
    (row,) = empty.series(everything=True)
    (point,) = row.revisions[-1].points
    empty.dismiss(row.id, point.key)
    (row,) = empty.series(everything=True)
    assert row.revisions[-1].points[0].fate == Fate.DISMISSED


def test_series_with_points_is_what_the_tests_think() -> None:
    assert len(series_with_points()) == len(READS["points"])
