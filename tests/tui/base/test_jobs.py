"""The queues that take time off the interface's hands, and what is said of what they did."""

from __future__ import annotations

import threading

from patchwatch.tui.base.jobs import JobQueue
from patchwatch.tui.base.notices import Notice, Notices


def test_jobs_are_done_in_order() -> None:
    queue, done = JobQueue("test"), []
    for number in range(20):
        queue.put("", lambda number=number: done.append(number))
    assert queue.drain(5)
    assert done == list(range(20))


def test_of_several_of_the_same_kind_only_the_last_is_begun() -> None:
    queue, done, gate = JobQueue("test"), [], threading.Event()
    queue.put("", lambda: gate.wait(5))
    for number in range(5):
        queue.put("mail", lambda number=number: done.append(number))
    queue.put("", lambda: done.append("other"))
    gate.set()
    assert queue.drain(5)
    assert done == [4, "other"]


def test_draining_does_not_wait_for_ever() -> None:
    queue, gate = JobQueue("test"), threading.Event()
    queue.put("", lambda: gate.wait(5))
    assert not queue.drain(0.05)
    gate.set()
    assert queue.drain(5)


def test_queues_do_not_keep_the_process_alive() -> None:
    queue = JobQueue("test")
    queue.put("", lambda: None)
    assert queue.drain(5)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "patchwatch-test")


def test_of_what_went_well_the_last_is_told_and_errors_stay() -> None:
    told: list[tuple[Notice, ...]] = []
    notices = Notices(told.append)
    notices.show("watch", "error", "no such message")
    notices.show("snooze", "outcome", "Snoozed until somebody answers")
    notices.show("poll", "progress", "polling")
    assert [notice.about for notice in told[-1]] == ["watch", "snooze", "poll"]
    notices.show("poll", "outcome", "1 new mail")
    assert [notice.about for notice in told[-1]] == ["watch", "poll"]
    notices.show("unread", "note", "No unread mail is left")
    assert [notice.about for notice in told[-1]] == ["watch", "unread"]
