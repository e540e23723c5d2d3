"""The past as it was: a tracker that knows only the mail and commits of before a time.

Ages can be reckoned from any time, but a state can't: who was asked last week could not know yet what he answered.  So
what was known then is worked out anew, in a database that is thrown away.  What people decided holds where they had
decided it by then; what they watch now is watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from patchwatch.db import series, snapshot
from patchwatch.db.message_codec import decode_message
from patchwatch.sync.derive import Derivation
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker


@contextmanager
def as_of(tracker: Tracker, then: int) -> Iterator[Tracker]:
    """The tracker as it would have been `then` (UTC seconds); what is done to it is forgotten at the end."""
    with TemporaryDirectory(prefix="patchwatch-then-") as directory:
        was = Tracker(tracker.config, clock=lambda: float(then), database_url=f"sqlite:///{directory}/then.db")
        try:
            with tracker.database.read() as source:
                watched = series.messages_of(source, series.watched_series(source))
                with was.database.write() as target:
                    snapshot.copy_until(source, target, then)
                    for part in snapshot.message_facts(target):
                        derivation = Derivation(target)
                        derivation.add_messages([(pk, decode_message(facts)) for pk, facts in part])
                        derivation.finish()
            watch_known(was.database, sorted(watched), then)
            yield was
        finally:
            was.database.close()
