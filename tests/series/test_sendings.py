"""What was sent in several goes: the rest of a posting, and the same posting again; and what only looks like it."""

from __future__ import annotations

import random

import pytest

from patchwatch.mail.message import Message
from patchwatch.series.conversation import thread_keys
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.states import State, Turn
from tests.series.test_revision import BEN, DIFF, RITA, answers, described, sent

DAY = 1440
ANN_AT_HOME = '"Author, Ann" <ann@home.example>'


def diff(file: str, line: str = "new") -> str:
    return f"Why.\n---\ndiff --git a/{file} b/{file}\n--- a/{file}\n+++ b/{file}\n@@ -1 +1 @@\n-old\n+{line}\n"


def posted(
    prefix: str,
    minute: float = 0,
    *below: str,
    numbers: tuple[int, ...] = (0, 1, 2, 3, 4),
    total: int = 4,
    mark: str = "",
    name: str = "frob",
    sender: str = "Ann Author <ann@example.org>",
    change: str = "new",
) -> list[Message]:
    """Some mails of a posting, as git send-email threads them: the first one begins a thread, unless it is `below`."""
    found: list[Message] = []
    first: tuple[str, ...] = ()
    for step, number in enumerate(numbers):
        text = "All of it.\n" if number == 0 else diff(f"drivers/{name}/part{number}.c", change)
        title = f"{name}: make it faster" if number == 0 else f"{name}: step {'abcdefghijklmn'[number]}"
        subject = f"[PATCH {mark}{' ' if mark else ''}{number}/{total}] {title}"
        found.append(sent(f"{prefix}{number}", subject, minute + step, *below, *first, sender=sender, body=text))
        first = first or (f"{prefix}{number}",)
    return found


