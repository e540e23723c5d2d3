"""A mail costs the same in a large database as in a small one: counted, never timed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from patchwatch.db import derived, messages, postings
from patchwatch.db.database import Database
from patchwatch.db.packing import unpack
from patchwatch.sync.ingest import ingest, read_mail
from tests.support import on_postgresql
from tests.support.mails import mail

BEGIN = datetime(2000, 3, 1, 12, tzinfo=UTC)
WORDS = ("lever", "wheel", "spring", "bolt", "hinge", "latch", "crank", "pedal", "gear", "valve")
YEARS = (3, 20)


def posting(year: int, number: int, title: str) -> bytes:
    diff = f"---\ndiff --git a/{year}.c b/{year}.c\n--- a/{year}.c\n+++ b/{year}.c\n@@ -1 +1 @@\n-a\n+{number}\n"
    return mail(
        message_id=f"{year}.{number}@p",
        subject=f"[PATCH] {title}",
        sender="Ann Author <ann@example.org>",
        date=format_datetime(BEGIN.replace(year=BEGIN.year + year) + timedelta(days=number)),
        body=f"Because.\n{diff}",
    )


def request(year: int, *titles: str) -> bytes:
    listed = "".join(f"      {title}\n" for title in titles)
    return mail(
        message_id=f"{year}@pull",
        subject=f"[GIT PULL] frob for {year}",
        sender="Mia Maintainer <mia@example.com>",
        date=format_datetime(BEGIN.replace(year=BEGIN.year + year) + timedelta(days=60)),
        body=f"Please pull.\n\nAnn Author ({len(titles)}):\n{listed}\n f.c | 2 +-\n",
    )


def titles_of(year: int) -> list[str]:
    """Titles of no other year, which resemble none."""
    return [f"frob: mend{year} the{year} {word} of{year}" for word in WORDS]


def mails_of(year: int) -> list[bytes]:
    """Ten patches of Ann's, and the request with which they went in, some under another title."""
    titles = titles_of(year)
    return [
        *(posting(year, number, title) for number, title in enumerate(titles)),
        request(year, *titles[:5], *(f"{title} now" for title in titles[5:])),
    ]


class Work:
    """What was read from the database: postings, rows of the index of keys, statements, and steps of SQLite."""

    def __init__(self) -> None:
        self.postings = self.keys = self.statements = self.steps = 0


