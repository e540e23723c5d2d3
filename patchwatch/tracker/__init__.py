"""The API under the command line, the TUI and the daemon: everything that a user can query or do.

Methods can be called from any thread.  Modules are imported where they are needed, so that `patchwatch list` starts
fast: reading a database needs no network library.
"""

from __future__ import annotations

from patchwatch.tracker.decisions import Decisions
from patchwatch.tracker.digests import Digests
from patchwatch.tracker.fetch import Fetch
from patchwatch.tracker.patch_reading import PatchReadings
from patchwatch.tracker.replies import Replies


class Tracker(Decisions, PatchReadings, Replies, Fetch, Digests):
    """A database, an archive and a clock."""

    def refresh_answer(self) -> None:
        """Keep the stored answer of `next` up to date, if a prompt or status bar asks for it."""
        from patchwatch.tracker.next_answer import refresh

        refresh(self)
