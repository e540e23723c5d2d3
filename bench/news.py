"""Requests and CPU time of a poll that brings ten mails, on five lists of which some hundred series are watched.

    python bench/news.py [--watched 500] [--rounds 5] [--program DIRECTORY...]

Mails of made-up series are imported, and served by a private public-inbox server.  In each round ten more arrive, two
on each list: seven replies and a new version in watched series, and two new series.  Each program then polls a database
of its own; the numbers of requests and new mails, and the least and the middle CPU time (user and system, seconds) of
the rounds are printed.  A program is a checkout of patchwatch with its own `.venv`.  Needs public-inbox.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import ClassVar

from commands import processor_seconds, settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DAY = 86_400
LISTS = ("alpha", "beta", "gamma", "delta", "epsilon")
ME = "person-1@example.org"
_WHERE = ("net", "mm", "bpf", "fs", "sched", "drm", "usb", "scsi", "arm64", "x86", "rcu", "block", "crypto", "iio")
_WHAT = ("queue", "page", "lock", "socket", "inode", "timer", "buffer", "index", "cache", "stream", "packet", "device")
_SENTENCES = ("Why is the lock needed here?", "Please split this and send a v2.", "I see.", "")
_WATCH = """
import sys, time
from patchwatch.db.database import Database
from patchwatch.sync.watch import watch_known
database = Database(f"sqlite:///{sys.argv[1]}")
watch_known(database, sys.argv[2:], int(time.time()))
database.close()
"""


class Counting(BaseHTTPRequestHandler):
    """Passes requests on to the server, and counts them."""

    port: ClassVar[int] = 0
    requests: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Pass it on."""
        self._pass_on()

    def do_POST(self) -> None:
        """Pass it on."""
        self._pass_on()

    def _pass_on(self) -> None:
        self.requests.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port)) as server:
            server.request(self.command, self.path, body, headers)
            answer = server.getresponse()
            content = answer.read()
        self.send_response(answer.status)
        for name in ("Content-Type", "Content-Encoding", "Date"):
            if value := answer.getheader(name):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class World:
    """Made-up series, each with its number, list and author."""

    def __init__(self, series: int) -> None:
        """`series` exist before anything is polled."""
        self.series = series
        self._chance = random.Random(15)
        self._authors = [self._chance.randrange(series // 2) for _ in range(series)]
        self._versions = [1] * series

    def history(self, place: int, now: int) -> Iterator[bytes]:
        """Yield the mails of a list before the first poll."""
        for number in range(place, self.series, len(LISTS)):
            at = now - self._chance.randrange(2, 60) * DAY
            yield from self._posting(number, at)
            for reply in range(self._chance.choice((1, 2, 4))):
                yield self._reply(number, at + (reply + 1) * 3600)

    def news(self, place: int, number: int, now: int) -> list[bytes]:
        """Return two mails for a list in a round: replies, a new version, or a new series."""
        watched = [place + len(LISTS) * (number * 3 + one) for one in range(2)]
        if place == 0:
            self._versions[watched[0]] += 1
            return [*self._posting(watched[0], now), self._reply(watched[1], now)]
        if place < 3:
            self._authors.append(self._chance.randrange(self.series // 2))
            self._versions.append(1)
            return [*self._posting(len(self._authors) - 1, now, LISTS[place]), self._reply(watched[1], now)]
        return [self._reply(one, now) for one in watched]

    def name(self, number: int) -> str:
        """The message-id of the first version of a series."""
        return f"s{number}-v1@example.org"

    def _posting(self, number: int, at: int, inbox: str = "") -> Iterator[bytes]:
        version = self._versions[number]
        title = f"{_WHERE[number % len(_WHERE)]}: count the {_WHAT[number % len(_WHAT)]} of unit {number}"
        prefix = f"PATCH v{version}" if version > 1 else "PATCH"
        author = self._authors[number]
        changed = "\n".join(f"+\tstep_{number}({line + version});" for line in range(6))
        where = f"drivers/d{number}/f.c"
        text = (
            f"It was wrong.\n\nSigned-off-by: Person {author} <person-{author}@example.org>\n---\n {where} | 6 +\n\n"
            f"diff --git a/{where} b/{where}\n--- a/{where}\n+++ b/{where}\n@@ -1,3 +1,9 @@\n a\n b\n{changed}\n c\n"
            "-- \n2.42.0"
        )
        yield self._mail(number, author, at, f"[{prefix}] {title}", f"s{number}-v{version}", "", text, inbox)

    def _reply(self, number: int, at: int) -> bytes:
        who = self._chance.randrange(self.series // 2)
        parent = f"s{number}-v{self._versions[number]}"
        words = self._chance.choice(_SENTENCES) or f"Reviewed-by: Person {who} <person-{who}@example.org>"
        name = f"{parent}-r{self._chance.getrandbits(60)}"
        return self._mail(number, who, at, f"Re: [PATCH] unit {number}", name, parent, f"> It was wrong.\n\n{words}\n")

    def _mail(
        self, number: int, who: int, at: int, subject: str, name: str, parent: str, text: str, inbox: str = ""
    ) -> bytes:
        above = f"In-Reply-To: <{parent}@example.org>\n" if parent else ""
        to = f"{inbox or LISTS[number % len(LISTS)]}@lists.example.org" + (f", {ME}" if number % 3 == 0 else "")
        return (
            f"Received: from a by b; {formatdate(at)}\nFrom: Person {who} <person-{who}@example.org>\nTo: {to}\n"
            f"Subject: {subject}\nDate: {formatdate(at)}\nMessage-ID: <{name}@example.org>\n{above}"
            f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
        ).encode()


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--watched", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--program", nargs="+", type=Path, default=[ROOT])
    options = parser.parse_args()
    from tests.support.lore_server import LoreServer

    if reason := LoreServer.missing():
        print(f"skipped: {reason}")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="patchwatch-news-") as name:
        server = LoreServer(Path(name) / "lore")
        try:
            measure(server, Path(name), options)
        finally:
            server.close()
    return 0


def measure(server: object, directory: Path, options: argparse.Namespace) -> None:
    """Deliver and poll, round by round."""
    from tests.support.lore_server import LoreServer

    assert isinstance(server, LoreServer)
    world, begin = World(options.watched), int(time.time())
    history = {name: list(world.history(place, begin)) for place, name in enumerate(LISTS)}
    for name, mails in history.items():
        server.deliver(name, *mails)
    server.start()
    Counting.port = int(server.url.rpartition(":")[2])
    between = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    threading.Thread(target=between.serve_forever, daemon=True).start()
    places = [directory / f"program{index}" for index in range(len(options.program))]
    for place, program in zip(places, options.program, strict=True):
        place.mkdir()
        prepare(program, place, between.server_port, history, [world.name(n) for n in range(options.watched)])
    taken: list[list[float]] = [[] for _ in places]
    print(f"{'requests':>9}{'mails':>7}  by round, for each of {', '.join(str(p) for p in options.program)}")
    for number in range(options.rounds + 1):
        for place, name in enumerate(LISTS):
            server.deliver(name, *world.news(place, number, int(time.time())))
        for index, (place, program) in enumerate(zip(places, options.program, strict=True)):
            before = mails_in(place / "news.db")
            Counting.requests.clear()
            seconds = poll(program, place, between.server_port)
            print(f"{len(Counting.requests):>9}{mails_in(place / 'news.db') - before:>7}  {seconds:.2f} s", flush=True)
            if number:  # the first one also imports what no program had compiled
                taken[index].append(seconds)
    for program, seconds_taken in zip(options.program, taken, strict=True):
        print(f"{program}: {min(seconds_taken):.2f} s of CPU, median {median(seconds_taken):.2f} s")


def prepare(program: Path, place: Path, port: int, history: dict[str, list[bytes]], watched: list[str]) -> None:
    """Fill the database of a program with that program: import the history, and watch these series."""
    mbox = place / "history.mbox"
    for name, mails in history.items():
        mbox.write_bytes(b"".join(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + raw + b"\n" for raw in mails))
        run(program, place, port, "-m", "patchwatch", "import", str(mbox), "--inbox", name)
        run(program, place, port, "-m", "patchwatch", "follow", name)
    run(program, place, port, "-c", _WATCH, place / "news.db", *watched)
    poll(program, place, port)  # sets the cursors


def poll(program: Path, place: Path, port: int) -> float:
    """Poll once; return the CPU time, in seconds."""
    return run(program, place, port, "-m", "patchwatch", "poll")


def run(program: Path, place: Path, port: int, *words: str | Path) -> float:
    """Run Python as a program does; return the CPU time, in seconds."""
    own = settings(place, f"sqlite:///{place}/news.db", ME)
    environment = os.environ | own | {"PATCHWATCH_LORE_URL": f"http://127.0.0.1:{port}"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return processor_seconds([program / ".venv" / "bin" / "python", *words], cwd=program, env=environment)


def mails_in(database: Path) -> int:
    """How many mails are stored."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM message").fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())
