"""A failure in one list or tree stays there, bugs included; an unusable database does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.config import Config, Lore, Tree
from patchwatch.errors import DatabaseError, DatabaseLockedError, LoreResponseError
from patchwatch.sync import feed, ingest, poll
from patchwatch.sync.isolate import failure
from patchwatch.sync.outcome import NOTHING
from patchwatch.tracker import Tracker
from tests.faults.server import FaultServer, SmallArchive
from tests.support.mails import mail

RECEIVED = {"Received": "from a by b; Mon, 3 Jul 2023 10:00:00 +0000"}


@pytest.fixture
def upstream() -> SmallArchive:
    """Has two lists, with one mail each."""
    upstream = SmallArchive()
    for name in ("bad", "good"):
        upstream.deliver(name, mail(message_id=f"1@{name}.example.org", headers=RECEIVED))
    return upstream


@pytest.fixture
def tracker(upstream: SmallArchive, tmp_path: Path) -> Iterator[Tracker]:
    """Follows both lists."""
    server = FaultServer(upstream)
    config = Config(lore=Lore(url=server.url), poll=poll.Poll(first_days=9999))
    tracker = Tracker(config, database_url=f"sqlite:///{tmp_path}/pw.db")
    for name in ("bad", "good"):
        tracker.follow(name)
    yield tracker
    tracker.database.close()
    server.close()


@pytest.mark.parametrize("error", [ValueError("odd \x1b[31m"), RecursionError(), MemoryError(), KeyError("x")])
@pytest.mark.parametrize(("module", "function"), [(ingest, "ingest"), (feed, "fetch_new")])
def test_bug_in_one_list_leaves_the_others(
    module: object,
    function: str,
    error: Exception,
    upstream: SmallArchive,
    tracker: Tracker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tracker.poll()  # the mail is stored, so that the next poll looks into the feed
    if function == "ingest":
        for name in ("bad", "good"):
            upstream.deliver(name, mail(message_id=f"2@{name}.example.org", headers=RECEIVED))
    real = getattr(module, function)

    def fails_for_bad(*arguments: object) -> object:
        if arguments[-1] == "bad":
            raise error
        return real(*arguments)

    monkeypatch.setattr(module, function, fails_for_bad)
    report = tracker.poll()
    assert [r.inbox for r in report.inboxes if not r.failure] == ["good"]
    (text,) = report.failures
    assert text.startswith(f"bad: unexpected error ({type(error).__name__} in test_isolate.py:")
    assert text.isprintable()
    (bad, good) = tracker.inboxes()
    assert bad.failure
    assert not good.failure
    monkeypatch.undo()
    assert tracker.poll().failures == ()


def test_bug_in_one_tree_leaves_the_others(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    from patchwatch.sources.git import tree
    from patchwatch.sync import git_trees

    class Reader:
        def __init__(self, tree: Tree) -> None:
            raise ZeroDivisionError(tree.name)

    monkeypatch.setattr(tree, "TreeReader", Reader)
    trees = (Tree(name="one", path="/one"), Tree(name="two", path="/two"))
    reports = git_trees.read_trees(tracker.database, trees, 0)
    assert [r.name for r in reports if "ZeroDivisionError" in r.failure] == ["one", "two"]


def test_unusable_database_is_not_the_failure_of_a_list() -> None:
    with pytest.raises(DatabaseLockedError):
        failure(DatabaseLockedError("locked"))


def test_damaged_page_of_one_list_leaves_the_others(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ingest.ingest

    def fails_for_bad(*arguments: object) -> object:
        if arguments[-1] == "bad":
            raise DatabaseError("database disk image is malformed")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest, "ingest", fails_for_bad)
    assert tracker.poll().failures == ("bad: database disk image is malformed",)
    assert tracker.mail_count() == 1  # of the other list


def test_full_disk_ends_the_poll(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_values: object) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(poll.inboxes, "set_inbox", fail)
    with pytest.raises(DatabaseError, match="full"):
        tracker.poll()


def test_failure_that_is_known_keeps_its_text() -> None:
    assert failure(LoreResponseError("503")) == "503"


def test_list_that_fails_does_not_keep_new_versions_from_being_completed(
    upstream: SmallArchive, tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    completed: list[object] = []
    monkeypatch.setattr(poll, "_complete_new_revisions", lambda *given: completed.append(given[3]) or (NOTHING, []))

    def fail(*_arguments: object) -> None:
        raise LoreResponseError("503")

    monkeypatch.setattr(feed, "fetch_new", fail)
    tracker.poll()
    completed.clear()
    upstream.deliver("good", mail(message_id="patch@good.example.org", subject="[PATCH] x: y", headers=RECEIVED))
    report = tracker.poll()
    assert [row.failure for row in report.inboxes] == ["503", ""]
    assert report.failures == ("bad: 503",)
    assert completed == [("patch@good.example.org",)]
