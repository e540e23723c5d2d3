"""The loop: asks what is due, does it, waits.  Clock and waiting are given, so that a test can move them.

One thing at a time, in one thread: polls, then what happened in them, then digests, so that these tell the newest.
Whatever fails is logged and tried again at its next time; only a defect ends the program.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from patchwatch.config import Config
from patchwatch.daemon import planner
from patchwatch.daemon.dispatch import hand_over
from patchwatch.daemon.hooks import Hooks
from patchwatch.daemon.log import Log
from patchwatch.daemon.planner import Pace, Round
from patchwatch.db.event_queue import QueuedEvent
from patchwatch.errors import DatabaseError, PatchwatchError
from patchwatch.notify.delivery.outbox import Delivery
from patchwatch.notify.events import Event
from patchwatch.series.model import InboxRow
from patchwatch.sync.poll import PollReport, to_poll
from patchwatch.sync.watch import EVERYWHERE

_POST_SECONDS = 5  # between two rounds of posting at least, whatever is due
_LAST_SECONDS = 1.0  # for hooks that run when the program ends


class StoppingError(Exception):
    """Raised within a poll when the program is to end: no failure, and nobody's to catch but the loop's."""


class LoopAPI(Protocol):
    """What the loop needs of the tracker."""

    @property
    def config(self) -> Config: ...
    def inboxes(self) -> Sequence[InboxRow]: ...
    def poll_some(
        self, names: Collection[str] | None, progress: Callable[[str], None], pause: Callable[[float], None]
    ) -> PollReport: ...
    def detect_events(self) -> Sequence[Event]: ...
    def queued_events(self) -> Sequence[QueuedEvent]: ...
    def dequeue_event(self, queue_id: int) -> None: ...
    def queue_message(self, recipient: str, key: str, subject: str, text: str) -> bool: ...
    def url(self, message_id: str, inbox: str = "") -> str: ...
    def next_delivery_at(self) -> int | None: ...
    def send_digests(self) -> Sequence[Delivery]: ...


@dataclass
class Requests:
    """What was asked of the program from outside: signals set these, the loop takes them."""

    stop: threading.Event = field(default_factory=threading.Event)
    reload: threading.Event = field(default_factory=threading.Event)
    poll: threading.Event = field(default_factory=threading.Event)
    wake: threading.Event = field(default_factory=threading.Event)  # one of the others was set

    def ask(self, which: threading.Event) -> None:
        """Set one of them, and wake the loop."""
        which.set()
        self.wake.set()

    def pause(self, seconds: float) -> None:
        """Wait within a poll.

        Raises:
            StoppingError: the program is to end.
        """
        if self.stop.wait(seconds):
            raise StoppingError


class Loop:
    """The program that runs by itself."""

    def __init__(
        self,
        core: LoopAPI,
        log: Log,
        *,
        clock: Callable[[], float],
        wait: Callable[[float], None],
        requests: Requests,
        reload: Callable[[], LoopAPI],
    ) -> None:
        """`clock` gives UTC seconds; `wait` waits for so many, or until something is asked for.

        `reload` reads the config anew and gives the tracker with it, or raises PatchwatchError.
        """
        self._core = core
        self._log = log
        self._clock = clock
        self._wait = wait
        self._requests = requests
        self._reload = reload
        self._rounds: dict[str, Round] = {}
        self._settled = 0
        self._post_again = 0
        self._hooks = Hooks(core.config.hook, log)
        self._handed: set[int] = set()  # tellings that a hook's queue holds
        self._lost = ""  # what the database said when it could not be read

    def run(self) -> None:
        """Go on until a stop is asked for."""
        try:
            while not self._requests.stop.is_set():
                self.once()
        except StoppingError:
            pass
        finally:
            self._hooks.finish(_LAST_SECONDS)

    def once(self) -> None:
        """Do what is due, then wait for a step."""
        self._take_requests()
        now = int(self._clock())
        try:
            wake = self._do_due(now)
            self._lost = ""
        except DatabaseError as error:  # somebody else writes for long, the disk is full, the server is down
            if str(error) != self._lost:
                self._log.warn("database", str(error))
            self._lost = str(error)
            wake = now + planner.AGAIN
        if self._requests.stop.is_set() or wake <= (before := int(self._clock())):
            return
        seconds = planner.step(wake, before)
        self._wait(seconds)
        self._look_at_clock(before, int(self._clock()), seconds)

    # ---- parts -----------------------------------------------------------------------------------------------------

    def _do_due(self, now: int) -> int:
        """Do it; returns when to look again."""
        asked = self._requests.poll.is_set()
        if self._post_again > now + _POST_SECONDS:
            self._post_again = 0  # that was by another clock
        post_at = self._core.next_delivery_at()
        if post_at is not None:
            post_at = max(post_at, self._post_again)
        plan = planner.plan(self._known_rounds(), self._pace(), post_at, now, settled=self._settled, asked=asked)
        if plan.polls:
            if asked:
                self._requests.poll.clear()
            self._poll(plan.polls)
        if plan.polls or plan.post:
            self._tell()
        if plan.post:
            self._post()
        return plan.wake

    def _pace(self) -> Pace:
        settings = self._core.config.poll
        return Pace(settings.interval_minutes * 60, planner.quiet_hours(settings.quiet_hours))

    def _known_rounds(self) -> list[Round]:
        """Every inbox to poll, as the database knows it now: others watch and unwatch while we run.

        What is in no inbox (threads that no list is known for, what authors post elsewhere, trees) is a round too.
        """
        rows = {row.name: row for row in self._core.inboxes()}
        names = [*to_poll(rows.values()), EVERYWHERE]
        for name in names:
            if name not in self._rounds:
                row = rows.get(name)
                failed = row is not None and row.failed_at is not None
                self._rounds[name] = Round(name, row.polled_at if row and not failed else None)
        self._rounds = {name: self._rounds[name] for name in names}
        return list(self._rounds.values())

    def _poll(self, names: Sequence[str]) -> None:
        def progress(said: str) -> None:
            if self._requests.stop.is_set():
                raise StoppingError

        self._tell()  # what others stored; and what is watched since then begins here
        now = int(self._clock())
        try:
            report = self._core.poll_some(names, progress, self._requests.pause)
        except DatabaseError:
            raise
        except PatchwatchError as error:
            self._log.warn("poll", str(error), inboxes=list(names))
            self._rounds.update((name, self._after(self._rounds[name], now, failed=True)) for name in names)
            return
        failures = {r.inbox: r for r in report.inboxes if r.failure}
        beyond = [r for r in report.inboxes if r.inbox not in names]  # what is in no list: one round for all of it
        for name in names:
            told = [failures[name]] if name in failures else []
            told += [r for r in beyond if r.failure] if name == EVERYWHERE else []
            wait = max((r.wait for r in told), default=0.0)
            self._rounds[name] = self._after(self._rounds[name], now, failed=bool(told), wait=wait)
        if len(report.failures) < len(report.inboxes) + len(report.trees):
            self._log.say(
                "poll",
                report.summary,
                inboxes=list(names),
                new_mails=sum(r.outcome.new_mails for r in report.inboxes),
                failed=sorted(failures),
            )
        for failure in report.failures:
            self._log.warn("poll", failure)

    def _after(self, before: Round, now: int, *, failed: bool, wait: float = 0.0) -> Round:
        if not failed:
            return Round(before.name, now)
        return replace(before, tried=now, failures=before.failures + 1, wait=now + int(wait) if wait else 0)

    def _tell(self) -> None:
        """Log what happened, and give it to those who want to hear of it."""
        for event in self._core.detect_events():
            said = f"#{event.series_id} {event.title}: {event.text}"
            evidence = event.message_id or event.commit
            self._log.say(event.kind, said, series=event.series_id, evidence=evidence, id=event.id)
        hand_over(self._core, self._hooks, self._handed, self._log)

    def _post(self) -> None:
        self._post_again = int(self._clock()) + _POST_SECONDS
        for one in self._core.send_digests():
            if one.outcome == "nothing":
                continue
            write = self._log.say if one.outcome == "sent" else self._log.warn
            write("digest", f"{one.recipient}: {one.text}", recipient=one.recipient, key=one.key, outcome=one.outcome)

    def _take_requests(self) -> None:
        self._requests.wake.clear()
        if not self._requests.reload.is_set():
            return
        self._requests.reload.clear()
        try:
            core = self._reload()
        except PatchwatchError as error:
            self._log.warn("reload", f"the new config is not taken, the one before holds: {error}")
            return
        if core.config.hook != self._core.config.hook:
            self._hooks.finish(0)
            self._hooks = Hooks(core.config.hook, self._log)
            self._handed.clear()
        self._core = core
        self._log.say("reload", f"config read: {core.config.source or 'defaults'}")

    def _look_at_clock(self, before: int, now: int, waited: float) -> None:
        if not planner.slept(before, now, waited):
            return
        moved = now - before
        self._log.say("clock", f"the clock moved by {moved} s while {waited:g} s were waited for", moved=moved)
        self._settled = self._post_again = 0  # they were by another clock
        if now > before:
            self._settled = planner.settle(now)
            # What failed before a sleep tells nothing of the network after it.
            self._rounds = {name: replace(one, failures=0) for name, one in self._rounds.items()}
