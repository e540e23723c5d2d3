"""Each fault of the table, against `poll` and `run`: the other list is read, both live, and nothing is lost."""

from __future__ import annotations

import contextlib
import gzip
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from patchwatch.db import inboxes
from patchwatch.tracker import Tracker
from tests.faults.fault import FEED, QUERY
from tests.faults.reading import DAY, Daemon, Stored, during, own, poll, posting, stored, tracker_for
from tests.faults.server import FaultServer, PublicInbox, SmallArchive, Upstream
from tests.faults.table import FAULTS, Fault, Outcome
from tests.support.command_line import copy_database
from tests.support.lore_server import LoreServer


@dataclass(frozen=True)
class Archived:
    """A server with faults, a database that watches one series there and follows two lists, and what it should get."""

    server: FaultServer
    database: Path
    undisturbed: Stored


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    """An archive that no mail has reached yet.

    Not the server of the session: a worker that takes over tests of another sets up this module twice, and would
    find there the mails that are to arrive later.
    """
    if LoreServer.missing():
        yield SmallArchive()
        return
    server = LoreServer(tmp_path_factory.mktemp("lore"))
    server.start()
    yield PublicInbox(server)
    server.close()


@pytest.fixture(scope="module")
def archived(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archived]:
    directory = tmp_path_factory.mktemp("faults")
    server = FaultServer(upstream)
    for inbox in ("faulty", "steady"):
        upstream.deliver(inbox, posting(inbox, 0))
    database = directory / "watched.db"
    with_series = tracker_for(server, database)
    with_series.watch(f"{server.url}/faulty/faulty0@faults.example.org/")
    with_series.follow("faulty")
    with_series.follow("steady")
    with_series.database.close()
    reply = posting("faulty", 3, subject="Re: [PATCH] faulty: fix thing 0", in_reply_to="faulty0@faults.example.org")
    upstream.deliver("faulty", posting("faulty", 1), posting("faulty", 2), reply)
    upstream.deliver("steady", posting("steady", 1))
    yield Archived(server, database, stored(polled(server, database, directory)))
    server.close()


def copied(source: Path, target: Path) -> Path:
    copy_database(source, target)
    return target


def polled(server: FaultServer, database: Path, directory: Path) -> Tracker:
    tracker = tracker_for(server, copied(database, directory / "undisturbed.db"))
    assert poll(tracker).failures == ()
    return tracker


@pytest.fixture
def tracker(archived: Archived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    monkeypatch.setattr("patchwatch.sources.lore.response.MAX_MAIL_BYTES", 1 << 20, raising=False)
    tracker = tracker_for(archived.server, copied(archived.database, tmp_path / "pw.db"))
    yield tracker
    archived.server.heal()
    tracker.database.close()


def check_during(fault: Fault, archived: Archived, tracker: Tracker) -> None:
    """What must hold while the fault lasts, or just after."""
    found = stored(tracker)
    if fault.outcome is not Outcome.WAITS:
        assert own(found, "steady") == own(archived.undisturbed, "steady")
    if fault.outcome is Outcome.READ or fault.where != QUERY:
        assert own(found, "faulty") == own(archived.undisturbed, "faulty")
    with tracker.database.read() as connection:
        cursor, _ = inboxes.cursor(connection, "faulty")
    assert cursor is None or cursor <= time.time()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_poll_survives_and_loses_nothing(fault: Fault, archived: Archived, tracker: Tracker) -> None:
    archived.server.inject(fault.where, fault.behave)
    report = poll(during(tracker, fault))
    if fault.where == FEED:  # asked only if the search finds nothing new
        assert report.failures == ()
        report = poll(during(tracker, fault))
    failures = {r.inbox: r.failure for r in report.inboxes if r.failure}
    assert ("faulty" in failures) == (fault.outcome in (Outcome.FAILED, Outcome.WAITS)), failures
    assert ("steady" in failures) == (fault.outcome is Outcome.WAITS), failures
    for text in report.failures:
        assert text.isprintable()
        assert "unexpected" not in text
        assert len(text) < 600
    if fault.outcome is Outcome.FAILED:
        assert fault.reported.lower() in failures["faulty"].lower()
    if fault.outcome is Outcome.PARTLY:
        assert fault.reported in " ".join(report.lines)
    check_during(fault, archived, tracker)
    archived.server.heal()
    assert poll(tracker).failures == ()
    assert stored(tracker) == archived.undisturbed


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_run_survives_and_loses_nothing(fault: Fault, archived: Archived, tracker: Tracker) -> None:
    archived.server.inject(fault.where, fault.behave)
    daemon = Daemon(during(tracker, fault), afterwards=tracker)
    daemon.poll()
    if fault.where == FEED:  # asked only if the search finds nothing new
        daemon.poll()
    check_during(fault, archived, tracker)
    archived.server.heal()
    daemon.reload()
    daemon.poll(later=DAY)  # no server can keep it waiting for longer
    assert stored(tracker) == archived.undisturbed
    assert all(not row.failure for row in tracker.inboxes())


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_large_mail_is_added_to_any_number_of_mails(count: int, tmp_path: Path) -> None:
    archive = SmallArchive()
    (fault,) = (fault for fault in FAULTS if "size limit" in fault.name)
    with contextlib.closing(FaultServer(archive)) as server:
        archive.deliver("faulty", posting("faulty", 0, at=1_000_000))
        archive.deliver("faulty", *(posting("faulty", number) for number in range(1, count + 1)))
        server.inject(fault.where, fault.behave)
        with urllib.request.urlopen(f"{server.url}/faulty/?q=rt:1500000000..&x=m") as response:
            content = gzip.decompress(response.read())
    assert content.count(b"From mboxrd@z ") == count + 1


def test_feed_of_5000_unknown_messages_costs_25_threads(archived: Archived, tracker: Tracker) -> None:
    poll(tracker)
    (fault,) = (fault for fault in FAULTS if fault.name == "a feed of 5,000 messages")
    archived.server.inject(fault.where, fault.behave)
    poll(tracker)
    threads = [path for path in archived.server.requests if "unknown-" in path]
    assert len([path for path in threads if path.startswith("/faulty/")]) == 25
    assert len(threads) == 50  # each in the list, and then in all lists
    archived.server.requests.clear()
    poll(tracker)
    assert not [path for path in archived.server.requests if "unknown-" in path]
