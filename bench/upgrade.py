"""How long an upgrade locks the database: stored mail is read again in steps, beside the same in one transaction.

    python bench/upgrade.py DATABASE [--steps-only]

The SQLite file is copied to a temporary directory beside it.  Its parsed mail is made older by a field at the end, as
an earlier program would have stored it.  For each way, in its own process, it prints the writing transactions: how
many there were, the longest (seconds of wall-clock and of CPU time, rows changed), the sum of CPU time, the largest
size of the write-ahead log, and the peak of memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from patchwatch.db import messages, versions
from patchwatch.db.database import Database
from patchwatch.sync.ingest import reindex
from patchwatch.sync.renewal import Renewal

_AT_ONCE = 500  # mails


@dataclass
class Watch:
    """The writing transactions of this process."""

    wal: Path
    taken: list[tuple[float, float, int]] = field(default_factory=list)  # wall, CPU, rows
    largest: int = 0  # of the write-ahead log

    def __post_init__(self) -> None:
        event.listen(Engine, "begin", self._begun)
        event.listen(Engine, "commit", self._committed)

    def _begun(self, connection: Connection) -> None:
        self._writes = bool(connection.get_execution_options().get("patchwatch_write"))
        self._start = time.monotonic(), time.process_time(), _changes(connection)

    def _committed(self, connection: Connection) -> None:
        if self._writes:
            wall, cpu, rows = self._start
            self.taken.append((time.monotonic() - wall, time.process_time() - cpu, _changes(connection) - rows))
        self.largest = max(self.largest, self.wal.stat().st_size if self.wal.exists() else 0)


def _changes(connection: Connection) -> int:
    return int(connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]


def make_older(file: Path) -> int:
    """Remove the last, empty field of parsed mail; return the number of mails."""
    database = Database(f"sqlite:///{file}")
    last = count = 0
    with database.write() as connection:
        while pks := messages.message_keys(connection, last, _AT_ONCE):
            last, count = pks[-1], count + len(pks)
            facts = messages.facts_of(connection, pks)
            shorter = {pk: text.removesuffix(",[]]") + "]" for pk, text in facts.items() if text.endswith(",[]]")}
            messages.change_facts(connection, [{"id": pk, "facts": text} for pk, text in shorter.items()])
        messages.set_setting(connection, "form", str(versions.FACTS_VERSION - 1))
    database.close()
    with closing(sqlite3.connect(file)) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return count


def measure(file: Path, *, steps: bool) -> None:
    """Bring a database up to date, and print what it took."""
    versions.OLDEST_READABLE = 0
    database = Database(f"sqlite:///{file}")
    watch = Watch(file.with_name(file.name + "-wal"))
    if steps:
        Renewal(database).run()
    else:
        with database.write() as connection:
            reindex(connection)
    with database.read() as connection:
        assert messages.setting(connection, "form") == str(versions.FACTS_VERSION)
    wall, cpu, rows = (max(values) for values in zip(*watch.taken, strict=True))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"{'in steps' if steps else 'in one':>9}{len(watch.taken):>14}{wall:>10.2f}{cpu:>10.2f}{rows:>10}"
        f"{used.ru_utime + used.ru_stime:>10.1f}{watch.largest / 1e6:>9.1f}{used.ru_maxrss / 1024:>9.0f}",
        flush=True,
    )


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path)
    parser.add_argument("--steps-only", action="store_true", help="leave out the one transaction")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix=".patchwatch-bench-", dir=options.database.parent) as directory:
        for steps in (True,) if options.steps_only else (True, False):
            file = Path(directory) / "upgrade.db"
            shutil.copyfile(options.database, file)
            mails = make_older(file)
            if steps:
                print(f"{mails:,} mails, {file.stat().st_size / 1e6:.0f} MB")
                heads = ("", "transactions", "longest s", "CPU s", "rows", "CPU all", "WAL MB", "RSS MB")
                print(
                    "".join(
                        f"{head:>{width}}" for head, width in zip(heads, (9, 14, 10, 10, 10, 10, 9, 9), strict=True)
                    )
                )
                sys.stdout.flush()
            if (pid := os.fork()) == 0:
                measure(file, steps=steps)
                os._exit(0)
            if os.waitpid(pid, 0)[1]:
                return 1
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