TOGETHER: dict[str, tuple[list[Message], list[str]]] = {
    "the rest, as a thread of its own, an hour later": (
        [*posted("a", numbers=(0, 1, 2)), *posted("b", 60, numbers=(3, 4))],
        ["v1 4/4 a0: a0 1=a1 2=a2 3=b3 4=b4"],
    ),
    "the rest on the next morning, after the server's daily limit": (
        [*posted("a", numbers=(0, 1, 2)), *posted("b", 14 * 60, numbers=(3, 4))],
        ["v1 4/4 a0: a0 1=a1 2=a2 3=b3 4=b4"],
    ),
    "the rest in three runs": (
        [*posted("a", numbers=(0, 1)), *posted("b", 60, numbers=(2,)), *posted("c", 120, numbers=(3, 4))],
        ["v1 4/4 a0: a0 1=a1 2=b2 3=c3 4=c4"],
    ),
    "the rest of v2, which was posted in the thread of v1": (
        [
            *posted("o", -5000),
            *posted("a", 0, "o0", numbers=(0, 1, 2), mark="v2"),
            *posted("b", 60, numbers=(3, 4), mark="v2"),
        ],
        ["v1 4/4 o0: o0 1=o1 2=o2 3=o3 4=o4", "v2 4/4 a0: a0 1=a1 2=a2 3=b3 4=b4"],
    ),
    "the rest from another address, as a thread of its own": (
        [*posted("a", numbers=(0, 1, 2)), *posted("b", 60, numbers=(3, 4), sender=ANN_AT_HOME)],
        ["v1 4/4 a0: a0 1=a1 2=a2 3=b3 4=b4"],
    ),
    "the rest from another address, below the cover": (
        [*posted("a", numbers=(0, 1, 2)), *posted("b", 60, "a0", numbers=(3, 4), sender=ANN_AT_HOME)],
        ["v1 4/4 a0: a0 1=a1 2=a2 3=b3 4=b4"],
    ),
    "a cover from another address": (
        [*posted("a", numbers=(0,), sender=ANN_AT_HOME), *posted("b", 1, "a0", numbers=(1, 2, 3, 4))],
        ["v1 4/4 a0: a0 1=b1 2=b2 3=b3 4=b4"],
    ),
    "a patch in the middle from another address": (
        [*posted("a", numbers=(0, 1, 3, 4)), *posted("b", 2, "a0", numbers=(2,), sender=ANN_AT_HOME)],
        ["v1 4/4 a0: a0 1=a1 2=b2 3=a3 4=a4"],
    ),
    "the whole, once more from another address": (
        [*posted("a"), *posted("b", 20, sender=ANN_AT_HOME)],
        ["v1 4/4 b0: b0 1=b1 2=b2 3=b3 4=b4 not a0 not a1 not a2 not a3 not a4"],
    ),
    "no cover, and the rest": (
        [*posted("a", numbers=(1, 2)), *posted("b", 60, numbers=(3, 4))],
        ["v1 4/4 a1: - 1=a1 2=a2 3=b3 4=b4"],
    ),
    "the rest with the cover that was forgotten": (
        [*posted("a", numbers=(1, 2)), *posted("b", 60, numbers=(0, 3, 4))],
        ["v1 4/4 b0: b0 1=a1 2=a2 3=b3 4=b4"],
    ),
    "the rest with the cover once more": (
        [*posted("a", numbers=(0, 1, 2)), *posted("b", 60, numbers=(0, 3, 4))],
        ["v1 4/4 b0: b0 1=a1 2=a2 3=b3 4=b4 not a0"],
    ),
    "the rest with the last patch once more": (
        [*posted("a", numbers=(0, 1, 2, 3)), *posted("b", 60, numbers=(3, 4))],
        ["v1 4/4 a0: a0 1=a1 2=a2 3=b3 4=b4 not a3"],
    ),
    "a patch in the middle that was lost": (
        [*posted("a", numbers=(0, 1, 2, 4)), *posted("b", 60, numbers=(3,))],
        ["v1 4/4 a0: a0 1=a1 2=a2 3=b3 4=a4"],
    ),
    "a patch that was lost, marked as a resend": (
        [*posted("a", numbers=(0, 1, 2, 4)), *posted("b", 90, numbers=(3,), mark="RESEND")],
        ["v1 4/4 a0: a0 1=a1 2=a2 3=b3 4=a4"],
    ),
    "a cover whose message-id a mail server replaced": (
        [*posted("a", numbers=(0,)), *posted("b", 1, "gone@x", numbers=(1, 2, 3, 4))],
        ["v1 4/4 a0: a0 1=b1 2=b2 3=b3 4=b4"],
    ),
    "a cover that was sent an hour after its patches": (
        [*posted("a", numbers=(1, 2, 3, 4)), *posted("b", 60, numbers=(0,))],
        ["v1 4/4 b0: b0 1=a1 2=a2 3=a3 4=a4"],
    ),
    "a cover sent three times, with its patches below the second": (
        [*posted("a", numbers=(0,)), *posted("b", 3), *posted("c", 9, numbers=(0,))],
        ["v1 4/4 b0: b0 1=b1 2=b2 3=b3 4=b4 not a0 not c0"],
    ),
    "a first patch sent three times": (
        [*posted("a", numbers=(1,)), *posted("b", 2, numbers=(1,)), *posted("c", 4, numbers=(1,))],
        ["v1 1/4 c1: - 1=c1 not a1 not b1"],
    ),
    "v2 posted again as v2, minutes later": (
        [*posted("a", mark="v2"), *posted("b", 12, mark="v2", change="newer")],
        ["v2 4/4 b0: b0 1=b1 2=b2 3=b3 4=b4 not a0 not a1 not a2 not a3 not a4"],
    ),
    "v2 posted again as v2, nine days later, in its own thread": (
        [*posted("a", mark="v2"), *posted("b", 9 * DAY, "a0", mark="v2", change="newer")],
        ["v2 4/4 b0: b0 1=b1 2=b2 3=b3 4=b4 not a0 not a1 not a2 not a3 not a4"],
    ),
    "v2, of which half was posted again": (
        [*posted("a", mark="v2"), *posted("b", 12, mark="v2", numbers=(0, 1, 2))],
        ["v2 4/4 a0: a0 1=b1 2=b2 3=a3 4=a4 not a1 not a2 not b0"],
    ),
    "a series without a number, unchanged, a week later": (
        [*posted("a"), *posted("b", 7 * DAY)],
        ["v1 4/4 b0: b0 1=b1 2=b2 3=b3 4=b4 not a0 not a1 not a2 not a3 not a4"],
    ),
    "a single patch, twice": (
        [sent("a", "[PATCH] frob: turn"), sent("b", "[PATCH] frob: turn", 20)],
        ["v1 1/1 b: - 1=b not a"],
    ),
    "sets of patches that are counted": (
        [
            sent("s", "[PATCHSET 2/3] frob: turn the wheel", 0, body="Two.\n"),
            *posted("a", 1, "s", numbers=(1,), total=2),
            *posted("b", 2, "s", numbers=(2,), total=2),
            sent("t", "[PATCHSET 3/3] frob: oil the wheel", 5, body="One.\n"),
            sent("t1", "[PATCH 1/1] frob: buy oil", 6, "t"),
        ],
        ["v1 2/2 s: s 1=a1 2=b2", "v1 1/1 t: t 1=t1"],
    ),
}


