"""Backups: while a process writes, before a migration, and not of a damaged database."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from patchwatch.db import backup, messages
from patchwatch.db.backup import back_up, sqlite_file
from patchwatch.db.database import Database
from patchwatch.db.versions import SCHEMA_REVISION
from patchwatch.errors import DatabaseError, InvalidInputError, NotFoundError
from tests.support.old_database import create_old
from tests.support.paths import ROOT

pytestmark = pytest.mark.sqlite

WRITER = """
import sys
from patchwatch.db import messages
from patchwatch.db.database import Database

database = Database(sys.argv[1])
for number in range(1_000_000):
    with database.write() as connection:
        messages.set_setting(connection, "first", str(number))
        messages.set_setting(connection, "second", str(number))
    if not number:
        print("writing", flush=True)
"""


def url(path: Path) -> str:
    return f"sqlite:///{path}/pw.db"


def setting(file: Path, name: str) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()[0])


def test_backups_while_another_process_writes_are_consistent(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        for number in range(10):
            back_up(url(tmp_path), tmp_path / f"{number}.backup")
            assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    seen = []
    for number in range(10):
        file = tmp_path / f"{number}.backup"
        seen.append(int(setting(file, "first")))
        assert setting(file, "second") == str(seen[-1])
        assert not file.with_name(f"{file.name}-wal").exists()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert seen == sorted(seen)
    restored = Database(f"sqlite:///{tmp_path}/9.backup")
    with restored.read() as connection:
        assert messages.setting(connection, "first") == str(seen[-1])


def test_an_existing_file_is_replaced_only_on_request(tmp_path: Path) -> None:
    Database(url(tmp_path)).close()
    target = tmp_path / "copy"
    target.write_text("precious")
    with pytest.raises(InvalidInputError, match="exists already"):
        back_up(url(tmp_path), target)
    assert target.read_text() == "precious"
    back_up(url(tmp_path), target, replace=True)
    assert target.read_bytes().startswith(b"SQLite format 3")


def test_the_database_does_not_replace_itself(tmp_path: Path) -> None:
    Database(url(tmp_path)).close()
    with pytest.raises(InvalidInputError, match="exists already"):
        back_up(url(tmp_path), tmp_path / "pw.db", replace=True)


def test_a_backup_does_not_write_through_a_link(tmp_path: Path) -> None:
    Database(url(tmp_path)).close()
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "copy").symlink_to(tmp_path / "victim")
    back_up(url(tmp_path), tmp_path / "copy", replace=True)
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_backup_does_not_replace_a_device_or_pipe(tmp_path: Path) -> None:
    Database(url(tmp_path)).close()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInputError, match="pipe is not a regular file"):
        back_up(url(tmp_path), tmp_path / "pipe", replace=True)
    assert (tmp_path / "pipe").is_fifo()


def test_a_missing_database_or_directory_is_reported(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no database"):
        back_up(url(tmp_path), tmp_path / "copy")
    Database(url(tmp_path)).close()
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="can't be written: Not a directory"):
        back_up(url(tmp_path), tmp_path / "file" / "copy")
    with pytest.raises(InvalidInputError, match="is a directory"):
        back_up(url(tmp_path), tmp_path)


def test_postgresql_is_backed_up_with_pg_dump_and_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as refused:
        back_up("postgresql+psycopg://ann:s3cr3tpw@db/team", tmp_path / "copy")
    assert f"`pg_dump --file={tmp_path}/copy postgresql://ann@db/team`" in str(refused.value)


def test_a_damaged_database_does_not_become_a_backup(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    with database.write() as connection:
        messages.set_setting(connection, "big", "x" * 200_000)
    database.close()
    file = tmp_path / "pw.db"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 40] = b"\xff" * (4096 * 37)
    file.write_bytes(content)
    with pytest.raises(DatabaseError, match="doctor --check"):
        back_up(url(tmp_path), tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == []


def of_schema(tmp_path: Path, revision: str) -> None:
    create_old(url(tmp_path), revision)
    engine = create_engine(url(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO watch (message_id, at) VALUES ('1@x', 7)"))
    engine.dispose()


def test_a_migration_leaves_a_backup_until_the_next(tmp_path: Path) -> None:
    of_schema(tmp_path, "0001")
    older = tmp_path / "pw.db.before-migration-from-0000"
    older.write_text("of an earlier migration")
    Database(url(tmp_path)).close()
    assert not older.exists()
    with closing(sqlite3.connect(tmp_path / "pw.db.before-migration-from-0001")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert copy.execute("SELECT message_id FROM watch").fetchall() == [("1@x",)]
    before = (tmp_path / "pw.db.before-migration-from-0001").stat().st_mtime_ns
    Database(url(tmp_path)).close()
    assert (tmp_path / "pw.db.before-migration-from-0001").stat().st_mtime_ns == before


def test_a_new_database_has_no_backup(tmp_path: Path) -> None:
    Database(url(tmp_path)).close()
    assert [path.name for path in tmp_path.glob("*before*")] == []


def test_without_a_backup_nothing_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_schema(tmp_path, "0001")

    def full(source: Path, target: Path, **how: bool) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_copy", full)
    with pytest.raises(DatabaseError, match="No space left on device"):
        Database(url(tmp_path))
    with closing(sqlite3.connect(tmp_path / "pw.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    monkeypatch.undo()
    Database(url(tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / "pw.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (SCHEMA_REVISION,)


@pytest.mark.parametrize(
    ("given", "file"),
    [
        ("sqlite:////var/pw.db", "/var/pw.db"),
        ("sqlite:///pw.db?timeout=1", "pw.db"),
        ("sqlite+pysqlite:////pw.db", "/pw.db"),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql://db/x", None),
    ],
)
def test_the_file_of_a_url(given: str, file: str | None) -> None:
    assert sqlite_file(given) == (Path(file) if file else None)
