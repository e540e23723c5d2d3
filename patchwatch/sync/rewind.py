"""Go back in a copy of a database: forget what came after a time, and derive again what followed from it.

The other way, deriving everything again from the mail until then, takes longer unless most of the mail came later.
"""

from __future__ import annotations

from sqlalchemy import Connection

from patchwatch.db import messages, snapshot
from patchwatch.db.sql import chunks
from patchwatch.progress import Progress, no_progress
from patchwatch.sync import applied_commits
from patchwatch.sync.derive import Derivation, derive_again
from patchwatch.times import format_time

_AT_ONCE = 2_000  # conversations: a part of them can concern the others, which are then derived in vain


def is_quick(connection: Connection, then: int) -> bool:
    """True if less mail came after `then` (UTC seconds) than before."""
    return snapshot.later(connection, then).messages * 2 < messages.count(connection)


def rewind(connection: Connection, then: int, progress: Progress = no_progress) -> None:
    """Forget what was sent, committed and decided after `then` (UTC seconds), in the caller's transaction."""
    later = snapshot.later(connection, then)
    revisions = applied_commits.revisions_of(connection, later.commits) if later.commits else set()
    snapshot.forget_decisions(connection, then)
    text = f"going back to {format_time(then)}: {later.messages:,} mails"
    done = 0
    for part in chunks(sorted(later.conversations, reverse=True), _AT_ONCE):  # later versions first
        derivation = Derivation(connection)
        derivation.take_back(set(part), *snapshot.forget_mail(connection, part, then))
        derivation.finish()
        done += len(part)
        progress(text, done, len(later.conversations))
    derive_again(connection, sorted(later.decided))
    Derivation(connection).reconsider(revisions)
