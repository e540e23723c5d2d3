"""The next action on a series: one line, who acts, and the mail that asks for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from patchwatch.mail.message import Person, PullRequest, SignalKind
from patchwatch.series.model import (
    AppliedRow,
    DependencyRow,
    Evidence,
    Involvement,
    NextAction,
    RevisionRow,
    SeriesRow,
)
from patchwatch.series.points import Fate, Point
from patchwatch.series.request import Request
from patchwatch.series.state import next_action as module
from patchwatch.series.state.merge_window import Window
from patchwatch.series.state.next_action import asks_for_it, next_action, to_apply
from patchwatch.series.states import ReasonKind, State, Turn

HOUR, DAY = 3600, 86_400
NOW = 1_700_000_000
PEOPLE = {"ann": "Ann Author", "jakub": "Jakub Reviewer", "johannes": "Johannes Reviewer", "lkp": "kernel test robot"}

MINE = Involvement(
    author=True, posted=True, recipient=False, replied=0, satisfied=False, reviewed_before="", answer="", answered=0
)
ASKED = replace(MINE, author=False, posted=False, recipient=True)


def evidence(kind: str, who: str, days: float, text: str = "Words.", message_id: str = "") -> Evidence:
    """Evidence from so many days ago; the default message-id is `who-kind`."""
    email = f"{who}@example.org"
    message_id = message_id or f"{who}-{kind}"
    return Evidence(
        message_id, text, kind=kind, by_name=PEOPLE.get(who, who), by_email=email, date=int(NOW - days * DAY)
    )


NEEDS = DependencyRow("m:base@x", "Based-on: <base@x>", "root", "base@x", 12, "new", "base", blocks=True)
PULL = {"kind": "pull", "pull": PullRequest("git://example.org/frob.git", "frob-6.12", "", "", 3, Person("Lin", "l@x"))}
POSTED = evidence("posted", "ann", 3)


def case(
    turn: str,
    days: float,
    *owed: Evidence,
    why: Evidence | None = None,
    newest: dict[str, Any] | None = None,
    **row: Any,
) -> SeriesRow:
    """Version 3 of a series by Ann, two patches, for so many days in somebody's turn; watched by a stranger."""
    why = why or (owed[0] if owed else evidence("posted", "ann", days, message_id="root"))
    revision = RevisionRow(
        id=1,
        version=3,
        minor=0,
        message_id="root",
        subject="[PATCH net-next v3 0/2] frob",
        author_name="Ann Author",
        author_email="ann@example.org",
        date=int(NOW - days * DAY),
        rfc=False,
        patches=2,
        expected=2,
        has_cover=True,
        state="new",
        state_evidence=None,
        follow_ups=0,
        inbox="netdev",
        patch_message_ids=("p1", "p2"),
        postings=("root",),
        trailers=(),
        predecessor=None,
        owed=owed,
    )
    whole = SeriesRow(
        id=1,
        title="frob",
        author_name="Ann Author",
        author_email="ann@example.org",
        inboxes=("netdev",),
        watched=True,
        muted=False,
        snoozed_until=None,
        state="new" if why.kind == "posted" else "under-review",
        state_evidence=None,
        turn=turn,
        turn_since=int(NOW - days * DAY),
        turn_evidence=why,
        awaiting_review=turn == "reviewers",
        overdue=False,
        unread=0,
        last_activity=int(NOW - days * DAY),
        version=3,
        rfc=False,
        incomplete=False,
        patches=2,
        reviewed=0,
        stale_since=None,
        revisions=(replace(revision, **(newest or {})),),
    )
    return replace(whole, **row)


QUESTION = evidence("question", "jakub", 3)
CHANGES = evidence("changes", "johannes", 5)
TAGGED = evidence("tagged", "jakub", 21)
CLOSED = evidence("deferred", "jakub", 9, "net-next is closed for new features, please repost when it reopens.")
ANSWERED = {"reviewers": ("Jakub Reviewer",), "awaited": (Person("Jakub Reviewer", "jakub@example.org"),)}

