"""A list that had 20,000 mails while patchwatch was away for a month: `poll` catches up, and is killed meanwhile.

    python bench/absence.py [--mails 20000] [--archive EPOCH] [--days 30] [--kills 3] [--seed 1]

Serves the mails from a private public-inbox server, as if they had arrived within the last days: generated ones, or the
newest of an archive.  Follows the list with a cursor of the time before, and runs `patchwatch poll`: at first so often
as it is killed with SIGKILL, each time at another number of stored mails, then until it has nothing more to fetch.
Prints the seconds, CPU time and peak memory of each run.  Fails unless each mail is stored exactly once, the
database passes `doctor --check`, and no run took more than 200 MB.  Needs public-inbox.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from commands import settings
from crowd import mailbox
from stated_links import mails

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DAY = 86_400
MEGABYTES = 200
LIST = "away"
_AT_ONCE = 2_000  # mails that are delivered at once
_POLLS = 20  # at most: each stops after some parts, so that other lists are not kept waiting


class Run(NamedTuple):
    """What a `poll` did."""

    killed: bool
    seconds: float
    processor: float
    megabytes: float
    stored: int


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=20_000)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    from tests.support.lore_server import LoreServer

    if reason := LoreServer.missing():
        print(f"skipped: {reason}")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="patchwatch-absence-") as name:
        server = LoreServer(Path(name) / "lore")
        try:
            return measure(server, Path(name), options)
        finally:
            server.close()


def measure(server: object, directory: Path, options: argparse.Namespace) -> int:
    """Deliver the mails, poll, and judge."""
    from tests.support.lore_server import LoreServer

    assert isinstance(server, LoreServer)
    begin = int(time.time()) - options.days * DAY
    source = from_archive(options.archive, options.mails) if options.archive else generated(options.mails)
    server.deliver(LIST, arrived(b"From: a <a@example.org>\nMessage-ID: <first@example.org>\n\nhi\n", begin - DAY))
    server.start()
    environment = os.environ | settings(directory, f"sqlite:///{directory}/pw.db", "me@example.org")
    environment |= {"PATCHWATCH_LORE_URL": server.url, "PYTHONPATH": str(ROOT)}
    subprocess.run([*command("follow"), LIST], env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(command("poll"), env=environment, check=True, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(directory / "pw.db")) as database, database:
        database.execute("UPDATE inbox SET cursor = :at, polled_at = :at, deep_at = :at", {"at": begin})
    sent: list[str] = ["first@example.org"]
    spacing = options.days * DAY / options.mails
    moments = (begin + int(number * spacing) for number in range(options.mails))
    dated = (arrived(raw, at) for raw, at in zip(source, moments, strict=False))
    while part := list(islice(dated, _AT_ONCE)):
        server.deliver(LIST, *part)
        sent += [message_id(raw) for raw in part]
        print(f"delivered {len(sent)} mails", file=sys.stderr)
    runs = polls(environment, directory / "pw.db", len(sent), options)
    return judge(runs, set(sent), directory / "pw.db", environment)


def command(*words: str) -> list[str]:
    """A command line of patchwatch."""
    return [sys.executable, "-m", "patchwatch", *words]


def generated(count: int) -> Iterator[bytes]:
    """Yield mails that are made up; as many as there are."""
    for number in range(3):
        for text in mailbox(number):
            count -= 1
            if count < 0:
                return
            yield text.partition("\n")[2].encode()


def from_archive(archive: Path, count: int) -> Iterator[bytes]:
    """Yield the newest mails of an epoch with a message-id that no other of them has, the oldest first."""
    found = {message_id(raw): raw for raw in mails(archive, f"--max-count={count * 2}", "HEAD")}
    found.pop("", None)
    yield from list(found.values())[-count:]


def arrived(raw: bytes, at: int) -> bytes:
    """Return a mail as if it had arrived at a time."""
    return f"Received: from a by b; {formatdate(at)}\n".encode() + raw


def message_id(raw: bytes) -> str:
    """The message-id in the header of a mail; empty without one."""
    found = re.search(rb"(?mi)^message-id:\s*<([^<>\s]+)>", raw.partition(b"\n\n")[0])
    return found[1].decode("ascii", "replace") if found else ""


def polls(environment: dict[str, str], database: Path, count: int, options: argparse.Namespace) -> list[Run]:
    """Poll until there is nothing more; the first runs are killed when they have stored some of the mails."""
    chance = random.Random(options.seed)
    limits = sorted(chance.randrange(1, count) for _ in range(options.kills))
    runs: list[Run] = []
    for number in range(options.kills + _POLLS):
        limit = limits[number] if number < options.kills else 0
        runs.append(one_poll(environment, database, limit))
        print(runs[-1], file=sys.stderr)
        if number >= options.kills and len(runs) > 1 and runs[-1].stored == runs[-2].stored:
            return runs
    return runs


def one_poll(environment: dict[str, str], database: Path, limit: int) -> Run:
    """Run `poll`; kill it when more than `limit` mails are stored, unless that is 0."""
    begin = time.monotonic()
    process = subprocess.Popen(command("poll"), env=environment, stdout=subprocess.DEVNULL)
    killed = False
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if limit and not killed and stored(database) >= limit:
            process.kill()
            killed = True
        time.sleep(0.05)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, -signal.SIGKILL):
        raise SystemExit(f"poll ended with {process.returncode}")
    seconds = used.ru_utime + used.ru_stime
    return Run(killed, time.monotonic() - begin, seconds, used.ru_maxrss / 1024, stored(database))


def stored(database: Path) -> int:
    """How many mails are stored."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM message").fetchone()[0])


def judge(runs: list[Run], sent: set[str], database: Path, environment: dict[str, str]) -> int:
    """Print the report; 0 if nothing is missing or there twice."""
    with closing(sqlite3.connect(database)) as connection:
        counts = dict(
            connection.execute(
                "SELECT message_id, count(*) FROM message JOIN raw ON message_pk = message.id GROUP BY 1"
            )
        )
    checked = subprocess.run(command("doctor", "--check", "--offline"), env=environment, capture_output=True, text=True)
    whole = "intact" in checked.stdout + checked.stderr
    missing, double = sent - counts.keys(), [name for name, count in counts.items() if count > 1]
    most = max(run.megabytes for run in runs)
    for run in runs:
        end = "killed" if run.killed else "ended"
        print(
            f"{end} with {run.stored:>6} mails stored: {run.seconds:6.1f} s, {run.processor:6.1f} s of CPU, "
            f"{run.megabytes:.0f} MB"
        )
    good = not missing and not double and most <= MEGABYTES and whole
    print(f"{len(sent)} mails sent, {len(missing)} missing, {len(double)} stored twice")
    print(f"memory: {most:.0f} MB at most  (wanted: {MEGABYTES})")
    print(f"doctor --check: {'intact' if whole else checked.stdout + checked.stderr}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
