"""Versions under another title: what shows that they make the same change, and what makes another one likelier."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Message
from tests.series.test_version_links import ANN, ANN_AT_WORK, BEN, RITA, found, posted, reply

WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet")


def lines(*words: str) -> str:
    """The added lines of a diff, a call for each word."""
    return "\n+".join(f"turn_the_wheel_of({word});" for word in words)


FIRST = posted("v1", "[PATCH] net: frob the queue once", change=lines(*WORDS))
MOST = lines(*WORDS[:-1], "kilo")

RENAMED: dict[str, Message] = {
    "with most of its lines": posted("new", "[PATCH] sched: spin less", 9, change=MOST),
    "with most of its lines, and a few more": posted(
        "new", "[PATCH] sched: spin less", 9, change=lines(*WORDS, "kilo", "lima", "mike")
    ),
    "marked as v1 again": posted("new", "[PATCH v1] sched: spin less", 9, change=MOST),
    "from another address": posted("new", "[PATCH] sched: spin less", 9, change=MOST, sender=ANN_AT_WORK),
}
OTHERS: dict[str, list[Message]] = {
    "with some of its lines": [
        FIRST,
        posted("new", "[PATCH] sched: spin less", 9, change=lines(*WORDS[:5], *"vwxyz", "kilo", "lima", "mike")),
    ],
    "with a line that is in many changes": [
        posted("v1", "[PATCH] net: frob the queue once", change="return -EINVAL;"),
        posted("new", "[PATCH] sched: spin less", 9, change="return -EINVAL;\n+spin();"),
    ],
    "by somebody else, with a patch of its author": [
        FIRST,
        posted(
            "new",
            "[PATCH] sched: spin less",
            9,
            change=MOST,
            sender=BEN,
            text=f"From: {ANN}\n\nWhy.\n\nSigned-off-by: {ANN}\nSigned-off-by: {RITA}",
        ),
    ],
    "by somebody else": [FIRST, posted("new", "[PATCH] sched: spin less", 9, change=MOST, sender=BEN)],
    "a quarter of a year later": [FIRST, posted("new", "[PATCH] sched: spin less", 90, change=MOST)],
    "for another kernel": [
        posted("v1", "[PATCH] net: frob the queue of 6.12", change=lines(*WORDS)),
        posted("new", "[PATCH] net: frob the queue of 6.13", 1, change=lines(*WORDS[:-1], "kilo")),
    ],
    "for another file": [FIRST, posted("new", "[PATCH] sched: spin less", 9, change=MOST, file="kernel/sched.c")],
    "after that one was applied": [
        FIRST,
        posted("a", "Re: [PATCH] net: frob", 1, sender=BEN, text="Applied, thanks.", file="", below=("v1",)),
        posted("new", "[PATCH] sched: spin less", 9, change=MOST),
    ],
}


@pytest.mark.parametrize("name", RENAMED)
def test_a_posting_without_a_number_that_adds_the_same_lines_is_a_new_version(name: str) -> None:
    link = found([FIRST, RENAMED[name]], "new")
    assert link is not None
    assert link.predecessor == "v1@x"
    assert "same-lines" in link.evidence


@pytest.mark.parametrize(("branch", "linked"), [("queue", True), ("wheel", False)])
def test_a_posting_of_another_branch_of_b4_begins_another_series(branch: str, linked: bool) -> None:
    one, two = "20230703-queue-v1-0-0123456789ab", f"20230712-{branch}-v1-0-ba9876543210"
    first = posted(one, "[PATCH] net: frob the queue once", change=lines(*WORDS))
    link = found([first, posted(two, "[PATCH] sched: spin less", 9, change=MOST)], two)
    assert (link is not None and link.predecessor == f"{one}@x") == linked
    assert link is None or linked


def test_a_patch_that_adds_the_lines_of_the_second_rfc_is_its_next_version() -> None:
    rfcs = [
        posted("r1", "[RFC PATCH] net: frob the queue once", change=lines(*WORDS[:4])),
        posted("r2", "[RFC PATCH v2] net: frob the queue once", 7, change=lines(*WORDS)),
    ]
    link = found([*rfcs, posted("new", "[PATCH] sched: spin less", 15, change=MOST)], "new")
    assert link is not None
    assert link.predecessor == "r2@x"
    assert "same-lines" in link.evidence


@pytest.mark.parametrize("name", OTHERS)
def test_a_posting_that_only_resembles_another_one_is_none(name: str) -> None:
    assert found(OTHERS[name], "new") is None


def test_a_numbered_version_with_the_same_lines_needs_less_of_the_model() -> None:
    """Its author sent so much else for the same file since that the model would rather link nothing."""
    since = [posted(f"s{n}", f"[PATCH] net: paint door {n}", n) for n in range(1, 9)]
    alike, other = (
        posted("v2", "[PATCH v2] queue: be faster", 30, change=change, text="Other words.")
        for change in (MOST, lines(*"abcdefghij"))
    )
    link = found([FIRST, *since, alike], "v2")
    assert link is not None
    assert link.predecessor == "v1@x"
    assert link.evidence[0] == "same-lines"
    assert found([FIRST, *since, other], "v2") is None


def test_a_title_whose_spelling_was_corrected_is_the_same() -> None:
    first = posted("v1", "[PATCH] net: covert the queue to frob")
    link = found([first, posted("new", "[PATCH] net: convert the queue to frob", 3)], "new")
    assert link is not None
    assert link.predecessor == "v1@x"
    assert "similar-title" in link.evidence


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("net: invert the queue to frob", "net/frob.c"),  # another word
        ("net: convert the queue to frob", "net/grob.c"),  # another file
        ("net: convert the queue to frob now", "net/frob.c"),
    ],
)
def test_titles_that_differ_otherwise_are_two(title: str, file: str) -> None:
    assert (
        found(
            [posted("v1", "[PATCH] net: covert the queue to frob"), posted("new", f"[PATCH] {title}", 3, file=file)],
            "new",
        )
        is None
    )


def test_names_of_chips_are_no_misspellings() -> None:
    one, two = ("[PATCH] net: frob the queue of fr1234", "[PATCH] net: frob the queue of fr1235")
    assert found([posted("v1", one), posted("new", two, 3)], "new") is None


# ---- rivals --------------------------------------------------------------------------------------------------------

C1 = posted("c1", "[PATCH] frob: wheel: remove the unused function is_wheel_round")
OTHER = posted("b2", "[RFC PATCH v2] frob: wheel: fix the warning when the wheel is released", 7, text="It warns.")
C2 = posted("c2", "[PATCH v2] frob: wheel: remove the unused function is_wheel_round", 13)


def test_a_version_of_another_change_gives_way_to_the_one_with_the_title() -> None:
    before = found([C1, OTHER], "b2")
    assert before is not None
    assert before.predecessor == "c1@x"
    assert found([C1, OTHER, C2], "b2") is None
    after = found([C1, OTHER, C2], "c2")
    assert after is not None
    assert after.predecessor == "c1@x"


KEEPS: dict[str, Message] = {
    "a later version": posted("c2", "[PATCH v3] frob: wheel: remove the unused function is_wheel_round", 13),
    "of somebody else": posted(
        "c2", "[PATCH v2] frob: wheel: remove the unused function is_wheel_round", 13, sender=BEN
    ),
    "half a year later": posted("c2", "[PATCH v2] frob: wheel: remove the unused function is_wheel_round", 180),
    "for a stable tree": posted("c2", "[PATCH 6.6 v2] frob: wheel: remove the unused function is_wheel_round", 13),
}


@pytest.mark.parametrize("name", KEEPS)
def test_other_postings_with_the_title_are_no_rivals(name: str) -> None:
    link = found([C1, OTHER, KEEPS[name]], "b2")
    assert link is not None
    assert link.predecessor == "c1@x"


def test_what_is_posted_in_the_thread_keeps_its_place() -> None:
    below = posted("b2", "[RFC PATCH v2] frob: wheel: fix the warning", 7, text="It warns.", below=("c1", "r"))
    link = found([C1, reply("r", "c1", 1), below, C2], "b2")
    assert link is not None
    assert link.predecessor == "c1@x"


@pytest.mark.parametrize("title", ["frob: wheel: oil", "frob: wheel: grease it well"])
def test_a_patch_of_the_series_keeps_its_place_before_the_rest(title: str) -> None:
    series = [
        posted("s", "[PATCH 0/2] frob: wheel: mend it", file="", text="Both."),
        posted("s1", "[PATCH 1/2] frob: wheel: oil", 0.001, below=("s",), file="frob/a.c"),
        posted("s2", "[PATCH 2/2] frob: wheel: paint", 0.002, below=("s",), file="frob/b.c"),
    ]
    alone = posted("one", f"[PATCH v2] {title}", 3, file="frob/a.c", change="s1")
    whole = [
        posted("t", "[PATCH v2 0/1] frob: wheel: mend it", 5, file="", text="The rest."),
        posted("t1", "[PATCH v2 1/1] frob: wheel: paint", 5.001, below=("t",), file="frob/b.c"),
    ]
    link = found([*series, alone, *whole], "one")
    assert link is not None
    assert link.predecessor == "s@x"
