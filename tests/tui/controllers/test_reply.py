"""Writing replies, driven by keys."""

from __future__ import annotations

import subprocess
import threading

import pytest
from textual.app import App, SuspendNotSupported

from patchwatch.errors import DatabaseLockedError, SendError, ToolError
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.draft import DraftDialog
from patchwatch.tui.dialogs.send import SendScreen
from patchwatch.tui.screens.overview import OverviewScreen
from tests.tui.driving import shown, until
from tests.tui.fake_tracker import ANSWER_ID, FakeTracker
from tests.tui.reply_setup import COVER, FIRST, PATCH, ROOMY, ReplySetup, at_series, notices, pressed, sent
from tests.tui.sample_mails import HOSTILE, SampleMail


@pytest.fixture
def app(tracker: FakeTracker, reply_setup: ReplySetup) -> PatchwatchApp:
    """The app, opened at the applied series."""
    return PatchwatchApp(tracker, open_series=3)


async def test_reply_is_edited_and_previewed_and_kept_in_a_dry_run(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        says = (
            "DRY RUN: NOTHING WILL BE SENT   to 1 recipient",
            "From: Rita Reviewer <rita@example.com>",
            "To: Jonas Weide <jonas@example.com>",
            "Subject: Re: [PATCH net-next v5 1/2] net: count drops for each queue",
            f"In-Reply-To: <{FIRST}>",
            "Content-Transfer-Encoding: 8bit",
            "> That makes sense to me. Is the lock really needed, though?",
            "\n That makes sense.",
            "git send-email --dry-run /tmp/mail.eml",
        )
        await pressed(pilot, "R", says=says)
        await pilot.press("y")
        await at_series(pilot)
        await until(pilot, lambda: "outcome: Dry run: nothing was sent." in notices(pilot))
        assert "dry_run = false" in notices(pilot)
        assert "Draft kept: ~/.local/share/patchwatch/drafts/net-count-drops-for-each-" in notices(pilot)
        assert [draft.body.splitlines()[-1] for draft in sent(tracker)] == ["That makes sense."]
        assert len(reply_setup.draft_texts(tracker)) == 1


async def test_sent_draft_is_deleted(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    tracker.dry_run = False
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="NOT SENT YET   to 1 recipient")
        assert len(reply_setup.draft_texts(tracker)) == 1
        await pilot.press("y")
        await at_series(pilot)
        assert notices(pilot) == f"outcome: Sent: <{ANSWER_ID}>"
        assert [draft.in_reply_to for draft in sent(tracker)] == [FIRST]
        assert reply_setup.draft_texts(tracker) == []


async def test_headers_can_be_edited(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    reply_setup.editor_runs('sed -i "s/^Cc:.*/Cc: netdev@vger.kernel.org/; \\$ a Fine." "$1"')
    tracker.dry_run = False
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="to 2 recipients")
        await pilot.press("y")
        await at_series(pilot)
        assert [str(mailbox) for mailbox in sent(tracker)[0].cc] == ["netdev@vger.kernel.org"]


@pytest.mark.parametrize(("command", "says"), [("true", "Nothing was written"), (': >"$1"', "The draft is empty")])
async def test_unchanged_or_empty_draft_is_discarded(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup, command: str, says: str
) -> None:
    reply_setup.editor_runs(command)
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("R")
        await until(pilot, lambda: says in notices(pilot))
        await at_series(pilot)
        assert not tracker.asked["rehearse"]
        assert reply_setup.draft_texts(tracker) == []


async def test_draft_emptied_later_is_discarded(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="DRY RUN")
        reply_setup.editor_runs(': >"$1"')
        await pilot.press("e")
        await until(pilot, lambda: "The draft is empty" in notices(pilot))
        await at_series(pilot)
        assert reply_setup.draft_texts(tracker) == []


async def test_only_the_previewed_text_is_sent(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.dry_run = False
    gate = tracker.gates["rehearse"] = threading.Event()
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="asking git send-email")
        await until(pilot, lambda: tracker.asked["rehearse"])
        reply_setup.editor_appends("And more.")
        await pilot.press("e")  # while git is still asked about what it was before
        await pressed(pilot, "y", says="git send-email has not accepted it")
        assert not tracker.asked["send"]
        gate.set()
        await until(pilot, lambda: "NOT SENT YET" in shown(pilot) and "And more." in shown(pilot))
        await pilot.press("y")
        await at_series(pilot)
        assert [draft.body.splitlines()[-2:] for draft in sent(tracker)] == [["That makes sense.", "And more."]]


async def test_invalid_draft_is_refused_and_can_be_fixed(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    reply_setup.editor_runs('sed -i "s/^Cc:.*/Cc: nobody at all/; \\$ a Fine." "$1"')
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        says = ("Cannot be sent", "! Cc: 'nobody at all' is not an e-mail address.", "Fine.")
        await pressed(pilot, "R", says=says)
        await pressed(pilot, "y", says="has not accepted it")
        assert not tracker.asked["send"]
        reply_setup.editor_runs('sed -i "/^Cc:/d" "$1"')
        await pressed(pilot, "e", says="DRY RUN")


async def test_draft_is_kept_when_git_refuses_it(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.failing["rehearse"] = ToolError("git send-email is missing. On Debian: apt install git-email.")
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="! git send-email is missing.")
        await pilot.press("q")
        await at_series(pilot)
        assert "note: Not sent. Draft kept: ~/.local/share/" in notices(pilot)
        assert len(reply_setup.draft_texts(tracker)) == 1


async def test_failed_send_keeps_the_draft_and_can_be_retried(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.dry_run = False
    tracker.failing["send"] = SendError("git send-email failed, and nothing was sent: relay says no.")
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="NOT SENT YET")
        await pressed(pilot, "y", says="relay says no. Draft kept:")
        assert len(reply_setup.draft_texts(tracker)) == 1
        del tracker.failing["send"]
        await until(pilot, lambda: len(tracker.asked["rehearse"]) == 2 and "NOT SENT YET" in shown(pilot))
        await pilot.press("y")
        await at_series(pilot)
        assert notices(pilot) == f"outcome: Sent: <{ANSWER_ID}>"
        assert reply_setup.draft_texts(tracker) == []


async def test_unsent_draft_is_offered_again(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="DRY RUN")
        await pilot.press("escape")
        await at_series(pilot)
        reply_setup.editor_appends("Said anew.")
        for key in ("escape", "enter"):
            await pilot.press("R")
            await until(pilot, lambda: isinstance(pilot.app.screen, DraftDialog))
            await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, SendScreen))
        await pressed(pilot, says=("DRY RUN", "\n That makes sense."))
        await pilot.press("q")
        await at_series(pilot)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftDialog))
        await pressed(pilot, "n", says="Said anew.")
        assert "\n That makes sense." not in shown(pilot)


