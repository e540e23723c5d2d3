"""After a change of the program or its rules, stored mail is brought up to date step by step."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import Connection, delete, event, select, update
from sqlalchemy.engine import Engine

from patchwatch.db import derived, index_key, messages, outdated, schema, versions
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.db.outdated_count import left
from patchwatch.mail.message import Message
from patchwatch.series.left import Left
from patchwatch.sync import renewal
from patchwatch.sync.ingest import Read, ingest, read_mail
from patchwatch.sync.renewal import Renewal, renew_everything
from tests.support.derived import dump, ingest_and_dump, wrong_rows
from tests.support.mails import mail
from tests.support.sample_threads import READS

OLD = versions.FACTS_VERSION - 1
DIFF = "x\n---\ndiff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-a\n+b\n"


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form before this one can be read."""
    monkeypatch.setattr(versions, "OLDEST_READABLE", OLD)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step takes one conversation."""
    monkeypatch.setattr(renewal, "_MAILS", 1)
    monkeypatch.setattr(renewal, "_MOST_MAILS", 1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/pw.db")
    yield database
    database.close()


def as_parsed_before(read: Read, seed: int) -> Read:
    """The mail as an earlier program could have parsed it: less of it, otherwise threaded, without the last fields."""
    chance = random.Random(f"{seed} {read.message.message_id}")
    m = read.message
    changes: list[dict[str, Any]] = [
        {},
        {"signals": (), "remarks": (), "accepted": None},
        {"patch_id": "", "earlier": (), "change_id": ""},
        {"references": (), "parent": None},
        {"kind": "other"},
        {"author": structs.replace(m.author, email="other@example.org"), "date": m.date + 86_400},
        {"cited": (), "relations": (), "about": ()},
    ]
    m = structs.replace(m, **chance.choice(changes))
    fields = msgspec.json.decode(msgspec.json.encode(m))
    while len(fields) > 30 and chance.random() < 0.5 and fields[-1] == structs.fields(Message)[len(fields) - 1].default:
        fields.pop()
    return replace(read, facts=msgspec.json.encode(fields).decode())


def store(database: Database, reads: list[Read], size: int) -> None:
    for start in range(0, len(reads), size):
        with database.write() as connection:
            ingest(connection, reads[start : start + size], "bpf")


def make_old(database: Database) -> None:
    """What is stored counts as stored by the program before this one."""
    with database.write() as connection:
        messages.set_setting(connection, "form", str(OLD))


def how_far(database: Database) -> Left:
    with database.read() as connection:
        return left(executor(connection))


def a_patch(number: int) -> Read:
    return read_mail(
        mail(
            message_id=f"p{number}@x.org",
            subject=f"[PATCH] part{number}: repair it",
            date=f"Mon, 3 Jul 2023 10:{number % 60:02}:00 +0000",
            body=DIFF.format(f"{number}.c"),
        )
    )


@pytest.mark.parametrize("name", sorted(READS))
@pytest.mark.parametrize("seed", range(3))
def test_what_an_earlier_program_stored_becomes_what_this_one_would_have(
    name: str, seed: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(renewal, "_MOST_MAILS", chance.choice([1, 3, 50]))
    reads = chance.sample(READS[name], len(READS[name]))
    known, new = reads[: len(reads) * 2 // 3], reads[len(reads) * 2 // 3 :]
    store(database, [as_parsed_before(read, seed) for read in known], 7)
    make_old(database)
    work = Renewal(database)
    work._mails = 1
    renewal.list_outdated(database)
    while new or work.step() is not None:  # mail goes on arriving
        if new and chance.random() < 0.5:
            store(database, [new.pop()], 1)
    assert how_far(database).outdated == 0
    assert dump(database) == ingest_and_dump([reads])
    assert wrong_rows(database) == {}


@pytest.mark.parametrize("name", sorted(READS))
def test_keys_that_an_earlier_program_stored_are_found_and_replaced(
    name: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = random.Random(name).sample(READS[name], len(READS[name]))
    with monkeypatch.context() as before:
        before.setattr(index_key, "_LONG", 10_000)  # it stored long ones as they are
        store(database, reads[::2], 7)
    store(database, reads[1::2], 1)
    assert dump(database) == ingest_and_dump([reads])
    make_old(database)
    renew_everything(database)
    assert wrong_rows(database) == {}
    with database.read() as connection:
        stored = {*connection.scalars(select(schema.thread_key.c.name))}
        stored |= {*connection.scalars(select(schema.revision_key.c.key))}
    assert {key for key in stored if len(key) > 16 and key[:2] not in ("a:", "n:")} == set()


@pytest.mark.parametrize("seed", range(3))
def test_after_each_step_a_conversation_is_read_in_the_old_way_or_in_the_new_one(
    database: Database, seed: int, small_steps: None
) -> None:
    store(database, [as_parsed_before(read, seed) for read in READS["demo"] + READS["made"]], 50)
    make_old(database)
    before = facts_by_conversation(database)
    work = Renewal(database)
    renewal.list_outdated(database)
    states = []
    while work.step() is not None:
        states.append(facts_by_conversation(database))
    assert len(states) > 10
    old, new = ({pk: facts for own in state.values() for pk, facts in own.items()} for state in (before, states[-1]))
    assert old != new
    for state in states:
        for own in state.values():
            assert own.items() <= old.items() or own.items() <= new.items()


def facts_by_conversation(database: Database) -> dict[int, dict[int, str]]:
    """The parsed fields of the messages of each conversation."""
    m = schema.message.c
    found: dict[int, dict[int, str]] = {}
    with database.read() as connection:
        for conversation, pk, facts in connection.execute(select(m.conversation, m.id, m.facts)):
            found.setdefault(conversation, {})[pk] = facts
    return found


def test_the_newest_mail_is_first(database: Database, small_steps: None) -> None:
    store(database, [a_patch(number) for number in (3, 9, 1, 7, 5)], 5)
    make_old(database)
    work = Renewal(database)
    renewal.list_outdated(database)
    order = []
    before = listed(database)
    while work.step() is not None:
        now = listed(database)
        order += sorted(before - now)
        before = now
    assert order == ["p9@x.org", "p7@x.org", "p5@x.org", "p3@x.org", "p1@x.org"]


def listed(database: Database) -> set[str]:
    with database.read() as connection:
        query = select(schema.message.c.message_id).join(
            schema.outdated, schema.outdated.c.message_pk == schema.message.c.id
        )
        return set(connection.scalars(query))


def test_how_far_it_is(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert how_far(database) == Left(0, 0)
    store(database, [a_patch(number) for number in range(10)], 10)
    assert how_far(database).outdated == 0
    make_old(database)
    assert how_far(database) == Left(10, 10)  # also before it began
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(renewal, "_MOST_MAILS", 4)
    work = Renewal(database, lambda text, done=0, total=0: told.append((done, total)))
    work._mails = 4
    assert work.run(lambda: len(told) == 2) == 8
    assert how_far(database) == Left(10, 2)
    assert how_far(database).text == "8 of 10 mails are up to date"
    assert work.run() == 2
    assert how_far(database) == Left(0, 0)
    assert told[:3] == [(0, 10), (4, 10), (8, 10)]
    assert work.run() == 0


def test_what_rules_made_outdated_is_read_again_too_after_an_upgrade(database: Database) -> None:
    store(database, [a_patch(number) for number in range(4)], 4)
    with database.write() as connection:
        outdated.list_conversations(connection, derived.with_any_revision(connection))
        assert {again for own in outdated.listed_in(connection, range(9)).values() for again in own.values()} == {False}
    make_old(database)
    renewal.list_outdated(database)
    with database.read() as connection:
        listed_now = [again for own in outdated.listed_in(connection, range(9)).values() for again in own.values()]
    assert listed_now == [True] * 4


def test_a_mail_that_came_in_between_is_not_read_again(database: Database) -> None:
    store(database, [a_patch(1)], 1)
    make_old(database)
    renewal.list_outdated(database)
    store(database, [a_patch(2)], 1)
    assert how_far(database) == Left(2, 1)


def test_a_conversation_that_changes_while_its_mail_is_read_is_left_for_the_next_step(database: Database) -> None:
    store(database, [as_parsed_before(read, 2) for read in READS["demo"][:5]], 5)
    make_old(database)
    work = Renewal(database)
    renewal.list_outdated(database)
    with database.read() as connection:
        (conversation, *_) = outdated.newest_conversations(connection, 50)
        pks, read = renewal._read_again(connection, [conversation])
    with database.write() as connection:
        connection.execute(update(schema.raw).where(schema.raw.c.message_pk == min(pks)).values(arrived=7))
    with database.write() as connection:
        assert renewal.renew(connection, pks, read) == 0
    assert work.run() == 5
    assert how_far(database).outdated == 0
    assert wrong_rows(database) == {}


def test_an_unfinished_upgrade_is_readable_only_for_programs_that_read_its_oldest_form(
    database: Database, monkeypatch: pytest.MonkeyPatch, small_steps: None
) -> None:
    store(database, [a_patch(number) for number in range(3)], 3)
    make_old(database)
    work = Renewal(database)
    renewal.list_outdated(database)
    work.step()
    with database.read() as connection:
        forms = outdated.forms(connection)
    assert versions.is_readable(forms.newest, forms.oldest)
    monkeypatch.setattr(versions, "OLDEST_READABLE", versions.FACTS_VERSION)
    assert not versions.is_readable(forms.newest, forms.oldest)
    work.run()
    with database.read() as connection:
        forms = outdated.forms(connection)
    assert versions.is_readable(forms.newest, forms.oldest)


# ---- how long the database is locked: counted, not timed ----------------------------------------------------------


class Transactions:
    """The writing transactions of a block: rows that each changed, and the statements."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.statements: list[int] = []

    def __enter__(self) -> Transactions:
        event.listen(Engine, "begin", self._begun)
        event.listen(Engine, "after_cursor_execute", self._executed)
        event.listen(Engine, "commit", self._committed)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "begin", self._begun)
        event.remove(Engine, "after_cursor_execute", self._executed)
        event.remove(Engine, "commit", self._committed)

    def _begun(self, connection: Connection) -> None:
        self._writes = bool(connection.get_execution_options().get("patchwatch_write"))
        self._changes = changes_of(connection)
        self._count = 0

    def _executed(self, *_: object) -> None:
        self._count += 1

    def _committed(self, connection: Connection) -> None:
        if self._writes:
            self.rows.append(changes_of(connection) - self._changes)
            self.statements.append(self._count)


