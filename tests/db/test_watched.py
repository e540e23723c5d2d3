"""What a poll reads of the watched series."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from patchwatch.config import Config, Lore
from patchwatch.db import derived, watched
from patchwatch.db.execute import executor
from patchwatch.db.posting_codec import decode_posting
from patchwatch.sync.ingest import ingest
from patchwatch.sync.read_mail import read_mail
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker
from tests.faults.server import FaultServer, SmallArchive
from tests.support.mails import mail

NOW = 1_688_400_000


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    tracker = Tracker(Config(), database_url=f"sqlite:///{tmp_path}/pw.db", clock=lambda: float(NOW))
    yield tracker
    tracker.database.close()


def store(tracker: Tracker, name: str, *, inbox: str | None = None, prefix: str = "PATCH", watch: bool = True) -> None:
    raw = mail(
        message_id=f"{name}@example.org",
        subject=f"[{prefix}] {name}: count it right",
        sender=f"Ann Author <ann-{name}@example.org>",
        body=f"Why.\n\nSigned-off-by: Ann Author <home-{name}@example.org>\n---\n {name}.c | 2 +-\n",
    )
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw)], inbox)
    if watch:
        watch_known(tracker.database, [f"{name}@example.org"], NOW)


def test_of_some_series_those_are_watched_that_anyone_or_i_watch(tracker: Tracker) -> None:
    store(tracker, "anvil")
    store(tracker, "barrel", watch=False)
    store(tracker, "candle")
    with tracker.database.read() as connection:
        assert watched.watched_among(executor(connection), [1, 2]) == {1}
        assert watched.watched_among(executor(connection), [1, 2, 3], mine=True) == {1, 3}
    with tracker.database.read(person=7) as connection:
        assert watched.watched_among(executor(connection), [1, 2]) == {1}
        assert watched.watched_among(executor(connection), [1, 2], mine=True) == set()


def test_series_in_an_inbox_is_not_fetched_by_thread(tracker: Tracker) -> None:
    store(tracker, "anvil", inbox="net")
    store(tracker, "barrel")
    store(tracker, "candle", watch=False)
    with tracker.database.read() as connection:
        assert watched.in_no_inbox(connection) == ["barrel@example.org"]


def test_a_series_counts_in_each_of_its_inboxes(tracker: Tracker) -> None:
    for inbox in ("net", "bpf"):
        store(tracker, "anvil", inbox=inbox)
    store(tracker, "barrel", inbox="net")
    store(tracker, "candle", inbox="net", watch=False)
    assert {row.name: row.watched for row in tracker.inboxes()} == {"bpf": 1, "net": 2}


@pytest.mark.parametrize("prefix", ["PATCH", "PATCH 6.1.y"])  # of a backport, no keys of its authors are stored
def test_authors_are_searched_under_all_their_addresses(tracker: Tracker, prefix: str) -> None:
    store(tracker, "anvil", prefix=prefix)
    store(tracker, "barrel", watch=False)
    with tracker.database.read() as connection:
        (revision,) = derived.series_revisions(connection, [1])
        assert watched.authors(connection) >= {decode_posting(revision.posting).author.email}
        assert not {address for address in watched.authors(connection) if "barrel" in address}
    if prefix == "PATCH":
        with tracker.database.read() as connection:
            assert watched.authors(connection) == {"ann-anvil@example.org", "home-anvil@example.org"}


def test_a_poll_without_news_runs_as_many_statements_for_many_series_as_for_few(tmp_path: Path) -> None:
    counts = [_statements_of_idle_poll(tmp_path / f"{count}.db", count) for count in (2, 40)]
    assert counts[0] == counts[1] > 0


def _statements_of_idle_poll(database: Path, count: int) -> int:
    upstream = SmallArchive()
    upstream.deliver("net", mail(headers={"Received": "from a by b; Mon, 3 Jul 2023 10:00:00 +0000"}))
    server = FaultServer(upstream)
    tracker = Tracker(Config(lore=Lore(url=server.url)), database_url=f"sqlite:///{database}")
    try:
        for number in range(count):
            store(tracker, f"wheel{number}", inbox="net")
        tracker.poll()
        ran: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            ran.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            report = tracker.poll()
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        assert report.failures == ()
        assert not [statement for statement in ran if "revision.posting" in statement]
        return len(ran)
    finally:
        tracker.database.close()
        server.close()
