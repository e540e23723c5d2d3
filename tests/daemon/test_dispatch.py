"""Queued events reach hooks and, as mails at once, the outbox; what is nobody's any more does not stay queued."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.config import Config, Hook, Mail, Recipient
from patchwatch.daemon.dispatch import hand_over
from patchwatch.daemon.hooks import Hooks
from patchwatch.daemon.log import Log
from patchwatch.db import event_queue
from patchwatch.notify.detect import encode
from patchwatch.tracker import Tracker
from tests.daemon.sample_event import EVENT

ANN = Recipient(name="ann", to="ann@example.org", at_once=("reply",))


class Desk:
    """A tracker, its hooks, and its log; `hand_over` as a program that was just started does it."""

    def __init__(self, path: Path, config: Config) -> None:
        self.path = path
        self.config = config
        self.tracker = Tracker(config, clock=lambda: 1_700_000_100.0, database_url=f"sqlite:///{path}/pw.db")
        self.text = io.StringIO()

    def queue(self, *listeners: str) -> None:
        with self.tracker.database.write() as connection:
            event_queue.queue_tellings(connection, [(listener, EVENT.id, encode(EVENT)) for listener in listeners])

    def hand_over(self) -> None:
        log = Log("text", lambda: 0.0, self.text)
        hooks = Hooks(self.config.hook, log)
        hand_over(self.tracker, hooks, set(), log)
        assert hooks.finish(30)

    @property
    def queued(self) -> list[str]:
        return [telling.listener for telling in self.tracker.queued_events()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    note = Hook("note", (), ("/bin/sh", "-c", f"echo told >> {tmp_path}/told"))
    mail = Mail(how="sendmail", sender="Patchwatch <pw@example.org>")
    desk = Desk(tmp_path, Config(hook=(note,), mail=mail, digest=(ANN,)))
    yield desk
    desk.tracker.database.close()


def test_a_hook_is_told_once_and_the_queue_is_empty_then(desk: Desk) -> None:
    desk.queue("hook note")
    desk.hand_over()
    desk.hand_over()
    assert (desk.path / "told").read_text() == "told\n"
    assert desk.queued == []


def test_a_mail_at_once_gets_into_the_outbox_once_whoever_was_killed(desk: Desk) -> None:
    desk.queue("mail ann")
    desk.hand_over()
    desk.queue("mail ann")  # as if the telling had not been taken out of the queue
    desk.hand_over()
    (row,) = desk.tracker.outbox()
    assert (row.recipient, row.key, row.address) == ("ann", "event:e1", "ann@example.org")
    assert row.subject == "[patchwatch] Rita answered: net: free the socket once"
    assert desk.queued == []


def test_what_the_config_does_not_name_any_more_is_dropped(desk: Desk) -> None:
    desk.queue("hook gone", "mail gone")
    desk.hand_over()
    assert desk.queued == []
    assert desk.tracker.outbox() == ()


def test_a_mail_that_may_not_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    to_a_list = Recipient(name="netdev", to="netdev@vger.kernel.org", at_once=("reply",))
    desk = Desk(tmp_path, Config(mail=Mail(sender="pw@example.org"), digest=(to_a_list, ANN)))
    desk.queue("mail netdev", "mail ann")
    desk.hand_over()
    assert "netdev: reply of #7 is not mailed: " in desk.text.getvalue()
    assert [row.recipient for row in desk.tracker.outbox()] == ["ann"]
    assert desk.queued == []
    desk.tracker.database.close()