MINE_CASES: dict[str, tuple[SeriesRow, str, str, str]] = {
    # what: the series; what I do next, who moves, the mail
    "asked a question": (
        case("author", 3, QUESTION), "answer Jakub's question from 3 days ago", "me", "jakub-question",
    ),
    "a wish": (
        case("author", 2, evidence("wish", "jakub", 2)),
        "send v4, or answer Jakub's suggestion from 2 days ago", "me", "jakub-wish",
    ),
    "doubted": (
        case("author", 2, evidence("doubt", "jakub", 2)), "answer Jakub's doubt from 2 days ago", "me", "jakub-doubt",
    ),
    "I will look at it": (
        case("author", 2, evidence("later", "ann", 2)), "look into it: you promised 2 days ago", "me", "ann-later",
    ),
    "a comment": (
        case("author", 2, evidence("said", "jakub", 2)), "answer Jakub's comment from 2 days ago", "me", "jakub-said",
    ),
    "asked for changes": (
        case("author", 5, CHANGES), "send v4: Johannes asked for changes 5 days ago", "me", "johannes-changes",
    ),
    "asked for changes after a question": (
        case("author", 6, evidence("question", "jakub", 6), CHANGES),
        "send v4: Johannes asked for changes 5 days ago, and 1 more", "me", "johannes-changes",
    ),
    "asked by three": (
        case(
            "author", 6,
            evidence("question", "jakub", 6), evidence("question", "rex", 2), evidence("question", "rita", 1),
        ),
        "answer Jakub's question from 6 days ago, and 2 more", "me", "jakub-question",
    ),
    "a comment and a question": (
        case("author", 9, evidence("said", "rex", 9), QUESTION),
        "answer Jakub's question from 3 days ago", "me", "jakub-question",
    ),
    "refused": (
        case("author", 5, CHANGES, evidence("nak", "rex", 2)),
        "rework or drop: NAKed by rex 2 days ago, and 1 more", "me", "rex-nak",
    ),
    "does not build": (
        case("author", 1, evidence("failure", "lkp", 1, ">> f.c:1: error: no frob")),
        "fix the build: kernel test robot, 1 day ago", "me", "lkp-failure",
    ),
    "crashed": (
        case("author", 1, evidence("failure", "syzbot", 1, "BUG: KASAN: use-after-free in frob")),
        "fix it: syzbot, 1 day ago", "me", "syzbot-failure",
    ),
    "promised": (
        case("author", 6, evidence("promise", "ann", 6)), "send v4: you promised 6 days ago", "me", "ann-promise",
    ),
    "asked after a promise": (
        case("author", 6, evidence("promise", "ann", 6), QUESTION),
        "answer Jakub's question from 3 days ago", "me", "jakub-question",
    ),
    "withdrawn in part": (
        case("author", 6, evidence("withdrawn", "ann", 6)),
        "send v4: you withdrew a patch 6 days ago", "me", "ann-withdrawn",
    ),
    "dropped from a tree": (
        case("author", 2, evidence("unapplied", "rex", 2)), "rework: rex dropped it 2 days ago", "me", "rex-unapplied",
    ),
    "applied but for two": (
        case(
            "maintainer", 2, evidence("applied", "rex", 2),
            newest={"applied": AppliedRow((1, 4, 5), None), "expected": 5},
        ),
        "wait for the maintainer of patches 2,3: the others were applied 2 days ago", "maintainer", "rex-applied",
    ),
    "applied but for one, long ago": (
        case(
            "maintainer", 20, evidence("applied", "rex", 20),
            newest={"applied": AppliedRow((1, 2), None), "expected": 3},
        ),
        "ping the maintainer of patch 3: the others were applied 20 days ago", "me", "rex-applied",
    ),
    "applied but for many": (
        case(
            "maintainer", 2, evidence("applied", "rex", 2),
            newest={"applied": AppliedRow(tuple(range(1, 21)), None), "expected": 29},
        ),
        "wait for the maintainer of 9 patches: the others were applied 2 days ago", "maintainer", "rex-applied",
    ),
    "marked by hand": (
        case(
            "author", 2, QUESTION, state="changes-requested",
            why=Evidence("", "set by ann", by_hand=True, kind="marked", by_name="ann", date=NOW - 2 * DAY),
        ),
        "send v4: marked changes-requested 2 days ago", "me", "",
    ),
    "of another year": (
        case("author", 400, evidence("question", "jakub", 400)),
        "revive or drop: your turn for 13 months", "me", "jakub-question",
    ),
    "deferred": (
        case("author", 40, why=evidence("deferred", "rex", 40, "Not now."), state="deferred"),
        "resend or drop: deferred 40 days ago", "me", "rex-deferred",
    ),
    "deferred while the tree is closed": (
        case("author", 9, why=CLOSED, state="deferred"), "resend when net-next reopens", "me", "jakub-deferred",
    ),
    "deferred while the tree was closed, long ago": (
        case("author", 23, why=replace(CLOSED, date=NOW - 23 * DAY), state="deferred"),
        "resend: net-next reopened", "me", "jakub-deferred",
    ),
    "just posted": (case("reviewers", 3), "wait for reviewers: 3 days so far", "reviewers", "root"),
    "without an answer": (case("reviewers", 15), "ping: no answer for 15 days", "me", "root"),
    "a week without an answer": (case("reviewers", 7), "ping: no answer for 7 days", "me", "root"),
    "six days without an answer": (case("reviewers", 6.9), "wait for reviewers: 6 days so far", "reviewers", "root"),
    "a month without an answer": (case("reviewers", 40), "resend: no answer for 40 days", "me", "root"),
    "half a year without an answer": (case("reviewers", 200), "resend or drop: silent for 6 months", "me", "root"),
    "I answered": (
        case("reviewers", 2, why=evidence("answered", "ann", 2), newest=ANSWERED),
        "wait for Jakub: 2 days so far", "reviewers", "ann-answered",
    ),
    "I answered and nobody replied": (
        case("reviewers", 15, why=evidence("answered", "ann", 15), newest=ANSWERED),
        "ping Jakub: no answer for 15 days", "me", "ann-answered",
    ),
    "I answered who asked for changes": (
        case(
            "reviewers", 15, why=evidence("answered", "ann", 15), newest=ANSWERED, state="changes-requested",
            state_evidence=evidence("changes", "jakub", 16),
        ),
        "send v4 or ping Jakub: silent for 15 days", "me", "ann-answered",
    ),
    "reviewed in part": (
        case("reviewers", 15, why=evidence("tagged", "jakub", 15), reviewed=1),
        "ping: 1 of 2 patches reviewed, silent for 15 days", "me", "jakub-tagged",
    ),
    "a patch did not arrive": (
        case("reviewers", 1, newest={"expected": 4, "patches": 3, "missing": (3,)}),
        "resend: patch 3/4 never arrived", "me", "root",
    ),
    "patches did not arrive": (
        case("reviewers", 1, newest={"expected": 6, "patches": 4, "missing": (3, 5)}),
        "resend: 2 of 6 patches never arrived", "me", "root",
    ),
    "patches still coming": (
        case("reviewers", 0.2, newest={"expected": 4, "patches": 3, "missing": (3,)}),
        "wait for reviewers: 4 hours so far", "reviewers", "root",
    ),
    "reviewed": (
        case("maintainer", 5, why=evidence("tagged", "jakub", 5)),
        "wait for the maintainer: reviewed 5 days ago", "maintainer", "jakub-tagged",
    ),
    "reviewed and forgotten": (
        case("maintainer", 21, why=TAGGED),
        "ping the maintainer: reviewed, not applied for 21 days", "me", "jakub-tagged",
    ),
    "reviewed a release ago": (
        case("maintainer", 100, why=TAGGED), "resend, or mark it applied: reviewed 3 months ago", "me", "jakub-tagged",
    ),
    "reviewed for comments only": (
        case("maintainer", 5, why=evidence("tagged", "jakub", 5), rfc=True),
        "send it without RFC: reviewed 5 days ago", "me", "jakub-tagged",
    ),
    "needs another series": (
        case("reviewers", 40, depends_on=(NEEDS,)), "wait: blocked by #12", "reviewers", "root",
    ),
    "needs two other series": (
        case("maintainer", 40, depends_on=(NEEDS, replace(NEEDS, series=13))),
        "wait: blocked by #12 and 1 more", "maintainer", "root",
    ),
    "needs another series and was asked": (
        case("author", 3, QUESTION, depends_on=(NEEDS,)),
        "answer Jakub's question from 3 days ago", "me", "jakub-question",
    ),
    "needs a series that was applied": (
        case("reviewers", 8, depends_on=(replace(NEEDS, blocks=False),)), "ping: no answer for 8 days", "me", "root",
    ),
    "asked to pull": (
        case("maintainer", 3, newest=PULL), "wait for Lin to pull: 3 days so far", "maintainer", "root",
    ),
    "asked to pull weeks ago": (
        case("maintainer", 20, newest=PULL), "ask Lin whether they pulled it: 20 days", "me", "root",
    ),
    "asked to pull weeks ago, and a later request was pulled": (
        case("maintainer", 20, newest={**PULL, "pulled_since": True}),
        "wait for Lin to pull: 20 days so far", "maintainer", "root",
    ),
    "offered a branch weeks ago": (
        case("maintainer", 40, newest=PULL, title="frob: immutable branch for v6.12"),
        "wait for Lin to pull: 40 days so far", "maintainer", "root",
    ),
    "asked to pull and got a comment": (
        case("author", 5, CHANGES, newest=PULL),
        "send the request again: Johannes asked for changes 5 days ago", "me", "johannes-changes",
    ),
}  # fmt: skip