async def test_no_editor_opens_after_the_screen_was_closed(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    gate = tracker.gates["reply"] = threading.Event()
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("R", "R", "q")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))
        gate.set()
        assert app.jobs.drain("mail", 30)
        await pilot.press("j")
        assert reply_setup.draft_texts(tracker) == []
        assert isinstance(pilot.app.screen, OverviewScreen)


async def test_drafts_of_other_mails_are_not_offered(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="DRY RUN")
        await pilot.press("q")
        await at_series(pilot)
        await pilot.press("g", "j")
        await at_series(pilot, PATCH)
        await pressed(pilot, "R", says=f"In-Reply-To: <{PATCH}>")


async def test_failing_editor_is_reported(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    reply_setup.editor_runs('echo half >>"$1"; return 3')
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("R")
        await until(pilot, lambda: "exited with status 3; nothing was sent. Your text is in" in notices(pilot))
        assert reply_setup.draft_texts(tracker)[0].endswith("\nhalf\n")
        await at_series(pilot)


async def test_reply_error_is_reported(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.failing["reply"] = SendError("no sender configured")
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="! no sender configured")


async def test_error_in_storing_a_draft_is_reported(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.drafts.directory.parent.mkdir(parents=True)
    tracker.drafts.directory.write_text("")  # a file where the directory should be
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="the draft can't be saved in")


def refused(_: App[None]) -> None:
    raise SuspendNotSupported


async def test_browser_session_reports_what_needs_a_terminal(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PatchwatchApp, "suspend", refused)
    tracker.dry_run = False
    tracker.trees = (reply_setup.home,)
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="! this needs a terminal")
        assert reply_setup.draft_texts(tracker) == []
        await pressed(pilot, "B", says="Will run in")
        await pilot.press("enter")
        await until(pilot, lambda: [notice.about for notice in app.notices] == ["reply", "b4"])
        assert not tracker.asked["b4"]
        await pressed(pilot, "T", says="Reply with tags")
        await pressed(pilot, "r", "enter", says="NOT SENT YET")
        await pressed(pilot, "y", says="Draft kept")
        assert not tracker.asked["send"]
        assert len(reply_setup.draft_texts(tracker)) == 1
        await pilot.press("e")
        await until(pilot, lambda: len(tracker.asked["rehearse"]) == 3)
        assert len(reply_setup.draft_texts(tracker)) == 1


