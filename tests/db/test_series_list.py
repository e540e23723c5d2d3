"""Summaries agree with the full rows, with or without SQLAlchemy, and the fast path imports no slow module."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from patchwatch.cli.demo import NOW, DemoTracker
from patchwatch.config import Config, Me
from patchwatch.db.fast_list import read_summaries
from patchwatch.errors import InvalidInputError
from patchwatch.series.follow_rules import Rule
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.demo import demo
from tests.support.mails import mail

DAY = 86_400
ANN, BOB, CAT = "ann@example.org", "bob@example.org", "cat@example.org"


@pytest.fixture
def tracker() -> Iterator[DemoTracker]:
    with demo() as tracker:
        yield tracker


def opened(tracker: Tracker, me: str = "") -> Tracker:
    """Another process's tracker, which has not opened the database yet."""
    config = replace(Config(), me=Me(addresses=(me,) if me else ()))
    return Tracker(config, clock=lambda: float(tracker.now()), database_url=tracker._url)


def test_summary_agrees_with_the_row(tracker: DemoTracker) -> None:
    number = tracker.series()[0].id
    tracker.mute(number)
    tracker.pin(number)
    tracker.snooze(number, None)
    tracker.mark_read([row.message_id for row in tracker.thread(number)[:3]])
    rows = {row.id: row for row in tracker.series(everything=True)}
    lines = tracker.lines()
    assert [line.id for line in lines] == list(rows)
    same = (
        "title author_name author_email inboxes watched muted pinned snoozed_until state turn turn_since "
        "awaiting_review overdue unread last_activity version rfc incomplete patches reviewed stale_since"
    )
    for line in lines:
        row = rows[line.id]
        assert {name: getattr(line, name) for name in same.split()} == {
            name: getattr(row, name) for name in same.split()
        }
        assert line.minor == row.revisions[-1].minor
        assert line.expected == row.revisions[-1].expected
        assert set(line.roots.split("\n")) == {root for revision in row.revisions for root in revision.postings}
        assert line.message_id == row.revisions[-1].postings[-1]


def test_fast_path_reads_the_same(tracker: DemoTracker) -> None:
    everything = tracker.lines()
    assert opened(tracker)._lines(watched_only=False) == tuple(line._replace(place=None) for line in everything)
    assert opened(tracker).lines(watched_only=True) == tuple(
        line._replace(place=None) for line in everything if line.watched
    )


def test_fast_path_declines_missing_and_foreign_files(tmp_path: Path, tracker: DemoTracker) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"no database at all")
    for url in (f"sqlite:///{tmp_path}/none.db", f"sqlite:///{other}", "postgresql://localhost/x", "sqlite://"):
        assert read_summaries(url, NOW, 7, (), watched_only=False) is None
    assert not (tmp_path / "none.db").exists()
    with tracker.database.write() as connection:
        connection.exec_driver_sql("UPDATE setting SET value = '0' WHERE name = 'form'")
    assert read_summaries(tracker._url, NOW, 7, (), watched_only=False) is None


def test_mine_for_me_and_place(tracker: DemoTracker) -> None:
    posted = mail(message_id="p@x", sender=f"Ann <{ANN}>", to=f"list@example.org, Bob <{BOB}>")
    tagged = mail(
        message_id="t@x",
        sender=f"Cat Tagger <{CAT}>",
        subject="Re: [PATCH] net: free the socket once",
        in_reply_to="p@x",
        body=f"Reviewed-by: Cat Tagger <{CAT}>\n",
    )
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(posted), read_mail(tagged)], "net")
    flags = {}
    for who in (ANN, BOB, CAT, "nobody@example.org", ""):
        (line,) = (line for line in opened(tracker, who).lines() if line.message_id == "p@x")
        flags[who] = (line.mine, line.for_me, line.place and line.place.reason)
    assert flags == {
        ANN: (True, False, "resend, or mark it applied: reviewed 2 months ago; 58 days over your week"),
        BOB: (False, True, "v1 posted, 2 months ago"),
        CAT: (False, True, "v1 posted, 2 months ago"),
        "nobody@example.org": (False, False, None),
        "": (False, False, None),
    }


def test_series_of_a_followed_list_are_followed(tracker: DemoTracker) -> None:
    tracker.follow("bpf")
    assert {line.inboxes for line in tracker.lines() if line.followed} == {("bpf",)}


@pytest.mark.parametrize(
    ("rule", "titles"),
    [
        (Rule(author="ZHEAO"), {"tracepoint: add new `tcp:tcp_ca_event` trace event"}),
        (Rule(author="hffilwlqm@"), {"bpf, xdp: Add tracepoint to xdp attaching failure"}),
        (Rule(path="net/core"), {"bpf, xdp: Add tracepoint to xdp attaching failure"}),
        (Rule(path="net/core", author="Zheao"), set()),
        (Rule(subject="TRACEPOINT to XDP"), {"bpf, xdp: Add tracepoint to xdp attaching failure"}),
    ],
    ids=str,
)
def test_rule_limits_what_is_followed(tracker: DemoTracker, rule: Rule, titles: set[str]) -> None:
    for inbox in ("bpf", "linux-trace-kernel"):
        assert tracker.follow(inbox, rule) == (rule,)
    assert {line.title for line in tracker.lines() if line.followed} == titles
    assert opened(tracker).lines() == tracker.lines()


def test_one_matching_rule_is_enough_and_unfollow_deletes_rules(tracker: DemoTracker) -> None:
    nothing, wanted = Rule(subject="no such thing"), Rule(subject="xdp")
    tracker.follow("bpf", nothing)
    assert tracker.follow("bpf", wanted) == tracker.follow("bpf", wanted) == (nothing, wanted)
    assert len([line for line in tracker.lines() if line.followed]) == 1
    tracker.unfollow("bpf")
    assert not [line for line in tracker.lines() if line.followed]
    assert tracker.follow("bpf", wanted) == (wanted,)
    assert tracker.follow("bpf") == ()
    with pytest.raises(InvalidInputError, match="everything in bpf is followed already"):
        tracker.follow("bpf", wanted)


def test_read_series_marks_all_mail_as_read(tracker: DemoTracker) -> None:
    first, second = tracker.lines()[:2]
    tracker.read_series([first.id])
    unread = {line.id: line.unread for line in tracker.lines()}
    assert unread[first.id] == 0
    assert unread[second.id] == second.unread > 0


def test_first_screen_imports_no_slow_module() -> None:
    program = (
        "import sys, patchwatch.cli.tui, patchwatch.tui.app, patchwatch.tracker, patchwatch.db.fast_list\n"
        "heavy = {'sqlalchemy', 'alembic', 'b4', 'liblore', 'httpx', 'feedparser', 'pygit2', 'msgspec'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
