"""Odd mails in what a server sends: all mail is stored by `poll` and `run`, the other list is read, both live."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.db import inboxes
from patchwatch.mail.parse import parse
from patchwatch.tracker import Tracker
from tests.faults.reading import BEGIN, Daemon, poll, posting, stored, tracker_for
from tests.faults.server import FaultServer, SmallArchive, mbox
from tests.faults.table import MBOX
from tests.hostile import zoo
from tests.hostile.test_zoo import parse_or_fail

_GOOD = {"faulty0@faults.example.org", "faulty1@faults.example.org", "steady0@faults.example.org"}


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    """Follows two lists, one of which has every odd mail between two good ones, and one that the parser fails on."""
    monkeypatch.setattr("patchwatch.sync.read_mail.parse", parse_or_fail)
    archive = SmallArchive()
    for inbox in ("faulty", "steady"):
        archive.deliver(inbox, posting(inbox, 0))
    server = FaultServer(archive)
    tracker = tracker_for(server, tmp_path / "pw.db")
    tracker.follow("faulty")
    tracker.follow("steady")
    mails = [posting("faulty", 0), *zoo.ALL, posting("faulty", 1)]
    content = gzip.compress(mbox(mails))
    server.inject(r"^/faulty/\?q=", lambda x: x.send(200, content, MBOX))
    yield tracker
    tracker.database.close()
    server.close()


def check(tracker: Tracker) -> None:
    found = stored(tracker)
    assert found.keys() >= _GOOD
    assert found.keys() == _GOOD | {parse(raw, BEGIN).message_id for raw in zoo.ALL}
    assert [message_id for message_id, _ in tracker.unreadable()] == [zoo.UNREADABLE]
    with tracker.database.read() as connection:
        cursor, _ = inboxes.cursor(connection, "faulty")
    assert cursor is not None
    assert cursor <= time.time()
    assert all(not row.failure for row in tracker.inboxes())


def test_poll_stores_every_odd_mail_once(tracker: Tracker) -> None:
    for _ in range(2):
        assert poll(tracker).failures == ()
        check(tracker)


def test_run_stores_every_odd_mail_and_lives(tracker: Tracker) -> None:
    daemon = Daemon(tracker, afterwards=tracker)
    daemon.poll()
    check(tracker)
    daemon.poll(later=3600)
    check(tracker)
