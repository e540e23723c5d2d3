"""Running b4, driven by keys."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from patchwatch.errors import DatabaseLockedError, ToolError
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.b4 import B4Dialog
from tests.tui.driving import shown
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import COVER, ROOMY, ReplySetup, at_series, notices, pressed


@pytest.fixture
def app(tracker: FakeTracker, reply_setup: ReplySetup) -> PatchwatchApp:
    """The app, opened at the applied series."""
    return PatchwatchApp(tracker, open_series=3)


async def test_b4_runs_the_shown_command_in_the_selected_tree(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup, capfd: pytest.CaptureFixture[str]
) -> None:
    tracker.trees = (reply_setup.home / "src" / "linux", reply_setup.home / "src" / "net-next")
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        says = ("Will run in ~/src/linux:", f"b4 am -m MAILS -o . -- {COVER}", "MAILS is a maildir")
        await pressed(pilot, "B", says=says)
        await pressed(pilot, "j", says=f"b4 shazam -m MAILS -- {COVER}")
        await pressed(pilot, "tab", "j", says="Will run in ~/src/net-next:")
        await pilot.press("enter")
        await at_series(pilot)
        assert tracker.asked["b4"] == [("shazam", COVER, reply_setup.home / "src" / "net-next")]
        assert notices(pilot) == "outcome: b4 shazam exited with status 0 in ~/src/net-next."
    said = capfd.readouterr().err
    assert f"in ~/src/net-next:\nb4 shazam -m /tmp/series -- {COVER}\n" in said
    assert "b4 exited with status 0." in said


async def test_failing_b4_is_reported(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    tracker.trees = (reply_setup.home,)
    tracker.status = 128
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "B", says="Will run in ~:")
        await pressed(pilot, "j", "j", says=f"b4 review track -- {COVER}")
        assert "MAILS" not in shown(pilot)
        await pressed(pilot, "enter", says="! b4 review track exited with status 128 in ~.")
        tracker.failing["b4"] = ToolError("b4 is not installed, or not in $PATH.")
        await pressed(pilot, "B", says="Will run in")
        await pressed(pilot, "enter", says="! b4 is not installed")


async def test_cancel_does_not_run_b4(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    tracker.trees = (reply_setup.home,)
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "B", says="Will run in")
        await pilot.press("escape")
        await at_series(pilot)
        assert not tracker.asked["b4"]


async def test_b4_needs_a_work_tree(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "B", says="Set the path of a checkout in ~/.config/patchwatch/config.toml")
        assert isinstance(pilot.app.screen, B4Dialog)
        await pilot.press("enter")
        await at_series(pilot)
        assert not tracker.asked["b4"]


async def test_error_before_the_b4_dialog_is_reported(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.failing["work_trees"] = DatabaseLockedError("the database is locked.")
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "B", says="! the database is locked.")


async def test_hostile_message_id_is_quoted_for_b4(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.trees = (reply_setup.home,)
    row = tracker.rows[3]
    newest = replace(row.revisions[-1], message_id="$(reboot)\x1b[2J@example.org")
    tracker.threads[3] = tuple(
        replace(one, revision=newest.message_id) if one.revision == COVER else one for one in tracker.threads[3]
    )
    tracker.change(3, revisions=(*row.revisions[:-1], newest))
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "B", says="-- $(reboot)␛[2J@example.org")