LEA = Person("Lea Brandt", "lea@example.com")


def test_what_i_apply_is_mine_while_it_waits_for_a_maintainer() -> None:
    row = case("maintainer", 9, state="reviewed")
    assert to_apply(row, NOW) == NextAction("yours to apply: reviewed 9 days ago", "root", "me")
    sent = NextAction("yours to apply: sent 9 days ago", "root", "me")  # by a maintainer without a tree
    assert to_apply(replace(row, state="new"), NOW) == sent
    others = (case("reviewers", 9), case("maintainer", 71), replace(row, rfc=True), replace(row, muted=True))
    assert [to_apply(one, NOW) for one in (*others, replace(row, state="changes-requested"))] == [None] * 5


def test_a_request_by_name_is_the_evidence_for_its_answer() -> None:
    row = case("author", 3, QUESTION)
    assert asks_for_it(row) == row.turn_evidence
    request = Request("me@x", "answer", LEA, NOW - DAY, "ask", "Ines, is it?")
    row = replace(row, involvement=replace(ASKED, asked=request))
    found = asks_for_it(replace(row, next_action=next_action(row, NOW)))
    assert found == Evidence("ask", "Ines, is it?", by_name="Lea Brandt", by_email="lea@example.com", date=NOW - DAY)


SPOKE = replace(ASKED, replied=NOW - 5 * DAY)
THEIRS: dict[str, tuple[SeriesRow, Involvement | None, str, str, str]] = {
    # what: the series, my part; the line, who moves, the mail
    "sent to me": (case("reviewers", 9), ASKED, "review: waits for 9 days", "me", "root"),
    "asked by name": (
        case("author", 3, QUESTION), replace(ASKED, asked=Request("me@x", "answer", LEA, NOW - DAY, "ask", "?")),
        "answer Lea, who asked you 1 day ago", "me", "ask",
    ),
    "asked to test": (
        case("reviewers", 3), replace(ASKED, asked=Request("me@x", "test", LEA, NOW - 3 * DAY, "ask", "Try?")),
        "test v3: Lea asked you 3 days ago", "me", "ask",
    ),
    "sent to me as a pull request": (
        case("maintainer", 9, newest=PULL), replace(ASKED, pulls=True), "pull: waits for 9 days", "me", "root",
    ),
    "a pull request to somebody else": (
        case("maintainer", 9, newest=PULL), ASKED, "waits for Lin to pull: 9 days", "maintainer", "root",
    ),
    "sent to me, but needs another series": (
        case("reviewers", 9, depends_on=(NEEDS,)), ASKED, "wait: blocked by #12", "reviewers", "root",
    ),
    "sent to me this morning": (case("reviewers", 0.2), ASKED, "review: waits for 4 hours", "me", "root"),
    "sent to me for the release before": (
        case("reviewers", 80), ASKED, "reviewers: waits for 2 months", "reviewers", "root",
    ),
    "answered somebody else": (
        case("reviewers", 2, why=evidence("answered", "ann", 2), newest=ANSWERED),
        ASKED, "Jakub: see Ann's answer from 2 days ago", "reviewers", "ann-answered",
    ),
    "answered me": (
        case("reviewers", 1, why=evidence("answered", "ann", 1), newest=ANSWERED),
        replace(SPOKE, answer="to-me", answered=NOW - 2 * DAY),
        "see Ann's answer from 2 days ago", "me", "to-me",
    ),
    "I replied and was not answered": (
        case("reviewers", 9), SPOKE, "reviewers: waits for 9 days", "reviewers", "root",
    ),
    "I gave my tag": (
        case("reviewers", 9), replace(SPOKE, satisfied=True), "reviewers: waits for 9 days", "reviewers", "root",
    ),
    "I reviewed the version before": (
        case("reviewers", 9), replace(ASKED, reviewed_before="v2"), "review v3: you reviewed v2", "me", "root",
    ),
    "I reviewed the RFC and am not asked": (
        case("reviewers", 9), replace(ASKED, recipient=False, reviewed_before="RFC v3"),
        "review v3: you reviewed RFC v3", "me", "root",
    ),
    "I reviewed a posting of the same number": (
        case("reviewers", 9), replace(ASKED, reviewed_before="v3"),
        "review v3: you reviewed the one before", "me", "root",
    ),
    "all that was seen was applied": (
        case("reviewers", 9, newest={"applied": AppliedRow((2,), None, all_seen=True), "expected": 9}),
        ASKED, "reviewers: waits for 9 days", "reviewers", "root",
    ),
    "some that was seen was applied": (
        case("reviewers", 9, newest={"applied": AppliedRow((2,), None), "expected": 9}),
        ASKED, "review: waits for 9 days", "me", "root",
    ),
    "my tag was carried over": (
        case("reviewers", 9), replace(ASKED, reviewed_before="v2", satisfied=True),
        "reviewers: waits for 9 days", "reviewers", "root",
    ),
    "the author's turn": (
        case("author", 3, QUESTION),
        ASKED, "author: answer Jakub's question from 3 days ago", "author", "jakub-question",
    ),
    "watched, the author asked for changes": (
        case("author", 5, CHANGES), None,
        "author: send v4, Johannes asked for changes 5 days ago", "author", "johannes-changes",
    ),
    "watched, the author promised": (
        case("author", 6, evidence("promise", "ann", 6)), None,
        "author: send v4, promised 6 days ago", "author", "ann-promise",
    ),
    "watched, forgotten by its author": (
        case("author", 400, evidence("question", "jakub", 400)), None,
        "author: revive or drop, silent for 13 months", "author", "jakub-question",
    ),
    "watched": (case("reviewers", 15), None, "reviewers: waits for 15 days", "reviewers", "root"),
    "watched, reviewed": (
        case("maintainer", 21, why=TAGGED), None,
        "maintainer: apply or answer, reviewed 21 days ago", "maintainer", "jakub-tagged",
    ),
    "watched, for comments": (
        case("maintainer", 21, why=TAGGED, rfc=True), None,
        "author: send it without RFC, reviewed 21 days ago", "author", "jakub-tagged",
    ),
    "for an upstream tree": (
        case("author", 2, why=evidence("command", "rex", 2), state="awaiting-upstream"), MINE,
        "maintainer: send it to the upstream tree", "maintainer", "rex-command",
    ),
}  # fmt: skip


