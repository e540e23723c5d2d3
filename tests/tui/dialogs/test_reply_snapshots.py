"""What writing looks like.  After a change that is meant: pytest --snapshot-update, then look at the SVGs."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.tui.app import PatchwatchApp
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import ReplySetup
from tests.tui.snapshots import LOOKS, LOOKS_ALL, Compare, after

JONAS = "drops-v5-r@example.org"
TO_JONAS = ("g", "j", "j")
looks = pytest.mark.parametrize(("size", "theme"), LOOKS)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tracker: FakeTracker) -> ReplySetup:
    """A desk, and a series that was read but for its last mails."""
    tracker.mark_read([row.message_id for row in tracker.thread(3)[:-2]])
    desk = ReplySetup(tmp_path, monkeypatch)
    desk.sit(tracker)
    return desk


def shot(compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str, *keys: str, text: str) -> bool:
    drive = after(*keys, ready="5 unread", text=text)
    return compare(PatchwatchApp(tracker, open_series=3, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("size", "theme"), LOOKS_ALL)
def test_dry_run(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    assert shot(snap_compare, tracker, size, theme, *TO_JONAS, "R", text="Dry run")


@pytest.mark.usefixtures("desk")
@looks
def test_ready(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    tracker.dry_run = False
    tracker.hidden = ("archive@example.com",)
    assert shot(snap_compare, tracker, size, theme, "g", "j", "T", "r", "t", "enter", text="Ready to be sent")


@looks
def test_not_like_this(
    snap_compare: Compare, tracker: FakeTracker, desk: ReplySetup, size: tuple[int, int], theme: str
) -> None:
    desk.does('sed -i "s/^To:.*/To: nobody at all/; \\$ a Fine." "$1"')
    assert shot(snap_compare, tracker, size, theme, *TO_JONAS, "R", text="is no mail address")


@pytest.mark.usefixtures("desk")
@looks
def test_draft_dialog(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    tracker.drafts.keep(tracker.reply(JONAS))
    assert shot(snap_compare, tracker, size, theme, *TO_JONAS, "R", text="Your draft")


@pytest.mark.usefixtures("desk")
@looks
def test_tag_dialog(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    assert shot(snap_compare, tracker, size, theme, "T", "r", "t", text="[x] Tested-by")


@looks
def test_b4_dialog(
    snap_compare: Compare, tracker: FakeTracker, desk: ReplySetup, size: tuple[int, int], theme: str
) -> None:
    tracker.trees = (desk.home / "src" / "linux", desk.home / "src" / "net-next")
    assert shot(snap_compare, tracker, size, theme, "B", "j", text="b4 shazam -m MAILS")


@pytest.mark.usefixtures("desk")
@looks
def test_no_tree_for_b4(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    assert shot(snap_compare, tracker, size, theme, "B", text="nowhere to")
