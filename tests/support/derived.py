"""What a database derived from its mail, in a form that tests compare."""

from __future__ import annotations

import tempfile
from typing import Any

from patchwatch.db import integrity, threads
from patchwatch.db import series as queries
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.sync.ingest import Read, ingest, reindex


def dump(database: Database) -> list[object]:
    """Return everything derived, without the numbers, which depend on the order of arrival."""
    with database.read() as connection:
        rows = queries.series(executor(connection), queries.Criteria(everything=True), 0)
        found: list[object] = []
        for row in rows:
            thread = [
                (m.message_id, m.depth, m.revision, m.patch) for m in threads.thread(executor(connection), row.id)
            ]
            revisions = [
                (
                    r.message_id,
                    r.version,
                    r.minor,
                    r.state,
                    r.follow_ups,
                    r.patch_message_ids,
                    r.postings,
                    r.predecessor,
                    frozenset(r.trailers),
                    r.state_evidence,
                    r.applied,
                    r.checks,
                    r.points,
                    r.joins,
                )
                for r in row.revisions
            ]
            stands = (row.state, row.state_evidence, row.turn, row.turn_since, row.turn_evidence, row.last_activity)
            found.append((row.title, row.inboxes, stands, revisions, thread))
    return sorted(found, key=repr)


def ingest_and_dump(batches: list[list[Read]], *, again: bool = False) -> list[object]:
    """Ingest batches of mails into a new database, reindex it if `again`, and return its dump."""
    with tempfile.TemporaryDirectory() as directory:
        database = Database(f"sqlite:///{directory}/patchwatch.db")
        for batch in batches:
            with database.write() as connection:
                ingest(connection, batch, "bpf")
        if again:
            with database.write() as connection:
                reindex(connection)
        result = dump(database)
        database.close()
        return result


def wrong_rows(database: Database) -> dict[str, list[Any]]:
    """What a reindex changes, by table."""
    with database.read() as connection:
        before = dict(integrity.derived_rows(connection))
    with database.write() as connection:
        reindex(connection)
    with database.read() as connection:
        now = dict(integrity.derived_rows(connection))
    wrong = {
        name: [key for key in before[name].keys() | rows.keys() if before[name].get(key) != rows.get(key)]
        for name, rows in now.items()
    }
    return {name: keys for name, keys in wrong.items() if keys}