def answered(days: float, **point: Any) -> Point:
    """A point that Jakub raised ten days ago, and Ann answered so many days ago."""
    by, author = Person("Jakub Reviewer", "jakub@example.org"), Person("Ann Author", "ann@example.org")
    at = int(NOW - days * DAY)
    raised = Point("ask", 1, by, NOW - 10 * DAY, 1, "question", "Why?", fate=Fate.ANSWERED, closer=author)
    return replace(raised, closed_by=f"answer-{days}", closed_at=at, silent_at=NOW + DAY, **point)


@pytest.mark.parametrize("turn", ["author", "reviewers", "maintainer"])
@pytest.mark.parametrize(
    ("points", "part", "text", "message_id"),
    [
        ([answered(2)], {}, "see Ann's answer from 2 days ago", "answer-2"),
        ([answered(2), answered(1)], {}, "see Ann's answers to 2 points, the last from 1 day ago", "answer-1"),
        ([answered(1), answered(2)], {}, "see Ann's answers to 2 points, the last from 1 day ago", "answer-1"),
        ([answered(3), answered(1)], {"replied": NOW - 2 * DAY}, "see Ann's answer from 1 day ago", "answer-1"),
        (
            [answered(3)],
            {"asked": Request("me@x", "answer", LEA, NOW - DAY, "ask", "?")},
            "answer Lea, who asked you 1 day ago",
            "ask",
        ),
    ],
    ids=["one", "two", "two, in another order", "one after my reply", "somebody asks me by name"],
)
def test_answers_to_my_points_are_for_me_to_see_whoever_else_has_to_act(
    turn: str, points: list[Point], part: dict[str, Any], text: str, message_id: str
) -> None:
    me = replace(ASKED, me=frozenset({"jakub@example.org"}), **part)
    row = case(turn, 5, newest={"points": tuple(points)}, involvement=me)
    assert next_action(row, NOW) == NextAction(text, message_id, "me")


