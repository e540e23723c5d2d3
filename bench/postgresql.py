"""Storing mail on a PostgreSQL server, beside an SQLite file: the same batches of an archive, in turns, in one process.

    python bench/postgresql.py [--archive EPOCH] [--mails 5000] [--profile]

Prints per mail the milliseconds (wall-clock), those of CPU of this process, and those of the server's processes.
Parsing is not among them: it needs no database.  The server is one of the tests' (no fsync, in memory if there is
room), so that what is compared is the work.  --profile prints which functions take this process's time on PostgreSQL.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DEFAULT = ROOT.parent / "shared" / "corpus" / "cgroups-2024.bundle"
WANTED = 1.1  # times the wall-clock time of SQLite


class Cost:
    """What storing took so far, in seconds."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.wall = self.own = self.server = 0.0

    def line(self, name: str, mails: int) -> str:
        """A line of the report."""
        figures = [f"{1000 * one / mails:8.3f}" for one in (self.wall, self.own, self.server)]
        return f"{name:<12}{''.join(figures)}"


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, default=DEFAULT)
    parser.add_argument("--mails", type=int, default=5000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    from tests.support.postgres_server import PostgresServer, running_server

    if reason := PostgresServer.missing():
        print(f"skipped: {reason}")
        return 0
    if not options.archive.exists():
        print(f"skipped: {options.archive} does not exist; pass another epoch or bundle with --archive")
        return 0
    with running_server() as server, tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
        return measure(server.directory, f"sqlite:///{directory}/pw.db", server.create(), options)


def measure(server: Path, file: str, url: str, options: argparse.Namespace) -> int:
    """Store the mails in both, a batch after the other."""
    from patchwatch.db.database import Database
    from patchwatch.sources.files.open import open_source
    from patchwatch.sync.read_mail import read_mail

    databases = {"SQLite": Database(file), "PostgreSQL": Database(url)}
    costs = {name: Cost() for name in databases}
    profile = cProfile.Profile()
    mails = 0
    for batch in open_source(options.archive).read(None):
        reads = [read_mail(raw) for raw in batch.mails]
        for name, database in databases.items():
            watched = profile if options.profile and name == "PostgreSQL" and mails else nullcontext()
            store(database, reads, costs[name], server if name == "PostgreSQL" else None, watched)
        mails += len(reads)
        if mails >= options.mails:
            break
    for database in databases.values():
        database.close()
    print(f"{mails} mails, ms a mail: wall, CPU of this process, CPU of the server")
    for name, cost in costs.items():
        print(cost.line(name, mails))
    ratio = costs["PostgreSQL"].wall / costs["SQLite"].wall
    print(f"ratio of wall-clock times: {ratio:.2f}  (wanted: {WANTED})")
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        pstats.Stats(profile).sort_stats("cumtime").print_stats(60)
    return 0 if ratio <= WANTED else 1


def store(database: Any, reads: list[Any], cost: Cost, server: Path | None, watched: Any) -> None:
    """Store a batch, and add what that took."""
    from patchwatch.sync.ingest import ingest

    wall, own, others = time.monotonic(), time.process_time(), processor(server)
    with watched, database.write() as connection:
        ingest(connection, reads, "bench")
    cost.wall += time.monotonic() - wall
    cost.own += time.process_time() - own
    cost.server += processor(server) - others


def processor(server: Path | None) -> float:
    """Seconds of CPU that the processes of a server took."""
    if server is None:
        return 0.0
    main_process = (server / "data" / "postmaster.pid").read_text().split("\n", 1)[0]
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if main_process in (entry.name, fields[1]):
                ticks += sum(map(int, fields[11:15] if entry.name == main_process else fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