APART: dict[str, list[Message]] = {
    "two series of which each lacks a patch": [
        *posted("a", numbers=(0, 1, 2)),
        *posted("b", 5, numbers=(0, 3, 4), name="grob"),
    ],
    "another series without cover, about something else": [
        *posted("a", numbers=(0, 1, 2)),
        *posted("b", 60, numbers=(3, 4), name="grob"),
    ],
    "the rest for another tree": [
        *posted("a", numbers=(1, 2), mark="net"),
        *posted("b", 60, numbers=(3, 4), mark="net-next"),
    ],
    "the rest for another stable tree": [
        *posted("a", numbers=(1, 2), mark="6.1"),
        *posted("b", 60, numbers=(3, 4), mark="6.6"),
    ],
    "the rest of another version": [*posted("a", numbers=(1, 2)), *posted("b", 60, numbers=(3, 4), mark="v2")],
    "by somebody else": [*posted("a", numbers=(0, 1, 2)), *posted("b", 60, numbers=(3, 4), sender=BEN)],
    "below another cover that was not seen": [
        *posted("a", numbers=(0, 1, 2)),
        *posted("b", 60, "other@x", numbers=(3, 4)),
    ],
    "days later": [*posted("a", numbers=(0, 1, 2)), *posted("b", 3 * DAY, numbers=(3, 4))],
    "two series with the same numbers in an hour": [*posted("a"), *posted("b", 30, name="grob")],
    "patches of two series, one by one": [
        sent("a", "[PATCH 1/2] frob: turn", 0, body=diff("drivers/frob/core.c")),
        sent("b", "[PATCH 2/2] grob: stop", 50, body=diff("drivers/grob/core.c")),
    ],
    "backports of a patch": [sent("a", "[PATCH 6.1] frob: turn"), sent("b", "[PATCH 6.6] frob: turn", 5)],
    "a patch without a number, changed, a week later": [
        sent("a", "[PATCH] frob: turn", body=diff("f.c", "one")),
        sent("b", "[PATCH] frob: turn", 7 * DAY, body=diff("f.c", "two")),
    ],
    "patches of two drivers with one title": [
        sent("a", "[PATCH] drivers: fix a typo", body=diff("drivers/frob/core.c")),
        sent("b", "[PATCH] drivers: fix a typo", 5, body=diff("drivers/grob/core.c")),
    ],
    "a resend": [*posted("a"), *posted("b", DAY, mark="RESEND")],
    "an RFC and its patches": [*posted("a", mark="RFC"), *posted("b", 30)],
    "two covers that count sets, without their patches": [
        sent("a", "[PATCHSET 1/2] frob: turn the wheel", body="x\n"),
        sent("b", "[PATCHSET 2/2] frob: oil the wheel", 5, body="x\n"),
    ],
}