def test_of_several_requests_the_one_that_is_named_is_quoted() -> None:
    failure = evidence("failure", "lkp", 6, "f.c:1: error: no frob")
    row = case("author", 6, failure, CHANGES, why=failure, involvement=MINE)
    action = next_action(row, NOW)
    assert action is not None
    assert action.text == "send v4: Johannes asked for changes 5 days ago"
    assert asks_for_it(replace(row, next_action=action)) == CHANGES


def test_the_answer_is_the_evidence_for_seeing_it() -> None:
    me = replace(ASKED, me=frozenset({"jakub@example.org"}))
    points = (answered(1, closing="It holds the list."), answered(2, closing="It spins."))
    row = case("author", 5, CHANGES, newest={"points": points}, involvement=me)
    found = asks_for_it(replace(row, next_action=next_action(row, NOW)))
    words = ("answer-1", "It holds the list.", "Ann Author", "ann@example.org", NOW - DAY)
    assert found is not None
    assert (found.message_id, found.text, found.by_name, found.by_email, found.date) == words
    other = replace(row, involvement=replace(me, me=frozenset({"rita@example.org"})))
    assert asks_for_it(replace(other, next_action=next_action(other, NOW))) == row.turn_evidence


def test_answers_before_i_wrote_or_left_it_to_others_ask_nothing() -> None:
    me = replace(ASKED, recipient=False, me=frozenset({"jakub@example.org"}))
    row = case("author", 5, CHANGES, newest={"points": (answered(3),)})
    for one in (
        replace(row, involvement=replace(me, replied=NOW - 2 * DAY)),
        replace(row, involvement=me, not_mine=NOW - 2 * DAY),
        replace(row, involvement=replace(me, me=frozenset({"johannes@example.org"}))),
    ):
        action = next_action(one, NOW)
        assert action is not None
        assert action.by == "author"


