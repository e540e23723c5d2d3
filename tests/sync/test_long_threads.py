"""Threads of thousands of mails: what one more costs, and that nothing depends on when they are derived."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from patchwatch.db import remembered
from patchwatch.db.database import Database
from patchwatch.series.revision import Revision
from patchwatch.sources.lore.response import Response
from patchwatch.sync import import_mail as importing
from patchwatch.sync import postponed
from patchwatch.sync import recognize as recognizing
from patchwatch.sync.ingest import Read, ingest, read_mail, reindex
from patchwatch.sync.responses import store_response
from tests.support import on_postgresql
from tests.support.derived import dump, ingest_and_dump
from tests.support.mails import mail
from tests.support.steps import steps

START = 1_688_378_400
DIFF = "x\n---\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"


def most_steps() -> int:
    """For each mail of a revision when one more reply arrives; PostgreSQL's driver is partly Python and needs more."""
    return 350 if on_postgresql.in_use() else 270


def chain(length: int, *, patch: bool = True) -> list[Read]:
    """A patch, or a question, and replies, each to the one before."""
    reads = []
    for n in range(length):
        raw = mail(
            message_id=f"m{n}@example.org",
            subject=("" if n == 0 else "Re: ") + ("[PATCH] x: turn it" if patch else "A question"),
            sender=f"R <r{n % 5}@example.org>",
            date=time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(START + 60 * n)),
            in_reply_to=f"m{n - 1}@example.org" if n else None,
            body=DIFF if patch and n == 0 else f"I think that is mail {n}.\n",
        )
        reads.append(read_mail(raw, START + 60 * n))
    return reads


def versions(count: int, replies: int) -> list[Read]:
    """A patch and its next versions, each in reply to the one before, and each with replies."""
    reads = []
    for version in range(1, count + 1):
        raw = mail(
            message_id=f"v{version}@example.org",
            subject=f"[PATCH v{version}] x: turn it",
            sender="Ann Author <ann@example.org>",
            date=time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(START + 86_400 * version)),
            in_reply_to=f"v{version - 1}@example.org" if version > 1 else None,
            body=DIFF.replace("+b", f"+b{version}"),
        )
        reads += [read_mail(raw, START + 86_400 * version), *(reply(version, n) for n in range(replies))]
    return reads


def reply(version: int, number: int) -> Read:
    raw = mail(
        message_id=f"v{version}r{number}@example.org",
        subject=f"Re: [PATCH v{version}] x: turn it",
        sender=f"R <r{number % 5}@example.org>",
        date=time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(START + 86_400 * version + 60 * number)),
        in_reply_to=f"v{version}@example.org",
        body=f"> +b{version}\n\nI think that is mail {number}.\n",
    )
    return read_mail(raw, START + 86_400 * version + 60 * number)


