"""The ledger: what raises a point, what becomes of it, and by which mail."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Person
from patchwatch.series.point_rules import PointRules
from patchwatch.series.points import Fate, Point, count_open, waiting_on
from patchwatch.series.state import ledger
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.state.types import RevisionState
from patchwatch.series.states import SILENCE, State, Turn
from tests.series.state.replies import ANN, LKP, MIA, REX, REX_TAG, RITA, RITA_TAG, Reply, revision, state_after

LOCK = "> +\tmutex_lock(&table->lock);\nPlease take the lock before the lookup.\n\n"
NAME = "> +\tint frobs_counted;\nPlease call it count.\n\n"
WHY = "> +\tkfree(table);\nWhy is it freed here?\n\n"


def quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.rstrip().split("\n"))


def fates(state: RevisionState) -> list[tuple[str, str]]:
    """What each point wants, and what became of it."""
    return [(point.kind, point.fate) for point in state.points]


CASES: dict[str, tuple[list[Reply], list[tuple[str, str]], str, str]] = {
    # case: replies to a series of two patches; the points with their fates; state and turn
    "each remark of one mail is a point": (
        [(RITA, LOCK + WHY, 1)],
        [("change", "open"), ("question", "open")],
        "changes-requested",
        "author",
    ),
    "the author answers one of them": (
        [(RITA, LOCK + WHY, 1), (ANN, quoted(WHY) + "\nThe table is a copy.\n", "a1")],
        [("change", "open"), ("question", "answered")],
        "changes-requested",
        "author",
    ),
    "another patch of the kind is wanted": (
        [(RITA, "The other driver has the same bug. Could you make a similar patch for it?\n", 1)],
        [],
        "under-review",
        "reviewers",
    ),
    "a review of other people's patches is wanted, and promised": (
        [
            (ANN, "Ping?\n"),
            (RITA, "It has only been a week.\nWhy not help to review other patches in the meantime?\n", "a1"),
            (
                ANN,
                "> Why not help to review other patches in the meantime?\n\nSure, I'll keep an eye out for some.\n",
                "a2",
            ),
        ],
        [],
        "under-review",
        "reviewers",
    ),
    "a reviewer says yes to what the author offers": (
        [
            (RITA, "The name does not match the sign-off.\n", 1),
            (ANN, "> The name does not match the sign-off.\n\nShould I resend this?\n", "a1"),
            (RITA, "> Should I resend this?\n\nYes, with the name as in the other patches.\n", "a2"),
        ],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "a wish and a question to others beside a tag": (
        [(RITA, f"I'd prefer the table to be fixed. Dee/Rex/Mia, how hard is that?\n\n{RITA_TAG}", 1)],
        [],
        "under-review",
        "reviewers",
    ),
    "a wish to the author and others beside a tag": (
        [(RITA, f"I'd prefer the table to be fixed. Ann/Rex/Mia, how hard is that?\n\n{RITA_TAG}", 1)],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "somebody asks for patience": (
        [(RITA, "Please give us a few weeks to catch up.\n", 1)],
        [],
        "under-review",
        "reviewers",
    ),
    "the author disputes all of them": (
        [
            (RITA, LOCK + NAME, 1),
            (ANN, quoted(LOCK) + "\nThe caller holds it.\n\n" + quoted(NAME) + "\nThe driver has a count.\n", "a1"),
        ],
        [("change", "answered"), ("change", "answered")],
        "under-review",
        "reviewers",
    ),
    "the author gives in": (
        [(RITA, LOCK, 1), (ANN, quoted(LOCK) + "\nGood catch.\n", "a1")],
        [("change", "promised")],
        "changes-requested",
        "author",
    ),
    "the author gives in, whatever they say to somebody else": (
        [
            (RITA, LOCK, 1),
            (ANN, quoted(LOCK) + "\nOops, fixed.\n", "a1"),
            (REX, "> +\tkfree(table);\nWhy here?\n", 2),
            (ANN, quoted("Why here?") + "\nThe table is a copy.\n", "a3"),
        ],
        [("change", "promised"), ("question", "answered")],
        "changes-requested",
        "author",
    ),
    "a reviewer accepts the answer, and wants it documented": (
        [
            (RITA, WHY, 1),
            (ANN, quoted(WHY) + "\nThe table is a copy.\n", "a1"),
            (RITA, "> The table is a copy.\n\nI see now, thanks. Please say so in a comment.\n", "a2"),
        ],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "a reviewer accepts the answer, and wishes for something": (
        [
            (RITA, WHY, 1),
            (ANN, quoted(WHY) + "\nThe table is a copy.\n", "a1"),
            (RITA, "> The table is a copy.\n\nFair enough. But then it should be documented.\n", "a2"),
        ],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "a group is asked": (
        [(RITA, "Could the frob developers please check this?\n", 1)],
        [],
        "under-review",
        "reviewers",
    ),
    "a group is asked, and the author for a change": (
        [(RITA, "Could the frob developers please check this? And please drop the helper.\n", 1)],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "the author promised a change, and wants it applied as it is after all": (
        [
            (RITA, LOCK, 1),
            (ANN, quoted(LOCK) + "\nI'll fix it in v2.\n", "a1"),
            (ANN, "The caller holds it. Can you please take this patch?\n", "a1"),
        ],
        [("change", "answered")],
        "under-review",
        "reviewers",
    ),
    "the author wants it applied once something is done": (
        [
            (RITA, LOCK, 1),
            (ANN, quoted(LOCK) + "\nI'll fix it in v2.\n", "a1"),
            (ANN, "Once I have a lock, could you please take this patch?\n", "a1"),
        ],
        [("change", "promised")],
        "changes-requested",
        "author",
    ),
    "a yes to a question is an answer": (
        [
            (RITA, "> +\tkfree(table);\nIs the table a copy?\n", 1),
            (ANN, quoted("Is the table a copy?") + "\nYes.\n", "a1"),
        ],
        [("question", "answered")],
        "under-review",
        "reviewers",
    ),
    "a yes to a request is a promise": (
        [(RITA, NAME, 1), (ANN, quoted(NAME) + "\nYes.\n", "a1")],
        [("change", "promised")],
        "changes-requested",
        "author",
    ),
    "something is put off": (
        [(RITA, NAME, 1), (ANN, quoted(NAME) + "\nI will rename it in a follow-up.\n", "a1")],
        [("change", "later")],
        "under-review",
        "reviewers",
    ),
    "something is put off, without a promise": (
        [(RITA, NAME, 1), (ANN, quoted(NAME) + "\nI'd like to rename it in a follow-up patch.\n", "a1")],
        [("change", "later")],
        "under-review",
        "reviewers",
    ),
    "the author asks whether it can be done later": (
        [(RITA, NAME, 1), (ANN, quoted(NAME) + "\nCan this be done on top? I'd prefer not to respin it.\n", "a1")],
        [("change", "later")],
        "under-review",
        "reviewers",
    ),
    "something is put off until this is applied": (
        [(RITA, NAME, 1), (ANN, quoted(NAME) + "\nI plan to rename it once this is merged.\n", "a1")],
        [("change", "later")],
        "under-review",
        "reviewers",
    ),
    "something will come later, but the author does not put it off": (
        [(RITA, NAME, 1), (ANN, quoted(NAME) + "\nA follow-up patch needs the name as it is.\n", "a1")],
        [("change", "answered")],
        "under-review",
        "reviewers",
    ),
    "somebody else insists, on the side of who asked": (
        [
            (RITA, NAME, 1),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
            (MIA, quoted("The driver has a count.") + "\nI agree with Rita, please rename it.\n", "a2"),
        ],
        [("change", "answered"), ("change", "open")],
        "changes-requested",
        "author",
    ),
    "somebody else agrees with the author": (
        [
            (RITA, NAME, 1),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
            (MIA, quoted("The driver has a count.") + "\nI agree.\n", "a2"),
        ],
        [("change", "answered")],
        "under-review",
        "reviewers",
    ),
    "they insist": (
        [
            (RITA, NAME, 1),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
            (RITA, quoted("The driver has a count.") + "\nPlease rename it anyway.\n", "a2"),
        ],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "they come back without asking again": (
        [
            (RITA, NAME, 1),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
            (RITA, quoted("The driver has a count.") + "\nThe one in the driver goes away with 2/2.\n", "a2"),
        ],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "they come back, and will look at it again": (
        [
            (RITA, NAME, 1),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
            (RITA, quoted("The driver has a count.") + "\nI'll have another look tomorrow.\n", "a2"),
        ],
        [("change", "answered")],
        "under-review",
        "reviewers",
    ),
    "they speak to somebody else below the answer": (
        [
            (RITA, NAME, 1),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
            (RITA, quoted("The driver has a count.") + "\nRex, that count is in your tree.\n", "a2"),
        ],
        [("change", "answered")],
        "under-review",
        "reviewers",
    ),
    "they insist, and thank at the end": (
        [
            (RITA, NAME, 1),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
            (
                RITA,
                quoted("The driver has a count.") + "\nPlease rename it anyway.\n\n"
                "> The driver has a count.\n\nThanks and kind regards\nRita\n",
                "a2",
            ),
        ],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "a closing below a diff is no point": (
        [(RITA, LOCK + "> +\tkfree(table);\n> +\treturn 0;\n\nKind regards\nRita\n", 1)],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "a closing below a tag and a diff is no point": (
        [(RITA, RITA_TAG + "\n> +\tkfree(table);\n\nBest wishes\nRita Reviewer\n", 1), (REX, REX_TAG, 2)],
        [],
        "reviewed",
        "maintainer",
    ),
    "an author's name below what they quote gives in to nothing": (
        [
            (RITA, LOCK + NAME, 1),
            (ANN, quoted(LOCK) + "\nThe caller holds it.\n\n" + quoted(NAME) + "\nKind regards,\nAnn\n", "a1"),
        ],
        [("change", "answered"), ("change", "open")],
        "changes-requested",
        "author",
    ),
    "the author asks for news of another patch": (
        [(RITA, LOCK, 1), (ANN, "A gentle ping for this one.\n", 2)],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "the author asks for news of the series": (
        [(RITA, LOCK, 1), (ANN, "Any feedback on the other patch?\n")],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "the author asks for news of the same patch": (
        [(RITA, NAME, 1), (ANN, "There was no reply for three weeks, could somebody take a look?\n", 1)],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "the author explains another patch": (
        [(RITA, LOCK, 1), (ANN, "The table of this one is a copy, as of 6.3.\n", 2)],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "the author answers all below the cover letter": (
        [(RITA, LOCK, 1), (ANN, "The callers hold all of these locks since 6.3.\n")],
        [("change", "answered")],
        "under-review",
        "reviewers",
    ),
    "the author promises all below another patch": (
        [(RITA, LOCK, 1), (ANN, "I'll fix the comments in v2.\n", 2)],
        [("change", "promised")],
        "changes-requested",
        "author",
    ),
    "the same here, and both are taken back": (
        [
            (RITA, NAME + "> +\tint boards_counted;\nThe same applies here, of course.\n", 1),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
            (RITA, quoted("The driver has a count.") + "\nAh, never mind then.\n", "a2"),
        ],
        [("change", "withdrawn"), ("change", "withdrawn")],
        "under-review",
        "reviewers",
    ),
    "the same comment in another mail, and both are promised": (
        [
            (RITA, NAME, 1),
            (RITA, "> +\tint boards_counted;\nSame comment as on the other patch.\n", 2),
            (ANN, quoted(NAME) + "\nOops, fixed.\n", "a1"),
        ],
        [("change", "promised"), ("change", "promised")],
        "changes-requested",
        "author",
    ),
    "the same here, but from somebody else": (
        [
            (RITA, NAME, 1),
            (REX, "> +\tint boards_counted;\nSame here, please.\n", 2),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
        ],
        [("change", "answered"), ("change", "open")],
        "changes-requested",
        "author",
    ),
    "a mail program wrapped the quote anew": (
        [
            (RITA, NAME, 1),
            (ANN, quoted(NAME) + "\nThe driver has a count of its own, and this one counts what is new.\n", "a1"),
            (
                RITA,
                "> The driver has a count of its own, and this\n> one counts what is new.\nI was wrong then.\n",
                "a2",
            ),
        ],
        [("change", "withdrawn")],
        "under-review",
        "reviewers",
    ),
    "they leave one of several things to the author": (
        [
            (RITA, LOCK + NAME, 1),
            (ANN, "> Please call it count.\n\nIt is called so in the other driver.\n", "a1"),
            (RITA, "> It is called so in the other driver.\n\nUp to you. It could be done later.\n", "a2"),
        ],
        [("change", "open"), ("change", "settled")],
        "changes-requested",
        "author",
    ),
    "they are content": (
        [
            (RITA, NAME, 1),
            (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"),
            (RITA, quoted("The driver has a count.") + "\nFair enough.\n", "a2"),
        ],
        [("change", "settled")],
        "under-review",
        "reviewers",
    ),
    "they understand now": (
        [
            (RITA, WHY + NAME, 1),
            (ANN, "The table is a copy, and frobs are counted per device.\n", "a1"),
            (RITA, "Ah, now I see, thanks!\n", "a2"),
        ],
        [("question", "settled"), ("change", "settled")],
        "under-review",
        "reviewers",
    ),
    "they understand the posting now": ([(RITA, "Ah, now I see, thanks!\n")], [], "under-review", "reviewers"),
    "they understand one thing now, and ask for another": (
        [
            (RITA, "> +\tkfree(table);\nWhy is the table freed?\n", 1),
            (ANN, quoted("Why is the table freed?") + "\nIt is a copy.\n", "a1"),
            (RITA, quoted("It is a copy.") + "\nNow I see, thanks.\n\nPlease add a comment.\n", "a2"),
        ],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "their tag settles their own points only": (
        [(RITA, NAME, 1), (REX, LOCK, 1), (RITA, RITA_TAG, 1)],
        [("change", "settled"), ("change", "open")],
        "changes-requested",
        "author",
    ),
    "a point on patch 2 survives a tag on patch 1": (
        [(RITA, NAME, 2), (RITA, RITA_TAG, 1)],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "a tag on the cover letter settles the points on all patches": (
        [(RITA, NAME, 2), (RITA, RITA_TAG, 0)],
        [("change", "settled")],
        "reviewed",
        "maintainer",
    ),
    "what is no reason to post again asks for little": (
        [
            (RITA, "Please add the tags that you got.  No need to resend only for that.\n", 1),
            (RITA, RITA_TAG),
            (REX, REX_TAG),
        ],
        [("change", "settled")],
        "reviewed",
        "maintainer",
    ),
    "a request to who applies it holds nothing up once all is reviewed": (
        [(REX, "> +\tkfree(table);\nCould you change this to u32 when applying?\n", 1), (RITA, RITA_TAG)],
        [("change", "open")],
        "reviewed",
        "maintainer",
    ),
    "among reviewers, an opinion is a detail": (
        [
            (RITA, "> +\tkfree(table);\nIs the table a copy?\n", 1),
            (ANN, quoted("Is the table a copy?") + "\nYes.\n", "a1"),
            (RITA, RITA_TAG),
            (REX, "I'd rather have tables copied by the core some day.\n", "a3"),
        ],
        [("question", "settled")],
        "reviewed",
        "maintainer",
    ),
    "who asked takes it back below their own words": (
        [(RITA, LOCK, 1), (RITA, quoted(LOCK) + "\nNever mind, the caller has it.\n", "a1")],
        [("change", "withdrawn")],
        "under-review",
        "reviewers",
    ),
    "who asked takes it back in answer to the author": (
        [
            (RITA, LOCK, 1),
            (ANN, quoted(LOCK) + "\nThe caller holds it.\n", "a1"),
            (RITA, quoted("The caller holds it.") + "\nAh, I misread the loop.\n", "a2"),
        ],
        [("change", "withdrawn")],
        "under-review",
        "reviewers",
    ),
    "who asked takes back all that they said": (
        [(RITA, LOCK + NAME, 1), (RITA, "Please ignore my previous mail.\n", 1)],
        [("change", "withdrawn"), ("change", "withdrawn")],
        "under-review",
        "reviewers",
    ),
    "who asked takes one of two things back": (
        [(RITA, LOCK + NAME, 1), (RITA, quoted(LOCK) + "\nScratch that, it is held.\n", "a1")],
        [("change", "withdrawn"), ("change", "open")],
        "changes-requested",
        "author",
    ),
    "nobody takes back what others said": (
        [(RITA, LOCK, 1), (REX, quoted(LOCK) + "\nNever mind, it is held.\n", "a1")],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "somebody else answers a question": (
        [(RITA, WHY, 1), (REX, quoted(WHY) + "\nBecause the table is a copy.\n", "a1")],
        [("question", "taken-over")],
        "under-review",
        "reviewers",
    ),
    "somebody tells the author to ignore it": (
        [
            (REX, NAME, 1),
            (MIA, quoted(NAME) + "\nAnn, please ignore Rex's suggestion.\n", "a1"),
        ],
        [("change", "taken-over")],
        "under-review",
        "reviewers",
    ),
    "who will apply it wants nothing more": (
        [
            (MIA, LOCK, 1),
            (ANN, quoted(LOCK) + "\nWhere exactly?\n", "a1"),
            (MIA, quoted("Where exactly?") + "\nOk, I'll apply this and send a fix on top.\n", "a2"),
        ],
        [("change", "settled")],
        "under-review",
        "maintainer",
    ),
    "who applies it amends it": (
        [(MIA, "> +\tint frobs_counted;\nThere should be a blank line.  I'll add it while applying.\n", 1)],
        [],
        "under-review",
        "maintainer",
    ),
    "who applies it does what somebody else asks for": (
        [(REX, NAME, 1), (MIA, quoted(NAME) + "\nTrue, but I'll fix this up when applying.\n", "a1")],
        [("change", "taken-over")],
        "under-review",
        "maintainer",
    ),
    "who applies it did what somebody else asks for": (
        [(REX, NAME, 1), (MIA, quoted(NAME) + "\nI've tweaked that whilst applying.\n", "a1")],
        [("change", "taken-over")],
        "under-review",
        "maintainer",
    ),
    "the author will do so from now on": (
        [(RITA, NAME, 1), (ANN, quoted(NAME) + "\nNoted, I'll name them so from now on.\n", "a1")],
        [("change", "answered")],
        "under-review",
        "reviewers",
    ),
    "the author looks into it, and then answers": (
        [
            (RITA, "> +\tkfree(table);\nDoes it hang here with two tables?\n", 1),
            (ANN, quoted("Does it hang here with two tables?") + "\nI'll try to reproduce that!\n", "a1"),
            (ANN, quoted("Does it hang here with two tables?") + "\nIn three runs it never did.\n", "a1"),
        ],
        [("question", "answered")],
        "under-review",
        "reviewers",
    ),
    "somebody else says the same": (
        [(RITA, NAME, 1), (REX, quoted(NAME) + "\nI agree.\n", "a1")],
        [("change", "open")],
        "changes-requested",
        "author",
    ),
    "what is asked of somebody else is no point": (
        [(RITA, "> +\tkfree(table);\nRex, can you test this?\n", 1), (RITA, RITA_TAG), (REX, REX_TAG)],
        [],
        "reviewed",
        "maintainer",
    ),
    "what is asked of somebody else without a comma is no point": (
        [(RITA, "I'll take patch 2 after that.  Rex could you take patch 1?\n"), (RITA, RITA_TAG), (REX, REX_TAG)],
        [],
        "reviewed",
        "maintainer",
    ),
    "somebody asks the author to try something": (
        [(RITA, "It works here.  Could you upgrade your BIOS and test it again?\n", 1)],
        [("question", "open")],
        "under-review",
        "author",
    ),
    "a robot's failure is a point until the robot is content": (
        [(LKP, "All errors (new ones prefixed by >>):\n\n>> f.c:1: error: no frob\n", 1)],
        [("failure", "open")],
        "changes-requested",
        "author",
    ),
    "a patch is applied despite a point on it": (
        [(RITA, NAME, 1), (MIA, "Applied patch 1 to frob/for-6.5, thanks!\n")],
        [("change", "settled")],
        "under-review",
        "author",
    ),
}


def test_wish_that_ends_with_being_content_settles_what_was_asked_before() -> None:
    wish = "> The table is a copy.\n\nIt should be documented. So this is fine for me.\n"
    answered = [(RITA, WHY, 1), (ANN, quoted(WHY) + "\nThe table is a copy.\n", "a1"), (RITA, wish, "a2")]
    assert fates(state_after(2, *answered)) == [("question", "settled")]


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_points(name: str) -> None:
    replies, points, state, turn = CASES[name]
    found = state_after(2, *replies)
    assert fates(found) == points
    assert (found.state, found.turn) == (state, turn)


RFC_WISH = "> +\tint frobs_counted;\nConvert it to a table if you want to add to this.\n"


@pytest.mark.parametrize(
    ("answer", "state", "turn"),
    [
        ("Sure will.  Who maintains the other table, though?", "changes-requested", "author"),
        ("Good idea.  Which table do you mean?", "changes-requested", "author"),
        ("Done here.", "changes-requested", "author"),
        ("The table has no room for it.", "under-review", "reviewers"),
    ],
)
def test_what_the_author_of_an_rfc_promises_is_a_change(answer: str, state: str, turn: str) -> None:
    replies = ((RITA, RFC_WISH, 1), (ANN, quoted("Convert it to a table if you want to add to this.") + answer, "a1"))
    found = revision_state(revision(1, *replies, prefix="RFC PATCH"), rules=PointRules(likely_answered=100))
    assert (found.state, found.turn) == (state, turn)


@pytest.mark.parametrize(("promise", "turn"), [("I will move it up.", "maintainer"), ("I'll send v2.", "author")])
def test_who_was_promised_a_change_takes_the_patch_as_it_is(promise: str, turn: str) -> None:
    found = revision(
        2,
        (RITA, LOCK),
        (ANN, quoted(LOCK) + f"\n{promise}\n", "a1"),
        (RITA, quoted(promise) + "\nNo objection to the present order.\n\n" + RITA_TAG, "a2"),
    )
    assert revision_state(found, rules=PointRules(likely_author=100)).turn == turn


def test_what_is_said_below_the_answer_to_a_question_does_not_ask_it_again() -> None:
    answer, comment = "The table is a copy.\n", "The one in the driver goes away with 2/2.\n"
    replies = [(RITA, WHY, 1), (ANN, quoted(WHY) + answer, "a1"), (RITA, quoted(answer) + comment, "a2")]
    found = revision_state(revision(2, *replies), rules=PointRules(likely_author=100))
    assert fates(found) == [("question", "answered")]
    assert found.turn == Turn.REVIEWERS


def test_each_fate_has_the_mail_that_decided_it() -> None:
    found = state_after(2, (RITA, LOCK + NAME, 1), (ANN, quoted(LOCK) + "\nGood catch.\n", "a1"), (RITA, RITA_TAG, 1))
    lock, name = found.points
    assert (lock.message_id, lock.patch, lock.code) == ("a1@x", 1, "+\tmutex_lock(&table->lock);")
    assert (lock.fate, lock.closed_by, name.closed_by) == (Fate.SETTLED, "a3@x", "a3@x")
    assert name.closer == Person("Rita Reviewer", "rita@example.com")


def test_silence_after_an_answer_settles_a_point() -> None:
    found = state_after(2, (RITA, NAME, 1), (ANN, quoted(NAME) + "\nThe driver has a count.\n", "a1"))
    (point,) = found.points
    assert point.fate_at(point.closed_at + SILENCE - 1) == Fate.ANSWERED
    assert point.fate_at(point.closed_at + SILENCE) == Fate.SILENT


def test_whom_a_version_waits_for() -> None:
    ann, rita = Person("Ann Author", "ann@example.org"), Person("Rita Reviewer", "rita@example.com")
    asked = state_after(2, (RITA, LOCK + WHY, 1), (ANN, quoted(WHY) + "\nIt is a copy.\n", "a1"))
    now = asked.points[0].date
    waiting = {one.person: [p.kind for p in one.points] for one in waiting_on(asked.points, ann, asked.turn, now)}
    assert waiting == {ann: ["change"], rita: ["question"]}
    assert count_open(asked.points) == (2, 2)
    assert waiting_on(asked.points, ann, Turn.NOBODY, now) == ()


def test_points_of_a_closed_version_are_not_followed() -> None:
    found = state_after(2, (MIA, "Applied to frob/for-6.5, thanks!\n"), (RITA, LOCK, 1))
    assert (found.state, found.points) == (State.ACCEPTED, ())


def test_each_answer_in_a_long_thread_finds_its_own_point() -> None:
    replies: list[Reply] = []
    for number in range(0, 600, 2):
        ask = f"> +\tint f{number};\nPlease rename f{number} to count{number}.\n"
        replies += [
            (RITA, ask, 1),
            (ANN, quoted(ask) + f"\nNo, f{number} is what the driver calls it.\n", f"a{number + 1}"),
        ]
    found = state_after(2, *replies)
    assert [point.fate for point in found.points] == [Fate.ANSWERED] * 300


def test_a_point_is_named_by_its_mail_and_remark() -> None:
    keys = [point.key for point in state_after(2, (RITA, LOCK + NAME, 1)).points]
    assert keys == ["a1@x#1", "a1@x#2"]
    assert all(isinstance(point, Point) for point in state_after(2, (RITA, LOCK, 1)).points)


def test_a_yes_to_what_another_reviewer_offers_asks_nothing_of_the_author() -> None:
    offer = "Should I send a fix for the build?\n"
    state = state_after(2, (REX, offer, 1), (RITA, f"{quoted(offer)}\nYes, please.\n", "a1"))
    assert {point.by.name for point in state.points} <= {"Rex Reviewer"}


def test_remarks_beyond_the_most_points_are_not_followed_and_can_be_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_MOST_POINTS", 1)
    found = state_after(1, (RITA, LOCK + NAME), (ANN, quoted(NAME) + "\nIt counts two kinds of frobs.\n", "a1"))
    assert [(point.remark, point.text) for point in found.points] == [(1, "Please take the lock before the lookup.")]


def test_a_promise_is_shown_rather_than_what_is_said_before_it() -> None:
    why = "It should never be a module.\nI will update the commit message in v3.\n"
    state = state_after(2, (RITA, LOCK, 1), (ANN, quoted(LOCK) + "\n" + why + "\n> Rita\n\nThanks\nAnn\n", "a1"))
    assert [(p.fate, p.closing) for p in state.points] == [("promised", "I will update the commit message in v3.")]
