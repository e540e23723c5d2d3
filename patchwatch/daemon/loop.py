"""The daemon's loop: plan, poll, dispatch events, send digests, wait.  Tests provide the clock and the waiting.

Everything runs in one thread, one after the other: polls, then their events, then digests, so that these have the
latest; in the time that is left, what an earlier program stored is brought up to date.  What fails is logged and tried
again at its next time, bugs included: nothing ends the loop but a request, or a newer program that upgraded the
database.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from patchwatch.config import Config
from patchwatch.counts import plural
from patchwatch.crash import save
from patchwatch.daemon import log, planner
from patchwatch.daemon.dispatch import dispatch
from patchwatch.daemon.hooks import Hooks
from patchwatch.daemon.planner import Pace, PollState
from patchwatch.db.event_queue import QueuedEvent
from patchwatch.errors import (
    DatabaseError,
    DatabaseLockedError,
    DatabaseTooNewError,
    DatabaseUnreachableError,
    PatchwatchError,
    bug_text,
)
from patchwatch.notify.delivery.outbox import Delivery
from patchwatch.notify.events import Event
from patchwatch.progress import Progress
from patchwatch.series.left import Left
from patchwatch.series.model import InboxRow
from patchwatch.sources.lore.urls import EVERYWHERE
from patchwatch.sync.poll import TREES, PollReport, inboxes_to_poll
from patchwatch.sync.turns import SharedPoll

_log = logging.getLogger(__name__)
_HOUR, _DAY = 3600, 86_400
_MAX_BUGS = 100  # texts remembered
_DELIVERY_SECONDS = 5  # at least, between two deliveries
_LONGEST_PAUSE = 2.0  # seconds, after a step of an upgrade
_HOOK_SECONDS = 1.0  # for hooks that are running when the program stops


class StoppingError(BaseException):
    """Raised within a poll to stop the program; only the loop catches it."""


class LoopAPI(Protocol):
    """The part of the tracker that the loop uses."""

    @property
    def config(self) -> Config: ...
    def inboxes(self) -> Sequence[InboxRow]: ...
    def poll_some(
        self, names: Collection[str] | None, progress: Progress, pause: Callable[[float], None], rest: float
    ) -> PollReport: ...
    def shared_polls(self) -> Mapping[str, SharedPoll]: ...
    def on_duty(self) -> bool: ...
    def detect_events(self) -> Sequence[Event]: ...
    def queued_events(self) -> Sequence[QueuedEvent]: ...
    def dequeue_event(self, queue_id: int) -> None: ...
    def queue_message(self, recipient: str, key: str, subject: str, text: str) -> bool: ...
    def url(self, message_id: str, inbox: str = "") -> str: ...
    def next_delivery_at(self) -> int | None: ...
    def send_digests(self) -> Sequence[Delivery]: ...
    def refresh_answer(self) -> None: ...
    def renew(self, progress: Progress, until: Callable[[], bool], pause: Callable[[float], object]) -> int: ...
    def outdated(self) -> Left: ...


@dataclass
class Requests:
    """Requests from outside: signals set them, the loop clears them."""

    stop: threading.Event = field(default_factory=threading.Event)
    reload: threading.Event = field(default_factory=threading.Event)
    poll: threading.Event = field(default_factory=threading.Event)
    wake: threading.Event = field(default_factory=threading.Event)  # set with each of the others

    def submit(self, request: threading.Event) -> None:
        """Set one of them, and wake the loop."""
        request.set()
        self.wake.set()

    def pause(self, seconds: float) -> None:
        """Wait within a poll.

        Raises:
            StoppingError: the program is to stop.
        """
        if self.stop.wait(seconds):
            raise StoppingError


class Loop:
    """The loop of `patchwatch run`."""

    def __init__(
        self,
        tracker: LoopAPI,
        *,
        clock: Callable[[], float],
        wait: Callable[[float], None],
        requests: Requests,
        reload: Callable[[], LoopAPI],
    ) -> None:
        """`clock` gives UTC seconds; `wait` waits that many seconds, or until there is a request.

        `reload` returns the tracker with a newly read config, or raises PatchwatchError.
        """
        self._tracker = tracker
        self._clock = clock
        self._wait = wait
        self._requests = requests
        self._reload = reload
        self._polls: dict[str, PollState] = {}
        self._resume_at = 0
        self._deliver_after = 0
        self._hooks = Hooks(tracker.config.hook)
        self._pending: set[int] = set()  # queued events that wait for a hook to start
        self._database_error = ""  # the last one logged
        self._unreachable = 0  # how often in a row the database's server could not be reached
        self._bugs: dict[str, float] = {}  # when each was last logged

    def run(self) -> None:
        """Run until a stop is requested."""
        try:
            while not self._requests.stop.is_set():
                self.once()
        except StoppingError:
            pass
        finally:
            self._hooks.finish(_HOOK_SECONDS)

    def once(self) -> None:
        """Do what is due, then wait for a while."""
        self._take_requests()
        now = int(self._clock())
        try:
            wake_at = self._do_due(now)
            self._renew(wake_at)
            if self._database_error:
                _log.info("it can be used again", extra=log.event("database"))
            self._database_error, self._unreachable = "", 0
        except DatabaseTooNewError:
            raise  # only a new start helps
        except DatabaseError as error:  # another process writes for long, the disk is full, the server is down
            if str(error) != self._database_error and not self._unreachable:
                _log.warning(str(error), extra=log.event("database"))
            self._database_error = str(error)
            self._unreachable = self._unreachable + 1 if isinstance(error, DatabaseUnreachableError) else 0
            wake_at = now + planner.database_retry(self._unreachable)
        except Exception as error:  # noqa: BLE001 (one job must not end the others)
            self._unexpected("plan", error)
            wake_at = now + planner.RETRY_SECONDS
        if self._requests.stop.is_set() or wake_at <= (before := int(self._clock())):
            return
        seconds = planner.wait_seconds(wake_at, before)
        self._wait(seconds)
        self._check_clock(before, int(self._clock()), seconds)

    # ---- steps -----------------------------------------------------------------------------------------------------

    def _do_due(self, now: int) -> int:
        """Do what is due; returns when to plan again."""
        requested = self._requests.poll.is_set()
        if self._deliver_after > now + planner.RETRY_SECONDS:
            self._deliver_after = 0  # the clock was set back
        deliver_at = self._next_delivery()
        if deliver_at is not None:
            deliver_at = max(deliver_at, self._deliver_after)
        plan = planner.plan(
            self._poll_states(), self._pace(), deliver_at, now, resume_at=self._resume_at, requested=requested
        )
        if plan.polls:
            if requested:
                self._requests.poll.clear()
            self._poll(plan.polls, 0 if requested else self._pace().interval / 2)
        if plan.polls or plan.deliver:
            self._dispatch_events()
            self._refresh_answer()
        if plan.deliver:
            self._deliver()
        return plan.wake_at

    def _renew(self, wake_at: int) -> None:
        """Bring up to date what an earlier program or other rules stored, until something else is due."""
        begun = False

        def progress(text: str, done: int = 0, total: int = 0) -> None:
            nonlocal begun
            if not begun:
                begun = True
                _log.info(f"{text}: {self._tracker.outdated().text}", extra=log.event("upgrade"))

        done = self._tracker.renew(
            progress,
            lambda: self._requests.wake.is_set() or self._clock() >= wake_at,
            lambda seconds: self._requests.wake.wait(min(seconds, _LONGEST_PAUSE)),  # others use the machine, too
        )
        if done:
            left = self._tracker.outdated()
            text = f"{plural(done, 'mail')} brought up to date; {left.text if left.outdated else 'that was all'}"
            _log.info(text, extra=log.event("upgrade", done=done, outdated=left.outdated))
            self._dispatch_events()  # what changed by that is not an event
            self._refresh_answer()

    def _pace(self) -> Pace:
        settings = self._tracker.config.poll
        return Pace(settings.interval_minutes * 60, planner.quiet_hours(settings.quiet_hours))

    def _poll_states(self) -> list[PollState]:
        """The poll state of every inbox, as listed in the database now: other processes watch and unwatch meanwhile.

        EVERYWHERE is one more: threads without a known list, other postings of the authors, and git trees.
        """
        rows = {row.name: row for row in self._tracker.inboxes()}
        names = [*inboxes_to_poll(rows.values()), EVERYWHERE]
        shared = self._tracker.shared_polls()  # by this process and others
        if shared and self._tracker.config.tree:
            names.append(TREES)
        for name in names:
            if name not in self._polls:
                row = rows.get(name)
                failed = row is not None and row.failed_at is not None
                self._polls[name] = PollState(name, row.polled_at if row and not failed else None)
        for name, last in shared.items():
            self._polls[name] = PollState(name, last.tried, last.failures, last.not_before)
        self._polls = {name: self._polls[name] for name in names}
        return list(self._polls.values())

    def _poll(self, names: Sequence[str], rest: float) -> None:
        def progress(text: str, done: int = 0, total: int = 0) -> None:
            if self._requests.stop.is_set():
                raise StoppingError

        self._dispatch_events()  # events of mail that other processes stored, so that new series start from here
        now = int(self._clock())
        try:
            report = self._tracker.poll_some(names, progress, self._requests.pause, rest)
        except (DatabaseLockedError, DatabaseTooNewError, DatabaseUnreachableError):
            raise
        except Exception as error:  # noqa: BLE001 (the next poll may succeed)
            if isinstance(error, PatchwatchError):
                _log.warning(str(error), extra=log.event("poll", inboxes=list(names)))
            else:
                self._unexpected("poll", error)
            self._polls.update((name, self._polled(self._polls[name], now, failed=True)) for name in names)
            return
        for taken in {(r.inbox, r.taken_from) for r in report.inboxes if r.taken_from}:
            fields = log.event("lease", inbox=taken[0])
            _log.info(f"{taken[0]}: taken over from {taken[1]}, which stopped", extra=fields)
        others = {r.inbox for r in report.inboxes if r.polled_by}
        names = [name for name in names if name not in others]
        report = replace(report, inboxes=tuple(r for r in report.inboxes if not r.polled_by))
        failures = {r.inbox: r for r in report.inboxes if r.failure}
        elsewhere = [r for r in report.inboxes if r.inbox not in names and r.failure]  # all of EVERYWHERE
        for name in names:
            own = [failures[name]] if name in failures else []
            own += elsewhere if name == EVERYWHERE else []
            wait = max((r.wait for r in own), default=0.0)
            self._polls[name] = self._polled(self._polls[name], now, failed=bool(own), wait=wait)
        if len(report.failures) < len(report.inboxes) + len(report.trees):
            fields = log.event(
                "poll",
                inboxes=list(names),
                new_mails=sum(r.outcome.new_mails for r in report.inboxes),
                failed=sorted(failures),
            )
            _log.info(report.summary, extra=fields)
        for failure in report.failures:
            _log.warning(failure, extra=log.event("poll"))
        for inbox in report.inboxes:
            for message_id in inbox.outcome.too_large:
                _log.warning(f"{inbox.inbox}: too large, not stored: {message_id}", extra=log.event("poll"))

    def _polled(self, before: PollState, now: int, *, failed: bool, wait: float = 0.0) -> PollState:
        if not failed:
            return PollState(before.name, now)
        not_before = now + int(min(wait, _DAY)) if wait else 0
        return replace(before, tried=now, failures=before.failures + 1, not_before=not_before)

    def _unexpected(self, job: str, error: Exception) -> None:
        """Log a bug in a job, the same one at most once an hour."""
        text = f"{job}: {bug_text(error)}"
        now = self._clock()
        if abs(now - self._bugs.get(text, 0)) >= _HOUR:
            if len(self._bugs) >= _MAX_BUGS:
                self._bugs.clear()
            self._bugs[text] = now
            _log.error(text + save(error), extra=log.event("bug", job=job))

    def _next_delivery(self) -> int | None:
        try:
            return self._tracker.next_delivery_at() if self._tracker.on_duty() else None
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 (polls go on)
            self._unexpected("digest", error)
            return None

    def _dispatch_events(self) -> None:
        """Detect events, and pass them on; a bug in that must not keep polls or digests from running."""
        try:
            self._detect_and_dispatch()
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 (events stay queued)
            self._unexpected("events", error)

    def _detect_and_dispatch(self) -> None:
        for event in self._tracker.detect_events():
            evidence = event.message_id or event.commit
            fields = log.event(event.kind, series=event.series_id, evidence=evidence, id=event.id)
            _log.info(f"#{event.series_id} {event.title}: {event.text}", extra=fields)
        if self._tracker.on_duty():
            dispatch(self._tracker, self._hooks, self._pending)

    def _refresh_answer(self) -> None:
        """Store the answer of `next`; without it, a prompt computes its own."""
        try:
            self._tracker.refresh_answer()
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 (polls go on)
            self._unexpected("next", error)

    def _deliver(self) -> None:
        self._deliver_after = int(self._clock()) + _DELIVERY_SECONDS
        try:
            deliveries = self._tracker.send_digests()
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 (the next one may succeed)
            self._unexpected("digest", error)
            self._deliver_after = int(self._clock()) + planner.RETRY_SECONDS
            return
        for delivery in deliveries:
            if delivery.outcome == "nothing":
                continue
            level = logging.INFO if delivery.outcome == "sent" else logging.WARNING
            fields = log.event("digest", recipient=delivery.recipient, key=delivery.key, outcome=delivery.outcome)
            _log.log(level, f"{delivery.recipient}: {delivery.text}", extra=fields)

    def _take_requests(self) -> None:
        self._requests.wake.clear()
        if not self._requests.reload.is_set():
            return
        self._requests.reload.clear()
        try:
            tracker = self._reload()
        except Exception as error:  # noqa: BLE001 (the old config still works)
            _log.warning(f"config not reloaded, keeping the old one: {error}", extra=log.event("reload"))
            return
        if tracker.config.hook != self._tracker.config.hook:
            self._hooks.finish(0)
            self._hooks = Hooks(tracker.config.hook)
            self._pending.clear()
        self._tracker = tracker
        _log.info(f"config reloaded: {tracker.config.source or 'defaults'}", extra=log.event("reload"))

    def _check_clock(self, before: int, now: int, waited: float) -> None:
        if not planner.clock_jumped(before, now, waited):
            return
        moved = now - before
        _log.info(f"clock moved by {moved} s during a wait of {waited:g} s", extra=log.event("clock", moved=moved))
        self._resume_at = self._deliver_after = 0  # set by the old clock
        if now > before:
            self._resume_at = planner.resume_at(now)
            # A failure before the machine slept means nothing for the network after it.
            self._polls = {name: replace(poll, failures=0) for name, poll in self._polls.items()}