@pytest.mark.parametrize("name", TOGETHER)
def test_sent_in_several_goes(name: str) -> None:
    messages, expected = TOGETHER[name]
    assert described(find_revisions(messages)) == expected
    for seed in range(5):
        assert described(find_revisions(random.Random(seed).sample(messages, len(messages)))) == expected


@pytest.mark.parametrize("name", APART)
def test_only_similar(name: str) -> None:
    found = find_revisions(APART[name])
    assert [len({r.root.message_id[0], *(m.message_id[0] for m in r.own_messages)}) for r in found] == [1, 1]
    assert not any(r.sendings for r in found)


@pytest.mark.parametrize("name", [name for name in TOGETHER if "counted" not in name])
def test_what_is_one_posting_is_in_one_conversation(name: str) -> None:
    messages, _ = TOGETHER[name]
    keys = {m.message_id: set(thread_keys(m)) for m in messages if m.message_id[0] != "o"}
    joined = keys.popitem()[1]
    while near := [i for i, own in keys.items() if own & joined]:
        for message_id in near:
            joined |= keys.pop(message_id)
    assert not keys


def test_both_covers_have_replies_of_one_revision() -> None:
    (revision,) = find_revisions(
        [
            *posted("a", mark="v2"),
            *posted("b", 12, mark="v2"),
            sent("r", "Re: [PATCH v2 1/4] frob: step b", 30, "a0", "a1", sender=RITA, body=f"Reviewed-by: {RITA}\n"),
            sent("s", "Re: [PATCH v2 0/4] frob: make it faster", 40, "b0", sender=RITA, body="Please split patch 2.\n"),
        ]
    )
    assert answers([revision]) == {"r": ("b0", 1), "s": ("b0", 0)}
    assert [m.message_id for m in revision.sendings] == ["a0", "b0"]
    state = revision_state(revision)
    assert (state.state, state.turn) == (State.CHANGES_REQUESTED, Turn.AUTHOR)
    assert ("Reviewed-by", 1) in {(tag.name, tag.patch) for tag in state.tags}


def _again(*replies: Message) -> Revision:
    (revision,) = find_revisions([*posted("a", mark="v2"), *posted("b", 5 * DAY, mark="v2"), *replies])
    return revision


def test_a_posting_that_is_sent_again_answers_what_was_requested() -> None:
    request = sent("s", "Re: [PATCH v2 0/4] frob", 40, "a0", sender=RITA, body="Please split patch 2.\n")
    state = revision_state(_again(request))
    assert (state.state, state.turn, state.turn_reason.message_id) == (State.NEW, Turn.REVIEWERS, "b0")
    assert [change.state for change in state.steps] == [State.NEW, State.CHANGES_REQUESTED, State.NEW]
    late = sent("s", "Re: [PATCH v2 0/4] frob", 6 * DAY, "a0", sender=RITA, body="Please split patch 2.\n")
    assert revision_state(_again(late)).state == State.CHANGES_REQUESTED


def test_a_posting_that_is_sent_again_stays_applied_and_reviewed() -> None:
    applied = sent("s", "Re: [PATCH v2 0/4] frob", 40, "a0", sender=RITA, body="Applied, thanks!\n")
    assert revision_state(_again(applied)).state == State.ACCEPTED
    tag = sent("r", "Re: [PATCH v2 0/4] frob", 30, "a0", sender=RITA, body=f"Reviewed-by: {RITA}\n")
    ask = sent("s", "Re: [PATCH v2 2/4] frob", 40, "a2", sender=RITA, body="Why is that?\n")
    state = revision_state(_again(tag, ask))
    assert (state.state, state.turn) == (State.REVIEWED, Turn.MAINTAINER)


def test_ten_thousand_patches_without_threading_take_little_time() -> None:
    total = 9999
    messages = [
        sent(f"x{number}", f"[PATCH {number}/{total}] frob: step", number / 100, f"gone{number}@x", body=DIFF)
        for number in range(1, 600)
    ]
    (revision,) = find_revisions(messages)
    assert len(revision.patches) == 599
