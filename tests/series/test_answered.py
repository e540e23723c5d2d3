"""Answers that name no mail: their subject says which posting they are about."""

from __future__ import annotations

import random

import pytest

from patchwatch.mail.message import Message
from patchwatch.series.conversation import thread_keys
from patchwatch.series.revision import find_revisions
from tests.series.test_revision import RITA, sent
from tests.series.test_sendings import DAY

TITLE = "frob: check the count before the wheel turns"
V1 = sent("v1", f"[PATCH] {TITLE}")
V2 = sent("v2", f"[PATCH v2] {TITLE}", 2 * DAY)


def answer(subject: str, *below: str, name: str = "answer", minute: float = 3 * DAY) -> Message:
    return sent(name, subject, minute, *below, sender=RITA, body="> Why.\n\nPlease count twice.\n")


def placed(*messages: Message) -> set[tuple[str, str]]:
    """Each reply, and the root of the revision that it is in."""
    found = [
        {(f.message.message_id, r.root.message_id) for r in find_revisions(order) for f in r.follow_ups}
        for order in (random.Random(seed).sample(messages, len(messages)) for seed in range(4))
    ]
    assert all(one == found[0] for one in found)
    return found[0]


@pytest.mark.parametrize(
    ("subject", "root"),
    [
        (f"Re: [PATCH v2] {TITLE}", "v2"),
        (f"RE: [PATCH v2] {TITLE.upper()}", "v2"),
        (f"Re: [PATCH] {TITLE}", "v1"),
        (f"Re: [EXT] Re: [PATCH] {TITLE}", "v1"),
    ],
)
def test_an_answer_without_references_is_below_what_it_repeats(subject: str, root: str) -> None:
    reply = answer(subject)
    assert placed(V1, V2, reply) == {("answer", root)}
    posting = V1 if root == "v1" else V2
    assert set(thread_keys(reply)) & set(thread_keys(posting))


def test_so_are_the_answers_to_it() -> None:
    first = answer(f"Re: [PATCH v2] {TITLE}")
    second = answer(f"Re: [PATCH v2] {TITLE}", "answer", name="second", minute=4 * DAY)
    assert placed(V1, V2, first, second) == {("answer", "v2"), ("second", "v2")}


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(answer(f"Re: [PATCH v3] {TITLE}"), id="a version that was not seen"),
        pytest.param(answer(f"Re: {TITLE}"), id="no patch in the subject"),
        pytest.param(answer("Re: [PATCH v2] frob: count the turns of the wheel"), id="another title"),
        pytest.param(answer(f"Re: [PATCH v2] {TITLE}", minute=DAY), id="before it was posted"),
        pytest.param(answer(f"Re: [PATCH v2] {TITLE}", minute=200 * DAY), id="long after"),
    ],
)
def test_other_mails_without_references_are_below_nothing(reply: Message) -> None:
    assert placed(V2, reply) == set()


def test_what_an_answer_names_outranks_its_subject() -> None:
    assert placed(V1, V2, answer(f"Re: [PATCH v2] {TITLE}", "v1")) == {("answer", "v1")}


def test_an_answer_with_a_short_title_may_be_about_anything() -> None:
    assert placed(sent("v1", "[PATCH] typo"), answer("Re: [PATCH] typo")) == set()
