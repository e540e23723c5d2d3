"""A big archive: what a mail, a command and the first screen cost per 50,000 mails, up to a million.

    python bench/scale.py ARCHIVE... [--mails 1000000] [--step 50000] [--me ADDRESS] [--keep DIRECTORY]

Imports the archives (epochs, mailboxes), one after the other, each as the list that it is named after, and stops after
--mails.  Every --step new mails it prints a row: the CPU time of a mail since the row before, in all processes, and
their memory, with that of this program; the size of the database by mail; the CPU time of `list`, `list --all`, `show`
of the newest series and `next`, as a person who sent much (--me; default: who sent most series of the first step); and
the CPU time of the UI thread until the TUI drew their queue.  With --keep, the database stays there, to be looked at.

On a busy machine, all CPU times grow, by a half or so: compare rows of one run.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from commands import processor_seconds, settings
from ingest import Peak
from tui import Screen, str_of

from patchwatch.config import Config
from patchwatch.tracker import Tracker

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("mails", "ms/mail", "MB", "bytes/mail", "series", "list", "--all", "show", "next", "TUI")
_QUEUE = (b"Waiting", b"Dormant", b"Closed", b"Review", b"Nothing needs")  # some of it is in every queue


class Enough(Exception):  # noqa: N818 (not an error)
    """As many mails as wanted are imported."""


class Scale:
    """One run."""

    def __init__(self, directory: Path, mails: int, step: int, me: str) -> None:
        """Prepare an empty database in the directory."""
        self._file = directory / "scale.db"
        self._environment = os.environ | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
        self._wanted = mails
        self._step = step
        self._me = me
        self._before = self._rows = 0
        self._watch()

    def run(self, archives: Sequence[Path]) -> None:
        """Import the archives, and print the rows."""
        print("".join(f"{name:>11}" for name in NAMES), flush=True)
        tracker = Tracker(Config(), clock=time.time, database_url=f"sqlite:///{self._file}")
        try:
            for archive in archives:
                tracker.import_mail(archive, archive.name, lambda *_: self._look())
        except Enough:
            print(f"{self._before:,} mails")
        finally:
            tracker.database.close()
            self._peak.stop()

    def _watch(self) -> None:
        self._peak = Peak(os.getpid())
        self._peak.start()
        self._since = time.process_time()

    def _look(self) -> None:
        """Print a row if enough mails came since the last one."""
        self._rows += 1
        if self._rows % 10:  # counting takes a moment
            return
        mails = self._number("SELECT count(*) FROM message")
        if mails - self._before < self._step:
            return
        self._peak.stop()
        self._print(mails)
        self._before = mails
        if mails >= self._wanted:
            raise Enough
        self._watch()

    def _print(self, mails: int) -> None:
        self._configure()
        own = time.process_time() - self._since
        processor = own + self._peak.others(os.getpid())
        (number,) = self._row("SELECT id FROM series ORDER BY last_activity DESC LIMIT 1")
        row = [
            f"{mails:,}",
            f"{1000 * processor / (mails - self._before):.2f}",
            f"{self._peak.megabytes:.0f}",
            f"{self._file.stat().st_size / mails:.0f}",
            f"{self._number('SELECT count(*) FROM series'):,}",
            *(f"{self._cost(*command):.2f}" for command in (("list",), ("list", "--all"), ("show", number), ("next",))),
            f"{self._paint():.2f}",
        ]
        print("".join(f"{value:>11}" for value in row), flush=True)

    def _configure(self) -> None:
        """Make the person of the first row `[me]`."""
        if not self._me:
            (self._me,) = self._row(
                "SELECT author_email FROM series GROUP BY author_email ORDER BY count(*) DESC, author_email LIMIT 1"
            )
        self._environment |= settings(self._file.parent, str(self._file), self._me)

    def _now(self) -> str:
        (newest,) = self._row("SELECT max(last_activity) FROM series WHERE last_activity < unixepoch()")
        return str_of(newest)

    def _cost(self, *arguments: object) -> float:
        """Return the CPU seconds of a command, the least of three runs."""
        command = [sys.executable, "-m", "patchwatch", "--now", self._now(), *map(str, arguments)]
        return min(processor_seconds(command, env=self._environment, cwd=ROOT) for _ in range(3))

    def _paint(self) -> float:
        """Return the CPU seconds of the UI thread until the queue is drawn, the least of three runs."""
        found = []
        for _ in range(3):
            screen = Screen(self._environment, "--now", self._now())
            found.append(screen.until(*_QUEUE).processor)
            screen.close()
        return min(found)

    def _number(self, query: str) -> int:
        return int(self._row(query)[0])

    def _row(self, query: str) -> tuple:
        connection = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchone()
        finally:
            connection.close()


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--mails", type=int, default=1_000_000)
    parser.add_argument("--step", type=int, default=50_000)
    parser.add_argument("--me", default="")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        Scale(options.keep, options.mails, options.step, options.me).run(options.archives)
    else:
        with tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
            Scale(Path(directory), options.mails, options.step, options.me).run(options.archives)
    return 0


if __name__ == "__main__":
    sys.exit(main())
