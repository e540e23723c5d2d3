"""PostgreSQL, for a team: the same data as in SQLite, written by several processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, Executable, delete, event, select, update

from patchwatch.config import Config, Me
from patchwatch.db import derived, event_queue, outbox
from patchwatch.db.criteria import Criteria
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.db.outbox import DigestCursor
from patchwatch.db.schema import message, number, raw, revision, revision_key, series, thread_key
from patchwatch.db.sql import change_rows, insert_missing, insert_rows
from patchwatch.db.unsent import unsent
from patchwatch.errors import DatabaseError
from patchwatch.series.follow_rules import Rule
from patchwatch.series.patch_reading import Mark
from patchwatch.sync.ingest import ingest, read_mail, reindex
from patchwatch.sync.verify import verify
from patchwatch.tracker import Tracker
from tests.daemon.sample_event import EVENT
from tests.support.derived import dump, ingest_and_dump
from tests.support.mails import mail
from tests.support.sample_threads import READS

NOW = 1_689_400_000  # 15 July 2023
NARROWED = (
    Criteria(state="under-review"),
    Criteria(author="BEN B"),
    Criteria(mine=frozenset({"ann@example.org"})),
    Criteria(for_me=frozenset({"rita@example.com", "50%_/"})),
    Criteria(awaiting_review=True),
)


@pytest.fixture
def url(postgresql: str) -> str:
    """A new database."""
    return postgresql


@pytest.fixture
def tracker(url: str) -> Iterator[Tracker]:
    """A tracker on a new database."""
    found = Tracker(Config(), database_url=url)
    yield found
    found.database.close()


def dump_ids(connection: Connection) -> list[str]:
    return sorted(connection.scalars(select(message.c.message_id)))


@pytest.mark.parametrize("name", ["demo", "made", "points"])
def test_postgresql_derives_the_same_as_sqlite(url: str, name: str) -> None:
    database = Database(url)
    for half in (READS[name][1::2], READS[name][::2]):
        with database.write() as connection:
            ingest(connection, half, "bpf")
    assert dump(database) == ingest_and_dump([READS[name]])
    with database.write() as connection:
        reindex(connection)
    assert dump(database) == ingest_and_dump([READS[name]])
    database.close()


def test_verify_finds_damage(url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        ingest(connection, READS["demo"], "bpf")
    assert list(verify(database)) == []
    with database.write() as connection:
        connection.execute(update(raw).values(mail=b"x"))
        connection.execute(delete(number))
    texts = [problem.text for problem in verify(database)]
    assert any("revisions without a number" in text for text in texts)
    assert any("is damaged" in text for text in texts)
    database.close()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (update(series).values(state="rejected"), "`series` disagree"),
        (update(revision).values(predecessor=None), "`revision` disagree"),
        (update(message).values(subject="another"), "`message` disagree"),
        (delete(revision_key), "`revision_key` disagree"),
        (update(revision).values(series_id=4711), "revisions in a series that does not exist"),
        (update(message).values(facts="{"), "parsed fields of <"),
    ],
)
def test_verify_finds_derived_data_that_disagrees(url: str, change: Executable, found: str) -> None:
    database = Database(url)
    with database.write() as connection:
        ingest(connection, READS["made"], "bpf")
    assert list(verify(database)) == []
    with database.write() as connection:
        connection.execute(change)
    assert any(found in problem.text for problem in verify(database))
    with database.write() as connection:
        reindex(connection)
    assert list(verify(database)) == []
    database.close()


def _all_that_is_read(url: str) -> list[object]:
    """Decide something in a database of the made threads; return all that lists and screens read of it."""
    config = Config(me=Me(addresses=("ann@example.org", "rita@example.com")))
    tracker = Tracker(config, clock=lambda: float(NOW), database_url=url)
    with tracker.database.write() as connection:
        ingest(connection, READS["made"], "bpf")
    tracker.follow("bpf", Rule(subject="o"))
    first, second, third, *_ = (line.id for line in tracker.lines())
    tracker.mute(first)
    tracker.pin(second)
    tracker.snooze(third, NOW + 1)
    tracker.visit([second])
    tracker.mark_patches(tracker.one(first), tracker.one(first).revisions[-1].patch_message_ids, Mark.READ)
    tracker.database.close()
    reader = Tracker(config, clock=lambda: float(NOW), database_url=url)  # as another process
    rows = reader.series(everything=True)
    narrowed = [[row.id for row in reader.series(wanted=replace(one, everything=True))] for one in NARROWED]
    assert all(0 < len(found) < len(rows) for found in narrowed), narrowed
    found: list[object] = [rows, narrowed, reader.lines()]
    found += [(reader.thread(row.id), reader.steps(row.id), reader.readings(row)) for row in rows]
    reader.database.close()
    return found


def test_lists_and_series_are_read_as_from_a_file_of_sqlite(url: str, tmp_path: Path) -> None:
    assert _all_that_is_read(url) == _all_that_is_read(f"sqlite:///{tmp_path}/same.db")


def test_decisions_lists_and_undo(tracker: Tracker) -> None:
    with tracker.database.write() as connection:
        ingest(connection, READS["made"], "bpf")
    number = tracker.find("v2@b")
    assert [line.id for line in tracker.lines()] == [row.id for row in tracker.series(everything=True)]
    tracker.mark(number, "rejected")
    assert tracker.one(number).state == "rejected"
    tracker.undo()
    assert tracker.one(number).state == "mainlined"
    tracker.snooze(number, None)
    tracker.mute(number)
    tracker.pin(number)
    assert tracker.mark_read([row.message_id for row in tracker.thread(number)]) == tracker.generation()
    assert tracker.one(number).unread == 0
    tracker.unlink("v2@b")
    assert tracker.find("v1@b") != tracker.find("v2@b")
    tracker.link("v2@b", "v1@b")
    assert tracker.find("v1@b") == tracker.find("v2@b")
    assert tracker.candidates(number) is not None
    assert list(verify(tracker.database)) == []


def test_a_point_is_dismissed_and_undone(tracker: Tracker) -> None:
    with tracker.database.write() as connection:
        ingest(connection, READS["points"], "bpf")
    before = dump(tracker.database)
    number = tracker.find("r1@quill")
    assert tracker.dismiss(number, "r1@quill#1").number == 2
    assert tracker.one(number).revisions[-1].points[0].fate == "dismissed"
    assert list(verify(tracker.database)) == []
    tracker.undo()
    assert dump(tracker.database) == before


def test_nul_characters_are_stored_and_shown_sanitized(tracker: Tracker) -> None:
    raw = mail(message_id="nul@a", subject="[PATCH] a", sender="A <a@example.org>", date="3 Jul 2023 10:00:00 +0000")
    raw = (
        raw.replace(b"Subject: [PATCH] a", b"Subject: [PATCH] a\x00b \xff\xfe =?utf-8?q?=00?=") + b"\x00 \xed\xa0\x80\n"
    )
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw)], "bpf")
    assert tracker.raw("nul@a") == raw
    assert tracker.one(tracker.find("nul@a")).title


def test_concurrent_writers_wait_for_each_other(url: str) -> None:
    Database(url).close()
    halves = (READS["demo"][::2], READS["demo"][1::2])

    def write(reads: list[object]) -> None:
        database = Database(url)
        for read in reads:
            with database.write() as connection:
                ingest(connection, [read], "bpf")  # type: ignore[list-item]
        database.close()

    writers = [threading.Thread(target=write, args=(half,)) for half in halves]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    database = Database(url)
    assert dump(database) == ingest_and_dump([READS["demo"]])
    assert database.generation() == len(READS["demo"])
    database.close()


def test_reader_sees_one_snapshot(url: str) -> None:
    database = Database(url)
    with database.read() as reader:
        before = dump_ids(reader)
        with database.write() as connection:
            ingest(connection, READS["made"], "bpf")
        assert dump_ids(reader) == before
    with database.read() as reader:
        assert dump_ids(reader) != before
    database.close()


def test_url_needs_no_driver(url: str) -> None:
    database = Database(url.replace("+psycopg", ""))
    assert database.generation() == 0
    database.close()


def test_unreachable_server_is_reported(url: str) -> None:
    with pytest.raises(DatabaseError, match="can't be reached"):
        Database(url.replace("host=", "host=/nowhere"))


def test_outbox_holds_a_mail_until_it_is_sent_once(url: str) -> None:
    database = Database(url)
    columns = {"address": "ann@example.org", "sender": "pw@example.org", "message_id": "1@pw", "subject": "x"}
    with database.write() as connection:
        outbox.set_digest_cursor(connection, "me", DigestCursor(date(2023, 9, 18), 100, "seen"))
        assert outbox.put(connection, "me", "2023-09-18", b"mail\r\n", 100, **columns)
        assert not outbox.put(connection, "me", "2023-09-18", b"other\r\n", 100, **columns)
    with database.write() as connection:
        claimed = outbox.claim(connection, 100, 700)
        assert outbox.claim(connection, 100, 700) is None
    assert claimed is not None
    row, mail = claimed
    assert (row.key, row.tries, mail) == ("2023-09-18", 1, b"mail\r\n")
    with database.write() as connection:
        outbox.retry_later(connection, row.id, 200, "no answer")
    with database.read() as connection:
        assert [(one.try_at, one.failure) for one in unsent(executor(connection))] == [(200, "no answer")]
        assert outbox.digest_cursor(connection, "me") == DigestCursor(date(2023, 9, 18), 100, "seen")
    with database.write() as connection:
        outbox.mark_sent(connection, row.id, 250)
        outbox.put(connection, "me", "2023-12-01", b"mail\r\n", 250 + 40 * 86_400, **columns)
    with database.read() as connection:
        assert outbox.last_sent(connection) == {"me": 250}
        assert [one.key for one in unsent(executor(connection))] == ["2023-12-01"]
    database.close()


def test_events_are_queued_once_per_subscriber(tracker: Tracker) -> None:
    with tracker.database.write() as connection:
        event_queue.queue_events(connection, [("hook a", EVENT), ("hook b", EVENT)])
        event_queue.queue_events(connection, [("hook a", EVENT), ("hook a", replace(EVENT, id="e2"))])
    assert [queued.subscriber for queued in tracker.queued_events()] == ["hook a", "hook b", "hook a"]
    for queued in tracker.queued_events():
        tracker.dequeue_event(queued.id)
    assert tracker.queued_events() == ()
    assert tracker.detect_events() == ()


def test_many_rows_are_inserted_as_few_are(url: str) -> None:
    """They are copied; a text may have what separates values there, and bytes and numbers arrive as they are."""
    odd = ["a\tb", "\\N", "\\.", "c\nd\r\n", "ü\u2028", '"', ""]
    database = Database(url)
    with database.write() as connection:
        ingest(connection, [read_mail(mail(message_id="1@x"))], "x")
    for count in (3, 300):
        keys = [{"name": f"{odd[n % len(odd)]}{count}.{n}", "conversation": 7 + n} for n in range(count)]
        mails = [
            {"id": 100 + n, "message_pk": 1, "digest": bytes([n % 256]) * 20, "arrived": n, "mail": b"\\x\0\n\t" * n}
            for n in range(count)
        ]
        with database.write() as connection:
            insert_rows(connection, thread_key, keys)
            insert_rows(connection, raw, mails)
            insert_rows(connection, raw, [])
        with database.write() as connection:
            wanted = thread_key.c.name.endswith(f"{count}.0") | thread_key.c.name.contains(f"{count}.")
            stored = connection.execute(select(thread_key).where(wanted)).mappings()
            assert sorted(map(dict, stored), key=str) == sorted(keys, key=str)
            copies = connection.execute(select(raw).where(raw.c.id >= 100).order_by(raw.c.id)).mappings()
            assert [dict(row) for row in copies] == mails
            connection.execute(delete(raw).where(raw.c.id >= 100))
        with pytest.raises(DatabaseError, match="duplicate key"), database.write() as connection:
            insert_rows(connection, thread_key, keys)
    database.close()


@pytest.mark.parametrize("server", [True, False], ids=["PostgreSQL", "SQLite"])
def test_many_rows_are_changed_in_one_statement(server: bool, url: str, tmp_path: Path) -> None:
    database = Database(url if server else f"sqlite:///{tmp_path}/t.db")
    given = [{"name": f"{n}", "conversation": n} for n in range(50)]
    rows = [{"id": n, "message_id": f"{n}@x"} for n in range(1, 51)]
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with database.write() as connection:
        insert_rows(connection, number, rows)
        insert_missing(connection, thread_key, given[:30])
        statements.clear()
        insert_missing(connection, thread_key, given)
        change_rows(connection, number, [{"id": n, "message_id": f"{n}\t'\\\\\N{SNOWMAN}"} for n in range(2, 51)])
        change_rows(connection, number, [])
        assert len(statements) == 2
    with database.read() as connection:
        assert connection.execute(select(thread_key.c.conversation).order_by("conversation")).scalars().all() == list(
            range(50)
        )
        names = connection.scalars(select(number.c.message_id).order_by(number.c.id)).all()
    assert names == ["1@x", *(f"{n}\t'\\\\\N{SNOWMAN}" for n in range(2, 51))]
    database.close()


def test_rows_are_not_compared_with_each_value(url: str) -> None:
    """As a prepared `= ANY ($1)` would, whose plan does not know the values."""
    database = Database(url)
    with database.read() as connection:
        asked: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert derived.revisions_with_keys(connection, ["t:a", "t:b"]) == {}
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("SET plan_cache_mode = force_generic_plan")
        driver.execute(f"PREPARE found (varchar[]) AS {asked[-1].replace('%(values)s', '$1')}")
        plan = "\n".join(row[0] for row in driver.execute("EXPLAIN EXECUTE found (ARRAY['t:a', 't:b'])"))
    assert "revision_key" in plan
    assert "ANY (" not in plan
    database.close()
