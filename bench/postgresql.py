"""Importing mail into a PostgreSQL server, beside an SQLite file.

    python bench/postgresql.py [--archive EPOCH] [--mails 5000] [--rounds 3] [--profile]

First `patchwatch import` of the whole archive into new databases, in turns: the seconds (wall-clock) of each round.
Then storing alone, without parsing, which needs no database: the same batches in turns, in one process.  Prints per
mail the milliseconds (wall-clock), those of CPU of this process, and those of the server's processes.  The server is
one of the tests' (no fsync, in memory if there is room), so that what is compared is the work.  --profile prints which
functions take this process's time on PostgreSQL.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingest import import_it, spread

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
    parser.add_argument("--rounds", type=int, default=3, help="imports of the whole archive; 0: none")
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
        good = import_in_turns(server, Path(directory), options) if options.rounds else True
        measure(server.directory, f"sqlite:///{directory}/pw.db", server.create(), options)
        return 0 if good else 1


def import_in_turns(server: Any, work: Path, options: argparse.Namespace) -> bool:
    """Run the whole command on both; True if PostgreSQL takes little longer."""
    epoch = work / "0.git"
    subprocess.run(["git", "clone", "-q", "--bare", options.archive, epoch], check=True)
    seconds: dict[str, list[float]] = {"SQLite": [], "PostgreSQL": []}
    for number in range(options.rounds):
        for name, url in {"SQLite": f"sqlite:///{work}/import{number}.db", "PostgreSQL": server.create()}.items():
            seconds[name].append(import_it(epoch, url, work)[0])
    ratio = statistics.median(b / a for a, b in zip(*seconds.values(), strict=True))
    for name, values in seconds.items():
        print(f"import, {name:<12}{spread(values, 1)} s")
    print(f"ratio of their wall-clock times: {ratio:.2f}  (wanted: {WANTED})")
    return ratio <= WANTED


def measure(server: Path, file: str, url: str, options: argparse.Namespace) -> None:
    """Store the mails in both, a batch after the other."""
    from patchwatch.db.database import Database
    from patchwatch.sources.files.open import open_source
    from patchwatch.sync.read_mail import read_mail

    databases = {"SQLite": Database(file), "PostgreSQL": Database(url)}
    costs = {name: Cost() for name in databases}
    profile = cProfile.Profile()
    mails = 0
    order = list(databases.items())
    for batch in open_source(options.archive).read(None):
        reads = [read_mail(raw) for raw in batch.mails]
        order.reverse()  # what is read of a mail only once must not always be at the expense of the first
        for name, database in order:
            watched = profile if options.profile and name == "PostgreSQL" and mails else nullcontext()
            again = [replace(read) for read in reads]  # not decoded yet
            store(database, again, costs[name], server if name == "PostgreSQL" else None, watched)
        mails += len(reads)
        if mails >= options.mails:
            break
    for database in databases.values():
        database.close()
    print(f"storing {mails} mails, ms a mail: wall, CPU of this process, CPU of the server")
    for name, cost in costs.items():
        print(cost.line(name, mails))
    ratio = costs["PostgreSQL"].wall / costs["SQLite"].wall
    print(f"ratio of wall-clock times: {ratio:.2f}")
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        pstats.Stats(profile).sort_stats("cumtime").print_stats(60)


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
