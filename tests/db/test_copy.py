"""A database is copied between SQLite and PostgreSQL, with everything in it, and compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, func, select

from patchwatch.config import Config, Me
from patchwatch.db import copy, outbox
from patchwatch.db import schema as t
from patchwatch.db.database import Database
from patchwatch.errors import DatabaseError, InvalidInputError
from patchwatch.progress import no_progress
from patchwatch.series.own_labels import parse_change
from patchwatch.sync.ingest import ingest
from patchwatch.sync.verify import verify
from patchwatch.tracker import Tracker
from tests.support.derived import dump
from tests.support.sample_threads import READS

pytestmark = pytest.mark.sqlite

NOW = 1_695_283_200
ANN = Config(me=Me(("Ann@example.org",)))


def filled(url: str) -> Tracker:
    """A database with mail, decisions and a mail in the outbox."""
    tracker = Tracker(ANN, clock=lambda: float(NOW), database_url=url)
    with tracker.database.write() as connection:
        for name in ("demo", "made", "points"):
            ingest(connection, READS[name], "bpf")
        columns = {"address": "ann@example.org", "sender": "pw@example.org", "message_id": "1@pw", "subject": "x"}
        outbox.put(connection, "me", "2023-09-18", b"mail\r\n\x00\xff", 100, **columns)
    number = tracker.find("v2@b")
    tracker.mark(number, "rejected")
    tracker.pin(number)
    tracker.label(number, parse_change(["+todo"]))
    tracker.mark_read([row.message_id for row in tracker.thread(number)])
    return tracker


def count(database: Database, table: Table) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_everything_survives_the_way_to_a_server_and_back(postgresql: str, tmp_path: Path) -> None:
    begin = filled(f"sqlite:///{tmp_path}/begin.db")
    server, end = Database(postgresql), Database(f"sqlite:///{tmp_path}/end.db")
    there = copy.copy_database(begin.database, server, no_progress)
    back = copy.copy_database(server, end, no_progress)
    assert there == back
    rows = {table.name: table.rows for table in there}
    assert rows["message"] == count(begin.database, t.message) == count(end, t.message) > 0
    for name in ("raw", "read_mark", "pin", "label", "mark", "outbox", "series", "undo_log"):
        assert rows[name] > 0, name
    assert dump(begin.database) == dump(server) == dump(end)
    assert list(verify(server)) == list(verify(end)) == []
    on_server = Tracker(ANN, clock=lambda: float(NOW), database_url=postgresql)
    number = on_server.find("v2@b")
    assert on_server.one(number).labels == ("todo",)
    assert on_server.one(number).pinned  # what one person decided is theirs who opens it first
    assert on_server.one(number).unread == 0
    for known in (begin.database, server, end, on_server.database):
        known.close()


def test_new_rows_get_new_numbers_after_a_copy(postgresql: str, tmp_path: Path) -> None:
    begin = filled(f"sqlite:///{tmp_path}/begin.db")
    server = Database(postgresql)
    copy.copy_database(begin.database, server, no_progress)
    with server.write() as connection:
        before = connection.scalar(select(func.max(t.number.c.id))) or 0
        connection.execute(t.number.insert().values(message_id="new@x"))
        assert connection.scalar(select(func.max(t.number.c.id))) == before + 1
    begin.database.close()
    server.close()


def test_a_database_with_mail_is_not_overwritten(tmp_path: Path) -> None:
    one, other = filled(f"sqlite:///{tmp_path}/one.db"), filled(f"sqlite:///{tmp_path}/other.db")
    before = dump(other.database)
    with pytest.raises(InvalidInputError, match="is not empty: "):
        copy.copy_database(one.database, other.database, no_progress)
    with pytest.raises(InvalidInputError, match="same database"):
        copy.copy_database(one.database, one.database, no_progress)
    assert dump(other.database) == before
    for tracker in (one, other):
        tracker.database.close()


def test_a_copy_that_differs_is_not_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, target = filled(f"sqlite:///{tmp_path}/begin.db"), Database(f"sqlite:///{tmp_path}/end.db")
    continue_numbers = copy._continue_numbers

    def damage(connection: Connection) -> None:
        continue_numbers(connection)
        connection.execute(t.raw.update().where(t.raw.c.id == 1).values(mail=b"x"))

    monkeypatch.setattr(copy, "_continue_numbers", damage)
    with pytest.raises(DatabaseError, match="copy of the table raw differs"):
        copy.copy_database(begin.database, target, no_progress)
    assert count(target, t.message) == 0
    begin.database.close()
    target.close()
