"""Replies to long revisions are taken in without reading the others, and the result is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from patchwatch.db import decisions, derived, remembered, schema
from patchwatch.db.database import Database
from patchwatch.db.records import revision_record
from patchwatch.db.revision_codec import RevisionSummary, decode_summary
from patchwatch.series.revision import find_revisions
from patchwatch.sync import amend
from patchwatch.sync.derive import derive_conversations
from patchwatch.sync.ingest import Read, ingest, read_mail
from patchwatch.sync.verify import verify
from tests.support.derived import wrong_rows
from tests.support.mails import mail, patch_with_question
from tests.support.sample_threads import READS
from tests.support.talk import talk


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/patchwatch.db")
    yield database
    database.close()


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The mails that are added to what is remembered of their revision."""
    found: list[str] = []
    original = amend.amend

    def observe(connection: Connection, additions: Sequence[amend.Addition], *others: Any) -> amend.Amended:
        found.extend(one.follow_up.message.message_id for one in additions)
        return original(connection, additions, *others)

    monkeypatch.setattr(amend, "amend", observe)
    return found


def store(database: Database, reads: Sequence[Read]) -> None:
    with database.write() as connection:
        ingest(connection, reads, "frob")


@pytest.mark.parametrize("seed", range(12))
def test_replies_one_by_one_give_what_reading_all_of_them_gives(
    seed: int, database: Database, added: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)
    monkeypatch.setattr(remembered, "LONG", chance.choice([0, 3]))
    for read in talk(chance, 40):
        store(database, [read])
    assert len(added) > 5
    assert wrong_rows(database) == {}


@pytest.mark.parametrize("seed", range(8))
def test_replies_in_batches_and_out_of_order_give_what_reading_all_of_them_gives(
    seed: int, database: Database, added: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)
    monkeypatch.setattr(remembered, "LONG", 1)
    reads = talk(chance, 40)
    late = [reads.pop(chance.randrange(3, len(reads))) for _ in range(4)]
    while reads:
        size = chance.randint(1, 4)
        batch, reads = reads[:size], reads[size:]
        if late and chance.random() < 0.2:
            batch.append(late.pop())
        chance.shuffle(batch)
        store(database, batch)
    store(database, late)
    assert added
    assert wrong_rows(database) == {}


@pytest.mark.parametrize("seed", range(6))
def test_dismissed_points_stay_so_when_replies_are_added(
    seed: int, database: Database, added: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)
    monkeypatch.setattr(remembered, "LONG", 1)
    for number, read in enumerate(talk(chance, 40)):
        store(database, [read])
        if number % 6 == 5:
            with database.write() as connection:
                decisions.dismiss(connection, f"r{chance.randrange(40)}@talk.example.org#1", 0, "me")
                derive_conversations(connection, derived.with_any_revision(connection))
    assert len(added) > 5
    assert wrong_rows(database) == {}


@pytest.mark.parametrize("name", sorted(READS))
def test_sample_threads_one_by_one_give_what_reading_all_of_them_gives(
    name: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "LONG", 0)
    for read in sorted(READS[name], key=lambda r: (r.message.date, r.message.message_id)):
        store(database, [read])
    assert wrong_rows(database) == {}


def test_what_a_posting_needs_stays_in_order_when_replies_are_added(
    database: Database, added: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "LONG", 0)
    needs = "Depends-on: <a@base.example.org>\nDepends-on: <b@base.example.org>\n"
    diff = f"---\n{needs}\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"
    title = "frob: turn the wheel"
    store(database, [read_mail(mail(message_id="p@x", subject=f"[PATCH] {title}", body=f"Why.\n{diff}"))])
    forgot = "I forgot: this depends on https://lore.kernel.org/all/c@base.example.org/\n"
    for day, body in enumerate((forgot, "Ping?\n"), 4):
        date = f"{day} Jul 2023 10:00:00 +0000"
        raw = mail(message_id=f"{day}@x", subject=f"Re: [PATCH] {title}", in_reply_to="p@x", date=date, body=body)
        store(database, [read_mail(raw)])
    with database.read() as connection:
        (view,) = connection.scalars(select(schema.revision.c.view))
    targets = [one.target for one in decode_summary(view).depends_on]
    assert targets == [f"m:{name}@base.example.org" for name in "abc"]
    assert added == ["4@x", "5@x"]
    assert wrong_rows(database) == {}


OF_THE_POSTING = """
    subject title author version minor rfc kind patches expected has_cover message_ids patch_message_ids patch_facts
    dropped senders writers recipients missing backport pull sendings taken not_for_merging
"""
OF_REPLIES = "follow_ups unreadable trailers checks reviewed voices commits asks depends_on"


def test_each_field_of_a_summary_is_known_to_depend_on_replies_or_not() -> None:
    """A new field that depends on replies belongs in `amended_record`, and what leads to it in `talk`."""
    assert set(RevisionSummary.__struct_encode_fields__) == {*OF_THE_POSTING.split(), *OF_REPLIES.split()}


def test_random_threads_have_everything_that_depends_on_replies() -> None:
    names = {"follow_ups", "trailers", "checks", "reviewed", "reviewers", "asks", "depends_on"}
    found: set[str] = set()
    for seed in range(12):
        (revision, *_) = find_revisions([read.message for read in talk(Random(seed), 60)])
        summary = decode_summary(revision_record(1, 1, revision, {})["view"])
        found |= {name for name in names if getattr(summary, name)}
    assert found == names


def test_a_reply_that_came_late_is_put_in_its_place(
    database: Database, added: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "LONG", 1)
    patch, question, answer = _patch_with_answer()
    store(database, [patch])
    store(database, [answer])
    store(database, [question])
    assert added == ["answer@x"]
    assert wrong_rows(database) == {}


@pytest.mark.parametrize("damaged", [b"", b"\x91", b"\xff" * 9])
def test_a_damaged_memory_is_not_used_and_replaced(
    damaged: bytes, database: Database, added: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "LONG", 1)
    patch, question, answer = _patch_with_answer()
    store(database, [patch])
    with database.write() as connection:
        connection.execute(update(schema.memory).values(memory=damaged))
    store(database, [question])
    assert added == []
    store(database, [answer])
    assert added == ["answer@x"]
    assert wrong_rows(database) == {}


def test_a_wrong_memory_is_found(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "LONG", 1)
    store(database, _patch_with_answer())
    with database.write() as connection:
        (number,) = connection.scalars(select(schema.memory.c.revision_id))
        memory = remembered.memories_of(connection, [number])[number]
        memory.heard.length += 1
        remembered.replace(connection, [], {number: remembered.encode_memory(memory)})
    assert [problem.text for problem in verify(database)] == ["1 row in `memory` disagree with the stored mail"]


def _patch_with_answer() -> list[Read]:
    patch, question = patch_with_question()
    answer = mail(
        message_id="answer@x",
        subject="Re: [PATCH] frob: fix it",
        sender="Ann Author <ann@example.org>",
        date="Wed, 5 Jul 2023 10:00:00 +0000",
        in_reply_to="a@x",
        body="It need not be, I will drop it in v2.\n",
    )
    return [read_mail(raw) for raw in (patch, question, answer)]