def store(database: Database, reads: Sequence[Read], size: int, *, postpone: bool = True) -> None:
    for at in range(0, len(reads), size):
        with database.write() as connection:
            ingest(connection, reads[at : at + size], "bpf", postpone=postpone)


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every mail is taken in by reading its whole conversation."""
    monkeypatch.setattr(remembered, "LONG", 10**9)


def empty(path: Path) -> Database:
    return Database(f"sqlite:///{path}")


def test_an_import_costs_the_same_per_mail_however_long_the_thread(tmp_path: Path) -> None:
    costs = []
    for length in (600, 2400):
        reads = chain(length)
        database = empty(tmp_path / f"{length}.db")
        store(database, chain(1), 1)

        def work(database: Database = database, reads: list[Read] = reads) -> None:
            store(database, reads, 50)
            with database.write() as connection:
                importing.derive_postponed(connection)

        costs.append(steps(work) / length)
        database.close()
    assert costs[1] < 1.3 * costs[0]


def test_a_pass_over_a_long_thread_costs_the_same_for_one_mail_and_for_many(tmp_path: Path, no_memory: None) -> None:
    costs = []
    for new in (1, 40):
        reads = chain(1000)
        database = empty(tmp_path / f"{new}.db")
        store(database, reads[:-new], 1000, postpone=False)
        costs.append(steps(lambda d=database, r=reads[-new:]: store(d, r, 100, postpone=False)))  # type: ignore[misc]
        database.close()
    assert costs[1] < 1.2 * costs[0]


def test_a_mail_in_a_long_discussion_costs_no_more_than_in_a_short_one(tmp_path: Path) -> None:
    costs = []
    for length in (6, 3000):
        reads = chain(length, patch=False)
        database = empty(tmp_path / f"{length}.db")
        store(database, reads[:-1], 1000, postpone=False)
        costs.append(steps(lambda d=database, r=reads: store(d, r[-1:], 1, postpone=False)))  # type: ignore[misc]
        database.close()
    assert costs[1] < 1.3 * costs[0]


def test_a_mail_that_changes_a_long_thread_costs_little_for_each_mail_of_it(tmp_path: Path, no_memory: None) -> None:
    """Its revision is judged from all of its mails; nothing is done twice for one, or for each pair."""
    costs = []
    for length in (300, 1500):
        reads = chain(length)
        database = empty(tmp_path / f"{length}.db")
        store(database, reads[:-1], 1000, postpone=False)
        costs.append(steps(lambda d=database, r=reads: store(d, r[-1:], 1, postpone=False)))  # type: ignore[misc]
        database.close()
    assert (costs[1] - costs[0]) / 1200 < most_steps()


def test_an_answer_in_a_chain_of_thousands_costs_no_more_than_in_a_short_one(tmp_path: Path) -> None:
    costs = []
    for length in (5, 5000):
        reads = chain(length)
        database = empty(tmp_path / f"{length}.db")
        store(database, reads[:-2], 5000, postpone=False)
        store(database, reads[-2:-1], 1, postpone=False)
        costs.append(steps(lambda d=database, r=reads: store(d, r[-1:], 1, postpone=False)))  # type: ignore[misc]
        database.close()
    assert costs[1] < 1.2 * costs[0]


@pytest.mark.parametrize("replied", [1, 50])
def test_an_answer_to_one_of_fifty_versions_costs_about_what_one_to_two_does(tmp_path: Path, replied: int) -> None:
    """What the later versions did about the points of the others is not looked at again."""
    costs = []
    for count in (2, 50):
        database = empty(tmp_path / f"{count}.db")
        store(database, versions(count, 30), 2000, postpone=False)
        mail = reply(min(count, replied), 30)
        costs.append(steps(lambda d=database, r=mail: store(d, [r], 1, postpone=False)))  # type: ignore[misc]
        database.close()
    assert costs[1] - costs[0] < most_steps() * 48


def test_a_reply_to_one_of_many_versions_judges_only_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_memory: None
) -> None:
    judged: list[str] = []
    record = recognizing.revision_record

    def observe(number: int, conversation: int, revision: Revision, *others: Any) -> dict[str, Any]:
        judged.append(revision.root.message_id)
        return record(number, conversation, revision, *others)

    monkeypatch.setattr(recognizing, "revision_record", observe)
    database = empty(tmp_path / "x.db")
    reads = versions(12, 3)
    store(database, reads, 1000)
    for version in (12, 3):
        judged.clear()
        store(database, [reply(version, 3)], 1, postpone=False)
        assert judged == [f"v{version}@example.org"]
    judged.clear()
    store(database, versions(13, 0)[-1:], 1, postpone=False)
    assert len(judged) == 13  # a patch can change what all of them are
    expected = ingest_and_dump([[*versions(13, 0), *reads, reply(12, 3), reply(3, 3)]])
    assert dump(database) == expected
    database.close()


@pytest.mark.parametrize("seed", range(3))
def test_judging_only_what_replies_touch_changes_nothing(seed: int) -> None:
    reads = [*versions(5, 4), *chain(8)]
    expected = ingest_and_dump([reads])
    random.Random(seed).shuffle(reads)
    assert ingest_and_dump([[read] for read in reads]) == expected


def test_halves_of_a_thread_that_meet_late_cost_the_same_per_mail(tmp_path: Path) -> None:
    """Every second mail comes first, so that each of the others joins two conversations."""
    costs = []
    for length in (400, 1600):
        reads = chain(length, patch=False)
        database = empty(tmp_path / f"{length}.db")
        store(database, reads[::2], 400)
        costs.append(steps(lambda d=database, r=reads: store(d, r[::-1][::2], 20)) / length)  # type: ignore[misc]
        database.close()
    assert costs[1] < 1.3 * costs[0]


@pytest.mark.parametrize("seed", range(4))
def test_postponing_large_conversations_changes_nothing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postponed, "LARGE", 5)
    reads = chain(40) + [
        read_mail(mail(message_id=f"p{n}@x.org", subject=f"[PATCH {n}/3] y: part {n}", body=DIFF), START)
        for n in (1, 2, 3)
    ]
    expected = ingest_and_dump([reads])
    random.Random(seed).shuffle(reads)
    database = empty(tmp_path / "x.db")
    store(database, reads, 3)
    with database.read() as connection:
        assert postponed.waiting(connection)
    with database.write() as connection:
        importing.derive_postponed(connection)
    assert dump(database) == expected
    with database.write() as connection:
        reindex(connection)
        assert not postponed.waiting(connection)
    assert dump(database) == expected


def test_a_poll_finishes_what_a_killed_import_postponed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postponed, "LARGE", 5)
    reads = chain(20)
    database = empty(tmp_path / "x.db")
    store(database, reads, 3)
    other = read_mail(mail(message_id="other@x.org"), START)
    store(database, [other], 1, postpone=False)
    assert dump(database) == ingest_and_dump([[*reads, other]])
    with database.read() as connection:
        assert not postponed.waiting(connection)


def test_a_poll_without_news_finishes_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postponed, "LARGE", 5)
    database = empty(tmp_path / "x.db")
    store(database, chain(20), 3)
    store_response(database, Response("net", START, "https://lore.example.org"), "net", lambda *_: None)
    with database.read() as connection:
        assert not postponed.waiting(connection)
    assert dump(database) == ingest_and_dump([chain(20)])


@pytest.mark.parametrize("seed", range(5))
def test_references_in_a_circle_lead_to_the_patch_in_any_order(seed: int) -> None:
    patch = mail(message_id="p@x.org", body=DIFF)
    circle = [("a", ("p", "c")), ("b", ("a",)), ("c", ("b",)), ("d", ("c",)), ("e", ("e", "d"))]
    reads = [read_mail(patch, START)] + [
        read_mail(
            mail(message_id=f"{i}@x.org", subject="Re: x", references=tuple(f"{r}@x.org" for r in refs)), START + 60
        )
        for i, refs in circle
    ]
    random.Random(seed).shuffle(reads)
    [series] = ingest_and_dump([[read] for read in reads])
    assert {m[0] for m in series[4]} == {"p@x.org", *(f"{i}@x.org" for i, _ in circle)}  # type: ignore[index]
