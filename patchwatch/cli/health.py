"""The checks of `doctor`, and the state of polling and digests for its JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from patchwatch.config import Config, config_path
from patchwatch.config_file import load_config
from patchwatch.counts import plural
from patchwatch.daemon import planner
from patchwatch.db.backup import RESTORE
from patchwatch.errors import InboxNotFoundError, PatchwatchError
from patchwatch.redact import redact_url
from patchwatch.series.left import Left
from patchwatch.series.model import InboxRow, OutboxRow
from patchwatch.series.robot_senders import RobotSender, label
from patchwatch.sync import poll_lock
from patchwatch.tracker import Tracker

if TYPE_CHECKING:
    from patchwatch.sync.turns import Poller

_HOUR = 3600
_NAMED = 5  # unreadable mails
_LATE_POLLS = 4  # intervals without a successful poll after which `run` is reported as failing


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    name: str
    ok: bool
    text: str
    hint: str = ""  # what the user can do about it


@dataclass(frozen=True, slots=True)
class Health:
    """The state of polling and of digests."""

    pollers: tuple[Poller, ...]  # the processes that poll: one at most, unless the database is on a server
    inboxes: tuple[InboxRow, ...]  # watched or followed
    recipients: tuple[tuple[str, int | None], ...]  # names of digest recipients, and when each was last sent a mail
    outbox: tuple[OutboxRow, ...]  # waiting, or failed permanently
    left: Left  # to be brought up to date
    robots: tuple[RobotSender, ...] = ()  # without a format of their own, or not recognized


def health(now: int | None = None) -> Health | None:
    """Return the state of polling and digests; None if config or database can't be read, which `check` reports."""
    try:
        tracker = Tracker(load_config(), clock=time.time if now is None else lambda: float(now))
        rows = tuple(row for row in tracker.inboxes() if row.watched or row.followed)
        sent = tracker.digests_sent()
        recipients = tuple((recipient.name, sent.get(recipient.name)) for recipient in tracker.config.digest)
        robots = _robot_senders(tracker)
        return Health(tracker.pollers(), rows, recipients, tracker.outbox(), tracker.outdated(), robots)
    except PatchwatchError:
        return None


def check(now: int | None = None, *, offline: bool = False, thorough: bool = False) -> Iterator[Finding]:
    """Check config, database, polling, git trees, archive and digests, in the order of their dependencies.

    `offline` leaves out the archive and the mail server; `thorough` adds all stored data.
    """
    try:
        config = load_config()
    except PatchwatchError as error:
        yield Finding("config", False, str(error), "Fix the file; config.example.toml lists every key.")
        return
    yield Finding("config", True, str(config.source) if config.source else f"defaults ({config_path()} does not exist)")
    tracker = Tracker(config, clock=time.time if now is None else lambda: float(now))
    yield from _database(tracker)
    if thorough:
        yield from _stored_data(tracker)
    yield from _running(tracker)
    yield from _trees(tracker)
    if not offline:
        yield from _archive(config, tracker)
    yield from _digests(tracker, offline=offline)


def _running(tracker: Tracker) -> Iterator[Finding]:
    """Check which process polls, and that `patchwatch run` does so successfully."""
    try:
        pollers = tracker.pollers()
        polled = [row.polled_at for row in tracker.inboxes() if row.watched or row.followed]
    except PatchwatchError:
        return  # reported by the check of the database
    if not pollers:
        yield Finding("running", True, "no poll in progress; `patchwatch run` polls continuously")
        return
    for poller in pollers:
        now = f"; polls {', '.join(poller.polling)} now" if poller.polling else ""
        yield Finding("running", True, poller.owner.text + now)
    running = [poller.owner for poller in pollers if poller.owner.what == poll_lock.RUN]
    if not running:
        return
    times = [at for at in polled if at is not None]
    late = tracker.now() - max((*times, min(owner.since for owner in running)))
    settings = tracker.config.poll
    patience = max(_LATE_POLLS * settings.interval_minutes * 60, _HOUR)
    quiet = planner.quiet_hours(settings.quiet_hours)
    if quiet is not None:
        patience += ((quiet.end - quiet.begin) % (24 * 60)) * 60
    if polled and late > patience:
        text = f"`run` is active, but no poll has succeeded for {late // 60} min"
        yield Finding("polls", False, text, "Check its log (journalctl --user -u patchwatch), then restart it.")


