"""Three sample threads, offline, in a temporary database.

The mails have the headers of real ones; their bodies were written for the demo.  Two mails are made up (rita.mbox): the
user is Rita, a reviewer, who asked about one series and is asked about another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from patchwatch.compose.draft_store import DraftStore
from patchwatch.config import Config, Me
from patchwatch.errors import LoreUnreachableError
from patchwatch.sources.lore.client import Archive
from patchwatch.sources.lore.urls import find_addresses
from patchwatch.sync.import_mail import import_mail
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker

NOW = 1_695_283_200
"""2023-09-21T08:00Z, the morning after the last mail."""

RITA = Me(("rita@example.org",))
"""The addresses of the user."""

_HERE = Path(__file__).parent
_INBOXES = {
    "tcp.mbox": ("linux-trace-kernel", "netdev"),
    "mglru.mbox": ("linux-mm",),
    "xdp.mbox": ("bpf",),
    "rita.mbox": ("linux-mm", "netdev"),
}


class DemoTracker(Tracker):
    """A tracker that fails when it needs the archive."""

    def _archive(self, pause: Callable[[float], None] = time.sleep) -> Archive:
        raise LoreUnreachableError(
            "this is the offline demo. For real mail, run `patchwatch watch URL`, then `patchwatch tui`."
        )


@contextmanager
def demo(now: int | None = None) -> Iterator[DemoTracker]:
    """Yield a tracker of the sample threads as of `now` (UTC seconds), and delete its database and drafts."""
    with TemporaryDirectory(prefix="patchwatch-demo-") as directory:
        clock = float(NOW if now is None else now)
        tracker = DemoTracker(Config(me=RITA), clock=lambda: clock, database_url=f"sqlite:///{directory}/demo.db")
        tracker.drafts = DraftStore(Path(directory) / "drafts")
        try:
            for name, inboxes in _INBOXES.items():
                for inbox in inboxes:
                    import_mail(tracker.database, _HERE / name, inbox)
            links = find_addresses((_HERE / "report.md").read_text(encoding="utf-8"))
            watch_known(tracker.database, [link.message_id for link in links], tracker.now())
            yield tracker
        finally:
            tracker.database.close()
