"""Ingest: duplicates, copies from several lists, forged and truncated copies; reindex."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from patchwatch.config import Config
from patchwatch.db import decisions, schema, series
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.db.message_codec import decode_message
from patchwatch.sync.ingest import ingest, read_mail, reindex
from patchwatch.tracker import Tracker
from tests.support.mails import mail

NOW = 1_700_000_000


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/patchwatch.db")


def take(database: Database, *raw: bytes, inbox: str | None = "bpf") -> None:
    with database.write() as connection:
        ingest(connection, [read_mail(one) for one in raw], inbox)


def everything(database: Database) -> tuple[series.SeriesRow, ...]:
    with database.read() as connection:
        return series.series(executor(connection), series.Criteria(everything=True), NOW)


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.metadata.tables[table])) or 0


POSTED = mail(
    message_id="1@example.org",
    subject="[PATCH] net: free the socket once",
    sender="Ann Author <ann@example.org>",
    date="Mon, 3 Jul 2023 10:00:00 +0000",
    body="It was freed twice.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n",
)


def arriving(raw: bytes, when: str, via: str = "vger") -> bytes:
    return f"Received: from {via} by archive; {when}\n".encode() + raw


def test_duplicate_mail_is_stored_once(database: Database) -> None:
    take(database, POSTED)
    take(database, POSTED, POSTED)
    assert (count(database, "message"), count(database, "raw")) == (1, 1)


def test_cross_posted_mail_is_one_message_in_three_inboxes(database: Database) -> None:
    for minute, inbox in enumerate(("bpf", "netdev", "linux-kernel")):
        take(database, arriving(POSTED, f"Mon, 3 Jul 2023 10:0{minute}:00 +0000", inbox), inbox=inbox)
    (row,) = everything(database)
    assert row.inboxes == ("bpf", "linux-kernel", "netdev")
    assert (count(database, "message"), count(database, "raw")) == (1, 1)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_first_of_two_contents_with_one_id_is_parsed_and_both_are_stored(
    database: Database, order: tuple[int, int]
) -> None:
    copies = (
        arriving(POSTED, "Mon, 3 Jul 2023 10:00:05 +0000"),
        arriving(POSTED.replace(b"free the socket once", b"forged later"), "Tue, 4 Jul 2023 10:00:05 +0000").replace(
            b"It was freed twice.", b"Something else."
        ),
    )
    for one in order:
        take(database, copies[one])
    (row,) = everything(database)
    assert row.title == "net: free the socket once"
    assert count(database, "raw") == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_complete_mail_replaces_a_truncated_copy(database: Database, order: tuple[int, int]) -> None:
    whole = arriving(
        mail(
            message_id="2@example.org",
            subject="Re: [PATCH] net: free the socket once",
            sender="Rita Reviewer <rita@example.org>",
            date="Mon, 3 Jul 2023 11:00:00 +0000",
            in_reply_to="1@example.org",
            body="Good catch.\n\nReviewed-by: Rita Reviewer <rita@example.org>\n",
        ),
        "Mon, 3 Jul 2023 11:00:05 +0000",
    )
    torn = whole[: whole.index(b"Reviewed-by")]
    take(database, POSTED)
    for one in order:
        take(database, (torn, whole)[one])
    (row,) = everything(database)
    assert [t.name for t in row.revisions[0].trailers if t.counts] == ["Reviewed-by"]
    assert Tracker(Config(), database_url=database.url).raw("2@example.org") == whole


FORGED = POSTED.replace(b"free the socket once", b"forged").replace(b"It was freed twice.", b"Something else.")


def without(monkeypatch: pytest.MonkeyPatch, name: str) -> list[object]:
    """Collect the calls of a function of the writer, instead of making them."""
    calls: list[object] = []
    monkeypatch.setattr(name, lambda *args, **_: calls.append(args))
    return calls


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    "second",
    ["Mon, 3 Jul 2023 10:00:05 +0000", "Mon, 3 Jul 2023 11:00:00 +0000"],
    ids=["in the same second, and shorter", "later"],
)
def test_choosing_between_two_contents_parses_neither_again(
    database: Database, order: tuple[int, int], second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(FORGED) < len(POSTED)
    copies = [read_mail(arriving(POSTED, "Mon, 3 Jul 2023 10:00:05 +0000")), read_mail(arriving(FORGED, second))]
    parsed = without(monkeypatch, "patchwatch.sync.ingest.read_mail")
    for one in order:
        with database.write() as connection:
            ingest(connection, [copies[one]], "bpf")
    (row,) = everything(database)
    assert (row.title, count(database, "raw"), parsed) == ("net: free the socket once", 2, [])


def test_three_contents_of_one_second_are_compared_as_a_whole(database: Database) -> None:
    second = "Mon, 3 Jul 2023 10:00:05 +0000"
    for raw in (FORGED, FORGED.replace(b"else", b"new"), POSTED):
        take(database, arriving(raw, second))
    (row,) = everything(database)
    assert row.title == "net: free the socket once"


def test_a_list_that_got_a_mail_earlier_changes_when_it_arrived_and_nothing_else(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(database, arriving(POSTED, "Mon, 3 Jul 2023 10:00:09 +0000"), inbox="bpf")
    recognized = without(monkeypatch, "patchwatch.sync.derive.recognize")
    take(database, arriving(POSTED, "Mon, 3 Jul 2023 10:00:05 +0000", "netdev"), inbox="netdev")
    assert recognized == []
    with database.read() as connection:
        (facts,) = connection.scalars(select(schema.message.c.facts))
    assert time_of(decode_message(facts).arrived) == "10:00:05"


def time_of(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S")


def test_raw_mail_is_stored_unchanged(database: Database) -> None:
    take(database, POSTED)
    assert Tracker(Config(), database_url=database.url).raw("1@example.org") == POSTED


def test_late_cover_letter_keeps_number_and_watch(database: Database) -> None:
    def patch(n: int) -> bytes:
        return mail(
            message_id=f"{n}@example.org",
            subject=f"[PATCH {n}/2] part {n}",
            sender="Ann Author <ann@example.org>",
            date=f"Mon, 3 Jul 2023 10:00:0{n} +0000",
            in_reply_to="0@example.org",
            body="Text.\n---\n",
        )

    cover = mail(
        message_id="0@example.org",
        subject="[PATCH 0/2] whole",
        sender="Ann Author <ann@example.org>",
        date="Mon, 3 Jul 2023 10:00:00 +0000",
        body="Both.\n",
    )
    take(database, patch(2), patch(1))
    (before,) = everything(database)
    with database.write() as connection:
        decisions.decide(connection, "watch", before.revisions[0].message_id, at=NOW, inbox=None)
    take(database, cover)
    (after,) = everything(database)
    assert (after.id, after.watched, after.title) == (before.id, True, "whole")


def test_reindex_gives_the_same_rows_and_keeps_decisions(database: Database) -> None:
    v2 = mail(
        message_id="3@example.org",
        subject="[PATCH v2] net: free the socket once",
        sender="Ann Author <ann@example.org>",
        date="Wed, 5 Jul 2023 10:00:00 +0000",
        body="It was freed twice.\n---\n",
    )
    take(database, POSTED, v2)
    with database.write() as connection:
        decisions.decide(connection, "watch", "1@example.org", at=NOW, inbox=None)
        decisions.decide(connection, "mark", "3@example.org", state="deferred", at=NOW, by="me")
        decisions.mark_read(connection, ["1@example.org"], NOW)
    with database.write() as connection:
        assert reindex(connection) == 2
    before = everything(database)
    with database.write() as connection:
        reindex(connection)
    assert everything(database) == before
    (row,) = before
    assert (row.state, row.watched, row.unread) == ("deferred", True, 1)


def test_failed_ingest_stores_nothing(database: Database) -> None:
    def stores_and_dies() -> None:
        with database.write() as connection:
            ingest(connection, [read_mail(POSTED)], "bpf")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stores_and_dies()
    assert count(database, "message") == count(database, "inbox") == 0
