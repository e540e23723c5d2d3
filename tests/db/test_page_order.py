"""How full the pages of a database are."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.db.page_order import PAGE, in_page_order


def pages_of(file: Path, mails: list[bytes]) -> int:
    """The pages that SQLite takes to store these mails in this order."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size={PAGE}")
        connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, pk INTEGER, digest BLOB, at INTEGER, mail BLOB)")
        before = connection.execute("PRAGMA page_count").fetchone()[0]
        rows = [(number, bytes(20), 1_700_000_000, mail) for number, mail in enumerate(mails)]
        connection.executemany("INSERT INTO raw (pk, digest, at, mail) VALUES (?, ?, ?, ?)", rows)
        return int(connection.execute("PRAGMA page_count").fetchone()[0] - before)


@pytest.mark.parametrize("seed", range(3))
def test_a_batch_of_mails_leaves_little_of_its_pages_empty(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    mails = [bytes(min(int(chance.lognormvariate(7.7, 0.9)), 200_000)) for _ in range(500)]
    mails.append(bytes(3 * PAGE + 700))  # longer than a page
    least = sum(map(len, mails)) / PAGE
    assert pages_of(tmp_path / "as-they-come.db", mails) > 1.08 * least
    assert pages_of(tmp_path / "in-order.db", in_page_order(mails, len)) < 1.05 * least


@given(st.lists(st.integers(0, 5 * PAGE)))
def test_no_mail_is_lost_or_doubled(sizes: list[int]) -> None:
    assert sorted(in_page_order(sizes, int)) == sorted(sizes)
