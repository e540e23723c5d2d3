"""Kill a command at any point, run it again, and compare the database with an undisturbed one.

A command runs in a fork of this process, which is killed with SIGKILL before its n-th statement or commit; or, without
n, after some time, also between statements and in other programs that it runs.
"""

from __future__ import annotations

import inspect
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import event
from sqlalchemy.engine import Engine

from patchwatch.config import Config, Lore, Mail, Recipient
from patchwatch.db import database, versions
from patchwatch.notify.delivery import outbox
from patchwatch.sources.files import mbox
from patchwatch.sync import ingest, postponed, renewal
from patchwatch.tracker import Tracker
from tests.faults.server import FaultServer, SmallArchive
from tests.support.derived import dump
from tests.support.mails import mail
from tests.support.old_database import make_old
from tests.support.paths import DEMO

NOW = 1_695_000_000
_PATCH = "x\n---\ndiff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-a\n+b\n"


@dataclass(frozen=True)
class Command:
    """A command on `pw.db` in a directory."""

    name: str
    prepare: Callable[[Path], None]
    run: Callable[[Tracker], object]
    lore: str = "http://127.0.0.1:9"
    lease: int = 0  # seconds after which what was interrupted is tried again

    def tracker(self, directory: Path, later: int = 0) -> Tracker:
        sendmail = f"sh {directory}/sendmail.sh"
        config = Config(
            lore=replace(Lore(), url=self.lore),
            mail=Mail("sendmail", sendmail=sendmail, sender="Patchwatch <pw@example.org>"),
            digest=(Recipient("me", "me@example.net", zone="UTC", even_if_empty=True),),
        )
        now = time.time() if self.name == "poll" else NOW + later
        return Tracker(config, clock=lambda: now, database_url=f"sqlite:///{directory}/pw.db")

    def statements(self, directory: Path) -> int:
        """Run the command undisturbed, and return the number of its statements and commits."""
        with tempfile.TemporaryDirectory() as own:
            counter = Path(own) / "count"
            assert not self.killed(directory, counter=counter)
            return int(counter.read_text())

    def killed(
        self,
        directory: Path,
        at: int | None = None,
        after: float | None = None,
        counter: Path | None = None,
        later: int = 0,
    ) -> bool:
        """Run the command, some seconds `later`; return True if it was killed, False if it ended before."""
        pid = os.fork()
        if pid == 0:
            self._run_and_exit(directory, at, counter, later)
        timer = None if after is None else threading.Timer(after, os.kill, (pid, signal.SIGKILL))
        if timer:
            timer.start()
        _, status = os.waitpid(pid, 0)
        if timer:
            timer.cancel()
            timer.join()
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return True
        assert os.waitstatus_to_exitcode(status) == 0, f"{self.name} failed"
        return False

    def _run_and_exit(self, directory: Path, at: int | None, counter: Path | None, later: int) -> None:
        count = 0

        def step(*_: object) -> None:
            nonlocal count
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            event.listen(Engine, "before_cursor_execute", step)
            event.listen(Engine, "commit", step)
            database._migrate = inspect.unwrap(database._migrate)  # tests replace it by something quicker
            mbox.BATCH_MAILS = 5
            ingest._REINDEX_BATCH = 7
            renewal._LISTED_AT_ONCE, renewal._MAILS, renewal._MOST_MAILS = 5, 2, 4
            postponed.LARGE = 12
            self.run(self.tracker(directory, later))
            if counter:
                counter.write_text(str(count))
        except BaseException:  # noqa: BLE001 (this fork must not return to the caller's code)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def result(self, directory: Path) -> tuple[object, object, object, list[str]]:
        """Everything stored and derived, and the mail that was sent."""
        tracker = self.tracker(directory)
        found = dump(tracker.database)
        tracker.database.close()
        with closing(sqlite3.connect(directory / "pw.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            mails = connection.execute(
                "SELECT m.message_id, r.digest FROM message m JOIN raw r ON r.message_pk = m.id ORDER BY 1, 2"
            ).fetchall()
            outbox = connection.execute("SELECT count(*) FROM outbox").fetchone()
        sent = {path.read_text().partition("Message-ID: ")[2].partition("\n")[0] for path in directory.glob("sent.*")}
        return found, mails, outbox, sorted(sent)


def _nothing(directory: Path) -> None:
    assert directory.is_dir()


def _import(tracker: Tracker) -> object:
    return [tracker.import_mail(DEMO / f"{name}.mbox", name) for name in ("xdp", "tcp", "mglru")]


def _imported(directory: Path) -> None:
    tracker = Command("import", _nothing, _import).tracker(directory)
    _import(tracker)
    tracker.database.close()


def _old(directory: Path) -> None:
    """A database of an earlier release, whose tables and parsed mail are both out of date."""
    _imported(directory)
    make_old(directory / "pw.db", "0005")
    with closing(sqlite3.connect(directory / "pw.db")) as connection:
        connection.execute("UPDATE setting SET value = '1' WHERE name = 'form'")
        connection.commit()


def _older(directory: Path) -> None:
    """A database of the program before this one, which read mail in another way."""
    _imported(directory)
    with closing(sqlite3.connect(directory / "pw.db")) as connection:
        connection.execute("UPDATE message SET facts = json_remove(facts, '$[#-1]') WHERE id % 2")
        connection.execute("UPDATE series SET state = 'new', turn = 'nobody'")
        connection.execute("UPDATE revision SET predecessor = NULL, link = NULL")
        connection.execute("UPDATE setting SET value = ? WHERE name = 'form'", (str(versions.FACTS_VERSION - 1),))
        connection.commit()


def _upgrade(tracker: Tracker) -> object:
    versions.OLDEST_READABLE = versions.FACTS_VERSION - 1
    return tracker.renew()


def _with_sendmail(directory: Path) -> None:
    _imported(directory)
    (directory / "sendmail.sh").write_text(f"t={directory}/part.$$; cat > $t && mv $t {directory}/sent.$$\n")


def _mails(inbox: str, begin: int) -> Iterator[bytes]:
    for number in range(12):
        at = formatdate(begin + 60 * number)
        reply = number % 3 != 0
        yield mail(
            message_id=f"{inbox}{number}@kills.example.org",
            subject=f"{'Re: ' if reply else ''}[PATCH] {inbox}: fix {number - number % 3}",
            to=f"{inbox}@lists.example.org",
            date=at,
            in_reply_to=f"{inbox}{number - 1}@kills.example.org" if reply else None,
            body="I think so.\n" if reply else _PATCH.format(f"{inbox}{number}"),
            headers={"Received": f"from a by b; {at}"},
        )


def _poll(tracker: Tracker) -> None:
    report = tracker.poll_some(None, pause=lambda seconds: None)
    assert report.failures == (), report.failures


@contextmanager
def commands() -> Iterator[list[Command]]:
    """The commands, with the archive that `poll` asks."""
    archive = SmallArchive()
    begin = int(time.time()) - 7200
    for inbox in ("one", "two"):
        archive.deliver(inbox, *_mails(inbox, begin))
    server = FaultServer(archive)

    def follow(directory: Path) -> None:
        tracker = poll.tracker(directory)
        tracker.follow("one")
        tracker.follow("two")
        tracker.database.close()

    poll = Command("poll", follow, _poll, server.url)
    yield [
        Command("import", _nothing, _import),
        poll,
        Command("reindex", _imported, lambda tracker: tracker.reindex()),
        Command("upgrade", _older, _upgrade),
        Command("migrate", _old, lambda tracker: tracker.database),
        Command(
            "digest --send",
            _with_sendmail,
            lambda tracker: tracker.send_digests(today=True),
            lease=outbox._LEASE_SECONDS,
        ),
    ]
    server.close()


class Trial:
    """A command with its undisturbed result, to be killed again and again."""

    def __init__(self, command: Command, directory: Path) -> None:
        """`directory` is empty, and only for this."""
        self.command = command
        self._directory = directory
        self._prepared = directory / "prepared"
        self._prepared.mkdir(parents=True)
        # At its final path, because the scripts there have it.
        work = self._fresh(prepare=True)
        shutil.copytree(work, self._prepared, dirs_exist_ok=True)
        began = time.monotonic()
        self.points = command.statements(work)
        self.seconds = time.monotonic() - began
        self.expected = command.result(work)

    def _fresh(self, *, prepare: bool = False) -> Path:
        work = self._directory / "work"
        shutil.rmtree(work, ignore_errors=True)
        if prepare:
            work.mkdir()
            self.command.prepare(work)
        else:
            shutil.copytree(self._prepared, work)
        return work

    def check(self, at: int | None, chance: random.Random) -> int:
        """Kill the command at this point, or any time; often again; then run it whole and compare.

        Returns how often it was killed.
        """
        work = self._fresh()
        killed = int(self.command.killed(work, at, None if at else chance.uniform(0, self.seconds)))
        while chance.random() < 0.4:
            killed += self.command.killed(work, chance.randint(1, self.points))
        assert not self.command.killed(work)
        if self.command.lease:  # it was killed between the start of a delivery and the mail program
            assert not self.command.killed(work, later=self.command.lease)
        result = self.command.result(work)
        assert result == self.expected, f"{self.command.name} killed at {at}"
        # A mail leaves again, with the same Message-ID, only if the kill came between its delivery and the commit.
        assert len(list(work.glob("sent.*"))) <= 1 + killed
        return killed