def at_any_time(action: NextAction | None) -> NextAction | None:
    """The action without its time."""
    return replace(action, until=None) if action else None


@pytest.mark.parametrize("what", MINE_CASES)
def test_my_next_action(what: str) -> None:
    row, text, by, message_id = MINE_CASES[what]
    assert at_any_time(next_action(replace(row, involvement=MINE), NOW)) == NextAction(text, message_id, by)


@pytest.mark.parametrize("what", THEIRS)
def test_the_next_action_on_other_peoples_patches(what: str) -> None:
    row, part, text, by, message_id = THEIRS[what]
    assert at_any_time(next_action(replace(row, involvement=part), NOW)) == NextAction(text, message_id, by)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (case("author", 5, evidence("changes", "jakub", 5)), "author: send v4, you asked for changes 5 days ago"),
        (case("author", 5, evidence("nak", "jakub", 5)), "author: rework or drop, NAKed by you 5 days ago"),
        (case("author", 5, evidence("hold", "jakub", 5)), "author: answer your request from 5 days ago to hold off"),
        (case("author", 5, evidence("unapplied", "jakub", 5)), "author: rework, you dropped it 5 days ago"),
        (case("author", 5, evidence("failure", "jakub", 5)), "author: fix it, you, 5 days ago"),
        (
            case("author", 5, evidence("wish", "jakub", 5)),
            "author: send v4, or answer your suggestion from 5 days ago",
        ),
        (case("author", 5, QUESTION), "author: answer your question from 3 days ago"),
        (case("author", 5, evidence("doubt", "jakub", 5)), "author: answer your doubt from 5 days ago"),
        (case("author", 5, evidence("said", "jakub", 5)), "author: answer your comment from 5 days ago"),
        (
            case("author", 6, evidence("changes", "johannes", 6), QUESTION),
            "author: send v4, Johannes asked for changes 6 days ago, and 1 more",
        ),
        (
            case("reviewers", 80, why=evidence("answered", "ann", 80), newest=ANSWERED),
            "you: see Ann's answer from 2 months ago",
        ),
        (
            case("maintainer", 90, why=evidence("will-apply", "jakub", 90)),
            "waits for you to apply it: 2 months",
        ),
    ],
)
def test_what_i_asked_for_is_told_as_mine(row: SeriesRow, text: str) -> None:
    me = frozenset({"jakub@example.org"})
    action = next_action(replace(row, involvement=replace(ASKED, recipient=False, me=me)), NOW)
    assert action is not None
    assert action.text == text


