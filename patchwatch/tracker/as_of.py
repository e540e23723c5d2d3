"""A tracker as of a date: with the mail and commits of before that time only.

Ages can be computed relative to any time, but states cannot: they depend on the replies that existed then.  So what
followed from later mail is derived again, in a temporary copy of the database.  Manual decisions count if they were
made by then; the watched series are those of today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from patchwatch.db import decisions, messages, series, series_flags, snapshot
from patchwatch.db.backup import back_up, sqlite_file
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.db.message_codec import decode_message
from patchwatch.db.visits import LATE
from patchwatch.progress import Progress, no_progress
from patchwatch.sync.derive import Derivation
from patchwatch.sync.rewind import is_quick, rewind
from patchwatch.times import format_time
from patchwatch.tracker import Tracker

_DAY = 86_400  # what came in the last day is new, also in watched series


@contextmanager
def as_of(tracker: Tracker, then: int, progress: Progress = no_progress) -> Iterator[Tracker]:
    """Yield the tracker as of `then` (UTC seconds); changes to it are discarded at the end."""
    with TemporaryDirectory(prefix="patchwatch-then-") as directory:
        file = Path(directory) / "then.db"
        with tracker.database.read() as source:
            execute = executor(source)
            watched = series.messages_of(execute, series_flags.watched(execute))
            in_copy = sqlite_file(tracker.database.url) is not None and is_quick(source, then)
        if in_copy:
            back_up(tracker.database.url, file, passing=True)
        past = Tracker(tracker.config, clock=lambda: float(then), database_url=f"sqlite:///{file}")
        try:
            if in_copy:
                with past.database.write() as connection:
                    rewind(connection, then, progress)
            else:
                _derive_until(tracker.database, past.database, then, progress)
            with past.database.write() as connection:
                _watch(connection, sorted(watched), then - _DAY + LATE)
            yield past
        finally:
            past.database.close()


def _watch(connection: Connection, message_ids: Sequence[str], at: int) -> None:
    """Watch the series of these messages, as far as they are known."""
    execute = executor(connection)
    known, watched = series.series_of(execute, message_ids), series_flags.watched(execute)
    first = {number: message_id for message_id, number in reversed(known.items()) if number not in watched}
    decisions.watch(connection, first.values(), at)


def _derive_until(source: Database, target: Database, then: int, progress: Progress) -> None:
    """Derive everything from the mail until `then`."""
    with source.read() as reading, target.write() as connection:
        snapshot.copy_until(reading, connection, then)
        done, total = 0, messages.count(connection)
        text = f"going back to {format_time(then)}: {total:,} mails"
        for part in snapshot.message_facts(connection):
            derivation = Derivation(connection)
            derivation.add_messages([(pk, decode_message(facts)) for pk, facts in part])
            derivation.finish()
            done += len(part)
            progress(text, done, total)
