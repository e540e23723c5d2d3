"""A posting whose patches several people send: what belongs to it, and what only answers it."""

from __future__ import annotations

import random

import pytest

from patchwatch.mail.message import Message
from patchwatch.series.revision import find_revisions
from patchwatch.series.tags import tags_of
from tests.series.test_revision import BEN, RITA, answers, described, sent
from tests.series.test_sendings import posted

ONE: dict[str, tuple[list[Message], list[str]]] = {
    "a patch in the middle, below the cover": (
        [*posted("a", numbers=(0, 1, 3, 4)), *posted("b", 1, "a0", numbers=(2,), sender=BEN)],
        ["v1 4/4 a0: a0 1=a1 2=b2 3=a3 4=a4"],
    ),
    "each patch by another, none with a cover": (
        [*posted("a", numbers=(1,), total=2), *posted("b", 1, "a1", numbers=(2,), total=2, sender=BEN)],
        ["v1 2/2 a1: - 1=a1 2=b2"],
    ),
    "three people, of whom one replies to the patch before": (
        [
            *posted("a", numbers=(0, 1)),
            *posted("b", 2, "a0", "a1", numbers=(2,), sender=BEN),
            *posted("r", 5, "a0", numbers=(3, 4), sender=RITA),
        ],
        ["v1 4/4 a0: a0 1=a1 2=b2 3=r3 4=r4"],
    ),
    "a version in the thread of the one before": (
        [
            *posted("o", -5000),
            *posted("a", 0, "o0", numbers=(0, 1, 2), mark="v2"),
            *posted("b", 9, "o0", "a0", numbers=(3, 4), mark="v2", sender=BEN),
        ],
        ["v1 4/4 o0: o0 1=o1 2=o2 3=o3 4=o4", "v2 4/4 a0: a0 1=a1 2=a2 3=b3 4=b4"],
    ),
    "a cover that was not seen": (
        [*posted("a", 0, "gone", numbers=(1, 3, 4)), *posted("b", 1, "gone", numbers=(2,), sender=BEN)],
        ["v1 4/4 a1: - 1=a1 2=b2 3=a3 4=a4"],
    ),
}

SEVERAL: dict[str, list[Message]] = {
    "the same number as somebody's own proposal": [*posted("a"), *posted("b", 9, "a0", numbers=(2,), sender=BEN)],
    "another version": [
        *posted("a", numbers=(0, 1, 2)),
        *posted("b", 9, "a0", numbers=(3, 4), mark="v2", sender=BEN),
    ],
    "another total": [*posted("a", numbers=(0, 1)), *posted("b", 9, "a0", numbers=(2,), total=2, sender=BEN)],
    "a number that is missing": [*posted("a", numbers=(0, 1, 2)), *posted("b", 9, "a0", numbers=(4,), sender=BEN)],
    "a day later": [*posted("a", numbers=(0, 1, 2)), *posted("b", 1440, "a0", numbers=(3, 4), sender=BEN)],
    "a thread of their own": [*posted("a", numbers=(0, 1, 2)), *posted("b", 9, numbers=(3, 4), sender=BEN)],
    "a cover of their own": [*posted("a", numbers=(0, 1, 2)), *posted("b", 9, "a0", numbers=(0, 3, 4), sender=BEN)],
    "an RFC": [*posted("a", numbers=(0, 1, 2)), *posted("b", 9, "a0", numbers=(3, 4), mark="RFC", sender=BEN)],
}


@pytest.mark.parametrize("name", ONE)
def test_a_colleague_sends_a_part(name: str) -> None:
    messages, expected = ONE[name]
    assert described(find_revisions(messages)) == expected
    for seed in range(5):
        assert described(find_revisions(random.Random(seed).sample(messages, len(messages)))) == expected


@pytest.mark.parametrize("name", SEVERAL)
def test_what_others_send_in_a_thread_is_theirs(name: str) -> None:
    found = find_revisions(SEVERAL[name])
    assert [{m.author.email for m in r.own_messages} for r in found] == [{"ann@example.org"}, {"ben@example.net"}]


def test_who_sends_a_part_reviews_none_of_it() -> None:
    messages = [
        *posted("a", numbers=(0, 1, 2)),
        *posted("b", 1, "a0", numbers=(3, 4), sender=BEN),
        sent("t", "Re: [PATCH 1/4] frob: step b", 30, "a0", "a1", sender=BEN, body=f"Reviewed-by: {BEN}\n"),
        sent("u", "Re: [PATCH 3/4] frob: step d", 40, "a0", "b3", sender=RITA, body=f"Reviewed-by: {RITA}\n"),
    ]
    (revision,) = find_revisions(messages)
    assert answers([revision]) == {"t": ("a0", 1), "u": ("a0", 3)}
    assert {(tag.message_id, tag.patch): tag.counts for tag in tags_of(revision)} == {("t", 1): False, ("u", 3): True}
