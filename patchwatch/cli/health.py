"""Is everything as it should be?  Each check says what it saw and, where it failed, what mends it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from patchwatch.config import Config, config_path
from patchwatch.config_file import load_config
from patchwatch.daemon import planner
from patchwatch.errors import InboxNotFoundError, PatchwatchError
from patchwatch.series.model import InboxRow, OutboxRow
from patchwatch.sync import poll_lock
from patchwatch.sync.poll_lock import LockOwner
from patchwatch.tracker import Tracker

_HOUR = 3600
_PATIENT_POLLS = 4  # that may fail or come late before it is said


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw."""

    name: str
    ok: bool
    text: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How the program that runs by itself does, for scripts."""

    holder: LockOwner | None  # who polls now
    inboxes: tuple[InboxRow, ...]  # those that are polled
    recipients: tuple[tuple[str, int | None], ...]  # of digests, and when each was last sent a mail
    outbox: tuple[OutboxRow, ...]  # mails that wait, or were given up


def health(now: int | None = None) -> Health | None:
    """How polling goes; None where config or database can't be read, which `examine` tells."""
    try:
        tracker = Tracker(load_config(), clock=time.time if now is None else lambda: float(now))
        rows = tuple(row for row in tracker.inboxes() if row.watched or row.followed)
        sent = tracker.digests_sent()
        recipients = tuple((one.name, sent.get(one.name)) for one in tracker.config.digest)
        return Health(tracker.holder(), rows, recipients, tracker.outbox())
    except PatchwatchError:
        return None


def examine(now: int | None = None, *, offline: bool = False) -> Iterator[Finding]:
    """Check config, database, polling, git trees and archive, in the order in which they depend on each other.

    `offline`: neither the archive nor the mail server is asked.
    """
    try:
        config = load_config()
    except PatchwatchError as error:
        yield Finding("config", False, str(error), "Mend the file; config.example.toml shows every key.")
        return
    yield Finding("config", True, str(config.source) if config.source else f"defaults ({config_path()} does not exist)")
    tracker = Tracker(config, clock=time.time if now is None else lambda: float(now))
    yield from _database(tracker)
    yield from _running(tracker)
    yield from _trees(tracker)
    if not offline:
        yield from _archive(config, tracker)
    yield from _digests(tracker, offline=offline)


def _running(tracker: Tracker) -> Iterator[Finding]:
    """Whether somebody polls, and whether he does what he is there for."""
    try:
        holder = tracker.holder()
        polled = [row.polled_at for row in tracker.inboxes() if row.watched or row.followed]
    except PatchwatchError:
        return  # the database's own check says why
    if holder is None:
        yield Finding("running", True, "nobody polls now; `patchwatch run` does it by itself")
        return
    yield Finding("running", True, holder.text)
    times = [at for at in polled if at is not None]
    late = tracker.now() - max((*times, holder.since))
    settings = tracker.config.poll
    patience = max(_PATIENT_POLLS * settings.interval_minutes * 60, _HOUR)
    quiet = planner.quiet_hours(settings.quiet_hours)
    if quiet is not None:
        patience += ((quiet.end - quiet.begin) % (24 * 60)) * 60
    if holder.what == poll_lock.RUN and polled and late > patience:
        text = f"it runs, and no poll has succeeded for {late // 60} min"
        yield Finding("polls", False, text, "Its log says why (journalctl --user -u patchwatch); restart it.")


def _database(tracker: Tracker) -> Iterator[Finding]:
    url = tracker.config.database_url
    try:
        series = tracker.series()
        inboxes = tracker.inboxes()
    except PatchwatchError as error:
        yield Finding("database", False, str(error), "See above; PATCHWATCH_DATABASE names another file.")
        return
    yield Finding("database", True, f"{url}: {len(series)} series watched, {sum(i.messages for i in inboxes)} mails")
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and path.exists() and path.stat().st_mode & 0o077:
        yield Finding("database rights", False, f"others may read {path}", f"chmod 600 {path}")
    for inbox in inboxes:
        if inbox.failed_at is not None:
            hours = (tracker.now() - inbox.failed_at) // 3600
            yield Finding(
                f"polling {inbox.name}",
                False,
                f"fails for {hours} h: {inbox.failure}",
                "`patchwatch poll` tries again.",
            )
        elif inbox.polled_at is None and (inbox.watched or inbox.followed):
            yield Finding(f"polling {inbox.name}", True, "not yet; `patchwatch poll` does it")
        elif inbox.polled_at is not None:
            yield Finding(
                f"polling {inbox.name}", True, f"last {max(tracker.now() - inbox.polled_at, 0) // 60} min ago"
            )


