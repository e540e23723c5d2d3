"""A new version of some patches keeps the others, with their tags, the title and what is said about them."""

from __future__ import annotations

import random

import pytest

from patchwatch.mail.message import Message
from patchwatch.series.posting import posting_facts
from patchwatch.series.revision import Revision, find_revisions, number_of
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.states import State, Turn
from patchwatch.series.version_links import predecessor
from tests.series.test_revision import BEN, RITA, sent
from tests.series.test_sendings import DAY, diff, posted

V2 = posted("a", mark="v2")
TAG = f"Reviewed-by: {RITA}\n"


def rerolled(
    message_id: str, subject: str, minute: float = DAY, *below: str, sender: str = "Ann Author <ann@example.org>"
) -> Message:
    return sent(message_id, subject, minute, *below, sender=sender, body=diff("drivers/frob/part.c", message_id))


STEP = {1: "frob: step b", 2: "frob: step c", 3: "frob: step d", 4: "frob: step e"}
THIRD = rerolled("x3", f"[PATCH v3 3/4] {STEP[3]}", DAY, "a0", "a3")

# Per version: its number, and its patches, by number.
CASES: dict[str, tuple[list[Message], list[str]]] = {
    "in answer to the patch": ([*V2, THIRD], ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 a2 x3 a4"]),
    "in answer to the cover": (
        [*V2, rerolled("x3", f"[PATCH v3 3/4] {STEP[3]}", DAY, "a0")],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 a2 x3 a4"],
    ),
    "in answer to a reviewer": (
        [
            *V2,
            sent("r", "Re: [PATCH v2 3/4] frob", 90, "a0", "a3", sender=RITA, body="Why?\n"),
            rerolled("x3", f"[PATCH v3 3/4] {STEP[3]}", DAY, "a0", "a3", "r"),
        ],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 a2 x3 a4"],
    ),
    "with another title": (
        [*V2, rerolled("x3", "[PATCH v3 3/4] frob: go another way", DAY, "a0", "a3")],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 a2 x3 a4"],
    ),
    "two patches, each in answer to its own": (
        [
            *V2,
            rerolled("x2", f"[PATCH v3 2/4] {STEP[2]}", DAY, "a2"),
            rerolled("x4", f"[PATCH v3 4/4] {STEP[4]}", DAY + 99, "a4"),
        ],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 x2 a3 x4"],
    ),
    "two patches in one run": (
        [
            *V2,
            rerolled("x2", f"[PATCH v3 2/4] {STEP[2]}", DAY, "a0"),
            rerolled("x4", f"[PATCH v3 4/4] {STEP[4]}", DAY + 1, "a0", "x2"),
        ],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 x2 a3 x4"],
    ),
    "a patch of a patch": (
        [*V2, THIRD, rerolled("y3", f"[PATCH v4 3/4] {STEP[3]}", 2 * DAY, "x3")],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 a2 x3 a4", "v4 4/4 a1 a2 y3 a4"],
    ),
    "another patch, in answer to the version before the last": (
        [*V2, THIRD, rerolled("y1", f"[PATCH v4 1/4] {STEP[1]}", 2 * DAY, "a0", "a1")],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 a2 x3 a4", "v4 4/4 y1 a2 x3 a4"],
    ),
    "and all of it later": (
        [*V2, THIRD, *posted("b", 3 * DAY, "a0", mark="v4", change="newest")],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 a2 x3 a4", "v4 4/4 b1 b2 b3 b4"],
    ),
    "without a number": (
        [*V2, rerolled("x3", f"[PATCH v3] {STEP[3]}", DAY, "a0", "a3")],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 a2 x3 a4"],
    ),
    "of a series without cover": (
        [*posted("a", numbers=(1, 2, 3), total=3), rerolled("x1", "[PATCH v2 1/3] frob: begin", DAY, "a1")],
        ["v1 3/3 a1 a2 a3", "v2 3/3 x1 a2 a3"],
    ),
    "of a series that lacks a patch": (
        [*posted("a", numbers=(0, 1, 2, 3)), rerolled("x3", f"[PATCH v2 3/4] {STEP[3]}", DAY, "a3")],
        ["v1 3/4 a1 a2 a3", "v2 3/4 a1 a2 x3"],
    ),
    "sent twice": (
        [*V2, THIRD, rerolled("y3", f"[PATCH v3 3/4] {STEP[3]}", DAY + 9, "a0", "a3")],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 a1 a2 y3 a4"],
    ),
    # What is none:
    "by somebody else": (
        [*V2, rerolled("x3", f"[PATCH v3 3/4] {STEP[3]}", DAY, "a3", sender=BEN)],
        ["v2 4/4 a1 a2 a3 a4", "v3 1/4 x3"],
    ),
    "of another total": (
        [*V2, rerolled("x3", f"[PATCH v3 3/5] {STEP[3]}", DAY, "a3")],
        ["v2 4/4 a1 a2 a3 a4", "v3 1/5 x3"],
    ),
    "another patch without a number": (
        [*V2, rerolled("x3", "[PATCH v3] frob: something else", DAY, "a0", "a3")],
        ["v2 4/4 a1 a2 a3 a4", "v3 1/1 x3"],
    ),
    "with a cover of its own": (
        [*V2, *posted("b", DAY, "a0", mark="v3", numbers=(0, 1, 2))],
        ["v2 4/4 a1 a2 a3 a4", "v3 2/4 b1 b2"],
    ),
    "all patches, without a cover": (
        [*V2, *posted("b", DAY, "a0", mark="v3", numbers=(1, 2, 3, 4))],
        ["v2 4/4 a1 a2 a3 a4", "v3 4/4 b1 b2 b3 b4"],
    ),
    "in a thread of its own": (
        [*V2, rerolled("x3", f"[PATCH v3 3/4] {STEP[3]}", DAY)],
        ["v2 4/4 a1 a2 a3 a4", "v3 1/4 x3"],
    ),
}


def contents(revisions: list[Revision]) -> list[str]:
    return [
        f"v{r.version} {len(r.patches)}/{r.expected} {' '.join(m.message_id for m in r.patches)}" for r in revisions
    ]


@pytest.mark.parametrize("name", CASES)
def test_partial_rerolls(name: str) -> None:
    messages, expected = CASES[name]
    assert contents(find_revisions(messages)) == expected
    for seed in range(5):
        assert contents(find_revisions(random.Random(seed).sample(messages, len(messages)))) == expected


def newest(*further: Message) -> Revision:
    return find_revisions([*V2, THIRD, *further])[-1]


def tags(revision: Revision) -> set[tuple[str, int]]:
    return {(tag.message_id, tag.patch) for tag in revision_state(revision).tags if tag.name == "Reviewed-by"}


def test_a_partial_reroll_has_the_title_of_the_series_and_says_what_it_takes() -> None:
    revision = newest()
    assert revision.head.parts.title == "frob: make it faster"
    assert revision.root is THIRD
    assert [m.message_id for m in revision.own_messages] == ["x3"]
    assert [(t.number, t.message.message_id, t.version, t.root) for t in revision.taken] == [
        (1, "a1", 2, "a0"),
        (2, "a2", 2, "a0"),
        (4, "a4", 2, "a0"),
    ]


def test_a_renamed_first_patch_gives_a_series_without_cover_its_title() -> None:
    messages, _ = CASES["of a series without cover"]
    assert find_revisions(messages)[-1].head.parts.title == "frob: begin"


def test_tags_of_the_other_patches_count() -> None:
    early = sent("r", "Re: [PATCH v2 1/4] frob", 90, "a0", "a1", sender=RITA, body=TAG)
    replaced = sent("s", "Re: [PATCH v2 3/4] frob", 91, "a0", "a3", sender=RITA, body=TAG)
    assert tags(newest(early, replaced)) == {("r", 1)}


def test_a_tag_for_all_patches_does_not_count_for_the_new_one() -> None:
    early = sent("r", "Re: [PATCH v2 0/4] frob", 90, "a0", sender=RITA, body=TAG)
    assert tags(newest(early)) == {("r", 1), ("r", 2), ("r", 4)}
    late = sent("s", "Re: [PATCH v3 3/4] frob", 2 * DAY, "a0", "a3", "x3", sender=RITA, body=TAG)
    state = revision_state(newest(early, late))
    assert (state.state, state.turn) == (State.REVIEWED, Turn.MAINTAINER)


def test_a_later_reply_to_an_older_patch_counts_for_both() -> None:
    late = sent("r", "Re: [PATCH v2 1/4] frob", 2 * DAY, "a0", "a1", sender=RITA, body="Please rename it.\n")
    old, new = find_revisions([*V2, THIRD, late])
    assert [revision_state(r).state for r in (old, new)] == [State.CHANGES_REQUESTED] * 2
    assert [(f.patch, f.of) for f in new.follow_ups] == [(1, "a0")]
    replaced = sent("r", "Re: [PATCH v2 3/4] frob", 2 * DAY, "a0", "a3", sender=RITA, body="Please rename it.\n")
    assert not newest(replaced).follow_ups


def test_an_earlier_request_does_not_concern_the_new_version() -> None:
    early = sent("r", "Re: [PATCH v2 0/4] frob", 90, "a0", sender=RITA, body="Please rename it.\n")
    state = revision_state(newest(early))
    assert (state.state, state.turn) == (State.NEW, Turn.REVIEWERS)


def test_a_later_thanks_to_the_cover_accepts_the_new_version() -> None:
    late = sent("r", "Re: [PATCH v2 0/4] frob", 2 * DAY, "a0", sender=RITA, body="Applied, thanks!\n")
    assert revision_state(newest(late)).state == State.ACCEPTED


MIA = "Mia Maintainer <mia@example.com>"


def _of(number: int, text: str, minute: float, *below: str) -> Message:
    """What Mia says of a patch of v2, or of v3 if it replies to it."""
    name = f"m{number}{int(minute)}"
    return sent(
        name, f"Re: [PATCH v2 {number}/4] frob", minute, *(below or ("a0", f"a{number}")), sender=MIA, body=text
    )


def test_what_was_applied_or_refused_before_is_not_posted_again() -> None:
    before = [
        _of(1, "Applied this one to frob/for-next, thanks.\n", 90),
        _of(2, "NAK, it breaks the crank.\n", 91),
        _of(4, "Applied to frob/for-next.\n", 92),
    ]
    assert revision_state(newest(*before)).partly == "1,4"
    then = _of(3, "Applied to frob/for-next, thanks.\n", 2 * DAY, "a0", "a3", "x3")
    found = revision_state(newest(*before, then))
    assert (found.state, found.partly) == (State.ACCEPTED, "")
    undecided = revision_state(newest(*before[:2], then))
    assert (undecided.state, undecided.partly) == (State.UNDER_REVIEW, "1,3")


def test_what_was_said_of_the_replaced_patch_before_is_forgotten() -> None:
    assert revision_state(newest(_of(3, "Applied to frob/for-next.\n", 90))).partly == ""
    whole = sent("m", "Re: [PATCH v2 0/4] frob", 90, "a0", sender=MIA, body="Applied to frob/for-next.\n")
    assert revision_state(newest(whole)).state == State.NEW


def test_each_version_follows_the_one_before() -> None:
    messages, _ = CASES["and all of it later"]
    facts = [posting_facts(r, {}) for r in find_revisions(messages)]
    links = [predecessor(one, facts) for one in facts]
    assert [link and link.predecessor for link in links] == [None, "a0", "x3"]
    assert [number_of(m) for m in newest().patches] == [1, 2, 3, 4]


def test_the_only_patch_of_a_series_that_the_list_got_is_no_part_of_the_next_version() -> None:
    alone = rerolled("a1", f"[PATCH v2 1/2] {STEP[1]}", 0)
    again = rerolled("b1", f"[PATCH v3] {STEP[1]}", DAY, "a1")
    second = {r.version: r for r in find_revisions([alone, again])}[3]
    assert (second.expected, second.taken, second.rerolls) == (1, (), "")
    answer = sent("c", f"Re: [PATCH v3] {STEP[1]}", 2 * DAY, "b1", sender=RITA, body="Applied to frob/next, thanks!\n")
    third = {r.version: r for r in find_revisions([alone, again, answer])}[3]
    assert revision_state(third).state == State.ACCEPTED