def _database(tracker: Tracker) -> Iterator[Finding]:
    from patchwatch.sources.lore.urls import EVERYWHERE

    url = tracker.config.database_url
    name = redact_url(url)
    try:
        watched = len(tracker.series())
        mails = tracker.mail_count()
        inboxes = tracker.inboxes()
        left, others = tracker.outdated(), tracker.subaddresses()
    except PatchwatchError as error:
        yield Finding("database", False, str(error), "Fix the cause, or set PATCHWATCH_DATABASE to another database.")
        return
    yield Finding("database", True, f"{name}: {watched} series watched, {mails} mails")
    if left.outdated:
        fix = "`patchwatch run` and `poll` continue it; `patchwatch reindex` finishes it."
        yield Finding("upgrade", True, left.notice, fix)
    if others:
        fix = "If they are yours, add them to [me] addresses: what is sent there is not known to be sent to you."
        yield Finding("me", True, f"mail is sent to {', '.join(others[:_NAMED])}", fix)
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and path.exists() and path.stat().st_mode & 0o077:
        yield Finding("database permissions", False, f"other users can read {path}", f"chmod 600 {path}")
    if unreadable := tracker.unreadable():
        named = "; ".join(f"<{message_id}>: {reason}" for message_id, reason in unreadable[:_NAMED])
        more = f"; and {len(unreadable) - _NAMED} more" if len(unreadable) > _NAMED else ""
        yield Finding(
            "unreadable mail", True, f"{plural(len(unreadable), 'mail')} stored but not parsed: {named}{more}"
        )
    yield from _robots(tracker)
    for inbox in inboxes:
        if not (inbox.watched or inbox.followed or inbox.name == EVERYWHERE):
            continue
        if inbox.failed_at is not None:
            hours = (tracker.now() - inbox.failed_at) // 3600
            never = inbox.polled_at is None and inbox.followed
            wrong_name = f"If the name is wrong, `patchwatch follow {inbox.name} --stop` removes it; " if never else ""
            yield Finding(
                f"polling {inbox.name}",
                False,
                f"failing for {hours} h: {inbox.failure}",
                f"{wrong_name}`patchwatch poll` retries.",
            )
        elif inbox.polled_at is None and (inbox.watched or inbox.followed):
            yield Finding(f"polling {inbox.name}", True, "not polled yet; run `patchwatch poll`")
        elif inbox.polled_at is not None:
            yield Finding(
                f"polling {inbox.name}", True, f"last {max(tracker.now() - inbox.polled_at, 0) // 60} min ago"
            )


def _robot_senders(tracker: Tracker) -> tuple[RobotSender, ...]:
    try:
        return tracker.robots()
    except PatchwatchError:
        return ()  # damaged fields, which `--check` reports


def _robots(tracker: Tracker) -> Iterator[Finding]:
    """Name the robots that only general rules recognize or read."""
    robots = _robot_senders(tracker)
    known = [robot for robot in robots if robot.recognized]
    if known:
        named = "; ".join(
            f"{label(r)} ({plural(r.mails, 'mail')}, {r.results or 'none'} with a result)" for r in known[:_NAMED]
        )
        more = f"; and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
        yield Finding("robots", True, f"bots that patchwatch has no format for: {named}{more}")
    for robot in [robot for robot in robots if not robot.recognized][:_NAMED]:
        text = f"{label(robot)} behaves like a bot, but is treated as a person: {robot.why}"
        yield Finding("robots", True, text)


def _stored_data(tracker: Tracker) -> Iterator[Finding]:
    """Check every stored mail, and that derived data agrees with the mails."""
    problems = 0
    try:
        for problem in tracker.verify():
            problems += 1
            yield Finding("stored data", False, problem.text, problem.fix)
    except PatchwatchError as error:
        yield Finding("stored data", False, str(error), RESTORE)
    else:
        if not problems:
            text = "intact: every mail decompresses, and derived data agrees with the mail"
            if tracker.outdated().outdated:
                text = "intact: every mail decompresses; derived data is compared after the upgrade"
            yield Finding("stored data", True, text)


