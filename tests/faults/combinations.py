"""Several faults at once and one after the other, while mail arrives, and both `poll` and `run` read the same database.

A round starts with a new archive and a new database.  After its last fault is over, the database must have what an
undisturbed one has.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

from tests.faults.reading import DAY, Daemon, during, own, poll, posting, stored, tracker_for
from tests.faults.server import FaultServer, Upstream
from tests.faults.table import FAULTS, Fault, Outcome
from tests.support.command_line import copy_database
from tests.support.derived import dump

_LISTS = ("faulty", "steady")
_SLOW = 0.15  # of the slow faults, which take seconds each


class Round:
    """A server with faults, and two databases that read it: one meanwhile, the other afterwards."""

    def __init__(self, upstream: Upstream, directory: Path, chance: random.Random) -> None:
        """`directory` is empty."""
        self._upstream = upstream
        self._chance = chance
        self._server = FaultServer(upstream)
        self._numbers: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.steps: list[str] = []
        for name in _LISTS:
            self._deliver(name)
        self._undisturbed = tracker_for(self._server, directory / "undisturbed.db")
        self._undisturbed.watch(f"{self._server.url}/faulty/faulty0@faults.example.org/")
        for name in _LISTS:
            self._undisturbed.follow(name)
        self._undisturbed.database.close()
        copy_database(directory / "undisturbed.db", directory / "disturbed.db")
        self._tracker = tracker_for(self._server, directory / "disturbed.db")
        self._daemon = Daemon(self._tracker, afterwards=self._tracker)

    def close(self) -> None:
        """Stop the server, and close the databases."""
        self._server.close()
        self._tracker.database.close()
        self._undisturbed.database.close()

    def check(self) -> None:
        """Inject faults, heal, and compare.

        Raises:
            AssertionError: with the steps so far, if mail is missing or something is wrong meanwhile.
        """
        try:
            for _ in range(self._chance.randint(1, 4)):
                self._step()
            self._heal()
        except Exception as error:
            raise AssertionError("; then ".join(self.steps)) from error

    def _step(self) -> None:
        for name in self._chance.choices(_LISTS, k=self._chance.choice([0, 1, 2, 4])):
            self._deliver(name)
        faults = self._choose()
        polling = self._chance.random() < 0.5
        self.steps.append(f"{'poll' if polling else 'run'} with {' + '.join(fault.name for fault in faults)}")
        self.counts["faults injected"] += len(faults)
        self._server.heal()
        for fault in faults:
            self._server.inject(fault.where, fault.behave)
        tracker = during(self._tracker, *faults)
        if polling:
            self.counts["polls disturbed"] += 1
            for text in poll(tracker).failures:
                assert text.isprintable(), text
                assert "unexpected" not in text, text
                assert len(text) < 600, text
        else:
            self.counts["runs disturbed"] += 1
            self._daemon.reload(tracker)
            self._daemon.poll(later=self._chance.choice([0, 60, 3600, DAY]))
        if polling and not any(fault.outcome is Outcome.WAITS for fault in faults):
            missing = self._delivered("steady") - own(stored(self._tracker), "steady")
            assert not missing, f"not read in the other list: {missing}"

    def _choose(self) -> list[Fault]:
        """One to three faults, rarely slow ones."""
        quick = [fault for fault in FAULTS if not fault.slow or self._chance.random() < _SLOW]
        return self._chance.sample(quick, self._chance.randint(1, 3))

    def _heal(self) -> None:
        self._server.heal()
        if self._chance.random() < 0.5:
            self.steps.append("a poll without faults")
            failures = poll(self._tracker).failures
            assert failures == (), failures
        else:
            self.steps.append("a day later, a run without faults")
            self._daemon.reload(self._tracker)
            self._daemon.poll(later=DAY)
            failing = [row.name for row in self._tracker.inboxes() if row.failure]
            assert not failing, f"still failing: {failing}"
        assert poll(self._undisturbed).failures == ()
        assert stored(self._tracker) == stored(self._undisturbed)
        assert dump(self._tracker.database) == dump(self._undisturbed.database)
        self.counts["databases equal to undisturbed ones"] += 1

    def _delivered(self, inbox: str) -> set[str]:
        return {f"{inbox}{number}@faults.example.org" for number in range(self._numbers[inbox])}

    def _deliver(self, inbox: str) -> None:
        """Let a patch, a new version or a reply arrive now, sometimes in both lists."""
        number = self._numbers[inbox]
        self._numbers[inbox] += 1
        parent = self._chance.randrange(number) if number else 0
        title = f"{inbox}: fix thing {parent}"
        more = {}
        if number and self._chance.random() < 0.6:
            reply = self._chance.random() < 0.5
            more["subject"] = f"Re: [PATCH] {title}" if reply else f"[PATCH v{number + 1}] {title}"
            more["in_reply_to"] = f"{inbox}{parent}@faults.example.org"
        raw = posting(inbox, number, at=int(time.time()), **more)
        for name in _LISTS if self._chance.random() < 0.2 else (inbox,):
            self._upstream.deliver(name, raw)
        self.counts["mails delivered"] += 1
