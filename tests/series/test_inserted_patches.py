"""Patches that are numbered between others or behind the last belong to their posting, at their place."""

from __future__ import annotations

import random

import pytest

from patchwatch.mail.message import Message
from patchwatch.series.revision import find_revisions
from tests.series.test_revision import BEN, RITA, answers, described, sent
from tests.series.test_sendings import DAY, posted

BASE = posted("a", numbers=(0, 1, 2, 3), total=3)
WHOLE = "v1 4/4 a0: a0"

CASES: dict[str, tuple[list[Message], list[str]]] = {
    "between two, in answer to the one before": (
        [*BASE, sent("x", "[PATCH 2.5/3] frob: prepare", 180, "a0", "a2")],
        [f"{WHOLE} 1=a1 2=a2 4=x 3=a3"],
    ),
    "between two, in answer to the cover": (
        [*BASE, sent("x", "[PATCH 1.5/3] frob: prepare", 180, "a0")],
        [f"{WHOLE} 1=a1 4=x 2=a2 3=a3"],
    ),
    "before the first": ([*BASE, sent("x", "[PATCH 0.5/3] frob: prepare", 180, "a0")], [f"{WHOLE} 4=x 1=a1 2=a2 3=a3"]),
    "with a letter": ([*BASE, sent("x", "[PATCH 2a/3] frob: prepare", 180, "a2")], [f"{WHOLE} 1=a1 2=a2 4=x 3=a3"]),
    "behind the last": ([*BASE, sent("x", "[PATCH 4/3] frob: test it", 180, "a0")], [f"{WHOLE} 1=a1 2=a2 3=a3 4=x"]),
    "in answer to a reviewer": (
        [
            *BASE,
            sent("r", "Re: [PATCH 2/3] frob", 90, "a0", "a2", sender=RITA, body="Prepare?\n"),
            sent("x", "[PATCH 2.5/3] frob: prepare", 180, "a0", "a2", "r"),
        ],
        [f"{WHOLE} 1=a1 2=a2 4=x 3=a3"],
    ),
    "in a thread of its own": ([*BASE, sent("x", "[PATCH 2.5/3] frob: prepare", 180)], [f"{WHOLE} 1=a1 2=a2 4=x 3=a3"]),
    "two of them": (
        [
            *BASE,
            sent("x", "[PATCH 4/3] frob: test it", 180, "a0"),
            sent("y", "[PATCH 2.5/3] frob: prepare", 190, "a2"),
        ],
        ["v1 5/5 a0: a0 1=a1 2=a2 5=y 3=a3 4=x"],
    ),
    "one of them twice": (
        [
            *BASE,
            sent("x", "[PATCH 2.5/3] frob: prepare", 180, "a2"),
            sent("y", "[PATCH 2.5/3] frob: prepare", 190, "x"),
        ],
        [f"{WHOLE} 1=a1 2=a2 4=y 3=a3 not x"],
    ),
    "of v2 only": (
        [
            *BASE,
            *posted("b", DAY, "a0", numbers=(0, 1, 2, 3), total=3, mark="v2"),
            sent("x", "[PATCH v2 2.5/3] frob: prepare", 2 * DAY, "b2"),
        ],
        ["v1 3/3 a0: a0 1=a1 2=a2 3=a3", "v2 4/4 b0: b0 1=b1 2=b2 4=x 3=b3"],
    ),
    "by somebody else": (
        [*BASE, sent("x", "[PATCH 2.5/3] frob: prepare", 180, "a2", sender=BEN)],
        ["v1 3/3 a0: a0 1=a1 2=a2 3=a3", "v1 1/1 x: - 1=x"],
    ),
    "of a posting that was never seen": ([sent("x", "[PATCH 2.5/3] frob: prepare", 0, "gone@x")], ["v1 1/1 x: - 1=x"]),
    "a posting that lacks a patch": (
        [*posted("a", numbers=(0, 1, 2), total=3), sent("x", "[PATCH 2.5/3] frob: prepare", 180, "a2")],
        ["v1 3/4 a0: a0 1=a1 2=a2 4=x"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_inserted_patches(name: str) -> None:
    messages, expected = CASES[name]
    assert described(find_revisions(messages)) == expected
    for seed in range(5):
        assert described(find_revisions(random.Random(seed).sample(messages, len(messages)))) == expected


def test_a_reply_to_an_inserted_patch_has_its_number() -> None:
    messages, _ = CASES["between two, in answer to the one before"]
    reply = sent("r", "Re: [PATCH 2.5/3] frob: prepare", 300, "a0", "a2", "x", sender=RITA, body="Good.\n")
    assert answers(find_revisions([*messages, reply])) == {"r": ("a0", 4)}