def _trees(tracker: Tracker) -> Iterator[Finding]:
    if not tracker.config.tree:
        return
    from patchwatch.sources.git.tree import TreeReader

    try:
        rows = {row.name: row for row in tracker.trees()}
    except PatchwatchError:
        return  # reported by the check of the database
    for tree in tracker.config.tree:
        row = rows.get(tree.name)
        try:
            reader = TreeReader(tree)
            newest = reader.newest()
            partial = reader.partial()
        except PatchwatchError as error:
            yield Finding(
                f"tree {tree.name}",
                False,
                str(error),
                "Correct [[tree]] in the config; patchwatch never clones or fetches a tree.",
            )
            continue
        if row is None or row.read_at is None:
            read = "not read yet; run `patchwatch poll`"
        else:
            read = f"read {max(tracker.now() - row.read_at, 0) // 60} min ago"
        text = f"{read}; its newest commit is {max(tracker.now() - newest, 0) // 86_400} days old"
        if partial:
            text += "; partial clone: commits are matched by link and title only"
        if row is not None and row.failed_at is not None:
            yield Finding(f"tree {tree.name}", False, f"failing: {row.failure}", "Run `patchwatch poll` to retry.")
        else:
            yield Finding(f"tree {tree.name}", True, text)


def _digests(tracker: Tracker, *, offline: bool) -> Iterator[Finding]:
    """Check that digests are delivered and, unless `offline`, that the mail server accepts a login."""
    config = tracker.config
    if not config.digest:
        return
    from patchwatch.mail.list_address import is_list_address
    from patchwatch.notify.delivery.transport import transport
    from patchwatch.sources.git.identity import sender

    try:
        unsent, last = tracker.outbox(), tracker.digests_sent()
        inboxes = [inbox.name for inbox in tracker.inboxes()]
    except PatchwatchError:
        return  # reported by the check of the database
    for recipient in config.digest:
        name = f"digest {recipient.name}"
        failing = next((row for row in unsent if row.recipient == recipient.name and row.failure), None)
        if is_list_address(recipient.to, inboxes):
            yield Finding(
                name, False, f"{recipient.to} is the address of a mailing list", "Set digest.to to a person's address."
            )
        elif failing and failing.failed_at is not None:
            hint = "Fix the cause, then run `patchwatch digest --send`."
            yield Finding(name, False, f"{failing.key} failed permanently: {failing.failure}", hint)
        elif failing:
            yield Finding(
                name,
                False,
                f"{failing.key} failed {plural(failing.tries, 'time')}: {failing.failure}",
                "It is retried automatically.",
            )
        elif recipient.name in last:
            hours = max(tracker.now() - last[recipient.name], 0) // 3600
            yield Finding(name, True, f"last sent {hours} h ago to {recipient.to}")
        else:
            yield Finding(name, True, f"none sent to {recipient.to} yet; run `patchwatch digest --send`")
    try:
        address = sender(config.mail.sender).address
        server = transport(config.mail)
        if not offline:
            server.check()
    except PatchwatchError as error:
        yield Finding(
            "mail", False, str(error), "Check [mail] in the config; `patchwatch digest --dry-run` shows the mail."
        )
    else:
        yield Finding("mail", True, f"from {address} via {server.name}")


def _archive(config: Config, tracker: Tracker) -> Iterator[Finding]:
    from patchwatch.sources.lore.client import Archive

    try:
        names = [i.name for i in tracker.inboxes() if i.watched or i.followed] or ["all"]
    except PatchwatchError:
        names = ["all"]
    with Archive(config.lore) as archive:
        for name in names[:3]:
            try:
                entries = archive.new_in_feed(name)
            except InboxNotFoundError as error:
                yield Finding("archive", False, str(error), "Check the name, and that lore.url is the right server.")
            except PatchwatchError as error:
                yield Finding("archive", False, str(error), "Check the network, lore.url and PATCHWATCH_LORE_URL.")
                return
            else:
                newest = f"; newest: {entries[0].title}" if entries else ""
                yield Finding("archive", True, f"{config.lore.url}/{name}/ responds{newest}")
