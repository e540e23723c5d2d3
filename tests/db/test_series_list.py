"""Summaries agree with the full rows, and what is read without SQLAlchemy with what the open database says."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from patchwatch.cli.demo import DemoTracker
from patchwatch.config import Config, Me, Robots
from patchwatch.db import inboxes, series_flags
from patchwatch.db.database import Database
from patchwatch.db.sqlite_file import open_file
from patchwatch.errors import DamagedError, DatabaseError, InvalidInputError
from patchwatch.series import labels
from patchwatch.series.follow_rules import Rule
from patchwatch.series.own_labels import LabelChange
from patchwatch.series.queue import Section
from patchwatch.sync import rules
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.demo import demo
from tests.support.mails import mail
from tests.support.sample_threads import READS

pytestmark = pytest.mark.sqlite

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
    tracker.label(number, LabelChange(added=frozenset({"todo", "later"})))
    tracker.snooze(number, None)
    tracker.mark_read([row.message_id for row in tracker.thread(number)[:3]])
    rows = {row.id: row for row in tracker.series(everything=True)}
    lines = tracker.lines()
    assert [line.id for line in lines] == list(rows)
    same = (
        "title author_name author_email inboxes watched muted pinned labels snoozed_until state turn turn_since "
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
    fast = opened(tracker)
    lines = tracker.lines()
    assert fast.lines() == lines
    assert fast.lines(among="watched", placed=False) == tracker.lines(among="watched", placed=False)
    assert fast.series(everything=True) == tracker.series(everything=True)
    assert list(fast.series_in_order(lines)) == list(tracker.series_in_order(lines))
    for row in tracker.series():
        assert fast.one(row.id) == row
        assert fast.find(row.revisions[-1].message_id) == row.id
        assert fast.thread(row.id) == tracker.thread(row.id)
        assert fast.steps(row.id) == tracker.steps(row.id)
        assert fast.readings(row) == tracker.readings(row)
    assert "database" not in vars(fast)


def test_files_that_need_more_than_reading_are_left_to_the_database(tmp_path: Path, tracker: DemoTracker) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"no database at all")
    for url in (f"sqlite:///{tmp_path}/none.db", f"sqlite:///{other}", "postgresql://localhost/x", "sqlite://"):
        assert open_file(url) is None
    assert not (tmp_path / "none.db").exists()
    for damage in ("UPDATE setting SET value = '0' WHERE name = 'form'", "UPDATE alembic_version SET version_num = 1"):
        copy = Path(shutil.copy(tracker._url.removeprefix("sqlite:///"), tmp_path / "copy.db"))
        found = open_file(f"sqlite:///{copy}")
        assert found
        found.close()
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute(damage)
        assert open_file(f"sqlite:///{copy}") is None


def ways_to_read(reader: Tracker) -> tuple[Callable[[], object], ...]:
    """What the first screen, `list`, `list --all`, `list --all --json` and `show` read."""
    return (
        lambda: reader.lines(among="live"),
        lambda: reader.lines(among="known"),
        lambda: reader.lines(),
        lambda: list(reader.series_in_order(reader.lines())),
        lambda: reader.thread(reader.find("1@x")),
    )


def test_the_number_of_queries_does_not_grow_with_the_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = Config(me=Me(addresses=(BOB,)))
    statements: list[str] = []

    def traced(url: str) -> sqlite3.Connection | None:
        file = open_file(url)
        if file:
            file.set_trace_callback(statements.append)
        return file

    monkeypatch.setattr("patchwatch.db.sqlite_file.open_file", traced)
    counts: list[list[int]] = []
    for size in (2, 150):
        url = f"sqlite:///{tmp_path}/{size}.db"
        writer = Tracker(me, database_url=url)
        posted = [mail(message_id=f"{n}@x", subject=f"[PATCH] part {n}", to=f"Bob <{BOB}>") for n in range(size)]
        with writer.database.write() as connection:
            ingest(connection, map(read_mail, posted), "net")
        writer.database.close()
        reader = Tracker(me, clock=lambda: 1_688_500_000.0, database_url=url)
        counts.append([])
        for way in ways_to_read(reader):
            statements.clear()
            assert way()
            counts[-1].append(len(statements))
    assert counts[0] == counts[1]
    assert 0 < min(counts[0]) < max(counts[0]) < 52


def test_a_changed_rule_of_the_config_applies_to_what_is_read_without_sqlalchemy(tracker: DemoTracker) -> None:
    fast = opened(tracker)
    fast.config = replace(fast.config, robots=Robots(turn=()))
    with fast.reading() as execute:
        assert rules.stored(execute).robots.turn == ()


def test_a_file_is_read_as_of_one_moment(tracker: DemoTracker) -> None:
    (first, *_) = tracker.series()
    with opened(tracker).reading() as execute:
        assert first.id in series_flags.watched(execute)
        tracker.unwatch(first.id)
        assert first.id in series_flags.watched(execute)
    assert first.id not in {line.id for line in opened(tracker).lines(among="watched", placed=False)}


def test_what_is_read_without_sqlalchemy_can_change_nothing(tracker: DemoTracker) -> None:
    with pytest.raises(DatabaseError, match="can't be used: attempt to write a readonly database"):  # noqa: SIM117
        with opened(tracker).reading() as execute:
            execute("DELETE FROM watch", {})


def test_a_damaged_value_is_reported_in_the_same_words(tracker: DemoTracker) -> None:
    number = tracker.series()[0].id
    with tracker.database.write() as connection:
        connection.exec_driver_sql("UPDATE revision SET view = '{'")
    words = []
    for one in (opened(tracker), tracker):
        with pytest.raises(DamagedError, match="a value in the database") as caught:
            one.one(number)
        words.append(str(caught.value))
    assert words[0] == words[1]


@pytest.mark.parametrize("name", ["demo", "made", "points"])
def test_a_table_says_the_same_of_summaries_as_of_rows(tmp_path: Path, name: str) -> None:
    database = Database(f"sqlite:///{tmp_path}/new.db")
    with database.write() as connection:
        ingest(connection, READS[name], "bpf")
    database.close()
    people = {address for read in READS[name] for address in (read.message.author.email, *read.message.recipients)}
    now, others = max(read.message.date for read in READS[name]) + 2 * DAY, 0
    for me in sorted(people)[:20]:
        config = replace(Config(), me=Me(addresses=(me,)))
        tracker = Tracker(config, clock=lambda: float(now), database_url=database.url)
        rows = {row.id: row for row in tracker.series(everything=True)}
        lines = tracker.lines(placed=False)
        assert [line.id for line in lines] == list(rows)
        for line in lines:
            for words in (labels.state, labels.version, labels.reviewed):
                assert words(line) == words(rows[line.id])
            if not line.mine:
                assert labels.turn(line, now) == labels.turn(rows[line.id], now)
                others += 1
    assert others


@pytest.mark.parametrize("rule", [None, Rule(subject="xdp"), Rule(path="net/core")], ids=str)
@pytest.mark.parametrize("me", ["", "leon.hwang@linux.dev", "kuba@kernel.org", "%"])
def test_known_series_are_those_with_something_to_do(tracker: DemoTracker, me: str, rule: Rule | None) -> None:
    for line in tracker.lines():
        tracker.unwatch(line.id)
    tracker.follow("bpf", rule)
    everything = opened(tracker, me).lines()
    known = opened(tracker, me).lines(among="known")
    assert known == tuple(line for line in everything if line.followed or line.mine or line.for_me)
    assert known
    assert len(known) < len(everything)


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
        ANN: (True, False, "Reviewed-by, 2 months ago"),  # new to her; after eight weeks she is asked no more to resend
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


def test_first_screen_is_read_without_slow_modules(tracker: DemoTracker) -> None:
    tracker.database.close()
    program = (
        "import sys, patchwatch.cli.tui, patchwatch.tui.app\n"
        "from patchwatch.config import Config, Me\n"
        "from patchwatch.tracker import Tracker\n"
        "heavy = ['sqlalchemy', 'alembic', 'b4', 'liblore', 'httpx', 'feedparser', 'pygit2', 'patchwatch.mail.parse']\n"
        "assert not [name for name in heavy if name in sys.modules]\n"
        "tracker = Tracker(Config(me=Me(addresses=('kasong@tencent.com',))), database_url=sys.argv[1])\n"
        "print(len(tracker.lines(among='known')), len(tracker.lines()), len(tracker.inboxes()), tracker.outbox())\n"
        "print(tracker.generation(), [name for name in heavy if name in sys.modules])"
    )
    command = [sys.executable, "-c", program, tracker._url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"3 3 {len(tracker.inboxes())} ()\n{tracker.generation()} []\n"


def test_without_a_followed_list_only_the_inboxes_of_known_series_are_read(
    tracker: DemoTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [line.id for line in tracker.lines(among="known")]
    assert known

    def read_all(*_: object) -> None:
        raise AssertionError("the inboxes of all series were read")

    monkeypatch.setattr(series_flags, "inbox_ids", read_all)
    assert [line.id for line in tracker.lines(among="known")] == known
    assert all(line.inboxes for line in tracker.lines(among="known"))


@pytest.mark.parametrize("hindered", ["", "rules", "failing"])
def test_dormant_series_are_counted_without_reading_them(tracker: DemoTracker, hindered: str) -> None:
    """Unless a list is followed by rules, or fails, so that all have to be read."""
    tracker.follow("bpf", Rule(subject="xdp") if hindered == "rules" else None)
    if hindered == "failing":
        with tracker.database.write() as connection:
            inboxes.set_inbox(connection, "bpf", failed_at=1, failure="500")
    numbers = [row.id for row in tracker.series()]
    tracker.pin(numbers[0])
    year_later = tracker.with_config(tracker.config)
    year_later._clock = lambda: float(tracker.now() + 365 * DAY)
    placed = [line.place.section for line in year_later.lines() if line.place]
    dormant = placed.count(Section.DORMANT)
    assert dormant > 0
    lines, counted = year_later.lines_and_dormant()
    assert counted == (0 if hindered else dormant)
    sections = [line.place.section for line in lines if line.place]
    assert sorted(sections + [Section.DORMANT] * counted) == sorted(placed)
