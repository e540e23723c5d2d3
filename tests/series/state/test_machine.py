"""The state machine: commands, evidence, turns, state changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.message import Person
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.state.types import Reason
from patchwatch.series.states import State, Turn
from tests.series.state.replies import (
    ANN,
    ANN_AT_WORK,
    APPLIED,
    LKP,
    MIA,
    REX,
    REX_TAG,
    RITA,
    RITA_TAG,
    Reply,
    at,
    revision,
    state_after,
)


@pytest.mark.parametrize(
    ("command", "state", "turn"),
    [
        ("changes-requested", "changes-requested", "author"),
        ("cr", "changes-requested", "author"),
        ("under-review", "under-review", "reviewers"),
        ("accept", "accepted", "nobody"),
        ("reject", "rejected", "nobody"),
        ("defer", "deferred", "author"),
        ("not-applicable", "not-applicable", "nobody"),
        ("awaiting-upstream", "awaiting-upstream", "maintainer"),
        ("unheard-of", "under-review", "reviewers"),
    ],
)
def test_pw_bot_commands_set_the_state(command: str, state: str, turn: str) -> None:
    found = state_after(1, (MIA, f"net-next is closed.\n-- \npw-bot: {command}\n"))
    assert (found.state, found.turn) == (state, turn)


def test_a_deferred_series_stays_with_the_author_after_any_reply() -> None:
    found = state_after(1, (MIA, "pw-bot: defer\n"), (RITA, "Sounds right.\n"), (ANN, "When does it open?\n"))
    assert (found.state, found.turn) == ("deferred", "author")


def test_the_evidence_is_the_sentence_and_its_mail() -> None:
    found = state_after(1, (MIA, "Hi Ann,\n\nnice. Applied to\nfrob/for-6.5.\n"))
    mia = Person("Mia Maintainer", "mia@kernel.example")
    assert found.reason == Reason("a1@x", "Applied to frob/for-6.5.", int(at(1).timestamp()), kind="applied", by=mia)
    assert found.turn_reason == found.reason


OWED: dict[str, tuple[list[Reply], list[tuple[str, str]]]] = {
    # case: replies; kind and mail of each open request
    "nothing before anybody asks": ([(RITA, RITA_TAG)], []),
    "a question": ([(RITA, "Why is the lock taken?\n")], [("question", "a1@x")]),
    "requests of two people": (
        [(RITA, "Why is the lock taken?\n"), (REX, "Please use frob() instead.\n")],
        [("changes", "a2@x"), ("question", "a1@x")],
    ),
    "two questions of one person count once": (
        [(RITA, "Why is the lock taken?\n"), (RITA, "And why twice?\n")],
        [("question", "a1@x")],
    ),
    "a doubt": ([(RITA, "This leaks the socket.\n")], [("doubt", "a1@x")]),
    "a failure found by a bot": (
        [(LKP, "All errors (new ones prefixed by >>):\n\n>> f.c:1: error: no frob\n")],
        [("failure", "a1@x")],
    ),
    "nothing after an answer": ([(RITA, "Why is the lock taken?\n"), (ANN, "Because of the frob.\n")], []),
    "a promise instead of the question": (
        [(RITA, "Why is the lock taken?\n"), (ANN, "Right, I will drop it in v2.\n")],
        [("promise", "a2@x")],
    ),
    "nothing after it is closed": ([(RITA, "Why is the lock taken?\n"), (MIA, APPLIED)], []),
    "a new posting after it was deferred": (
        [(MIA, "net-next is closed.\n-- \npw-bot: defer\n")],
        [("deferred", "a1@x")],
    ),
}


@pytest.mark.parametrize("what", OWED)
def test_open_requests_to_the_author_are_kept_with_their_mails(what: str) -> None:
    replies, owed = OWED[what]
    assert [(reason.kind, reason.message_id) for reason in state_after(1, *replies).owed] == owed


def test_the_turn_reason_has_sender_and_kind() -> None:
    asked = state_after(1, (RITA, "Why is the lock taken?\n")).turn_reason
    assert (asked.by, asked.kind) == (Person("Rita Reviewer", "rita@example.com"), "question")
    answered = state_after(1, (RITA, "Why is the lock taken?\n"), (ANN, "Because of the frob.\n")).turn_reason
    assert (answered.by.name, answered.kind) == ("Ann Author", "answered")
    assert (state_after(1).turn_reason.by.name, state_after(1).turn_reason.kind) == ("Ann Author", "posted")
    assert state_after(1, (RITA, RITA_TAG)).turn_reason.kind == "tagged"


def test_a_turn_begins_with_the_first_mail_that_passed_it() -> None:
    found = state_after(1, (RITA, "Why is the lock taken?\n"), (REX, "And why is it freed?\n"))
    assert found.turn_since == int(at(1).timestamp())
    assert found.turn_reason.text == "Why is the lock taken?"


def test_the_first_turn_begins_with_the_date_of_the_posting() -> None:
    found = state_after(2)
    assert found.turn_since == int(at(0).timestamp())
    assert found.turn_reason.message_id == "0@x"


def test_tags_carried_by_patches_count_from_the_start() -> None:
    found = state_after(2, tags=RITA_TAG)
    assert (found.state, found.turn, found.reviewed) == ("reviewed", "maintainer", 2)


def test_each_state_change_has_its_mail() -> None:
    found = state_after(
        1, (RITA, "Why is the lock taken?\n"), (ANN, "Because of it.\n"), (RITA, RITA_TAG), (MIA, APPLIED)
    )
    assert [(step.reason.message_id, step.state, step.turn) for step in found.steps] == [
        ("1@x", "new", "reviewers"),
        ("a1@x", "under-review", "author"),
        ("a2@x", "under-review", "reviewers"),
        ("a3@x", "reviewed", "maintainer"),
        ("a4@x", "accepted", "nobody"),
    ]


BODIES = st.sampled_from(
    [
        APPLIED,
        RITA_TAG,
        REX_TAG,
        "Why?\n",
        "Please resend.\n",
        "NAK\n",
        "pw-bot: defer\n",
        "Dropped it.\n",
        "I'll fix it in v2.\n",
        "> x\n",
    ]
)
REPLIES = st.lists(
    st.tuples(st.sampled_from([ANN, ANN_AT_WORK, RITA, REX, MIA, LKP]), BODIES, st.integers(0, 2)), max_size=6
)


@given(REPLIES)
def test_any_replies_give_one_state_with_evidence(replies: list[tuple[str, str, int]]) -> None:
    whole = revision(2, *replies)
    found = revision_state(whole)
    ids = {m.message_id for m in whole.own_messages} | {f.message.message_id for f in whole.follow_ups}
    assert found.state in set(State)
    assert found.turn in set(Turn)
    assert found.state == "new" or (found.reason is not None and found.reason.message_id in ids and found.reason.text)
    assert found.turn_reason.message_id in ids
    assert (found.turn == "nobody") == (found.state in {"accepted", "mainlined", "rejected", "not-applicable"})
    assert found.steps[-1].state == found.state
    assert found.likely or found.steps[-1].turn == found.turn
