"""Open the database: create, migrate, protect and share it."""

from __future__ import annotations

import gc
import inspect
import re
import sqlite3
import stat
import subprocess
import sys
import threading
import weakref
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy import inspect as inspect_tables

import patchwatch.db
from patchwatch.db import database as database_module
from patchwatch.db import decisions, event_queue, messages, people, undo
from patchwatch.db.backup import before_migration
from patchwatch.db.database import Database
from patchwatch.db.message_codec import decode_message
from patchwatch.db.schema import SCHEMA_REVISION, metadata
from patchwatch.db.versions import FACTS_VERSION, KNOWN_REVISIONS
from patchwatch.errors import DatabaseError, DatabaseLockedError, DatabaseTooNewError
from tests.support.old_database import create_old

pytestmark = pytest.mark.sqlite


def url(path: Path) -> str:
    return f"sqlite:///{path}/patchwatch.db"


def test_new_database_has_the_declared_tables(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_key_that_is_no_number_needs_no_index_apart_from_its_table(tmp_path: Path) -> None:
    with Database(url(tmp_path)).read() as connection:
        tables = set(connection.scalars(text("SELECT tbl_name FROM sqlite_master WHERE name LIKE 'sqlite_autoindex%'")))
        keys = inspect_tables(connection)
        apart = {name for name in tables if keys.get_pk_constraint(name)["constrained_columns"] != ["id"]}
    # Values of `dictionary` are too large for the pages of a table that is sorted by its key; Alembic makes the other.
    assert apart == {"dictionary", "alembic_version"}


def described(connection: Connection) -> dict[str, object]:
    """The tables with what they consist of, whatever the order of columns and the names of constraints."""
    found = inspect_tables(connection)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(table)},
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "unique": sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
            "foreign": sorted(
                (f["constrained_columns"], f["referred_table"], f["referred_columns"])
                for f in found.get_foreign_keys(table)
            ),
            "indexes": {i["name"]: (i["column_names"], i["unique"]) for i in found.get_indexes(table)},
            "rows": sorted(map(tuple, connection.execute(text(f"SELECT * FROM {table}")))),
        }
        for table in found.get_table_names()
    }


