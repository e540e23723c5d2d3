"""A tracker as of a date: with the mail and commits of before that time only.

Ages can be computed relative to any time, but states cannot: they depend on the replies that existed then.  So
everything is derived again from the mail of that time, in a temporary database.  Manual decisions count if they were
made by then; the watched series are those of today.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from patchwatch.db import messages, series, series_flags, snapshot
from patchwatch.db.execute import executor
from patchwatch.db.message_codec import decode_message
from patchwatch.db.visits import LATE
from patchwatch.progress import Progress, no_progress
from patchwatch.sync.derive import Derivation
from patchwatch.sync.watch import watch_known
from patchwatch.times import format_time
from patchwatch.tracker import Tracker

_DAY = 86_400  # what came in the last day is new, also in watched series


@contextmanager
def as_of(tracker: Tracker, then: int, progress: Progress = no_progress) -> Iterator[Tracker]:
    """Yield the tracker as of `then` (UTC seconds); changes to it are discarded at the end."""
    with TemporaryDirectory(prefix="patchwatch-then-") as directory:
        past = Tracker(tracker.config, clock=lambda: float(then), database_url=f"sqlite:///{directory}/then.db")
        try:
            with tracker.database.read() as source:
                execute = executor(source)
                watched = series.messages_of(execute, series_flags.watched(execute))
                with past.database.write() as target:
                    snapshot.copy_until(source, target, then)
                    done, total = 0, messages.count(target)
                    text = f"going back to {format_time(then)}: {total:,} mails"
                    for part in snapshot.message_facts(target):
                        derivation = Derivation(target)
                        derivation.add_messages([(pk, decode_message(facts)) for pk, facts in part])
                        derivation.finish()
                        done += len(part)
                        progress(text, done, total)
            watch_known(past.database, sorted(watched), then - _DAY + LATE)
            yield past
        finally:
            past.database.close()
