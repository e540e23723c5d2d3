"""Decisions are undone one by one, by any process; later decisions of others stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.cli.demo import NOW, DemoTracker
from patchwatch.db.people import Acting
from patchwatch.errors import NotFoundError
from patchwatch.series.own_labels import parse_change
from patchwatch.tracker import Tracker
from tests.support.demo import demo

XDP_V4, XDP_V5 = "20230730114951.74067-1-hffilwlqm@gmail.com", "20230801142621.7925-1-hffilwlqm@gmail.com"
TCP_V4 = "20230825133246.344364-1-me@manjusaka.me"
MGLRU_V3 = "20230920190244.16839-1-ryncsn@gmail.com"
DAY = 86_400
BO = Acting(2, "bo@example.org")


@pytest.fixture
def tracker() -> Iterator[DemoTracker]:
    with demo() as tracker:
        while True:  # the watching of the demo's own threads
            try:
                tracker.undo()
            except NotFoundError:
                break
        for message_id in (XDP_V5, TCP_V4, MGLRU_V3):
            assert not tracker.one(tracker.find(message_id)).watched
        yield tracker


def test_undo_restores_the_previous_mark(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.mark(number, "rejected")
    tracker.mark(number, "deferred")
    assert tracker.undo() == f"marked deferred: #{number} bpf, xdp: Add tracepoint to xdp attaching failure"
    assert tracker.one(number).state == "rejected"
    tracker.undo()
    assert tracker.one(number).state == "accepted"
    with pytest.raises(NotFoundError, match="nothing to undo"):
        tracker.undo()


def test_undo_restores_a_removed_mark(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.mark(number, "rejected")
    tracker.mark(number, None)
    tracker.undo()
    assert tracker.one(number).state == "rejected"


def test_undo_of_unlink(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    parted = tracker.unlink(XDP_V5)
    assert tracker.undo().startswith("unlinked: v5 of #")
    assert tracker.find(XDP_V5) == tracker.find(XDP_V4) == number == min(parted)
    assert len(tracker.one(number).revisions) == 2


def test_undo_of_link(tracker: DemoTracker) -> None:
    number = tracker.link(MGLRU_V3, XDP_V5)
    assert [r.version for r in tracker.one(number).revisions] == [4, 5, 3]
    tracker.undo()
    for _ in range(2):
        assert [r.version for r in tracker.one(tracker.find(XDP_V5)).revisions] == [4, 5]
        assert [r.version for r in tracker.one(tracker.find(MGLRU_V3)).revisions] == [1, 3]
        tracker.reindex()


def test_undo_of_snooze_mute_and_watch(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.snooze(number, NOW + DAY)
    tracker.snooze(number, None)
    tracker.mute(number)
    assert [tracker.undo().partition(":")[0] for _ in range(2)] == ["muted", "snoozed until someone replies"]
    row = tracker.one(number)
    assert (row.muted, row.snoozed_until) == (False, NOW + DAY)
    tracker.unsnooze(number)
    tracker.undo()
    assert tracker.one(number).snoozed_until == NOW + DAY


def test_pins_are_per_person(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    me = tracker.database.acting
    tracker.pin(number)
    tracker.database.acting = BO
    assert not tracker.one(number).pinned
    assert [row.pinned for row in tracker.lines() if row.id == number] == [False]
    tracker.pin(number)
    tracker.pin(number, pinned=False)
    assert tracker.undo().startswith("no longer pinned")
    assert tracker.one(number).pinned
    tracker.database.acting = me
    assert tracker.one(number).pinned
    assert tracker.undo().startswith("pinned")
    assert not tracker.one(number).pinned


def test_not_mine_is_per_person_and_undone(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    me = tracker.database.acting
    tracker.not_mine([number])
    tracker.database.acting = BO
    assert (tracker.one(number).not_mine, [row.not_mine for row in tracker.lines() if row.id == number]) == (0, [0])
    tracker.database.acting = me
    assert tracker.one(number).not_mine == NOW
    tracker.not_mine([number], mine=True)
    assert tracker.undo().startswith("yours again")
    assert tracker.one(number).not_mine == NOW
    assert tracker.undo().startswith("not yours")
    assert tracker.one(number).not_mine == 0


def test_labels_are_undone_per_person(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    me = tracker.database.acting
    tracker.label(number, parse_change(["+todo"]))
    tracker.database.acting = BO
    tracker.label(number, parse_change(["+todo", "+later"]))
    tracker.label(number, parse_change(["-todo"]))
    assert tracker.one(number).labels == ("later",)
    assert tracker.undo().startswith("labels -todo")
    assert tracker.one(number).labels == ("later", "todo")
    tracker.database.acting = me
    assert tracker.undo().startswith("labels +todo")
    assert tracker.one(number).labels == ()
    tracker.database.acting = BO
    assert tracker.one(number).labels == ("later", "todo")


def test_undo_of_unwatch() -> None:
    with demo() as tracker:
        number = tracker.find(XDP_V5)
        tracker.unwatch(number)
        tracker.undo()
        assert tracker.one(number).watched


def test_action_on_several_series_is_undone_at_once(tracker: DemoTracker) -> None:
    numbers = [tracker.find(XDP_V5), tracker.find(TCP_V4)]
    tracker.mark(numbers, "not-applicable")
    assert tracker.undo().startswith("marked not-applicable: 2 series (#")
    assert [tracker.one(n).state for n in numbers] == ["accepted", "deferred"]


def test_action_without_effect_is_not_logged(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.mute(number)
    tracker.unwatch(number)
    tracker.mark(number, None)
    assert tracker.undo().startswith("muted")


def test_another_process_can_undo(tmp_path: Path, tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.mark(number, "rejected")
    other = Tracker(tracker.config, database_url=tracker.database.url)
    other.database.acting = tracker.database.acting
    other.undo()
    other.database.close()
    assert tracker.one(number).state == "accepted"


def test_later_change_by_somebody_else_stays(tracker: DemoTracker) -> None:
    number, tcp = tracker.find(XDP_V5), tracker.find(TCP_V4)
    me = tracker.database.acting
    tracker.mark(tcp, "rejected")
    tracker.mark(number, "rejected")
    tracker.database.acting = BO
    tracker.mark(number, "reviewed")
    tracker.database.acting = me
    assert f"#{tcp} " in tracker.undo()  # the last of mine that nobody else has touched
    assert tracker.one(number).state == "reviewed"
    tracker.database.acting = BO
    tracker.undo()
    assert tracker.one(number).state == "rejected"
