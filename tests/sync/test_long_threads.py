"""Threads of thousands of mails: what one more costs, and that nothing depends on when they are derived."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from patchwatch.db.database import Database
from patchwatch.sync import import_mail as importing
from patchwatch.sync import postponed
from patchwatch.sync.ingest import Read, ingest, read_mail, reindex
from tests.support.derived import dump, ingest_and_dump
from tests.support.mails import mail
from tests.support.steps import steps

START = 1_688_378_400
DIFF = "x\n---\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"


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


def store(database: Database, reads: Sequence[Read], size: int, *, postpone: bool = True) -> None:
    for at in range(0, len(reads), size):
        with database.write() as connection:
            ingest(connection, reads[at : at + size], "bpf", postpone=postpone)


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


def test_a_pass_over_a_long_thread_costs_the_same_for_one_reply_and_for_many(tmp_path: Path) -> None:
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
