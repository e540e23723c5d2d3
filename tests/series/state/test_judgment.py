"""State and turn with the outlook: what it outweighs, and what it does not."""

from __future__ import annotations

import pytest

from patchwatch.series.point_rules import PointRules
from patchwatch.series.state.revision_state import revision_state
from tests.series.state.replies import ANN, LKP, REX, RITA, RITA_TAG, Reply, revision

FAILED = "All errors (new ones prefixed by >>):\n\n>> f.c:1: error: no frob\n"
DOUBT = "> +\tlist_add(&frob->list, &frobs);\nSomething is off with the locks of a list.\n"
OWN = "I will send my patch for that socket next week.\n"


def judged(rules: PointRules, *replies: Reply, tags: str = "") -> tuple[str, str, bool]:
    """State and turn of a single patch with replies, and whether the turn is only likely."""
    found = revision_state(revision(1, *replies, tags=tags), rules=rules)
    return str(found.state), str(found.turn), found.likely


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        ([(REX, DOUBT), (RITA, RITA_TAG)], "changes-requested"),
        ([(RITA, f"Why is that?\n\n{RITA_TAG}")], "reviewed"),
    ],
    ids=["a doubt, then a tag for all", "a question beside the tag"],
)
def test_what_will_be_applied_as_it_is_waits_for_the_maintainer_once_all_is_reviewed(
    replies: list[Reply], state: str
) -> None:
    assert judged(PointRules(likely_reviewed=0), *replies) == (state, "author", False)
    assert judged(PointRules(likely_reviewed=100), *replies) == ("reviewed", "maintainer", True)


@pytest.mark.parametrize(
    "replies",
    [
        [(REX, "Please use a list here.\n"), (RITA, RITA_TAG)],
        [(RITA, RITA_TAG), (REX, "Why is the lock taken?\n")],
        [(RITA, RITA_TAG), (LKP, FAILED)],
        [(RITA, RITA_TAG), (REX, DOUBT)],
        [(REX, DOUBT)],
        [(REX, DOUBT), (ANN, "> Something is off with the locks of a list.\nRight, I'll send v2.\n"), (RITA, RITA_TAG)],
    ],
    ids=[
        "a plain request",
        "somebody else's question",
        "a robot's failure",
        "a doubt after it",
        "a doubt without a review",
        "a promise",
    ],
)
def test_what_the_outlook_does_not_outweigh(replies: list[Reply]) -> None:
    assert judged(PointRules(likely_reviewed=100), *replies)[1:] == ("author", False)


@pytest.mark.parametrize(
    ("replies", "tags", "limit"),
    [
        ([(RITA, OWN)], "", "likely_author"),
        ([(RITA, OWN), (ANN, "Those two have the socket that this is for.\n")], "", "likely_answered"),
        ([(RITA, OWN)], RITA_TAG, "likely_answered"),
    ],
    ids=["others spoke last", "the author answered", "all is reviewed"],
)
def test_which_limit_makes_it_likely_the_authors_turn(replies: list[Reply], tags: str, limit: str) -> None:
    never = {"likely_author": 100, "likely_answered": 100, "likely_details": 0}
    assert judged(PointRules(**never | {limit: 0}), *replies, tags=tags)[1:] == ("author", True)
    others = {name: 0 for name in ("likely_author", "likely_answered") if name != limit}
    assert judged(PointRules(**never | others), *replies, tags=tags)[1] != "author"


@pytest.mark.parametrize(
    "last", [RITA_TAG, f"Looks good to me.\n\n{RITA_TAG}", "Tested-by: Rita Reviewer <rita@example.com>\n"]
)
def test_after_a_mail_that_only_gives_a_tag_it_is_never_likely_the_authors_turn(last: str) -> None:
    eager = PointRules(likely_author=0, likely_answered=0)
    assert judged(eager, (REX, OWN), (RITA, last))[1] != "author"
    assert judged(eager, (RITA, last), (REX, OWN))[1:] == ("author", True)
    assert judged(eager, (RITA, last), (ANN, "Those two have the socket that this is for.\n"))[1:] == ("author", True)


@pytest.mark.parametrize(
    "last",
    [
        "Great, thanks for the change, looks good!\n",
        "I'm fine with this now.\n",
        "Sure, that makes sense.\n",
        f"I'd have used a list, but this works.\n\n{RITA_TAG}",
        "I will test this on two boards over night.\n",
        "Please give us a few weeks to catch up.\n",
        "I'll apply this tomorrow.\n",
    ],
    ids=["praise", "content", "agrees", "a wish beside a tag", "will test", "asks for patience", "will apply"],
)
def test_it_is_never_likely_the_authors_turn_after_praise_or_while_the_other_acts(last: str) -> None:
    eager = PointRules(likely_author=0, likely_answered=0)
    assert judged(eager, (REX, OWN), (RITA, last))[1:] in {("reviewers", False), ("maintainer", False)}


def test_a_yes_to_a_question_of_the_author_may_ask_for_something() -> None:
    eager = PointRules(likely_author=0, likely_answered=0)
    replies: list[Reply] = [
        (RITA, "The resets differ in style.\n"),
        (ANN, "> The resets differ in style.\n\nDo you mean the order?\n", "a1"),
        (RITA, "> Do you mean the order?\n\nYes, as everywhere else.\n", "a2"),
    ]
    assert judged(eager, *replies)[1] == "author"


def test_who_is_content_with_one_of_several_things_may_ask_for_something() -> None:
    eager = PointRules(likely_author=0, likely_answered=0)
    talk = "The lock is taken by the caller.\n\nThe table has a size.\n"
    content = "> The lock is taken by the caller.\n\nFair enough.\n"
    more = "\n> The table has a size.\n\nThat size is in bytes.\n"
    assert judged(eager, (RITA, OWN), (ANN, talk, "a1"), (RITA, content, "a2"))[1] != "author"
    assert judged(eager, (RITA, OWN), (ANN, talk, "a1"), (RITA, content + more, "a2"))[1] == "author"


def test_what_the_author_answers_changes_nothing_while_the_other_acts() -> None:
    eager = PointRules(likely_author=0, likely_answered=0)
    answered = (ANN, "Looking forward to the results at your end.\n", "a1")
    assert judged(eager, (RITA, "I will test this on two boards over night.\n"), answered)[1:] == ("reviewers", False)
    assert judged(eager, (RITA, OWN), answered)[1:] == ("author", True)