@pytest.mark.parametrize(
    "row",
    [
        case("nobody", 2, state="accepted"),
        case("author", 2, QUESTION, muted=True),
        case("author", 2, QUESTION, snoozed_until=0),
        case("reviewers", 15, newest={"backport": True}),
    ],
    ids=["closed", "muted", "snoozed", "a backport goes in unless somebody objects"],
)
@pytest.mark.parametrize("part", [MINE, ASKED, None])
def test_there_is_no_next_action(row: SeriesRow, part: Involvement | None) -> None:
    assert next_action(replace(row, involvement=part), NOW) is None


OPEN = Window("v6.6", NOW - 4 * DAY, None)
OVER = Window("v6.6", NOW - 16 * DAY, NOW - 2 * DAY)


@pytest.mark.parametrize(
    ("row", "windows", "text"),
    [
        (
            case("author", 5, why=CLOSED, state="deferred"),
            [OPEN],
            "wait: net-next closed, reopens after the merge window",
        ),
        (case("author", 9, why=CLOSED, state="deferred"), [OVER], "resend: net-next reopened 2 days ago"),
        (case("author", 9, why=CLOSED, state="deferred"), [Window("v6.5", 0, 9)], "resend when net-next reopens"),
        (case("reviewers", 12), [OPEN], "wait: merge window, ping after it"),
        (case("reviewers", 5), [OPEN], "wait for reviewers: 5 days so far"),
        (case("reviewers", 12), [OVER], "wait for reviewers: 12 days so far"),  # two of them counted
        (case("reviewers", 22), [OVER], "ping: no answer for 22 days"),  # eight of them counted
        (case("maintainer", 21, why=TAGGED), [OPEN], "wait: merge window, ping the maintainer after it"),
        (case("maintainer", 21, why=TAGGED), [OVER], "wait for the maintainer: reviewed 21 days ago"),
        (
            case("maintainer", 21, evidence("applied", "rex", 21), newest={"applied": AppliedRow((1,), None)}),
            [OPEN],
            "wait: merge window, ping the maintainer after it",
        ),
    ],
)
def test_nobody_is_pinged_in_a_merge_window(row: SeriesRow, windows: list[Window], text: str) -> None:
    row = replace(row, involvement=MINE)
    if row.state == "deferred":
        row = replace(row, turn_evidence=replace(CLOSED, date=row.turn_since))
    action = next_action(row, NOW, windows=windows)
    assert action is not None
    assert action.text == text


