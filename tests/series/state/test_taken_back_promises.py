"""Promises that need not be kept, what is put off or left to others, and reports of bots that people judge."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Person, person_key
from patchwatch.series.committers import Committers
from patchwatch.series.state.revision_state import revision_state
from tests.series.state.replies import ANN, LKP, MIA, REX, REX_TAG, RITA, RITA_TAG, Reply, revision, state_after

CODE = "> +\tmdelay(10);\n"
ASKED: Reply = (RITA, f"{CODE}Please use msleep() here.\n")
PROMISE = "I'll fix that in v2."
BROKEN = "kernel test robot noticed the following build errors:\n"
COMMITTERS = Committers(
    frozenset({("netdev@vger.kernel.org", person_key(Person("Mia Maintainer", "mia@kernel.example")))})
)


def below(text: str, answer: str) -> str:
    return f"> {text}\n\n{answer}\n"


PROMISED: Reply = (ANN, below("Please use msleep() here.", PROMISE), "a1")


@pytest.mark.parametrize(
    ("reply", "fate", "turn"),
    [
        ((RITA, below(PROMISE, "No need to resend, 10 ms do no harm there."), "a2"), "settled", "reviewers"),
        ((REX, below(PROMISE, "You don't have to send a v2 for this."), "a2"), "settled", "reviewers"),
        ((MIA, below("Why.", "No need for a v2, thanks.")), "settled", "reviewers"),
        ((REX, below("Why.", "No need for a v2, thanks.")), "promised", "author"),
        ((RITA, below(PROMISE, "No need to resend before the merge window is over."), "a2"), "promised", "author"),
        ((RITA, below(PROMISE, "Do you really need to resend it?"), "a2"), "open", "author"),
        ((RITA, below(PROMISE, "Thanks."), "a2"), "promised", "author"),
    ],
)
def test_nobody_needs_the_version_that_was_promised(reply: Reply, fate: str, turn: str) -> None:
    found = revision_state(revision(1, ASKED, PROMISED, reply), COMMITTERS)
    assert ([point.fate for point in found.points], found.turn) == ([fate], turn)


@pytest.mark.parametrize(
    ("text", "fate", "turn"),
    [
        ("Wait, the lock is held here.", "answered", "reviewers"),
        ("Hm, actually this can't sleep.", "answered", "reviewers"),
        ("Wait for the v2, please.", "promised", "author"),
        ("Actually, I'll send it with the other fix in v2.", "promised", "author"),
    ],
)
def test_the_author_thinks_again(text: str, fate: str, turn: str) -> None:
    found = state_after(1, ASKED, PROMISED, (ANN, below(PROMISE, text), "a2"))
    assert ([point.fate for point in found.points], found.turn) == ([fate], turn)


@pytest.mark.parametrize(
    ("asked", "turn"),
    [
        ("After we fix all of these, can we add a warning?", "maintainer"),
        ("Can we add a warning?", "author"),
    ],
)
def test_a_yes_to_what_is_for_later_holds_nothing_up(asked: str, turn: str) -> None:
    replies: list[Reply] = [(RITA, f"{RITA_TAG}\n{asked}\n"), (ANN, below(asked, "Sure, I can do that."), "a1")]
    assert state_after(1, *replies).turn == turn


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("Just to check on the status of this patch.", "reviewers"),
        ("Is there anything else needed from my side?", "reviewers"),
        ("Is there anything else that you saw?", "author"),
    ],
)
def test_an_author_who_asks_for_the_status_waits_for_others(text: str, turn: str) -> None:
    agreed: Reply = (ANN, below("Please use msleep() here.", "You are right, it sleeps for 10 ms there."), "a1")
    assert state_after(1, ASKED, agreed, (ANN, f"{text}\n", "a2")).turn == turn


def test_what_somebody_can_do_then_is_no_promise() -> None:
    text = "Hoping to see this in frob-next so I can remove it from my list.\n"
    assert state_after(1, (ANN, text)).turn == "reviewers"


@pytest.mark.parametrize(
    ("offer", "answer", "turn"),
    [
        ("If you agree, I can take the series and remove the clean-up.", "I'm fine with it.", "maintainer"),
        ("If this works I'll squash it together with your change.", "I have tested the same, it works.", "maintainer"),
        ("If you agree, I can take the series and remove the clean-up.", "I'll send a v2 without it.", "author"),
    ],
)
def test_the_offer_of_a_maintainer_is_for_all_that_they_asked(offer: str, answer: str, turn: str) -> None:
    replies: list[Reply] = [
        (MIA, f"{CODE}This change is not related.\n"),
        (MIA, f"All good but for the clean-up. {offer}\n"),
    ]
    found = state_after(1, *replies, (ANN, below(offer, answer), "a2"))
    assert found.turn == turn
    assert {point.fate for point in found.points if turn == "maintainer"} <= {"settled", "answered"}


@pytest.mark.parametrize(
    "text",
    [
        "I would suggest we just apply this patch, it is unlikely to change.",
        "This needs to be merged by the board maintainer.",
        "This patch should go in the next cycle, after the driver.",
        "Please include me and the frob list in subsequent postings.",
        "Please don't ping during the merge window.",
        "Same problem on the FP08, thanks for the fix.",
        "I have the same problem on my FP08.",
    ],
)
def test_no_change_of_the_patch_is_asked_for(text: str) -> None:
    found = state_after(1, (RITA, text + "\n"))
    assert (found.state, found.turn, [point.kind for point in found.points if point.kind == "change"]) == (
        "under-review",
        "reviewers",
        [],
    )


@pytest.mark.parametrize(
    "text",
    [
        "I would suggest we apply this patch only once the lock is gone.",
        "Same problem with this patch.",
        "Please include a test in the next version.",
    ],
)
def test_a_change_of_the_patch_is_asked_for(text: str) -> None:
    assert state_after(1, (RITA, text + "\n")).turn == "author"


@pytest.mark.parametrize(
    ("who", "text", "fate"),
    [
        (
            "Rob Hering <rob@kernel.example>",
            "Something went wrong, will look into it. You can ignore this.",
            "withdrawn",
        ),
        ("Rob Hering <rob@kernel.example>", "What does it print there?", "open"),
        (REX, "You can ignore this.", "open"),
    ],
)
def test_the_owner_takes_a_report_back_in_answer_to_the_author(who: str, text: str, fate: str) -> None:
    report = "My bot found errors running 'make dt_binding_check' on your patch:\n\nyamllint warnings/errors:\n\n"
    answer = below("My bot found errors", "It works here. Am I missing something?")
    found = state_after(
        1,
        ("Rob Hering <rob@kernel.example>", report),
        (ANN, answer, "a1"),
        (who, below("Am I missing something?", text), "a2"),
    )
    assert found.points[0].fate == fate


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("f.h is added in 1/6, so I don't think this error is valid.", "new"),
        ("This warning is not caused by this patch.", "new"),
        ("I don't think this series is ready.", "changes-requested"),
    ],
)
def test_a_committer_finds_a_report_wrong(text: str, state: str) -> None:
    replies: list[Reply] = [(LKP, BROKEN), (MIA, below("f.h: no such file", text), "a1")]
    assert revision_state(revision(1, *replies), COMMITTERS).state == state
    assert revision_state(revision(1, *replies)).state == "changes-requested"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Valid point, please fix.", True),
        ("Good catch, this needs to be fixed.", True),
        ("Valid point, please fix your bot.", False),
        ("Good catch, but this is for another series, please fix it there.", False),
        ("Good catch.", False),
        ("Please fix the bot.", False),
    ],
)
def test_a_committer_asks_for_what_a_bot_found(text: str, asked: bool) -> None:
    finding = "AI review found the following problem:\n\n[Low] f.c:1: the lock is leaked.\n"
    bot = "AI Review Bot <ai-review-bot@kernel.example>"
    replies: list[Reply] = [(bot, finding), (MIA, below("the lock is leaked.", text), "a1")]
    found = revision_state(revision(1, *replies), COMMITTERS)
    assert found.turn == ("author" if asked else "reviewers")
    assert [point.text for point in found.points] == ([text] if asked else [])
    assert revision_state(revision(1, *replies)).turn == "reviewers"


def test_a_wish_that_its_sender_gives_up_waits_for_nobody() -> None:
    text = "Maybe this could sleep instead, but I'm not sure it's worth the effort."
    assert state_after(1, (RITA, f"{text}\n\n{REX_TAG}")).state == "under-review"
    assert [point.kind for point in state_after(1, (RITA, f"{text}\n")).points if point.kind == "change"] == []
    assert state_after(1, (RITA, CODE + "Maybe this could sleep instead.\n")).turn == "author"
