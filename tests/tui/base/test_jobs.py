"""Job queues and notices."""

from __future__ import annotations

import threading

from patchwatch.tui.base.jobs import JobQueue
from patchwatch.tui.base.notices import Notice, Notices


def test_jobs_run_in_order() -> None:
    queue, done = JobQueue("test"), []
    for number in range(20):
        queue.put("", lambda number=number: done.append(number))
    assert queue.drain(5)
    assert done == list(range(20))


def test_only_the_last_waiting_job_of_a_key_runs() -> None:
    queue, done, gate = JobQueue("test"), [], threading.Event()
    queue.put("", lambda: gate.wait(5))
    for number in range(5):
        queue.put("mail", lambda number=number: done.append(number))
    queue.put("", lambda: done.append("other"))
    gate.set()
    assert queue.drain(5)
    assert done == [4, "other"]


def test_drain_times_out() -> None:
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


def test_a_closed_queue_finishes_its_jobs_and_ends_its_thread() -> None:
    queue, done, gate = JobQueue("closed"), [], threading.Event()
    queue.put("", lambda: gate.wait(5))
    queue.put("", lambda: done.append("last"))
    thread = next(thread for thread in threading.enumerate() if thread.name == "patchwatch-closed")
    queue.close()
    gate.set()
    thread.join(5)
    assert done == ["last"]
    assert not thread.is_alive()
    queue.put("", lambda: done.append("later"))
    assert queue.drain(5)
    assert done == ["last", "later"]


def test_only_the_latest_success_is_shown_and_errors_stay() -> None:
    shown: list[tuple[Notice, ...]] = []
    notices = Notices(shown.append)
    notices.show("watch", "error", "no such message")
    notices.show("snooze", "outcome", "Snoozed until someone replies")
    notices.show("poll", "progress", "polling")
    assert [notice.about for notice in shown[-1]] == ["watch", "snooze", "poll"]
    notices.show("poll", "outcome", "1 new mail")
    assert [notice.about for notice in shown[-1]] == ["watch", "poll"]
    notices.show("unread", "note", "No more unread mail")
    assert [notice.about for notice in shown[-1]] == ["watch", "unread"]
