"""Bring up to date what an earlier program, or earlier rules, stored: in short transactions, the newest mail first.

What is outdated is listed (patchwatch.db.outdated).  A step takes some conversations from the list, parses their mail
again without holding any lock, and then stores and derives all of it in one transaction.  After each, every
conversation is either as before or as if it had just arrived; others read and write meanwhile, and a process that is
killed is continued by the next one.  In the end the database is that of a `reindex`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from patchwatch.db import committers, derived, dictionaries, event_queue, integrity, outdated, outdated_count
from patchwatch.db import messages as mails
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.errors import DamagedError
from patchwatch.progress import Progress, no_progress
from patchwatch.series.conversation import thread_keys
from patchwatch.sync.derive import Derivation
from patchwatch.sync.ingest import Reread, columns_of, pack_again, reindex, reread

_LISTED_AT_ONCE = 10_000
_MAILS = 50  # of the first step
_MOST_MAILS = 400
_TEXT = "reading stored mail again"
_NAMED_BY_CITATIONS = ("date", "author_name", "author_email")
_SECONDS = 0.2  # that a step should hold the lock: the next one is smaller or larger


def list_outdated(database: Database) -> None:
    """List all mail to be read again if the program has another form; nothing if that is done."""
    with database.read() as connection:
        current = outdated.forms(connection).is_current
    if not current:
        with database.write() as connection:
            dictionaries.train_missing(connection)  # what is read again is stored with them
        list_all(database)


def list_all(database: Database) -> None:
    """List all mail to be read again."""
    last: int | None = 0
    while last is not None:
        with database.write() as connection:
            following = outdated.list_mails(connection, last, _LISTED_AT_ONCE)
            if following is None:
                outdated.set_listed(connection)
                _finish_if_done(connection)
        last = following


def renew_everything(
    database: Database, progress: Progress = no_progress, damaged: Callable[[str], None] = lambda message_id: None
) -> int:
    """Read and derive everything again; return the number of messages.

    Damage of derived data is repaired, too.  If it is such that derived data can't be read, everything is rebuilt in
    one transaction.
    """
    try:
        for repair in (dictionaries.repair, dictionaries.train_missing, *integrity.REPAIRS, committers.recompute):
            with database.write() as connection:
                repair(connection)
        list_all(database)
        Renewal(database, progress, damaged).run()
    except DamagedError:
        progress("rebuilding everything, because stored data is damaged")
        with database.write() as connection:
            return reindex(connection, progress, damaged)
    with database.read() as connection:
        return mails.count(connection)


@dataclass
class Renewal:
    """The work on a database by one process."""

    database: Database
    progress: Progress = no_progress
    damaged: Callable[[str], None] = lambda message_id: None  # is called with mails that do not decompress
    _mails: int = field(default_factory=lambda: _MAILS, init=False)

    def run(
        self, until: Callable[[], bool] = lambda: False, pause: Callable[[float], object] = lambda seconds: None
    ) -> int:
        """Take steps until everything is up to date, or `until` says so; return how many mails that were.

        `pause` is called after each step with the seconds that it took.
        """
        with self.database.read() as connection:
            at_first = outdated_count.left(executor(connection))
        if not at_first.outdated or until():
            return 0
        list_outdated(self.database)
        done = 0
        while not until():
            self.progress(_TEXT, min(at_first.done + done, at_first.mails), at_first.mails)
            began = time.monotonic()
            count = self.step()
            if count is None:
                break
            done += count
            pause(time.monotonic() - began)
        return done

    def step(self) -> int | None:
        """Bring some conversations up to date; return how many listed messages they had, None if none is left."""
        with self.database.read() as connection:
            listed, read = _read_again(connection, self._choose(connection))
        if not listed:
            with self.database.write() as connection:
                return None if _finish_if_done(connection) else 0  # others may have listed more meanwhile
        with self.database.write() as connection:
            began = time.monotonic()
            done = renew(connection, listed, read)
            _finish_if_done(connection)
        self._adapt(time.monotonic() - began)
        for one in read.values():
            if one.damaged:
                self.damaged(one.message.message_id)
        return done

    def _choose(self, connection: Connection) -> list[int]:
        """Return the conversations with the newest listed messages, at least one."""
        newest = outdated.newest_conversations(connection, self._mails)
        sizes = derived.conversation_sizes(connection, newest)
        chosen: list[int] = []
        mails_left = self._mails
        for conversation in newest:
            mails_left -= sizes.get(conversation, 0)
            if chosen and mails_left < 0:
                break
            chosen.append(conversation)
        return chosen

    def _adapt(self, seconds: float) -> None:
        """Choose the size of the next step by how long the last one held the lock."""
        if seconds > _SECONDS:
            self._mails = max(self._mails // 2, 1)
        elif seconds < _SECONDS / 3:
            self._mails = min(self._mails * 2, _MOST_MAILS)


def _read_again(connection: Connection, conversations: Iterable[int]) -> tuple[set[int], dict[int, Reread]]:
    """Return the listed messages of these conversations, and those of them that were parsed again.

    Those of conversations that they are joined with, as they are parsed now, are among them.
    """
    listed: set[int] = set()
    read: dict[int, Reread] = {}
    known: set[int] = set()
    while more := set(conversations) - known:
        known |= more
        found = outdated.listed_in(connection, more)
        listed.update(pk for own in found.values() for pk in own)
        again = sorted(pk for own in found.values() for pk, outdated_mail in own.items() if outdated_mail)
        parsed = list(reread(connection, again))
        read.update((one.pk, one) for one in parsed)
        names = {name for one in parsed for name in thread_keys(one.message)}
        conversations = derived.conversations_of(connection, names).values()
    return listed, read


def renew(connection: Connection, pks: Collection[int], read: dict[int, Reread]) -> int:
    """Store these messages, which were parsed again, and derive their conversations; return how many were listed.

    A conversation that changed since then, so that not all of its listed messages are in `read`, is left for later.
    """
    listed = outdated.listed_in(connection, derived.conversations_with(connection, pks))
    copies = mails.copies_of(connection, read)
    ready = {
        conversation
        for conversation, own in listed.items()
        if all(pk in read and read[pk].copies == copies.get(pk, set()) for pk, again in own.items() if again)
    }
    done = {pk: again for conversation in ready for pk, again in listed[conversation].items()}
    again = [read[pk] for pk in sorted(done) if done[pk]]
    before = mails.parsed_columns(connection, [one.pk for one in again])
    after = {one.pk: columns_of(one.message, one.facts) for one in again}
    changed = [pk for pk, columns in after.items() if columns != before[pk]]
    mails.change_facts(connection, [{"id": pk, **after[pk]} for pk in changed])
    pack_again(connection, again)
    dated = {pk for pk in changed if any(after[pk][name] != before[pk][name] for name in _NAMED_BY_CITATIONS)}
    derivation = Derivation(connection)
    derivation.renew([(one.pk, one.message) for one in again], dated, ready)
    derivation.finish()
    outdated.unlist(connection, done)
    event_queue.note_renewed(connection, derivation.series)
    return len(done)


def _finish_if_done(connection: Connection) -> bool:
    """Store that everything is up to date, if nothing is listed."""
    done = outdated.is_empty(connection)
    if done and outdated.forms(connection).oldest is not None:
        outdated.set_current(connection)
    return done
