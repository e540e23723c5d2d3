"""Pictures of replying.  After an intended change: pytest --snapshot-update, then look at the SVGs."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.tui.app import PatchwatchApp
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import ReplySetup
from tests.tui.snapshots import LOOKS, Compare, after

JONAS = "drops-v5-r@example.org"
TO_JONAS = ("g", "j", "j")
looks = pytest.mark.parametrize(("size", "theme"), LOOKS)


@pytest.fixture
def reply_setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tracker: FakeTracker) -> ReplySetup:
    """A home directory with an editor, and a series of which only the last mails are unread."""
    tracker.mark_read([row.message_id for row in tracker.thread(3)[:-2]])
    reply_setup = ReplySetup(tmp_path, monkeypatch)
    reply_setup.keep_drafts(tracker)
    return reply_setup


def shot(compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str, *keys: str, text: str) -> bool:
    drive = after(*keys, ready="5 unread", text=text)
    return compare(PatchwatchApp(tracker, open_series=3, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.usefixtures("reply_setup")
@looks
def test_dry_run(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    assert shot(snap_compare, tracker, size, theme, *TO_JONAS, "R", text="DRY RUN")


@pytest.mark.usefixtures("reply_setup")
@looks
def test_draft_dialog(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    tracker.drafts.save(tracker.reply(JONAS))
    assert shot(snap_compare, tracker, size, theme, *TO_JONAS, "R", text="Unsent draft")


@pytest.mark.usefixtures("reply_setup")
@looks
def test_tag_dialog(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    assert shot(snap_compare, tracker, size, theme, "T", "r", "t", text="[x] Tested-by")


@looks
def test_b4_dialog(
    snap_compare: Compare, tracker: FakeTracker, reply_setup: ReplySetup, size: tuple[int, int], theme: str
) -> None:
    tracker.trees = (reply_setup.home / "src" / "linux", reply_setup.home / "src" / "net-next")
    assert shot(snap_compare, tracker, size, theme, "B", "j", text="b4 shazam -m MAILS")
