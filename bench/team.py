"""Several `patchwatch run` on one PostgreSQL database, one killed with -9 now and then, while mail arrives at random.

Their clocks differ by hours.  Prints a report, and fails unless every delivered mail is stored once, what is derived is
the same as after an import of the same mails in order into SQLite, no list was polled by two at a time, each reply to a
watched series was passed to the hook, and each killed poller's lists were taken over within the lease.  The server of
the database is restarted once.

    python bench/team.py [--minutes 20] [--kill-seconds 60] [--pollers 3] [--report FILE]

Needs PostgreSQL's programs (Debian package postgresql) and patchwatch[postgresql]; skips without them.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LISTS = tuple(f"list{n}" for n in range(8))
INTERVAL_SECONDS = 3.0
LEASE_SECONDS = 5
ANSWER_SECONDS = 0.2  # that the archive takes, so that two polls at a time would be seen
HOURS_APART = 3  # of the pollers' clocks
WORDS = ("Why not in the caller?", "Please split this.", "Looks good to me.", "Reviewed-by: Rita <rita@example.net>")
PATCH = "Why.\n---\ndiff --git a/{file} b/{file}\n--- a/{file}\n+++ b/{file}\n@@ -1 +1 @@\n-a\n+b{number}\n"
HOOK = """#!/bin/sh
cat >> {file}
echo >> {file}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--kill-seconds", type=float, default=60.0, help="between two kills")
    parser.add_argument("--pollers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path, help="write the report here too")
    parser.add_argument("--worker", type=float, metavar="AHEAD", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker is not None:
        return worker(options.worker)
    from tests.support.postgres_server import PostgresServer, running_server

    if reason := PostgresServer.missing():
        print(f"skipped: {reason}")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with running_server() as server, tempfile.TemporaryDirectory(prefix="patchwatch-team-") as own:
        report, well = Team(Path(own), server, options).run()
    print("\n".join(report))
    if options.report:
        options.report.write_text("\n".join(report) + "\n", encoding="utf-8")
    return 0 if well else 1


def worker(ahead: float) -> int:
    """Run patchwatch on a machine whose clock is some seconds ahead."""
    real = time.time
    time.time = lambda: real() + ahead
    from patchwatch.config_file import load_config
    from patchwatch.daemon.process import run
    from patchwatch.sync import poll
    from patchwatch.tracker import Tracker

    poll._clock = lambda: int(time.time())
    return run(Tracker(load_config(), clock=time.time), clock=time.time, as_json=True)


@dataclass
class Poller:
    """A process, and what it logged."""

    process: subprocess.Popen[bytes]
    ahead: float
    lines: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> None:
        """Collect its log."""
        assert self.process.stderr is not None
        for raw in self.process.stderr:
            try:
                self.lines.append(json.loads(raw))
            except ValueError:
                self.lines.append({"event": "garbage", "text": raw.decode(errors="replace").strip()})


class Team:
    """The archive, the database and the pollers."""

    def __init__(self, directory: Path, server: Any, options: argparse.Namespace) -> None:
        """Everything is in `directory`; `server` is PostgreSQL's."""
        from tests.faults.server import FaultServer, SmallArchive

        self.directory, self.server, self.options = directory, server, options
        self.chance = random.Random(options.seed)
        self.archive = SmallArchive()
        self.lore = FaultServer(self.archive)
        self.lore.inject(r"\?q=rt:", self._answer)
        self.asked: list[tuple[str, float, float]] = []  # list, begin, end
        self.delivered: list[tuple[str, bytes]] = []  # list, mail
        self.ids: list[str] = []
        self.roots: dict[str, list[str]] = {name: [] for name in LISTS}  # of the postings
        self.watched_replies: list[str] = []
        self.pollers: list[Poller] = []
        self.ended: list[Poller] = []
        self.taken: list[float] = []  # seconds from a kill to the next poll of each list that was being polled
        self.events = directory / "events"
        self.events.touch()
        self.url = server.create()
        self.environment = self._configure()

    def _configure(self) -> dict[str, str]:
        hook = self.directory / "hook"
        hook.write_text(HOOK.format(file=self.events))
        hook.chmod(0o700)
        config = self.directory / "config.toml"
        config.write_text(
            f"[poll]\ninterval_minutes = {INTERVAL_SECONDS / 60}\nlease_seconds = {LEASE_SECONDS}\nfirst_days = 2\n"
            f'overlap_minutes = 720\n[me]\naddresses = ["ann@example.org"]\n'
            f'[[hook]]\nname = "all"\nevents = ["reply", "tag"]\ncommand = ["{hook}"]\n'
        )
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith(("PATCHWATCH_", "XDG_"))},
            "PATCHWATCH_CONFIG": str(config),
            "PATCHWATCH_DATABASE": self.url,
            "PATCHWATCH_LORE_URL": self.lore.url,
            "XDG_STATE_HOME": str(self.directory),
            "PYTHONPATH": str(ROOT),
        }

    def _answer(self, exchange: Any) -> None:
        name = exchange.path.lstrip("/").partition("/")[0]
        begin = time.monotonic()
        time.sleep(ANSWER_SECONDS)
        try:
            exchange.pass_on()
        finally:
            self.asked.append((name, begin, time.monotonic()))

    def run(self) -> tuple[list[str], bool]:
        """Let them poll; return the report, and whether all is well."""
        watched = self._begin()
        for n in range(self.options.pollers):
            self._start(n * HOURS_APART * 3600)
        begin = time.monotonic()
        end, restart = begin + 60 * self.options.minutes, begin + 30 * self.options.minutes
        next_mail, next_kill, kills = begin + 5, begin + self.options.kill_seconds, 0
        while (now := time.monotonic()) < end:
            if now >= next_mail and now < end - 20:
                self._deliver(watched)
                next_mail = now + self.chance.uniform(0.3, 4)
            if now >= next_kill and now < end - 20:
                self._kill()
                next_kill, kills = now + self.options.kill_seconds, kills + 1
            if restart and now >= restart:
                restart = 0
                self.server.stop()
                time.sleep(3)
                self.server.serve()
            time.sleep(0.1)
        statuses = [self._stop(poller) for poller in self.pollers]
        self.lore.close()
        return self._judge(kills, statuses)

    def _begin(self) -> dict[str, str]:
        from patchwatch.config_file import load_config
        from patchwatch.tracker import Tracker

        os.environ.update(self.environment)
        tracker = Tracker(load_config())
        watched = {}
        for name in LISTS:
            self._post(name, f"{name}: fix the first thing")
            watched[name] = self.roots[name][0]
            tracker.follow(name)
            tracker.watch(f"{self.lore.url}/{name}/{watched[name]}/")
        tracker.detect_events()
        tracker.database.close()
        return watched

    def _start(self, ahead: float) -> None:
        command = [sys.executable, __file__, "--worker", str(ahead)]
        poller = Poller(subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE), ahead)
        threading.Thread(target=poller.read, daemon=True).start()
        self.pollers.append(poller)

    def _kill(self) -> None:
        poller = self.pollers.pop(self.chance.randrange(len(self.pollers)))
        poller.process.kill()
        poller.process.wait()
        self.ended.append(poller)
        self._start(poller.ahead)

    def _stop(self, poller: Poller) -> int | None:
        poller.process.terminate()
        self.ended.append(poller)
        try:
            return poller.process.wait(30)
        except subprocess.TimeoutExpired:
            poller.process.kill()
            return None

    # ---- mail

    def _deliver(self, watched: dict[str, str]) -> None:
        for _ in range(self.chance.randint(1, 3)):
            name = self.chance.choice(LISTS)
            kind = self.chance.choice(("reply", "reply", "version", "series", "watched"))
            if kind == "series":
                self._post(name, f"{name}: fix thing {len(self.ids)}")
            elif kind == "version":
                self._post(name, f"{name}: fix the first thing", version=len(self.roots[name]) + 1)
            else:
                parent = watched[name] if kind == "watched" else self.chance.choice(self.roots[name])
                self._reply(name, parent)
                if parent == watched[name]:
                    self.watched_replies.append(self.ids[-1])

    def _post(self, name: str, title: str, version: int = 1) -> None:
        number = len(self.ids)
        body = PATCH.format(file=f"{name}.c", number=number)
        self._send(name, f"[PATCH{f' v{version}' if version > 1 else ''}] {title}", "Bo Author <bo@example.com>", body)
        self.roots[name].append(self.ids[-1])

    def _reply(self, name: str, parent: str) -> None:
        self._send(name, "Re: the patch", "Rita <rita@example.net>", self.chance.choice(WORDS) + "\n", parent)

    def _send(self, name: str, subject: str, sender: str, body: str, parent: str = "") -> None:
        from tests.support.mails import mail

        number, now = len(self.ids), formatdate()
        message_id = f"team{number}@example.net"
        raw = mail(
            message_id=message_id,
            subject=subject,
            sender=sender,
            to=f"{name}@lists.example.org",
            date=now,
            body=body,
            headers={"Received": f"from a by b; {now}"},
            **({"in_reply_to": parent} if parent else {}),
        )
        self.ids.append(message_id)
        for inbox in {name, self.chance.choice(LISTS) if number % 5 == 0 else name}:  # some are sent to two lists
            self.archive.deliver(inbox, raw)
            self.delivered.append((inbox, raw))

    # ---- what came of it

    def _judge(self, kills: int, statuses: list[int | None]) -> tuple[list[str], bool]:
        from patchwatch.db.database import Database
        from patchwatch.sync.ingest import ingest, read_mail
        from patchwatch.sync.verify import verify
        from tests.support.derived import dump

        database = Database(self.url)
        single = Database(f"sqlite:///{self.directory}/single.db")
        for inbox, raw in self.delivered:
            with single.write() as connection:
                ingest(connection, [read_mail(raw)], inbox)
        stored, expected = copies(database), copies(single)
        lines = [line for poller in self.ended for line in poller.lines]
        events = [json.loads(text) for text in self.events.read_text().splitlines() if text]
        notified = Counter(event["evidence"]["message_id"] for event in events)
        missing = [i for i in self.watched_replies if not notified[i]]
        again = sum(notified[i] - 1 for i in notified)
        overlaps, least = self._overlaps()
        bugs = [line for line in lines if line["event"] in ("bug", "garbage")]
        problems = [problem.text for problem in verify(database)]
        takeovers = [line["text"] for line in lines if line["event"] == "lease"]
        checks = {
            f"{len(stored)} of {len(self.ids)} mails stored once, in {len(self.delivered)} places": stored == expected,
            "what is derived is the same as after an import in order": dump(database) == dump(single),
            f"{len(problems)} problems found by `doctor --check`": not problems,
            f"{len(self.asked)} polls of {len(LISTS)} lists, {overlaps} by two at a time": not overlaps,
            f"at least {least:.1f} s between two polls of a list": least >= INTERVAL_SECONDS / 2 - ANSWER_SECONDS - 1,
            f"{len(self.watched_replies)} replies to watched series, {len(missing)} of them not passed on": not missing,
            f"{again} passed on twice, at {kills} kills": again <= kills,
            f"{kills} kills, one restart of the server, {len(takeovers)} lists taken over": kills > 0,
            f"stopped with status {statuses}": set(statuses) == {0},
            f"{len(bugs)} bugs logged": not bugs,
        }
        for one in (database, single):
            one.close()
        report = [f"{'ok  ' if well else 'FAIL'}  {text}" for text, well in checks.items()]
        report += [f"      {text}" for text in [*takeovers[:5], *problems[:10], *(bug["text"] for bug in bugs[:10])]]
        kinds = Counter(line["text"].partition("/")[0][:60] for line in lines if line["event"] == "database")
        report += [f"      database: {count} × {text}" for text, count in kinds.most_common(5)]
        return [f"{self.options.minutes:g} min, {self.options.pollers} pollers", *report], all(checks.values())

    def _overlaps(self) -> tuple[int, float]:
        """How often a list was polled by two at a time, and the least seconds between two polls of one."""
        overlaps, least = 0, float("inf")
        for name in LISTS:
            polls = sorted((begin, end) for asked, begin, end in self.asked if asked == name)
            for (_, ended), (begun, _) in itertools.pairwise(polls):
                overlaps += begun < ended
                least = min(least, begun - ended)
        return overlaps, least


def copies(database: Any) -> dict[str, tuple[list[bytes], list[str]]]:
    """The digests of the stored mails and their lists, by message-id."""
    from sqlalchemy import select

    from patchwatch.db import inboxes
    from patchwatch.db import schema as t

    with database.read() as connection:
        found: dict[str, list[bytes]] = {}
        for message_id, digest in connection.execute(
            select(t.message.c.message_id, t.raw.c.digest).join_from(t.message, t.raw)
        ):
            found.setdefault(message_id, []).append(digest)
        return {i: (sorted(digests), sorted(inboxes.inboxes_of(connection, i))) for i, digests in found.items()}


if __name__ == "__main__":
    sys.exit(main())
