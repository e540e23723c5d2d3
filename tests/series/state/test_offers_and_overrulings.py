"""Changes that whoever applies a patch makes, requests that others find unnecessary, and answers to mere questions."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Person, person_key
from patchwatch.series.committers import Committers
from patchwatch.series.point_rules import PointRules
from patchwatch.series.state.revision_state import revision_state
from tests.series.state.replies import ANN, LKP, MIA, REX, REX_TAG, RITA, RITA_TAG, Reply, revision, state_after

CODE = "> +\tmdelay(10);\n"
ASKED = (RITA, f"{CODE}Please use msleep() here.\n")
BROKEN = "kernel test robot noticed the following build errors:\n"
FALSE = "This is a false positive, the header is included.\n"
COMMITTERS = Committers(
    frozenset({("netdev@vger.kernel.org", person_key(Person("Mia Maintainer", "mia@kernel.example")))})
)


def below(text: str, answer: str) -> str:
    return f"> {text}\n\n{answer}\n"


@pytest.mark.parametrize(
    ("offer", "answer", "turn"),
    [
        ("The title should say 1/2. I can fix that up when applying.", "Yes please.", "maintainer"),
        ("Shall I fix the typo while applying?", "That would be great, thanks!", "maintainer"),
        ("Please use msleep(). I can also change that while applying.", "Please do it when applying.", "maintainer"),
        ("I can fix the typo up when applying.", "I'll send a v2.", "author"),
    ],
)
def test_the_author_accepts_that_who_applies_it_changes_it(offer: str, answer: str, turn: str) -> None:
    found = state_after(1, (MIA, offer + "\n"), (ANN, below(offer, answer), "a1"))
    assert found.turn == turn
    assert found.turn_reason.message_id == "a2@x"
    assert [point.fate for point in found.points if turn == "maintainer"] in ([], ["settled"])


@pytest.mark.parametrize(
    ("who", "text", "fate", "turn"),
    [
        (
            MIA,
            "I think it's fine as it is.\n\nReviewed-by: Mia Maintainer <mia@kernel.example>",
            "taken-over",
            "maintainer",
        ),
        (REX, "No need to respin for that.\n\n" + REX_TAG, "taken-over", "maintainer"),
        (REX, "I don't think that's necessary.", "open", "author"),
        (REX, "Agreed.\n\n" + REX_TAG, "open", "author"),
        (REX, "I disagree, but a comment would be good.\n\n" + REX_TAG, "open", "author"),
        (ANN, "I disagree, it is fine as it is.", "answered", "reviewers"),
    ],
)
def test_a_request_that_somebody_with_a_tag_finds_unnecessary(who: str, text: str, fate: str, turn: str) -> None:
    found = revision(1, ASKED, (who, below("Please use msleep() here.", text), "a1"))
    state = revision_state(found, rules=PointRules(likely_answered=100))
    assert (state.points[0].fate, state.turn) == (fate, turn)


def test_who_applies_patches_overrules_without_a_tag() -> None:
    replies = (ASKED, (MIA, below("Please use msleep() here.", "No need to change it.\n"), "a1"))
    assert revision_state(revision(1, *replies)).points[0].fate == "open"
    assert revision_state(revision(1, *replies), COMMITTERS).points[0].fate == "taken-over"


def test_a_committer_declares_a_report_wrong() -> None:
    replies = ((LKP, BROKEN), (MIA, FALSE, "a1"))
    assert revision_state(revision(1, *replies)).turn == "author"
    found = revision_state(revision(1, *replies), COMMITTERS)
    assert (found.turn, [point.fate for point in found.points]) == ("reviewers", ["withdrawn"])
    not_false = ((LKP, BROKEN), (MIA, "This is not a false positive.\n", "a1"))
    assert revision_state(revision(1, *not_false), COMMITTERS).turn == "author"


@pytest.mark.parametrize(
    ("answer", "kinds", "turn"),
    [
        ("OK, then a comment would be good.", [("change", "open")], "author"),
        ("I see. Worth a comment then.", [("change", "open")], "author"),
        ("Fair enough.", [("question", "settled")], "reviewers"),
    ],
)
def test_who_accepts_an_answer_may_ask_for_something_else(answer: str, kinds: list[tuple[str, str]], turn: str) -> None:
    replies: list[Reply] = [
        (RITA, f"{CODE}Why 10 ms?\n"),
        (ANN, below("Why 10 ms?", "The queue needs that long to drain."), "a1"),
        (RITA, below("The queue needs that long to drain.", answer), "a2"),
    ]
    found = state_after(1, *replies)
    assert [(point.kind, point.fate) for point in found.points] == kinds
    assert found.turn == turn


def test_a_yes_to_a_question_beside_a_remark_promises_nothing() -> None:
    asked = "I'd use msleep() here. Is this called with the lock held?"
    found = state_after(1, (RITA, f"{CODE}{asked}\n"), (ANN, below(asked, "Yes, it is."), "a1"))
    assert [point.fate for point in found.points] == ["answered"]


@pytest.mark.parametrize(
    "text",
    [
        "Please wait a week between versions.",
        "Please don't resend so soon.",
        "Please allow at least 24 hours between revisions.",
        "Don't send new versions in reply to older ones, please.",
    ],
)
def test_how_to_post_versions_is_no_request(text: str) -> None:
    found = state_after(1, (RITA, text + "\n"))
    assert (found.state, found.turn) == ("under-review", "reviewers")
    assert state_after(1, (RITA, f"{text} And please rebase it.\n")).state == "changes-requested"


@pytest.mark.parametrize(
    "text", ["Sob missing", "typo in the subject", "white space damaged", "Unrelated change.", "No SoB?"]
)
def test_a_fault_that_is_only_named_is_a_request(text: str) -> None:
    found = state_after(1, (RITA, f"> Why.\n\n{text}\n"))
    assert (found.state, found.turn) == ("changes-requested", "author")
    assert state_after(1, (RITA, f"{text}\n\n{RITA_TAG}")).state == "reviewed"
