"""Answers, tags and b4, driven by keys."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import replace

import pytest
from textual.app import App, SuspendNotSupported
from textual.pilot import Pilot

from patchwatch.errors import DatabaseLockedError, SendError, ToolError
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.b4 import B4Dialog
from patchwatch.tui.dialogs.draft import DraftDialog
from patchwatch.tui.dialogs.send import SendScreen
from patchwatch.tui.dialogs.tags import TagDialog
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.mail_view import MailView
from tests.tui.driving import shown, until
from tests.tui.fake_tracker import ANSWER_ID, FakeTracker
from tests.tui.reply_setup import ReplySetup, notices, pressed, sent
from tests.tui.sample_mails import HOSTILE, SampleMail

FIRST = "drops-v5-r@example.org"  # the mail that is opened: Jonas answers patch 1
PATCH = "drops-v5-1@example.org"
COVER = "drops-v5-0@example.org"
ROOMY = (120, 50)


@pytest.fixture
def app(tracker: FakeTracker, reply_setup: ReplySetup) -> PatchwatchApp:
    """The program, opened at the applied series."""
    return PatchwatchApp(tracker, open_series=3)


async def at_series(pilot: Pilot[None], message_id: str = FIRST) -> None:
    """Wait until a mail of the series is shown, and nothing is above it."""

    def there() -> bool:
        screen = pilot.app.screen
        return isinstance(screen, SeriesScreen) and screen.mail.page is not None and is_shown(screen.mail, message_id)

    await until(pilot, there, message_id)


def is_shown(view: MailView, message_id: str) -> bool:
    return view.page is not None and view.page.message_id == message_id


# A reply.


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


# Tags.


async def test_tags_are_given_to_the_patch_in_sight(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("g", "j")
        await at_series(pilot, PATCH)
        await pressed(pilot, "T", says="For this patch: net: count drops for each queue")
        await pressed(pilot, "t", "r", says="[x] Reviewed-by")
        given = " Reviewed-by: Rita Reviewer <rita@example.com>\n Tested-by: Rita Reviewer <rita@example.com>"
        await pressed(pilot, "enter", says=("Dry run", "> Signed-off-by: Mira Okafor", given))
        assert tracker.asked["endorse"] == [(PATCH, ("Reviewed-by", "Tested-by"), False)]
        assert len(reply_setup.draft_texts(tracker)) == 1


async def test_tags_given_from_a_reply_are_for_the_patch_that_it_answers(
    tracker: FakeTracker, app: PatchwatchApp
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="For this patch: net: count drops")
        await pressed(pilot, "j", "space", says="[x] Acked-by")
        await pilot.press("enter")
        await until(pilot, lambda: tracker.asked["endorse"] == [(PATCH, ("Acked-by",), False)])


async def test_tags_are_given_to_the_whole_series_and_words_before_them(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    reply_setup.editor_runs('sed -i "s/^Reviewed-by/Nice work.\\n\\n&/" "$1"')
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="For this patch")
        await pressed(pilot, "w", says="For all 2 patches of v5: net: count drops for each queue")
        await pressed(pilot, "r", "e", says="Nice work.")
        assert tracker.asked["endorse"] == [(PATCH, ("Reviewed-by",), True)]


async def test_tags_for_a_cover_letter_are_for_all_patches(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("g")
        await at_series(pilot, COVER)
        await pressed(pilot, "T", says="For all 2 patches of v5")
        assert "patch/series" not in shown(pilot)
        await pilot.press("w", "r", "enter")
        await until(pilot, lambda: tracker.asked["endorse"] == [(COVER, ("Reviewed-by",), True)])


async def test_no_tag_is_no_answer(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="Give tags")
        await pressed(pilot, "r", "r", "enter", says="! Select a tag first")
        assert isinstance(pilot.app.screen, TagDialog)
        await pilot.press("escape")
        await at_series(pilot)
        assert not tracker.asked["endorse"]


async def test_a_click_chooses_a_tag(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="Give tags")
        await pilot.click("#tags", offset=(5, 1))
        await until(pilot, lambda: "[x] Acked-by" in shown(pilot))


async def test_a_draft_in_the_way_of_tags_is_said(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        for says in ("Dry run", "tags you selected."):
            await pressed(pilot, "T", says="Give tags")
            await pressed(pilot, "r", "enter", says=says)
            await pilot.press("q")
            await at_series(pilot)


# b4.


async def test_b4_runs_what_was_shown_where_it_was_shown(
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


async def test_b4_that_fails_is_an_error(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
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


async def test_b4_is_not_run_unless_it_was_wanted(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.trees = (reply_setup.home,)
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "B", says="Will run in")
        await pilot.press("escape")
        await at_series(pilot)
        assert not tracker.asked["b4"]


async def test_without_a_tree_b4_has_nowhere_to_work(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "B", says="~/.config/patchwatch/config.toml; see config.example.toml")
        assert isinstance(pilot.app.screen, B4Dialog)
        await pilot.press("enter")
        await at_series(pilot)
        assert not tracker.asked["b4"]


async def test_b4_that_can_not_be_asked_for_is_said(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.failing["work_trees"] = DatabaseLockedError("the database is locked.")
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "B", says="! the database is locked.")


# Where no terminal can be lent.


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


# Hostile mail.


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


async def test_a_hostile_message_id_is_quoted_for_b4(
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


def test_the_editor_of_the_desk_is_a_shell(reply_setup: ReplySetup) -> None:
    """So that a test above that expects nothing does not pass because nothing ran."""
    reply_setup.editor_appends("x")
    assert subprocess.run(["git", "var", "GIT_EDITOR"], capture_output=True, text=True, check=True).stdout