def test_new_database_is_what_the_migrations_make(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    create_old(url(tmp_path / "old"), "0001")
    with Database(url(tmp_path / "old")).read() as old, Database(url(tmp_path)).read() as new:
        assert described(new) == described(old)


def test_new_database_is_created_without_alembic(tmp_path: Path) -> None:
    code = (
        "import sys; from patchwatch.db.database import Database as D; D(sys.argv[1]); print('alembic' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code, url(tmp_path)], text=True) == "False\n"


def test_schema_revision_is_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(Path(patchwatch.db.__file__).parent / "migrations"))
    assert scripts.get_current_head() == SCHEMA_REVISION
    assert {script.revision for script in scripts.walk_revisions()} == KNOWN_REVISIONS


def test_database_of_the_first_version_is_migrated(tmp_path: Path) -> None:
    create_old(url(tmp_path), "0001")
    engine = create_engine(url(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO watch (message_id, at) VALUES ('1@x', 7)"))
    engine.dispose()
    database = Database(url(tmp_path))
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(text("SELECT message_id, at FROM watch")).all() == [("1@x", 7)]


def test_renamed_tables_keep_their_rows(tmp_path: Path) -> None:
    create_old(url(tmp_path), "0008")
    engine = create_engine(url(tmp_path))
    change = (
        '{"after":[{"at":7,"by":"ann","linked":true,"message_id":"2@x","predecessor":"1@x"}],"before":[],"table":"tie"}'
    )
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO tie VALUES ('2@x', '1@x', 1, 7, 'ann')"))
        connection.execute(text("INSERT INTO reading (message_id, at) VALUES ('1@x', 7)"))
        connection.execute(text("INSERT INTO telling (id, listener, event_id, event) VALUES (1, 'hook a', 'e1', '{}')"))
        connection.execute(
            text("INSERT INTO journal (id, at, by, what, change) VALUES (1, 7, :by, 'linked', :change)"),
            {"by": people.login(), "change": change},
        )
    engine.dispose()
    with Database(url(tmp_path)).write() as connection:
        assert decisions.manual_links(connection, ["2@x"]) == [("2@x", "1@x", True, 7, "ann")]
        for table in ("read_mark", "notification"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1
        undone = undo.undo_last(connection)
        assert undone is not None
        assert undone.decided == "manual_link"
        assert decisions.manual_links(connection, ["2@x"]) == []


def test_what_a_scan_for_events_saw_is_kept_for_each_person(tmp_path: Path) -> None:
    create_old(url(tmp_path), "0028")
    engine = create_engine(url(tmp_path))
    seen = '{"12":["new","reviewers","",{"ann@x":"apply m@x"}],"13":["reviewed","maintainer","",{}]}'
    with engine.begin() as connection:
        insert = text("INSERT INTO setting (name, value) VALUES (:name, :value)")
        connection.execute(insert, {"name": "events", "value": f"[7,1700000000,21,{seen}]"})
        connection.execute(insert, {"name": "events 2", "value": "[9,1700000001,21,{}]"})
        connection.execute(insert, {"name": "eventsful", "value": "no cursor"})
    engine.dispose()
    with Database(url(tmp_path)).read() as connection:
        assert event_queue.event_cursor(connection) == (7, 1_700_000_000, 21, 0, "")
        assert event_queue.due(connection, 0) == {12, 13}  # all are read once more
        assert event_queue.snapshots(connection, [12, 13]) == {
            12: ("new", "reviewers", "", {"ann@x": "apply m@x"}),
            13: ("reviewed", "maintainer", "", {}),
        }
    with Database(url(tmp_path)).read(person=2) as connection:
        assert event_queue.event_cursor(connection) == (9, 1_700_000_001, 21, 0, "")
        assert event_queue.due(connection, 0) == set()


def test_what_one_person_decided_stays_theirs(tmp_path: Path) -> None:
    create_old(url(tmp_path), "0018")
    engine = create_engine(url(tmp_path))
    row = '{"after":[{"at":7,"message_id":"1@x","person":"ann"}],"before":[],"table":"pin"}'
    with engine.begin() as connection:
        for table in ("mute", "snooze", "read_mark"):
            connection.execute(text(f"INSERT INTO {table} (message_id, at) VALUES ('1@x', 7)"))
        connection.execute(text("INSERT INTO visit (message_id, at, newest) VALUES ('1@x', 7, 3)"))
        connection.execute(text("INSERT INTO pin (message_id, person, at) VALUES ('1@x', 'ann', 7)"))
        for person, mark, at in (("ann", "read", 7), ("ann@example.org", "skipped", 8)):
            values = {"person": person, "mark": mark, "at": at}
            connection.execute(text("INSERT INTO patch_mark VALUES ('1@x', :person, :mark, :at)"), values)
        connection.execute(text("INSERT INTO last_digest VALUES ('me', '2023-09-18', 9, 'x')"))
        outbox = "INSERT INTO outbox (id, recipient, key, address, sender, message_id, subject, mail, queued_at, tries)"
        connection.execute(text(f"{outbox} VALUES (1, 'me', 'k', 'a@x', 's@x', 'm@x', 's', 'mail', 5, 0)"))
        log = {"by": people.login(), "change": row}
        connection.execute(
            text("INSERT INTO undo_log (id, at, by, what, change) VALUES (1, 7, :by, 'p', :change)"), log
        )
    engine.dispose()
    with Database(url(tmp_path)).write() as connection:
        for table in ("mute", "snooze", "read_mark", "visit", "pin", "patch_mark", "last_digest", "outbox"):
            assert connection.scalars(text(f"SELECT person FROM {table}")).all() == [1], table
        assert connection.scalar(text("SELECT mark FROM patch_mark")) == "skipped"
        assert undo.undo_last(connection) is not None
        assert connection.scalars(text("SELECT person FROM pin")).all() == []


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    with database.write() as connection:
        messages.set_setting(connection, "x", "1")
        files = sorted(tmp_path.iterdir())
        assert [f.name for f in files] == ["patchwatch.db", "patchwatch.db-shm", "patchwatch.db-wal"]
        assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}


def test_sqlite_is_configured_for_several_processes(tmp_path: Path) -> None:
    with Database(url(tmp_path)).read() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_newer_database_is_refused_and_unchanged(tmp_path: Path) -> None:
    Database(url(tmp_path)).close()
    with sqlite3.connect(tmp_path / "patchwatch.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = (tmp_path / "patchwatch.db").read_bytes()
    with pytest.raises(DatabaseTooNewError, match=r"newer patchwatch \(schema 9999.*Upgrade patchwatch"):
        Database(url(tmp_path))
    assert (tmp_path / "patchwatch.db").read_bytes() == before


def test_database_with_values_of_a_newer_form_is_refused(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    set_form(database, FACTS_VERSION + 1)
    database.close()
    with pytest.raises(DatabaseTooNewError, match=r"newer patchwatch \(form .*Upgrade patchwatch"):
        Database(url(tmp_path))


def test_a_program_that_still_runs_when_a_newer_one_upgrades_stops_writing(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    set_form(database, FACTS_VERSION + 1)
    with pytest.raises(DatabaseTooNewError, match="start patchwatch again"), database.write() as connection:
        messages.set_setting(connection, "x", "1")
    with database.read() as connection:
        assert messages.setting(connection, "x") is None
    with pytest.raises(DatabaseTooNewError, match="start patchwatch again"), database.read():
        decode_message('["of a newer form"]')
    database.close()


def set_form(database: Database, form: int) -> None:
    with database.write() as connection:
        messages.set_setting(connection, "form", str(form))


# ---- migrations of a large archive -----------------------------------------------------------------------------------

BEFORE_THIS = "0019"
"""Migrations up to here read tables that grow with the mail; those after it do not."""
GROWING = "archive_copy|citation|message|number|raw|revision|revision_key|series|thread_key"
SLOW = re.compile(rf"(CREATE (UNIQUE )?INDEX \S+ ON|UPDATE|\bFROM)\s+\W?({GROWING})\b")
"""What holds the write lock for longer, the more mail there is."""


def statements_of_migrations(directory: Path, since: str) -> list[str]:
    seen: list[str] = []
    create_old(url(directory), since)
    engine = create_engine(url(directory))
    event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *_: seen.append(statement))
    with engine.begin() as connection:
        inspect.unwrap(database_module._migrate)(connection)
    engine.dispose()
    return seen


def test_no_migration_holds_the_lock_longer_in_a_larger_archive(tmp_path: Path) -> None:
    """It adds tables and columns; what fills them is listed as outdated, and done in steps."""
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old, new = (statements_of_migrations(tmp_path / n, since) for n, since in (("old", "0016"), ("new", BEFORE_THIS)))
    assert any("ON message (revision_id, date)" in statement for statement in old if SLOW.search(statement))
    assert new
    assert [statement for statement in new if SLOW.search(statement)] == []


def test_the_copy_before_a_migration_is_made_while_others_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_old(url(tmp_path), BEFORE_THIS)
    copied: list[str] = []

    def copy(address: str, revision: str) -> None:
        with closing(sqlite3.connect(tmp_path / "patchwatch.db", timeout=0, isolation_level=None)) as other:
            other.execute("INSERT INTO setting (name, value) VALUES ('x', '7')")
        copied.append(revision)

    monkeypatch.setattr(database_module, "before_migration", copy)
    Database(url(tmp_path)).close()
    assert copied == [BEFORE_THIS]


def test_a_copy_that_comes_too_late_does_not_replace_the_one_before_the_migration(tmp_path: Path) -> None:
    create_old(url(tmp_path), BEFORE_THIS)
    kept = before_migration(url(tmp_path), BEFORE_THIS)
    assert kept is not None
    Database(url(tmp_path)).close()
    assert before_migration(url(tmp_path), BEFORE_THIS) is None
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (BEFORE_THIS,)


def test_locked_database_is_reported(tmp_path: Path) -> None:
    database = Database(url(tmp_path), busy_seconds=0.05)
    holder = sqlite3.connect(tmp_path / "patchwatch.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(DatabaseLockedError, match="locked by another program"), database.write():
            pass
    finally:
        holder.close()


def test_writer_does_not_block_a_reader(tmp_path: Path) -> None:
    database = Database(url(tmp_path), busy_seconds=0.05)
    with database.write() as connection:
        messages.set_setting(connection, "x", "1")
        with database.read() as other:
            assert messages.setting(other, "x") is None
    with database.read() as other:
        assert messages.setting(other, "x") == "1"


def test_file_that_is_not_a_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "patchwatch.db").write_bytes(b"not a database at all, but long enough to look at" * 40)
    with pytest.raises(DatabaseError, match="can't be used"):
        Database(url(tmp_path))


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "patchwatch.db") as connection:
        connection.execute("CREATE TABLE bookmarks (id INTEGER)")
    connection.close()
    with pytest.raises(DatabaseError, match="another program"):
        Database(url(tmp_path))


def test_directory_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match="can't open the database"):
        Database(f"sqlite:///{tmp_path}/file/patchwatch.db")


def test_a_database_without_wal_mode_is_opened() -> None:
    database = Database("sqlite://")  # in memory; some file systems have no such mode either
    with database.read() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "memory"
    database.close()


def test_generation_changes_with_each_commit_only(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    other = Database(url(tmp_path))
    before = other.generation()
    with database.write() as connection:
        messages.set_setting(connection, "x", "1")
    assert other.generation() == before + 1
    with pytest.raises(ZeroDivisionError), database.write():
        _ = 1 / 0
    assert other.generation() == before + 1


def test_two_processes_can_create_the_database_at_once(tmp_path: Path) -> None:
    opened: list[Database] = []
    errors: list[Exception] = []

    def open_it() -> None:
        try:
            opened.append(Database(url(tmp_path)))
        except Exception as error:  # noqa: BLE001  (whatever it is, the test shows it)
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(opened), errors) == (4, [])


@pytest.mark.parametrize("revision", sorted(KNOWN_REVISIONS))
def test_two_processes_can_migrate_the_database_at_once(tmp_path: Path, revision: str) -> None:
    create_old(url(tmp_path), revision)
    errors: list[Exception] = []

    def open_it() -> None:
        try:
            Database(url(tmp_path)).close()
        except Exception as error:  # noqa: BLE001  (whatever it is, the test shows it)
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_database_that_nobody_holds_is_closed(tmp_path: Path) -> None:
    held = weakref.ref(Database(url(tmp_path)))
    gc.collect()
    assert held() is None
