"""What a series looks like, in each of its states.  After a change that is meant: --snapshot-update, then look."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from patchwatch.errors import NotFoundError
from patchwatch.series.model import RevisionRow
from patchwatch.tui.app import PatchwatchApp
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import LONG_REPLY, SampleMail
from tests.tui.snapshots import LOOKS, LOOKS_ANSI, LOOKS_NARROW, SIZES, Compare, after

looks = pytest.mark.parametrize(("size", "theme"), LOOKS)
main_looks = pytest.mark.parametrize(("size", "theme"), [*LOOKS_ANSI, *LOOKS_NARROW[len(LOOKS) :]])
sizes = pytest.mark.parametrize("size", SIZES)


@pytest.fixture
def app(tracker: FakeTracker, theme: str) -> PatchwatchApp:
    """The program, opened at the applied series, whose last two mails are unread."""
    tracker.mark_read([row.message_id for row in tracker.thread(3)[:-2]])
    return PatchwatchApp(tracker, open_series=3, theme=theme)


@main_looks
def test_evidence(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int]) -> None:
    drive = after("e", text="5 unread")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_patch(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int]) -> None:
    drive = after("g", "j", "enter", "G", ready="5 unread", text="2 replies")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_history(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int]) -> None:
    drive = after("s", "k", "k", ready="5 unread", text="posted 2 patches (1 missing)")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_folded_quote_and_link(snap_compare: Compare, tracker: FakeTracker, theme: str, size: tuple[int, int]) -> None:
    tracker.mark_read([row.message_id for row in tracker.thread(3)])
    tracker.deliver(3, SampleMail("long@example.org", "Re: it", LONG_REPLY, depth=1), "drops-v5-0@example.org")
    drive = after("tab", "full_stop", "full_stop", ready="5 unread", text="This reads well")
    assert snap_compare(PatchwatchApp(tracker, open_series=3, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_files(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int]) -> None:
    drive = after("f", "G", ready="5 unread", text="drops.sh")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_comparison(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int]) -> None:
    drive = after("d", ready="5 unread", text="1 changed")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_changelog(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int]) -> None:
    drive = after("d", "c", ready="5 unread", text="one lock less")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@sizes
def test_equal_revisions(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int]) -> None:
    for name in ("0", "1"):
        tracker.raws[f"drops-v4-{name}@example.org"] = tracker.raws[f"drops-v5-{name}@example.org"]
    tracker.change(3, revisions=tuple(_single(row) for row in tracker.rows[3].revisions))
    drive = after("d", ready="8 unread", text="Nothing changed")
    assert snap_compare(PatchwatchApp(tracker, open_series=3), terminal_size=size, run_before=drive)


def _single(row: RevisionRow) -> RevisionRow:
    return replace(row, patch_message_ids=row.patch_message_ids[:1], patches=1, expected=1)


@sizes
@pytest.mark.parametrize(("number", "left"), [(7, 7), (9, 9), (11, 9)], ids=["rfc", "chinese", "hostile"])
def test_others(snap_compare: Compare, tracker: FakeTracker, number: int, left: int, size: tuple[int, int]) -> None:
    drive = after("j", text=f"{left} unread")
    assert snap_compare(PatchwatchApp(tracker, open_series=number), terminal_size=size, run_before=drive)


@sizes
def test_gone(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int]) -> None:
    tracker.failing["one"] = NotFoundError("there is no series 99. `patchwatch list --all` shows the numbers.")
    drive = after(ready="9 unread", text="there is no series 99")
    assert snap_compare(PatchwatchApp(tracker, open_series=99), terminal_size=size, run_before=drive)


@pytest.mark.parametrize("theme", ["dark"])
@sizes
def test_keys(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int]) -> None:
    drive = after("question_mark", ready="5 unread", text="Keys")
    assert snap_compare(app, terminal_size=size, run_before=drive)
