"""The core under both the command line and the screens: everything a user can ask or do.

Methods may be called from any thread.  Imports are made where they are needed, because `patchwatch list` has to answer
before a terminal's user notices, and reading a database needs no network library.
"""

from __future__ import annotations

from patchwatch.tracker.decisions import Decisions
from patchwatch.tracker.digests import Digests
from patchwatch.tracker.fetch import Fetch
from patchwatch.tracker.replies import Replies


class Tracker(Decisions, Replies, Fetch, Digests):
    """A database, an archive and a clock."""
