"""A database that reads two lists of a server with faults, with `poll` or with the loop of `run`."""

from __future__ import annotations

import time
from email.utils import formatdate
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import select

from patchwatch.config import Config, Lore
from patchwatch.daemon.loop import Loop, Requests
from patchwatch.db import inboxes
from patchwatch.db import schema as t
from patchwatch.sync import ingest
from patchwatch.sync.poll import PollReport
from patchwatch.tracker import Tracker
from tests.faults.server import FaultServer
from tests.faults.table import Fault
from tests.support.mails import mail

PATIENT = Lore(timeout_seconds=20, deadline_seconds=40, max_answer_megabytes=8)
IMPATIENT = replace(PATIENT, timeout_seconds=1.2, deadline_seconds=2)  # for faults that take as long as they may
AUTHOR = "Fay Faultfinder <fay@faults.example.org>"
BEGIN = int(time.time()) - 7200
DAY = 86_400

Stored = dict[str, tuple[list[bytes], list[str]]]  # by message-id: the raw mails, and the inboxes


def posting(inbox: str, number: int, *, at: int | None = None, **more: str) -> bytes:
    """A patch, or a reply to one, that arrives at this time."""
    at = BEGIN + 60 * number if at is None else at
    return mail(
        message_id=f"{inbox}{number}@faults.example.org",
        subject=more.pop("subject", f"[PATCH] {inbox}: fix thing {number}"),
        sender=AUTHOR,
        to=f"{inbox}@lists.example.org",
        date=formatdate(at),
        body=f"Fix it.\n---\ndiff --git a/{inbox}{number}.c b/{inbox}{number}.c\n--- a/{inbox}{number}.c\n"
        f"+++ b/{inbox}{number}.c\n@@ -1 +1 @@\n-a\n+b\n",
        headers={"Received": f"from a by b; {formatdate(at)}"},
        **more,  # type: ignore[arg-type]
    )


def tracker_for(server: FaultServer, database: Path) -> Tracker:
    return Tracker(Config(lore=replace(PATIENT, url=server.url)), database_url=f"sqlite:///{database}")


def during(tracker: Tracker, *faults: Fault) -> Tracker:
    """The tracker, for the time of the faults."""
    lore = replace(IMPATIENT if any(fault.slow for fault in faults) else PATIENT, url=tracker.config.lore.url)
    return tracker.with_config(replace(tracker.config, lore=lore))


def poll(tracker: Tracker) -> PollReport:
    """One pass, without pauses between the tries."""
    return tracker.poll_some(None, pause=lambda seconds: None)


def stored(tracker: Tracker) -> Stored:
    """All mail in the database."""
    with tracker.database.read() as connection:
        rows = connection.execute(select(t.message.c.message_id, t.raw.c.mail).join_from(t.message, t.raw)).all()
        found: Stored = {}
        for message_id, packed in rows:
            found.setdefault(message_id, ([], []))[0].append(ingest.unpack(packed))
        for message_id, (raws, lists) in found.items():
            raws.sort()
            lists.extend(inboxes.inboxes_of(connection, message_id))
    return found


def own(found: Stored, inbox: str) -> set[str]:
    return {message_id for message_id in found if message_id.startswith(inbox)}


class NoPauses(Requests):
    """Requests to a loop whose polls do not pause between the tries."""

    def pause(self, seconds: float) -> None:
        return


class Daemon:
    """The loop of `patchwatch run`, with a clock that waiting moves."""

    def __init__(self, tracker: Tracker, *, afterwards: Tracker) -> None:
        self.now = time.time()
        self.requests = NoPauses()
        self._afterwards = afterwards
        self.loop = Loop(
            tracker, clock=lambda: self.now, wait=self._wait, requests=self.requests, reload=lambda: self._afterwards
        )

    def _wait(self, seconds: float) -> None:
        self.now += seconds

    def reload(self, tracker: Tracker | None = None) -> None:
        """Use the config of this tracker, or of `afterwards`."""
        self._afterwards = tracker or self._afterwards
        self.requests.submit(self.requests.reload)

    def poll(self, *, later: float = 0) -> None:
        """Poll what servers allow, as on SIGUSR1, and go on for a while."""
        self.now += later
        self.requests.submit(self.requests.poll)
        for _ in range(3):
            self.loop.once()