@contextmanager
def counting(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    work = Work()
    decode, near, with_keys = postings.decode_posting, derived.revisions_near, derived.revisions_with_keys

    def count_posting(text: str) -> object:
        work.postings += 1
        return decode(text)

    def count_near(*args: object, **window: int) -> dict[object, list[int]]:
        found: dict[object, list[int]] = near(*args, **window)  # type: ignore[arg-type, assignment]
        work.keys += sum(map(len, found.values()))
        return found

    def count_with(*args: object) -> dict[str, list[int]]:
        found = with_keys(*args)  # type: ignore[arg-type]
        work.keys += sum(map(len, found.values()))
        return found

    def count_statement(connection: object, *_: object) -> None:
        work.statements += 1

    def count_steps() -> None:
        work.steps += 1

    with monkeypatch.context() as patched:
        patched.setattr(postings, "decode_posting", count_posting)
        patched.setattr(derived, "revisions_near", count_near)
        patched.setattr(derived, "revisions_with_keys", count_with)
        event.listen(database.engine, "before_cursor_execute", count_statement)
        with database.read() as connection:  # the pool gives the same one to the writer
            if not database.shared:
                connection.connection.driver_connection.set_progress_handler(count_steps, 1)  # type: ignore[union-attr]
        yield work
        event.remove(database.engine, "before_cursor_execute", count_statement)


def work_of_a_year(file: Path, years: int, monkeypatch: pytest.MonkeyPatch) -> Work:
    """The work for a year's mails in a database with so many years before it."""
    database = Database(f"sqlite:///{file}")
    for year in range(years):
        with database.write() as connection:
            ingest(connection, [read_mail(raw) for raw in mails_of(year)], "frob")
    reads = [read_mail(raw) for raw in mails_of(30)]
    with counting(database, monkeypatch) as work, database.write() as connection:
        ingest(connection, reads[:5], "frob")
        ingest(connection, reads[5:], "frob")
    with database.read() as connection:
        numbers = [r.id for r in derived.revisions_by_root(connection, [f"30.{n}@p" for n in range(len(WORDS))])]
        states = [state for state, _, _ in derived.series_states(connection, numbers).values()]
    assert states == ["accepted"] * len(WORDS)  # they were found in the request
    database.close()
    return work


def test_an_authors_patches_and_requests_of_other_years_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = (work_of_a_year(tmp_path / f"{years}.db", years, monkeypatch) for years in YEARS)
    assert (many.postings, many.keys, many.statements) == (few.postings, few.keys, few.statements)
    assert few.postings == 5  # of the same year, from the transaction before
    assert on_postgresql.in_use() or 0 < many.steps < 1.05 * few.steps  # only SQLite tells its steps


def two_versions(number: int) -> list[bytes]:
    """A patch, what a reviewer wants of it, and its next version."""
    title = f"knob{number}: turn{number} the{number} dial{number}"
    diff = f"---\ndiff --git a/{number}.c b/{number}.c\n--- a/{number}.c\n+++ b/{number}.c\n@@ -1 +1 @@\n-a\n+b\n"
    first, second = f"{number}.1@v", f"{number}.2@v"
    asked = f"> +b\n\nPlease use the helper frob_{number}() here.\n"
    return [
        mail(message_id=first, subject=f"[PATCH] {title}", body=f"Because.\n{diff}"),
        mail(
            message_id=f"{number}.r@v",
            subject=f"Re: [PATCH] {title}",
            sender="Rita Reviewer <rita@example.com>",
            date="Tue, 4 Jul 2023 10:00:00 +0000",
            in_reply_to=first,
            body=asked,
        ),
        mail(
            message_id=second,
            subject=f"[PATCH v2] {title}",
            date="Wed, 5 Jul 2023 10:00:00 +0000",
            body=f"Because.\n---\nv2: use the helper frob_{number}()\n{diff[4:]}",
        ),
    ]


def test_many_series_take_no_more_statements_than_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = []
    for count in (3, 12):
        database = Database(f"sqlite:///{tmp_path}/{count}.db")
        reads = [read_mail(raw) for number in range(count) for raw in two_versions(number)]
        with counting(database, monkeypatch) as work, database.write() as connection:
            ingest(connection, reads, "frob")
        statements.append(work.statements)
        with database.read() as connection:
            claims = [text for _, text in derived.series_claims(connection, range(1, 3 * count)).values()]
        assert len(claims) == count
        assert all('"done"' in text for text in claims)
        database.close()
    assert statements[1] <= statements[0]  # PostgreSQL gets a few rows one by one, and many in one go


@pytest.mark.parametrize("second", [5, 9], ids=["earlier", "in the same second"])
def test_many_mails_of_another_list_take_as_many_statements_as_few(
    second: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def via(list_name: str, seconds: int, raw: bytes) -> bytes:
        return f"Received: from {list_name} by archive; Thu, 6 Jul 2023 10:00:0{seconds} +0000\n".encode() + raw

    statements = []
    for count in (3, 12):
        database = Database(f"sqlite:///{tmp_path}/{count}.db")
        mails = [raw for number in range(count) for raw in two_versions(number)]
        with database.write() as connection:
            ingest(connection, [read_mail(via("net", 9, raw)) for raw in mails], "net")
        reads = [read_mail(via("bpf", second, raw)) for raw in mails]
        with monkeypatch.context() as patched, counting(database, patched) as work, database.write() as connection:
            patched.delattr("patchwatch.sync.ingest.read_mail")  # nothing is parsed again
            ingest(connection, reads, "bpf")
        statements.append(work.statements)
        with database.read() as connection:
            stored = [one for own in messages.every_mail(connection, 0, 100) for one in own[1]]
        assert len(stored) == 3 * count
        assert all(unpack(one.mail).startswith(b"Received: from bpf") for one in stored)
        database.close()
    assert statements[0] == statements[1]
