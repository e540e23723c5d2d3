"""Writing replies, driven by keys."""

from __future__ import annotations

import subprocess
import threading

import pytest
from textual.app import App, SuspendNotSupported

from patchwatch.errors import SendError, ToolError
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
    """The program, opened at the applied series."""
    return PatchwatchApp(tracker, open_series=3)


async def test_a_reply_is_edited_shown_and_in_a_dry_run_kept(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        says = (
            "Dry run  nothing goes out; it would go to 1 recipient",
            "From: Rita Reviewer <rita@example.com>",
            "To: Jonas Weide <jonas@example.com>",
            "Subject: Re: [PATCH net-next v5 1/2] net: count drops for each queue",
            f"In-Reply-To: <{FIRST}>",
            "Content-Transfer-Encoding: 8bit",
            "> That makes sense to me. Is the lock really needed, though?",
            "\n That makes sense.",
            "~/.local/share/patchwatch/drafts/net-count-drops-for-each-",
            "git send-email --dry-run /tmp/mail.eml",
        )
        await pressed(pilot, "R", says=says)
        await pilot.press("y")
        await at_series(pilot)
        await until(pilot, lambda: "outcome: Dry run: nothing was sent." in notices(pilot))
        assert "dry_run = false" in notices(pilot)
        assert [draft.body.splitlines()[-1] for draft in sent(tracker)] == ["That makes sense."]
        assert len(reply_setup.draft_texts(tracker)) == 1


async def test_a_reply_that_was_sent_is_kept_no_longer(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.dry_run = False
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="Ready to be sent  to 1 recipient")
        assert len(reply_setup.draft_texts(tracker)) == 1
        await pilot.press("y")
        await at_series(pilot)
        assert notices(pilot) == f"outcome: Sent: <{ANSWER_ID}>"
        assert [draft.in_reply_to for draft in sent(tracker)] == [FIRST]
        assert reply_setup.draft_texts(tracker) == []


async def test_headers_can_be_edited_too(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    reply_setup.editor_runs('sed -i "s/^Cc:.*/Cc: netdev@vger.kernel.org/; \\$ a Fine." "$1"')
    tracker.dry_run = False
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="to 2 recipients")
        await pilot.press("y")
        await at_series(pilot)
        assert [str(mailbox) for mailbox in sent(tracker)[0].cc] == ["netdev@vger.kernel.org"]


@pytest.mark.parametrize(("command", "says"), [("true", "Nothing was written"), (': >"$1"', "The draft is empty")])
async def test_without_words_nothing_is_sent_or_kept(
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


async def test_what_was_emptied_later_is_thrown_away(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="Dry run")
        reply_setup.editor_runs(': >"$1"')
        await pilot.press("e")
        await until(pilot, lambda: "The draft is empty" in notices(pilot))
        await at_series(pilot)
        assert reply_setup.draft_texts(tracker) == []


async def test_it_can_be_edited_again_and_only_what_is_shown_is_sent(
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
        await until(pilot, lambda: "Ready to be sent" in shown(pilot) and "And more." in shown(pilot))
        await pilot.press("y")
        await at_series(pilot)
        assert [draft.body.splitlines()[-2:] for draft in sent(tracker)] == [["That makes sense.", "And more."]]


async def test_what_is_wrong_with_it_is_said_and_can_be_mended(
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
        await pressed(pilot, "e", says="Dry run")


async def test_git_refuses_and_the_draft_is_kept(
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


async def test_a_failure_keeps_the_draft_and_it_can_be_tried_again(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.dry_run = False
    tracker.failing["send"] = SendError("git send-email failed, and nothing was sent: relay says no.")
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="Ready to be sent")
        await pressed(pilot, "y", says="relay says no. Draft kept:")
        assert len(reply_setup.draft_texts(tracker)) == 1
        del tracker.failing["send"]
        await until(pilot, lambda: len(tracker.asked["rehearse"]) == 2 and "Ready to be sent" in shown(pilot))
        await pilot.press("y")
        await at_series(pilot)
        assert notices(pilot) == f"outcome: Sent: <{ANSWER_ID}>"
        assert reply_setup.draft_texts(tracker) == []


async def test_a_draft_that_was_left_is_offered_again(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="Dry run")
        await pilot.press("escape")
        await at_series(pilot)
        reply_setup.editor_appends("Said anew.")
        for key in ("escape", "enter"):
            await pilot.press("R")
            await until(pilot, lambda: isinstance(pilot.app.screen, DraftDialog))
            await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, SendScreen))
        await pressed(pilot, says=("Dry run", "\n That makes sense."))
        await pilot.press("q")
        await at_series(pilot)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftDialog))
        await pressed(pilot, "n", says="Said anew.")
        assert "\n That makes sense." not in shown(pilot)


async def test_who_has_left_before_the_draft_is_made_gets_no_editor(
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
        await pressed(pilot, "R", says="Dry run")
        await pilot.press("q")
        await at_series(pilot)
        await pilot.press("g", "j")
        await at_series(pilot, PATCH)
        await pressed(pilot, "R", says=f"In-Reply-To: <{PATCH}>")


async def test_an_editor_that_fails_is_said(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    reply_setup.editor_runs('echo half >>"$1"; return 3')
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("R")
        await until(pilot, lambda: "exited with status 3; nothing was sent. Your text is in" in notices(pilot))
        assert reply_setup.draft_texts(tracker)[0].endswith("\nhalf\n")
        await at_series(pilot)


async def test_a_mail_that_can_not_be_answered_is_said(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.failing["reply"] = SendError("no sender configured")
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="! no sender configured")


async def test_a_draft_that_can_not_be_kept_is_said(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.drafts.directory.parent.mkdir(parents=True)
    tracker.drafts.directory.write_text("")  # a file where the directory should be
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says="the draft can't be saved in")


def refused(_: App[None]) -> None:
    raise SuspendNotSupported


async def test_in_a_browser_it_is_said_what_takes_a_terminal(
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
        await until(pilot, lambda: [notice.about for notice in app.notices] == ["answer", "b4"])
        assert not tracker.asked["b4"]
        await pressed(pilot, "T", says="Give tags")
        await pressed(pilot, "r", "enter", says="Ready to be sent")
        await pressed(pilot, "y", says="Draft kept")
        assert not tracker.asked["send"]
        assert len(reply_setup.draft_texts(tracker)) == 1
        await pilot.press("e")
        await until(pilot, lambda: len(tracker.asked["rehearse"]) == 3)
        assert len(reply_setup.draft_texts(tracker)) == 1


async def test_a_dry_run_takes_no_terminal(
    tracker: FakeTracker, app: PatchwatchApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PatchwatchApp, "suspend", refused)
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="Give tags")
        await pressed(pilot, "r", "enter", says="Dry run")
        await pilot.press("y")
        await at_series(pilot)
        assert "outcome: Dry run: nothing was sent." in notices(pilot)


async def test_nothing_that_a_stranger_wrote_becomes_a_recipient_or_a_command(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.dry_run = False
    letter = SampleMail("evil@example.org", "x", f"Harmless?\n{HOSTILE}\n", depth=1)
    tracker.deliver(3, letter, COVER)
    tracker.raws[letter.id] = (
        b"From: =?utf-8?q?Eve=0ACc=3A_victim=40example.net=0A?= <eve@example.org>\n"
        b"To: netdev@vger.kernel.org,\n =?utf-8?q?a=0D=0ABcc=3A_victim=40example.net?= <b@example.org>\n"
        b"Subject: =?utf-8?q?x=0ABcc=3A_victim=40example.net=1B=5B31m_=5Bred=5D?=\n"
        b"Date: Mon, 18 Sep 2023 10:00:00 +0000\nMessage-ID: <evil@example.org>\n\n" + letter.text.encode()
    )
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("G")
        await at_series(pilot, letter.id)
        says = ("Ready to be sent  to 3 recipients", "Subject: Re: x Bcc: victim@example.net␛[31m [red]", "> Harmless?")
        await pressed(pilot, "R", says=says)
        assert all(one.isprintable() for one in shown(pilot).split("\n"))
        assert "\n Bcc:" not in shown(pilot)
        await pilot.press("y")
        await at_series(pilot, letter.id)
        (draft,) = sent(tracker)
        assert {mailbox.address for mailbox in (*draft.to, *draft.cc)} == {
            "eve@example.org",
            "netdev@vger.kernel.org",
            "b@example.org",
        }


async def test_who_gets_it_without_being_named_stands_at_the_top(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.hidden = ("archive@example.com",)
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "R", says=("it would go to 2 recipients", "From: Rita"))
        assert shown(pilot).split("\n")[3].startswith(" ! It goes to archive@example.com, too")


def test_the_editor_of_the_desk_is_a_shell(reply_setup: ReplySetup) -> None:
    """So that a test above that expects nothing does not pass because nothing ran."""
    reply_setup.editor_appends("x")
    assert subprocess.run(["git", "var", "GIT_EDITOR"], capture_output=True, text=True, check=True).stdout
