"""CPU time and requests of a poll without news, with more and more watched series.

    python bench/poll.py [--watched N...] [--runs N] [--program DIRECTORY...]

The database of bench-tui (10,000 series on three lists) is copied, N of its series are watched, and a server on
loopback answers as public-inbox does when nothing is new.  The user takes part in some dozens of them.  The first poll
sets the cursors; of the following ones, in turns of all programs, the least CPU time (user and system, seconds) is
printed.  A program is a checkout of patchwatch with its own `.venv`, whose database has the same form.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from commands import processor_seconds, settings
from crowd import DIRECTORY, ME, NOW, crowd

from patchwatch.config import Config
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker

ROOT = Path(__file__).resolve().parent.parent
EMPTY_FEED = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>mailto:x@example.org</id></feed>'


class NothingNew(BaseHTTPRequestHandler):
    """Answers searches with no result, and feeds with no entry."""

    requests: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        """Answer with an empty feed."""
        self._answer(200, "application/atom+xml", EMPTY_FEED)

    def do_POST(self) -> None:
        """Answer that nothing was found."""
        self._answer(404, "text/plain", b"No results found\n")

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.requests[self.command] += 1
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--watched", nargs="+", type=int, default=[400, 2900, 10_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--program", nargs="+", type=Path, default=[ROOT])
    parser.add_argument("--directory", type=Path, default=DIRECTORY)
    options = parser.parse_args()
    source = Path(crowd(options.directory).removeprefix("sqlite:///"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), NothingNew)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"{'watched':>8}{'requests':>10}  CPU seconds of {', '.join(str(p) for p in options.program)}")
    for watched in options.watched:
        with tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
            database = Path(directory) / "poll.db"
            shutil.copyfile(source, database)
            watch(database, watched)
            taken: list[list[float]] = [[] for _ in options.program]
            for run in range(options.runs + 1):
                for index, program in enumerate(options.program):
                    NothingNew.requests.clear()
                    seconds = poll(program, database, server.server_port)
                    if run:
                        taken[index].append(seconds)
            figures = "".join(f"{min(seconds):>8.2f}" for seconds in taken)
            print(f"{watched:>8}{NothingNew.requests.total():>10}{figures}")
    return 0


def watch(database: Path, count: int) -> None:
    """Watch that many series of a database."""
    tracker = Tracker(Config(), clock=lambda: float(NOW), database_url=f"sqlite:///{database}")
    rows = sorted(tracker.lines(), key=lambda row: row.id)[:count]
    watch_known(tracker.database, [row.roots.rpartition("\n")[2] for row in rows], NOW)
    tracker.database.close()


def poll(program: Path, database: Path, port: int) -> float:
    """Poll once; return the CPU time, in seconds."""
    environment = os.environ | settings(database.parent, f"sqlite:///{database}", ME)
    environment["PATCHWATCH_LORE_URL"] = f"http://127.0.0.1:{port}"
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [program / ".venv" / "bin" / "python", "-m", "patchwatch", "poll"]
    return processor_seconds(command, cwd=program, env=environment)


if __name__ == "__main__":
    sys.exit(main())
