"""Fetch mail: watch, poll, follow and import; and detect the events in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from patchwatch.db import LazyModule
from patchwatch.db.criteria import Criteria
from patchwatch.db.execute import executor
from patchwatch.errors import InvalidInputError, PatchwatchError
from patchwatch.progress import Progress, no_progress
from patchwatch.tracker.queries import Queries

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patchwatch.config import Config
    from patchwatch.db import inboxes
    from patchwatch.db.event_queue import QueuedEvent
    from patchwatch.notify.events import Event
    from patchwatch.series.follow_rules import Rule
    from patchwatch.series.model import NextAction, SeriesRow
    from patchwatch.sources.lore.client import Archive
    from patchwatch.sync.outcome import Outcome
    from patchwatch.sync.poll import PollReport
    from patchwatch.sync.turns import Poller, SharedPoll, Turns
    from patchwatch.sync.verify import Problem
    from patchwatch.sync.watch import Watched
    from patchwatch.sync.watch_file import Skipped
else:
    inboxes = LazyModule("patchwatch.db.inboxes")


_LEAST_LEASE = 3  # seconds; several renewals have to fit
_UPGRADE = "upgrade of stored mail"  # name of the turn: one process is enough
_RENEWAL_SECONDS = 10.0  # after a poll in the TUI, which waits for the processor meanwhile


class Fetch(Queries):
    """Fetching of mail, and the queue of events."""

    @cached_property
    def turns(self) -> Turns:
        """Whose turn it is to poll; within `lock`, on a server, this process shares the lists with others."""
        from patchwatch.sync.turns import ALONE

        return ALONE

    def with_config(self, config: Config) -> Self:
        """Return a tracker with another config on the same open database, which keeps the turns of this one."""
        other = super().with_config(config)
        other.turns = self.turns
        return other

    def watch(self, text: str, progress: Progress = no_progress) -> tuple[Watched, ...]:
        """Watch the series that a link or message-id names.

        Raises:
            InvalidInputError: it is neither.
            LoreError: it cannot be fetched.
        """
        from patchwatch.sources.lore.urls import parse_target
        from patchwatch.sync.watch import watch_address

        address = parse_target(text, self.archive_hosts)
        if address is None:
            raise InvalidInputError(f"{text!r} is neither a link to a mail on lore nor a message-id.")
        with self._archive() as archive:
            watched = watch_address(self.database, archive, self.config.poll, address, self.now(), progress)
            self._begin_feeds(archive, watched)
            return watched

    def watch_text(self, content: bytes, progress: Progress = no_progress) -> tuple[list[Watched], list[Skipped]]:
        """Watch every lore link of a report, or the series of the mails in an .eml or mbox.

        Raises:
            InvalidInputError: it has neither a link nor a mail.
        """
        from patchwatch.sync.watch_file import watch_content

        with self._archive() as archive:
            watched, skipped = watch_content(
                self.database, archive, self.config.poll, content, self.archive_hosts, self.now(), progress
            )
            self._begin_feeds(archive, watched)
            return watched, skipped

    def poll(self, progress: Progress = no_progress) -> PollReport:
        """Poll everything watched and followed, and the git trees of the config; continue an upgrade for a while.

        Raises:
            PollLockedError: `patchwatch run` polls this database, or another poll does not end.
        """
        with self.lock("poll", progress):
            report = self.poll_some(None, progress)
            try:
                end = time.monotonic() + _RENEWAL_SECONDS
                self.renew(progress, lambda: time.monotonic() > end, lambda seconds: time.sleep(min(seconds, 1)))
            except PatchwatchError as error:
                return report.with_failure("upgrade", str(error))
            return report

    def poll_some(
        self,
        names: Collection[str] | None,
        progress: Progress = no_progress,
        pause: Callable[[float], None] = time.sleep,
        rest: float = 0,
    ) -> PollReport:
        """Poll some inboxes, or all (None), within `lock`; `all` stands for everything that is in no inbox.

        `pause` waits some seconds before a request to the archive is retried.  What another process polls now, or did
        within `rest` seconds, is left to it.
        """
        from patchwatch.sync.poll import poll

        settings, trees, turns = self.config.poll, self.config.tree, self.turns
        with self._archive(pause) as archive:
            return poll(self.database, archive, settings, progress, trees, self.now(), names, turns, rest)

    @contextmanager
    def lock(self, what: str, progress: Callable[[str], None] = lambda text: None) -> Iterator[None]:
        """Be the process that polls this database while the context is open; on a server, one of them.

        Raises:
            PollLockedError: another process is; the text names it.
        """
        from patchwatch.sync import poll_lock, turns

        if not self._shared:
            with poll_lock.acquire(poll_lock.lock_path(self._url), what, int(time.time()), progress=progress):
                yield
            return
        seconds = max(self.config.poll.lease_seconds, _LEAST_LEASE)
        with turns.SharedTurns(self.database, what, seconds).begun() as self.turns:
            try:
                yield
            finally:
                self.turns = turns.ALONE

    def pollers(self) -> tuple[Poller, ...]:
        """Return the processes that poll this database now: one at most, unless it is on a server."""
        from patchwatch.sync import poll_lock, turns

        if self._shared:
            return turns.pollers(self.database)
        owner = poll_lock.owner(poll_lock.lock_path(self._url))
        return (turns.Poller(owner, ()),) if owner else ()

    def shared_polls(self) -> Mapping[str, SharedPoll]:
        """Return the last poll of each list by any process, on a server; nothing for an SQLite database."""
        from patchwatch.sync import turns

        return turns.shared_polls(self.database, int(time.time())) if self.turns.shared else {}

    def on_duty(self) -> bool:
        """True if this process is the one that runs my hooks and sends my mail; then it stays that."""
        from patchwatch.sync.turns import DUTY

        return self.turns.take(f"{DUTY}{self.database.acting.person}").mine

    def detect_events(self) -> tuple[Event, ...]:
        """The events of the watched series since the last call, by any process.

        They are queued for hooks, and for recipients who get a mail for each, in the same transaction.
        """
        from patchwatch.notify import detect
        from patchwatch.notify.events import Subscriber

        subscribers = [Subscriber(f"hook {h.name}", frozenset(h.events), self.addresses) for h in self.config.hook]
        for recipient in self.config.digest:
            if recipient.at_once:
                addresses = frozenset(a.lower() for a in recipient.addresses) or self.addresses
                kinds, names = frozenset(recipient.at_once), frozenset(recipient.inboxes)
                subscribers.append(Subscriber(f"mail {recipient.name}", kinds, addresses, names))

        return detect.detect(self.database, partial(_SeriesReader, self), self.addresses, subscribers, self.now())

    def queued_events(self) -> tuple[QueuedEvent, ...]:
        """Events that wait to be dispatched, oldest first."""
        from patchwatch.db import event_queue

        with self.database.read() as connection:
            return event_queue.queued_events(connection)

    def dequeue_event(self, queue_id: int) -> None:
        """Remove an event that was dispatched."""
        from patchwatch.db import event_queue

        with self.database.write() as connection:
            event_queue.dequeue_event(connection, queue_id)

    def require_inbox(self, inbox: str) -> None:
        """Ask the archive whether it has an inbox, unless it is followed or was polled before.

        Raises:
            InboxNotFoundError: it has not.
            LoreError: it can't be asked.
        """
        if not any(row.name == inbox and (row.followed or row.polled_at is not None) for row in self.inboxes()):
            with self._archive() as archive:
                archive.require_inbox(inbox)

    def follow(self, inbox: str, rule: Rule | None = None, since: int | None = None) -> tuple[Rule, ...]:
        """Follow a list, or what matches this rule or an earlier one; return the rules in force.

        The next polls fetch what arrived since a time (UTC seconds), too.

        Raises:
            InvalidInputError: a rule is given, but the whole list is followed already.
        """
        with self.database.write() as connection:
            inboxes.begin_visits(connection, inbox, self.now())
            rules = inboxes.follow(connection, inbox, rule)
            if since is not None:
                cursor, _ = inboxes.cursor(connection, inbox)
                inboxes.set_inbox(connection, inbox, cursor=since if cursor is None else min(cursor, since))
            return rules

    def unfollow(self, inbox: str) -> None:
        """Stop following a list, and delete its rules."""
        with self.database.write() as connection:
            inboxes.set_inbox(connection, inbox, followed=False, rules=None)

    def import_mail(self, path: Path, inbox: str, progress: Progress = no_progress) -> Outcome:
        """Import new mail at a path."""
        from patchwatch.sync.import_mail import import_mail

        outcome = import_mail(self.database, path, inbox, progress)
        with self.database.write() as connection:
            newest = inboxes.newest_mail(connection, inbox, self.now())
            if newest is not None and inboxes.begin_visits(connection, inbox, newest):
                inboxes.read_all(connection, inbox, self.now())
        return outcome

    def reindex(
        self, progress: Progress = no_progress, damaged: Callable[[str], None] = lambda message_id: None
    ) -> int:
        """Rebuild all derived data from the stored mail in short transactions; return the number of mails.

        `damaged` is called with the message-id of each mail that does not decompress.
        """
        from patchwatch.sync.renewal import renew_everything

        return renew_everything(self.database, progress, damaged)

    def renew(
        self,
        progress: Progress = no_progress,
        until: Callable[[], bool] = lambda: False,
        pause: Callable[[float], object] = lambda seconds: None,
    ) -> int:
        """Bring up to date what an earlier program or other rules stored, until `until` says so; return how many mails.

        `pause` is called after each step with the seconds that it took, so that it can leave time for others.
        """
        if not self.outdated().outdated or not self.turns.take(_UPGRADE).mine:
            return 0
        from patchwatch.sync.renewal import Renewal

        try:
            return Renewal(self.database, progress).run(until, pause)
        finally:
            self.turns.drop(_UPGRADE)

    def verify(self) -> Iterator[Problem]:
        """Check the stored data completely; yield what is wrong."""
        from patchwatch.sync.verify import verify

        return verify(self.database)

    def _archive(self, pause: Callable[[float], None] = time.sleep) -> Archive:
        from patchwatch.sources.lore.client import Archive

        return Archive(self.config.lore, sleep=pause)

    def _begin_feeds(self, archive: Archive, watched: Collection[Watched]) -> None:
        """Store the present feed entries of the lists of these series, so that polls notice new ones."""
        from patchwatch.sync import feed

        rows = self.series(wanted=Criteria(ids=frozenset(w.series_id for w in watched)))
        for name in sorted({name for row in rows for name in row.inboxes}):
            feed.begin(self.database, archive, name)


class _SeriesReader:
    """Reads series as a scan for events needs them (patchwatch.notify.detect.Reader)."""

    def __init__(self, tracker: Fetch, connection: Connection) -> None:
        from patchwatch.db import series_flags
        from patchwatch.series.state.next_action import next_action

        self._execute = executor(connection)
        self._tracker = tracker
        windows, ping_days = series_flags.merge_windows(self._execute), tracker.config.review.ping_days
        self._next_action = partial(next_action, ping_days=ping_days, windows=windows)
        self.rules = f"{ping_days} {windows}"

    def rows(self, ids: frozenset[int], me: frozenset[str]) -> tuple[SeriesRow, ...]:
        return self._tracker._series(self._execute, Criteria(ids=ids), me) if ids else ()

    def action(self, row: SeriesRow, when: int) -> NextAction | None:
        return self._next_action(row, when)
