"""Queued events reach hooks and, as mails, the outbox; none stays queued for a subscriber that was removed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.config import Config, Hook, Mail, Recipient
from patchwatch.daemon import log
from patchwatch.daemon.dispatch import dispatch
from patchwatch.daemon.hooks import Hooks
from patchwatch.db import event_queue
from patchwatch.tracker import Tracker
from tests.daemon.sample_event import EVENT

ANN = Recipient(name="ann", to="ann@example.org", at_once=("reply",))


class Setup:
    """A tracker, its hooks and log; `dispatch` acts as a program that was just started."""

    def __init__(self, path: Path, config: Config) -> None:
        self.path = path
        self.config = config
        self.tracker = Tracker(config, clock=lambda: 1_700_000_100.0, database_url=f"sqlite:///{path}/pw.db")
        self.text = io.StringIO()

    def queue(self, *subscribers: str) -> None:
        with self.tracker.database.write() as connection:
            event_queue.queue_events(connection, [(name, EVENT) for name in subscribers])

    def dispatch(self) -> None:
        log.configure("text", lambda: 0.0, self.text)
        hooks = Hooks(self.config.hook)
        dispatch(self.tracker, hooks, set())
        assert hooks.finish(30)

    @property
    def queued(self) -> list[str]:
        return [queued.subscriber for queued in self.tracker.queued_events()]


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    note = Hook("note", (), ("/bin/sh", "-c", f"echo called >> {tmp_path}/calls"))
    mail = Mail(how="sendmail", sender="Patchwatch <pw@example.org>")
    setup = Setup(tmp_path, Config(hook=(note,), mail=mail, digest=(ANN,)))
    yield setup
    setup.tracker.database.close()


def test_hook_runs_once_and_the_queue_is_empty_then(setup: Setup) -> None:
    setup.queue("hook note")
    setup.dispatch()
    setup.dispatch()
    assert (setup.path / "calls").read_text() == "called\n"
    assert setup.queued == []


def test_mail_is_queued_once_even_if_the_event_was_not_dequeued(setup: Setup) -> None:
    setup.queue("mail ann")
    setup.dispatch()
    setup.queue("mail ann")  # as if it had not been dequeued
    setup.dispatch()
    (row,) = setup.tracker.outbox()
    assert (row.recipient, row.key, row.address) == ("ann", "event:e1", "ann@example.org")
    assert row.subject == "[patchwatch] Rita replied: net: free the socket once"
    assert setup.queued == []


def test_events_for_removed_subscribers_are_dropped(setup: Setup) -> None:
    setup.queue("hook gone", "mail gone")
    setup.dispatch()
    assert setup.queued == []
    assert setup.tracker.outbox() == ()


def test_mail_to_a_list_is_refused_and_the_others_are_queued(tmp_path: Path) -> None:
    to_a_list = Recipient(name="netdev", to="netdev@vger.kernel.org", at_once=("reply",))
    setup = Setup(tmp_path, Config(mail=Mail(sender="pw@example.org"), digest=(to_a_list, ANN)))
    setup.queue("mail netdev", "mail ann")
    setup.dispatch()
    assert "netdev: reply of #7 not mailed: " in setup.text.getvalue()
    assert [row.recipient for row in setup.tracker.outbox()] == ["ann"]
    assert setup.queued == []
    setup.tracker.database.close()