def changes_of(connection: Connection) -> int:
    """Rows that were changed on a connection since it was opened."""
    return int(connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]


@pytest.mark.sqlite
def test_no_transaction_changes_more_rows_in_a_larger_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "_LISTED_AT_ONCE", 20)
    monkeypatch.setattr(renewal, "_MOST_MAILS", 8)
    most = []
    for count in (60, 240):
        database = Database(f"sqlite:///{tmp_path}/{count}.db")
        store(database, [as_parsed_before(a_patch(number), 1) for number in range(count)], count)
        make_old(database)
        work = Renewal(database)
        work._mails = 8
        with Transactions() as seen:
            assert work.run() == count
        assert len(seen.rows) > count / 20
        most.append((max(seen.rows), max(seen.statements)))
        database.close()
    assert most[1][0] <= most[0][0] * 1.2
    assert most[1][1] <= most[0][1] * 1.2


@pytest.mark.sqlite
def test_the_write_ahead_log_does_not_grow_with_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "_LISTED_AT_ONCE", 20)
    monkeypatch.setattr(renewal, "_MAILS", 8)
    monkeypatch.setattr(renewal, "_MOST_MAILS", 8)
    sizes = []
    for count in (60, 240):
        file = tmp_path / f"{count}.db"
        database = Database(f"sqlite:///{file}")
        store(database, [as_parsed_before(a_patch(number), 1) for number in range(count)], count)
        make_old(database)
        database.close()
        database = Database(f"sqlite:///{file}")
        event.listen(database.engine, "connect", lambda plain, _: plain.execute("PRAGMA wal_autocheckpoint=20"))
        database.engine.dispose()
        assert Renewal(database).run() == count
        sizes.append(file.with_name(f"{file.name}-wal").stat().st_size)
        database.close()
    assert sizes[1] < 2 * sizes[0]  # not four times


# ---- reindex ------------------------------------------------------------------------------------------------------


def test_reindex_in_steps_gives_what_reindex_in_one_gives(database: Database) -> None:
    store(database, READS["committers"] + READS["made"], 40)
    with database.write() as connection:
        connection.execute(update(schema.series).values(state="new"))
        connection.execute(update(schema.committer).values(enough=False))
        connection.execute(delete(schema.thread_key).where(schema.thread_key.c.name.like("a%")))
        connection.execute(update(schema.message).where(schema.message.c.id % 3 == 0).values(conversation=1))
        connection.execute(schema.committer.insert().values(list="x@y", person="mallory", enough=True))
    assert renew_everything(database) == len({r.message.message_id for r in READS["committers"] + READS["made"]})
    assert wrong_rows(database) == {}


def test_reindex_rebuilds_what_can_not_be_read(database: Database) -> None:
    store(database, READS["made"], 40)
    with database.write() as connection:
        connection.execute(update(schema.revision).values(posting="[1,"))
    renew_everything(database)
    assert wrong_rows(database) == {}