async def test_dry_run_needs_no_terminal(
    tracker: FakeTracker, app: PatchwatchApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PatchwatchApp, "suspend", refused)
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="Reply with tags")
        await pressed(pilot, "r", "enter", says="DRY RUN")
        await pilot.press("y")
        await at_series(pilot)
        assert "outcome: Dry run: nothing was sent." in notices(pilot)


async def test_hostile_headers_add_no_recipient_or_command(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.dry_run = False
    mail = SampleMail("evil@example.org", "x", f"Harmless?\n{HOSTILE}\n", depth=1)
    tracker.deliver(3, mail, COVER)
    tracker.raws[mail.id] = (
        b"From: =?utf-8?q?Eve=0ACc=3A_victim=40example.net=0A?= <eve@example.org>\n"
        b"To: netdev@vger.kernel.org,\n =?utf-8?q?a=0D=0ABcc=3A_victim=40example.net?= <b@example.org>\n"
        b"Subject: =?utf-8?q?x=0ABcc=3A_victim=40example.net=1B=5B31m_=5Bred=5D?=\n"
        b"Date: Mon, 18 Sep 2023 10:00:00 +0000\nMessage-ID: <evil@example.org>\n\n" + mail.text.encode()
    )
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("G")
        await at_series(pilot, mail.id)
        says = ("NOT SENT YET   to 3 recipients", "Subject: Re: x Bcc: victim@example.net␛[31m [red]", "> Harmless?")
        await pressed(pilot, "R", says=says)
        assert all(one.isprintable() for one in shown(pilot).split("\n"))
        assert "\n Bcc:" not in shown(pilot)
        await pilot.press("y")
        await at_series(pilot, mail.id)
        (draft,) = sent(tracker)
        assert {mailbox.address for mailbox in (*draft.to, *draft.cc)} == {
            "eve@example.org",
            "netdev@vger.kernel.org",
            "b@example.org",
        }


async def test_hidden_recipients_are_shown_at_the_top(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.hidden = ("archive@example.com",)
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says=("to 2 recipients", "From: Rita"))
        assert shown(pilot).split("\n")[2].startswith(" ! It also goes to archive@example.com")


async def test_what_it_changes_is_said_and_asked_again_after_an_edit(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="after   it stays in Review: review v5; point 3 waits for Jonas")
        reply_setup.editor_appends("And more.")
        await pressed(pilot, "e", says="And more.")
        await until(pilot, lambda: len(tracker.asked["effect"]) == 2)
        (first,), (second,) = tracker.asked["effect"]  # type: ignore[misc]
        assert first.body + "And more.\n" == second.body


async def test_nothing_waits_for_what_it_changes(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.gates["effect"] = threading.Event()
    tracker.failing["effect"] = DatabaseLockedError("locked")
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says=("DRY RUN", "after   …"))
        await pilot.press("y")
        await at_series(pilot)
        assert len(sent(tracker)) == 1
        await pressed(pilot, "R", "enter", says="after   …")
        tracker.gates["effect"].set()
        await until(pilot, lambda: "after   not known while another program writes" in shown(pilot))


def test_fake_editor_is_a_shell(reply_setup: ReplySetup) -> None:
    """So that a test above that expects nothing does not pass because nothing ran."""
    reply_setup.editor_appends("x")
    assert subprocess.run(["git", "var", "GIT_EDITOR"], capture_output=True, text=True, check=True).stdout
