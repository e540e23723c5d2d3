"""What a poll reads of the watched series."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import event

from patchwatch.config import Config, Lore, Me
from patchwatch.db import derived, poll_targets, watched
from patchwatch.db.execute import Execute, executor
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


def store(
    tracker: Tracker,
    name: str,
    *,
    inbox: str | None = None,
    prefix: str = "PATCH",
    watch: bool = True,
    author: str = "",
) -> None:
    author = author or name
    raw = mail(
        message_id=f"{name}@example.org",
        subject=f"[{prefix}] {name}: count it right",
        sender=f"Ann Author <ann-{author}@example.org>",
        cc="Bob <bob@example.org>",
        body=f"Why.\n\nSigned-off-by: Ann Author <home-{author}@example.org>\n---\n {name}.c | 2 +-\n",
    )
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw)], inbox)
    if watch:
        watch_known(tracker.database, [f"{name}@example.org"], NOW)


def asked(tracker: Tracker, what: Callable[[Execute], list[str]]) -> list[str]:
    """What the next poll would ask for."""
    poll_targets.refresh(tracker.database)
    with tracker.database.read() as connection:
        return what(executor(connection))


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
    assert asked(tracker, poll_targets.threads) == ["barrel@example.org"]
    store(tracker, "barrel", inbox="net", watch=False)
    assert asked(tracker, poll_targets.threads) == []


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
    people = asked(tracker, poll_targets.authors)
    assert decode_posting(revision.posting).author.email in people
    assert not [address for address in people if "barrel" in address]
    if prefix == "PATCH":
        assert people == ["ann-anvil@example.org", "home-anvil@example.org"]
    tracker.unwatch(1)
    assert asked(tracker, poll_targets.authors) == []


def test_lists_are_polled_that_are_followed_or_have_a_watched_series(tracker: Tracker) -> None:
    store(tracker, "anvil", inbox="net")
    store(tracker, "barrel", inbox="bpf", watch=False)
    store(tracker, "candle", inbox="fs", watch=False)
    tracker.follow("fs")
    assert asked(tracker, poll_targets.lists) == ["fs", "net"]
    tracker.unfollow("fs")
    tracker.unwatch(1)
    assert asked(tracker, poll_targets.lists) == []
    tracker.undo()
    assert asked(tracker, poll_targets.lists) == ["net"]


@pytest.mark.sqlite
def test_a_poll_without_news_reads_no_series(tmp_path: Path) -> None:
    few, many = (_idle_poll(tmp_path / f"{count}.db", count) for count in (2, 40))
    assert few.statements == many.statements
    assert many.steps == few.steps


class Work(NamedTuple):
    """What SQLite did."""

    statements: list[str]
    steps: int  # of its virtual machine: some for each row that it looks at


def _idle_poll(database: Path, count: int) -> Work:
    """Poll and scan for events without news, with so many watched series that concern me."""
    upstream = SmallArchive()
    upstream.deliver("net", mail(headers={"Received": "from a by b; Mon, 3 Jul 2023 10:00:00 +0000"}))
    server = FaultServer(upstream)
    me = Me(("bob@example.org",))
    config = Config(me=me, lore=Lore(url=server.url))
    tracker = Tracker(config, database_url=f"sqlite:///{database}", clock=lambda: float(NOW))
    try:
        for number in range(count):
            store(tracker, f"wheel{number}", inbox="net", author="ann")
        for _ in range(2):
            tracker.poll()
            tracker.detect_events()
        statements: list[str] = []
        steps: list[int] = []
        tracker.database.engine.dispose()

        @event.listens_for(tracker.database.engine, "connect")
        def watch(connection: Any, _record: object) -> None:
            connection.set_trace_callback(lambda text: statements.append(re.sub(r"'[^']*'|\b\d+\b", "?", text)))
            connection.set_progress_handler(lambda: steps.append(1), 1)

        report = tracker.poll()
        assert report.failures == ()
        assert tracker.detect_events() == ()
        return Work(statements, len(steps))
    finally:
        tracker.database.close()
        server.close()
