"""Robots' findings pass the turn as the config says; what people say to robots says nothing about the patch."""

from __future__ import annotations

import pytest

from patchwatch.mail.parse import parse
from patchwatch.series.checks import checks_of
from patchwatch.series.reviewers import reviewers_of
from patchwatch.series.revision import find_revisions
from patchwatch.series.robot_policy import RobotPolicy, RobotRule
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.states import State, Turn
from tests.mail import robot_mails
from tests.series.state.replies import (
    ANN,
    ANN_AT_WORK,
    LKP,
    MIA,
    PATCHWORK,
    REX,
    RITA,
    RITA_TAG,
    posted,
    revision,
    state_after,
)
from tests.support.mails import mail

QUOKKA = "quokka-bot@quokka.example"
HIGH = "The Quokka AI review found 1 possible issue:\n- [High] the lock leaks\n"
CRITICAL = "The Quokka AI review found 1 possible issue:\n- [Critical] the lock leaks\n"
OLD = "The Quokka AI review found 1 possible issue:\n\nPre-existing issues:\n- [Critical] the ring leaks\n"
BROKEN = "kernel test robot noticed the following build errors:\n"


def quoting(text: str, robot: str = QUOKKA) -> str:
    return f"On Mon, 3 Jul 2023, {robot} wrote:\n> - [High] the lock leaks\n\n{text}\n"


@pytest.mark.parametrize(
    ("who", "text"),
    [
        (RITA, "NAK, fake tag."),
        (RITA, "NAK"),
        (MIA, "Please ignore this feedback."),
        (MIA, "The bot is wrong, nothing leaks here."),
        (RITA, "False positive: the caller holds the lock."),
        (REX, "This looks bogus, please fix your bot."),
        (REX, "Can you teach it about guards?"),
        (RITA, "Why does the robot think that the ring is freed?"),
        (RITA, "Who runs this thing?"),
        (MIA, "Applied, thanks robot."),
        (MIA, "This needs a v2 of the bot, not of the patch."),
        (REX, RITA_TAG.replace("Rita Reviewer <rita@example.com>", "Rex Reviewer <rex@example.net>")),
        (RITA, f"Good bot.\n\n{RITA_TAG}"),
        (RITA, "Please drop this from your reports."),
        (MIA, "I'd rather have it check the changelog."),
        (REX, "We will never take reports like this."),
        (ANN, "That is a false positive, f->lock is released by the guard."),
        (ANN, "Good catch, but this was there before my patch."),
        (ANN, "I don't think so: frob_remove() waits for the interrupt."),
        (ANN, "Ignoring this, the robot misread the code."),
        (ANN_AT_WORK, "I'll fix the prompts so that our bot does not report this."),
        (ANN, "Is this really possible?"),
        (ANN, "NAK to this nonsense."),
        (ANN, "I will send a separate patch for that, as a follow-up."),
    ],
)
@pytest.mark.parametrize("robot", [(QUOKKA, HIGH), (QUOKKA, CRITICAL), (LKP, BROKEN)])
def test_an_answer_to_a_robot_moves_nothing(who: str, text: str, robot: tuple[str, str]) -> None:
    before = state_after(2, (robot[0], robot[1], 1))
    for body in (text, quoting(text)):
        after = state_after(2, (robot[0], robot[1], 1), (who, body, "a1"))
        assert (after.state, after.turn, after.tags) == (before.state, before.turn, before.tags)
        assert after.reviewed == 0


def test_an_answer_to_a_robot_whose_mail_is_missing_moves_nothing() -> None:
    answer = mail(
        message_id="a@x",
        subject="Re: [PATCH] frob: mend it",
        sender=RITA,
        in_reply_to="lost@x",
        references=("1@x", "lost@x"),
        body=quoting("NAK, this is a fake tag."),
    )
    (found,) = find_revisions([*posted(1), parse(answer)])
    assert len(found.follow_ups) == 1
    after = revision_state(found)
    assert (after.state, after.turn) == (State.NEW, Turn.REVIEWERS)


def test_who_answers_a_robot_is_not_a_reviewer() -> None:
    assert reviewers_of(revision(1, (QUOKKA, HIGH), (RITA, "The bot is wrong.\n", "a1"))) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Good catch, will fix in v3.",
        "Good catch!",
        "Yes, the bot is right.",
        "Indeed, I missed that.",
        "That's a real bug, fixed locally.",
        "Thanks for the report, I've fixed it now for v5.",
        "Oops. I'll send a v2.",
        "The first one is a false positive. I will fix the second one in the next version.",
    ],
)
@pytest.mark.parametrize("robot", [(QUOKKA, HIGH), (LKP, BROKEN)])
def test_an_author_who_concedes_a_finding_promises_to_change_the_patch(text: str, robot: tuple[str, str]) -> None:
    after = state_after(2, (robot[0], robot[1], 1), (ANN, quoting(text), "a1"))
    assert (after.state, after.turn) == (State.CHANGES_REQUESTED, Turn.AUTHOR)
    assert after.reason is not None
    assert after.reason.message_id == "a2@x"