def _trees(tracker: Tracker) -> Iterator[Finding]:
    if not tracker.config.tree:
        return
    from patchwatch.sources.git.tree import TreeReader

    try:
        rows = {row.name: row for row in tracker.trees()}
    except PatchwatchError:
        return  # the database's own check says why
    for tree in tracker.config.tree:
        row = rows.get(tree.name)
        try:
            reader = TreeReader(tree)
            newest = reader.newest()
            partial = reader.partial()
        except PatchwatchError as error:
            yield Finding(f"tree {tree.name}", False, str(error), "patchwatch reads a tree and never fetches it.")
            continue
        if row is None or row.read_at is None:
            read = "not read yet; `patchwatch poll` does it"
        else:
            read = f"read {max(tracker.now() - row.read_at, 0) // 60} min ago"
        text = f"{read}; its newest commit is {max(tracker.now() - newest, 0) // 86_400} days old"
        if partial:
            text += "; a partial clone: commits are known by links and titles only"
        if row is not None and row.failed_at is not None:
            yield Finding(f"tree {tree.name}", False, f"fails: {row.failure}", "`patchwatch poll` tries again.")
        else:
            yield Finding(f"tree {tree.name}", True, text)


def _digests(tracker: Tracker, *, offline: bool) -> Iterator[Finding]:
    """How sending digests goes, and, unless `offline`, whether a server would take one now."""
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
        return  # the database's own check says why
    for one in config.digest:
        name = f"digest {one.name}"
        failing = next((row for row in unsent if row.recipient == one.name and row.failure), None)
        if is_list_address(one.to, inboxes):
            yield Finding(name, False, f"{one.to} is the address of a list", "Name a person's address in digest.to.")
        elif failing and failing.failed_at is not None:
            mend = "`patchwatch digest --send` tries again, once that is mended."
            yield Finding(name, False, f"of {failing.key}, given up: {failing.failure}", mend)
        elif failing:
            yield Finding(
                name, False, f"of {failing.key}, {failing.tries} tries: {failing.failure}", "It is tried again."
            )
        elif one.name in last:
            hours = max(tracker.now() - last[one.name], 0) // 3600
            yield Finding(name, True, f"last sent {hours} h ago, to {one.to}")
        else:
            yield Finding(name, True, f"none sent yet to {one.to}; `patchwatch digest --send` does it")
    try:
        address = sender(config.mail.sender).address
        way = transport(config.mail)
        if not offline:
            way.check()
    except PatchwatchError as error:
        yield Finding(
            "mail", False, str(error), "See [mail] in the config; `patchwatch digest --dry-run` shows the mail."
        )
    else:
        yield Finding("mail", True, f"from {address} by {way.name}")


def _archive(config: Config, tracker: Tracker) -> Iterator[Finding]:
    from patchwatch.sources.lore.client import Archive

    try:
        names = [i.name for i in tracker.inboxes() if i.watched or i.followed] or ["all"]
    except PatchwatchError:
        names = ["all"]
    with Archive(config.lore) as archive:
        for name in names[:3]:
            try:
                bells = archive.new_in_feed(name)
            except InboxNotFoundError as error:
                yield Finding("archive", False, str(error), "Is lore.url the server you mean?")
            except PatchwatchError as error:
                yield Finding("archive", False, str(error), "Check the network, lore.url and PATCHWATCH_LORE_URL.")
                return
            else:
                newest = f"; newest: {bells[0].title}" if bells else ""
                yield Finding("archive", True, f"{config.lore.url}/{name}/ answers{newest}")