@pytest.mark.parametrize(
    ("words", "tree"),
    [
        ("## Form letter - net-next-closed", "net-next"),
        ("(form letter: net-next is closed)", "net-next"),
        ("bpf-next is currently closed.", "bpf-next"),
        ("The merge window is open and therefore net-next is now closed.", "net-next"),
    ],
)
def test_the_closed_tree_is_named(words: str, tree: str) -> None:
    row = case("author", 9, why=replace(CLOSED, text=words), state="deferred", involvement=MINE)
    action = next_action(row, NOW)
    assert action is not None
    assert action.text == f"resend when {tree} reopens"


def test_the_time_before_a_ping_is_configurable() -> None:
    row = case("reviewers", 15, involvement=MINE)
    text, ping = "wait for reviewers: 15 days so far", NOW + 6 * DAY
    assert next_action(row, NOW, ping_days=21) == NextAction(text, "root", "reviewers", until=ping)


@pytest.mark.parametrize(
    ("what", "row", "windows", "until"),
    [
        ("a week after it was posted", case("reviewers", 3), (), NOW + 4 * DAY),
        (
            "the window does not count",
            case("reviewers", 20),
            (Window("v6.5", NOW - 19 * DAY, NOW - 5 * DAY),),
            NOW + DAY,
        ),
        ("twice as long for the maintainer", case("maintainer", 3, why=TAGGED), (), NOW + 11 * DAY),
        ("nobody knows when the tree reopens", case("author", 9, why=CLOSED, state="deferred"), (), 0),
        ("nor when the window closes", case("reviewers", 9), (Window("v6.5", NOW - DAY, None),), 0),
        ("what was asked can be answered now", case("author", 3, QUESTION), (), None),
        ("the week is over", case("reviewers", 8), (), None),
    ],
)
def test_time_of_the_next_action(what: str, row: SeriesRow, windows: tuple[Window, ...], until: int | None) -> None:
    action = next_action(replace(row, involvement=MINE), NOW, windows=windows)
    assert action is not None
    assert action.until == until


def test_two_reviewers_with_one_first_name_are_named_in_full() -> None:
    row = case("author", 3, QUESTION, newest={"reviewers": ("Jakub Reviewer", "Jakub Rival")}, involvement=MINE)
    assert next_action(row, NOW) == NextAction(
        "answer Jakub Reviewer's question from 3 days ago", "jakub-question", "me"
    )


@given(
    state=st.sampled_from(State),
    turn=st.sampled_from(Turn),
    days=st.integers(0, 2000),
    kinds=st.lists(
        st.text(max_size=9) | st.sampled_from(["nak", "changes", "question", "failure", "promise", "applied"])
    ),
    name=st.text(max_size=99),
    part=st.sampled_from([None, MINE, ASKED, SPOKE]),
    applied=st.lists(st.integers(0, 2000), max_size=9).map(tuple),
)
def test_an_action_is_one_short_line_for_any_input(
    state: str, turn: str, days: int, kinds: list[str], name: str, part: Involvement | None, applied: tuple[int, ...]
) -> None:
    owed = [replace(evidence(kind, "rex", days, name), by_name=name) for kind in kinds]
    row = case(
        turn,
        days,
        *owed,
        newest={"applied": AppliedRow(applied, None)},
        state=state,
        involvement=part,
        author_name=name,
    )
    action = next_action(row, NOW)
    if action is not None:
        assert 0 < len(action.text) <= 90
        assert action.text.isprintable()
        assert (action.by == "me") <= (part is not None)


def test_every_urgent_kind_exists() -> None:
    assert set(module._BY_URGENCY) <= {*SignalKind, *ReasonKind}
