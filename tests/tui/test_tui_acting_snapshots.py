"""What the dialogs look like from which something is done.  After a change that is meant: --snapshot-update, look."""

from __future__ import annotations

import pytest
from fake import FakeCore
from letters import likely, older_drops
from test_tui_snapshots import LOOKS, LOOKS_NARROW, Compare, after

from patchwatch.errors import ToolError
from patchwatch.tui.app import PatchwatchApp

looks = pytest.mark.parametrize(("size", "theme"), LOOKS)
looks_narrow = pytest.mark.parametrize(("size", "theme"), LOOKS_NARROW)


@pytest.fixture
def app(core: FakeCore, theme: str) -> PatchwatchApp:
    """The program, opened at the applied series, whose mails were all read."""
    core.mark_read([row.message_id for row in core.thread(3)])
    core.add(older_drops())
    core.likely[3] = likely()
    return PatchwatchApp(core, open_series=3, theme=theme)


@looks_narrow
def test_snooze(snap_compare: Compare, core: FakeCore, size: tuple[int, int], theme: str) -> None:
    drive = after("asterisk", "Z", "j", text="until somebody answers")
    assert snap_compare(PatchwatchApp(core, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_snooze_until_a_date(snap_compare: Compare, core: FakeCore, size: tuple[int, int], theme: str) -> None:
    core.change(3, snoozed_until=0)
    drive = after("Z", *"2023-10-02", text="→ Mon 2 Oct 2023")
    assert snap_compare(PatchwatchApp(core, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_snooze_until_no_date(snap_compare: Compare, core: FakeCore, size: tuple[int, int], theme: str) -> None:
    drive = after("Z", *"2023-09", "enter", text="! '2023-09'")
    assert snap_compare(PatchwatchApp(core, theme=theme), terminal_size=size, run_before=drive)


@looks_narrow
def test_link(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str) -> None:
    drive = after("L", ready="From ", text="one series, " if size[0] > 40 else "→")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_part(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str) -> None:
    drive = after("L", "G", ready="From ", text="two series, for good")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_link_with_a_message_that_is_not_known(
    snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str
) -> None:
    drive = after("L", *"20230901-x@example.org", "enter", ready="From ", text="! no known series")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_link_without_candidates(snap_compare: Compare, core: FakeCore, size: tuple[int, int], theme: str) -> None:
    drive = after("G", "L", text="No other series here")
    assert snap_compare(PatchwatchApp(core, theme=theme), terminal_size=size, run_before=drive)


@looks_narrow
def test_copy(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str) -> None:
    drive = after("y", "j", "j", ready="From ", text="(OSC 52)")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_no_browser(
    snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def browse(url: str) -> None:
        raise ToolError(f"there is no screen for a browser here. Copy the link: {url}")

    monkeypatch.setattr("patchwatch.handover.browse", browse)
    drive = after("W", ready="From ", text="! there is no screen")
    assert snap_compare(app, terminal_size=size, run_before=drive)
