"""Hundreds of mails with one title, patch or change-id: each costs the same, and their order decides nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from patchwatch.db import postings
from patchwatch.db.database import Database
from patchwatch.series import link_rules, version_links
from patchwatch.sync.ingest import ingest, read_mail
from tests.support.derived import ingest_and_dump
from tests.support.mails import mail

BEGIN = 1_690_000_000
HOUR = 3600


def same_title(number: int) -> bytes:
    return posting(number, title="frob: mend the knob")


def same_patch(number: int) -> bytes:
    return posting(number, title=f"frob: mend knob {number}", line="knob")


def same_change(number: int) -> bytes:
    return posting(number, title=f"frob: mend knob {number}", more="change-id: 20230701-frob-0123456789ab\n")


def same_thread(number: int) -> bytes:
    return posting(number, title=f"frob: mend knob {number}", more="v1: https://lore.kernel.org/r/first@m\n")


FLOODS = [same_title, same_patch, same_change, same_thread]


def posting(number: int, *, title: str, line: str = "", more: str = "", prefix: str = "PATCH", who: str = "") -> bytes:
    """A patch of a sender of its own, unless `who` sends it."""
    name = line or str(number)
    diff = f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-a\n+{name}\n"
    return mail(
        message_id=f"{who}{number}@m",
        subject=f"[{prefix}] {title}",
        sender=f"{who or f'Sender N{number}'} <{who.lower() or f'n{number}'}@example.org>",
        date=BEGIN + number * HOUR,
        body=f"Mend it.\n\n---\n{more}{diff}",
    )


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("newest_first", [False, True])
def test_the_hundredth_posting_costs_no_more_than_the_tenth(
    flood: Callable[[int], bytes], newest_first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "MOST_HOLDERS", 15)
    compared = 0
    may_change, possible_link = version_links.may_change, link_rules.possible_link

    def counted(test: Callable[..., object]) -> Callable[..., object]:
        def call(*pair: object) -> object:
            nonlocal compared
            compared += 1
            return test(*pair)

        return call

    monkeypatch.setattr(version_links, "may_change", counted(may_change))
    monkeypatch.setattr(link_rules, "possible_link", counted(possible_link))
    database = Database(f"sqlite:///{tmp_path}/t.db")
    costs = []
    numbers = range(40) if not newest_first else range(39, -1, -1)
    for number in numbers:
        before = compared
        with database.write() as connection:
            ingest(connection, [read_mail(flood(number))], "frob")
        costs.append(compared - before)
    database.close()
    assert sum(costs[:15]) > 50  # they are compared, as long as they are few
    assert sum(costs[16:]) == 0


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_the_same_in_any_order(flood: Callable[[int], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "MOST_HOLDERS", 8)
    mails = [read_mail(flood(number)) for number in range(10)]
    mails += [read_mail(posting(n, title="frob: mend the knob", prefix=f"PATCH v{n}", who="Ann")) for n in (1, 20)]
    expected = ingest_and_dump([mails])
    for seed in range(3):
        shuffled = random.Random(seed).sample(mails, len(mails))
        assert ingest_and_dump([[one] for one in shuffled]) == expected
        assert ingest_and_dump([shuffled[:7], shuffled[7:]], again=seed % 2 == 0) == expected


def test_others_with_the_title_do_not_separate_an_authors_versions(tmp_path: Path) -> None:
    flood = [read_mail(same_title(number)) for number in range(2, 130)]
    first, second = (
        read_mail(posting(n, title="frob: mend the knob", prefix=f"PATCH v{v}", who="Ann"))
        for n, v in ((1, 1), (200, 2))
    )
    (series,) = [one for one in ingest_and_dump([[first], flood, [second]]) if "Ann1@m" in repr(one)]
    assert "Ann200@m" in repr(series)