def test_what_an_author_changed_in_an_earlier_version_is_no_promise() -> None:
    after = state_after(2, (QUOKKA, HIGH, 1), (ANN, "I've addressed the feedback in v1.\n", "a1"))
    assert (after.state, after.turn) == (State.NEW, Turn.REVIEWERS)


def test_somebody_else_concedes_nothing() -> None:
    after = state_after(2, (QUOKKA, HIGH, 1), (RITA, "Good catch, will fix in v3.\n", "a1"))
    assert (after.state, after.turn) == (State.NEW, Turn.REVIEWERS)


def test_a_command_is_a_command_below_a_robots_mail() -> None:
    assert state_after(2, (QUOKKA, HIGH, 1), (MIA, "pw-bot: cr\n", "a1")).state == State.CHANGES_REQUESTED


def test_people_still_talk_about_the_patch_below_bots_that_apply_it() -> None:
    applied = "This series was applied to frob/next.git (main)\n"
    after = state_after(1, (PATCHWORK, applied), (MIA, "I dropped this again, it breaks the build.\n", "a1"))
    assert after.state == State.CHANGES_REQUESTED


def test_what_is_said_to_people_below_a_robots_mail_counts() -> None:
    after = state_after(
        2, (QUOKKA, HIGH, 1), (ANN, "That can't happen.\n", "a1"), (RITA, "Please use a guard anyway.\n", "a2")
    )
    assert (after.state, after.turn) == (State.CHANGES_REQUESTED, Turn.AUTHOR)


@pytest.mark.parametrize(
    ("robot", "body", "policy", "turn"),
    [
        (QUOKKA, CRITICAL, RobotPolicy(), Turn.AUTHOR),
        (QUOKKA, HIGH, RobotPolicy(), Turn.REVIEWERS),
        (QUOKKA, OLD, RobotPolicy(), Turn.REVIEWERS),
        (QUOKKA, robot_mails.COMMENTS_ONLY, RobotPolicy(), Turn.REVIEWERS),
        (LKP, BROKEN, RobotPolicy(), Turn.AUTHOR),
        (LKP, BROKEN, RobotPolicy(turn=()), Turn.REVIEWERS),
        (QUOKKA, HIGH, RobotPolicy(turn=("high",)), Turn.AUTHOR),
        (QUOKKA, OLD, RobotPolicy(turn=("critical", "pre-existing")), Turn.AUTHOR),
        (QUOKKA, robot_mails.COMMENTS_ONLY, RobotPolicy(turn=("unrated",)), Turn.AUTHOR),
        (QUOKKA, HIGH, RobotPolicy(rules=(RobotRule("quokka", ("high",)),)), Turn.AUTHOR),
        (QUOKKA, CRITICAL, RobotPolicy(rules=(RobotRule("Quokka-Bot@", ()),)), Turn.REVIEWERS),
        (LKP, BROKEN, RobotPolicy(rules=(RobotRule("quokka", ()),)), Turn.AUTHOR),
    ],
)
def test_the_config_decides_which_results_pass_the_turn(robot: str, body: str, policy: RobotPolicy, turn: Turn) -> None:
    found = revision_state(revision(2, (robot, body, 1)), policy=policy)
    state = State.CHANGES_REQUESTED if turn == Turn.AUTHOR else State.NEW
    assert (found.state, found.turn) == (state, turn)


def test_findings_are_results_of_the_patch_that_they_are_about() -> None:
    found = checks_of(revision(2, (QUOKKA, robot_mails.SUMMARY_AND_COMMENTS, 2)))
    assert [(c.name, c.verdict, c.severity, c.preexisting, c.patch) for c in found] == [
        (QUOKKA, "finding", "critical", False, 2),
        (QUOKKA, "finding", "low", False, 2),
        (QUOKKA, "finding", "high", True, 2),
    ]
    assert (found[0].file, found[0].function, found[0].quote) == (
        "drivers/frob/core.c",
        "frob_probe",
        "+ return -EBUSY;",
    )


@pytest.mark.parametrize(
    ("who", "text", "turn"),
    [
        ("Lin Keeper <lin@intel.com>", "Sorry, this is a false positive, please ignore the report.\n", "reviewers"),
        ("Lin Keeper <lin@intel.com>", "The warning is not caused by your patch.\n", "reviewers"),
        ("Lin Keeper <lin@intel.com>", "Our config was broken.  Sorry for the noise.\n", "reviewers"),
        ("Lin Keeper <lin@intel.com>", "This one is real, the lock leaks.\n", "author"),
        ("Lin Keeper <lin@intel.com>", "Is this a false positive?\n", "author"),
        (RITA, "This is a false positive, please ignore the report.\n", "author"),
    ],
)
def test_a_report_that_its_owner_declares_wrong_is_withdrawn(who: str, text: str, turn: str) -> None:
    found = state_after(1, (LKP, BROKEN), (who, text, "a1"))
    assert found.turn == turn
    assert [point.fate for point in found.points] == ["withdrawn" if turn == "reviewers" else "open"]
