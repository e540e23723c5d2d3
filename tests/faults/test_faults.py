"""Each fault of the table, against `poll` and `run`: the other list is read, both live, and nothing is lost."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.utils import formatdate
from pathlib import Path

import pytest
from sqlalchemy import select

from patchwatch.config import Config, Lore
from patchwatch.daemon.loop import Loop, Requests
from patchwatch.db import inboxes
from patchwatch.db import schema as t
from patchwatch.sync import ingest
from patchwatch.sync.poll import PollReport
from patchwatch.tracker import Tracker
from tests.faults.server import FaultServer, PublicInbox, SmallArchive, Upstream
from tests.faults.table import FAULTS, FEED, QUERY, Fault, Outcome
from tests.support.lore_server import LoreServer
from tests.support.mails import mail

PATIENT = Lore(timeout_seconds=20, deadline_seconds=40, max_answer_megabytes=8)
IMPATIENT = replace(PATIENT, timeout_seconds=0.6, deadline_seconds=1)  # for faults that take as long as they may
AUTHOR = "Fay Faultfinder <fay@faults.example.org>"
BEGIN = int(time.time()) - 7200
DAY = 86_400

Stored = dict[str, tuple[list[bytes], list[str]]]  # by message-id: the raw mails, and the inboxes


def posting(inbox: str, number: int, **more: str) -> bytes:
    at = BEGIN + 60 * number
    return mail(
        message_id=f"{inbox}{number}@faults.example.org",
        subject=more.pop("subject", f"[PATCH] {inbox}: fix thing {number}"),
        sender=AUTHOR,
        to=f"{inbox}@lists.example.org",
        date=formatdate(at),
        body=f"Fix it.\n---\ndiff --git a/{inbox}{number}.c b/{inbox}{number}.c\n--- a/{inbox}{number}.c\n"
        f"+++ b/{inbox}{number}.c\n@@ -1 +1 @@\n-a\n+b\n",
        headers={"Received": f"from a by b; {formatdate(at)}"},
        **more,  # type: ignore[arg-type]
    )


@dataclass(frozen=True)
class Archived:
    """A server with faults, a database that watches one series there and follows two lists, and what it should get."""

    server: FaultServer
    database: Path
    undisturbed: Stored


@pytest.fixture(scope="module")
def upstream(request: pytest.FixtureRequest) -> Upstream:
    return SmallArchive() if LoreServer.missing() else PublicInbox(request.getfixturevalue("lore_server"))


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


def polled(server: FaultServer, database: Path, directory: Path) -> Tracker:
    tracker = tracker_for(server, Path(shutil.copy(database, directory / "undisturbed.db")))
    assert poll(tracker).failures == ()
    return tracker


@pytest.fixture
def tracker(archived: Archived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    monkeypatch.setattr("patchwatch.sources.lore.response.MAX_MAIL_BYTES", 1 << 20, raising=False)
    tracker = tracker_for(archived.server, Path(shutil.copy(archived.database, tmp_path / "pw.db")))
    yield tracker
    archived.server.heal()
    tracker.database.close()


def tracker_for(server: FaultServer, database: Path) -> Tracker:
    return Tracker(Config(lore=replace(PATIENT, url=server.url)), database_url=f"sqlite:///{database}")


def during(fault: Fault, tracker: Tracker) -> Tracker:
    """The tracker, for the time of the fault."""
    lore = replace(IMPATIENT if fault.slow else PATIENT, url=tracker.config.lore.url)
    return tracker.with_config(replace(tracker.config, lore=lore))


def poll(tracker: Tracker) -> PollReport:
    """One pass, without pauses between the tries."""
    return tracker.poll_some(None, pause=lambda seconds: None)


def stored(tracker: Tracker) -> Stored:
    """All mail in the database."""
    with tracker.database.read() as connection:
        rows = connection.execute(select(t.message.c.message_id, t.raw.c.mail).join_from(t.message, t.raw)).all()
        found: Stored = {}
        for message_id, packed in rows:
            found.setdefault(message_id, ([], []))[0].append(ingest.unpack(packed))
        for message_id, (raws, lists) in found.items():
            raws.sort()
            lists.extend(inboxes.inboxes_of(connection, message_id))
    return found


def own(found: Stored, inbox: str) -> set[str]:
    return {message_id for message_id in found if message_id.startswith(inbox)}


class NoPauses(Requests):
    """Requests to a loop whose polls do not pause between the tries."""

    def pause(self, seconds: float) -> None:
        return


class Daemon:
    """The loop of `patchwatch run`, with a clock that waiting moves."""

    def __init__(self, tracker: Tracker, *, afterwards: Tracker) -> None:
        self.now = time.time()
        self.requests = NoPauses()
        self.loop = Loop(
            tracker, clock=lambda: self.now, wait=self._wait, requests=self.requests, reload=lambda: afterwards
        )

    def _wait(self, seconds: float) -> None:
        self.now += seconds

    def reload(self) -> None:
        """Use the config of `afterwards`."""
        self.requests.submit(self.requests.reload)

    def poll(self, *, later: float = 0) -> None:
        """Poll what servers allow, as on SIGUSR1, and go on for a while."""
        self.now += later
        self.requests.submit(self.requests.poll)
        for _ in range(3):
            self.loop.once()


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
    report = poll(during(fault, tracker))
    if fault.where == FEED:  # asked only if the search finds nothing new
        assert report.failures == ()
        report = poll(during(fault, tracker))
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
    daemon = Daemon(during(fault, tracker), afterwards=tracker)
    daemon.poll()
    if fault.where == FEED:  # asked only if the search finds nothing new
        daemon.poll()
    check_during(fault, archived, tracker)
    archived.server.heal()
    daemon.reload()
    daemon.poll(later=DAY)  # no server can keep it waiting for longer
    assert stored(tracker) == archived.undisturbed
    assert all(not row.failure for row in tracker.inboxes())


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
