"""What later versions did about points: done, by the changelog or the lines, or not touched."""

from __future__ import annotations

import itertools

import pytest

from patchwatch.mail.added_lines import hashes
from patchwatch.mail.message import Message, Person
from patchwatch.mail.parse import parse
from patchwatch.series.claims import Posted, claims, placed
from patchwatch.series.points import Fate, Point, PointKind
from tests.support.mails import mail

RITA = Person("Rita Reviewer", "rita@example.com")
OLD = ["int ret = frob_open(table);", "mutex_lock(&table->lock);", "entry = frob_lookup(table);", "return entry->size;"]


def patch(version: int, added: list[str], *, below: str = "", file: str = "drivers/frob.c", number: int = 1) -> Message:
    diff = f"diff --git a/{file} b/{file}\n--- a/{file}\n+++ b/{file}\n@@ -1 +1,{len(added) + 1} @@\n int x;\n"
    diff += "".join(f"+{line}\n" for line in added)
    subject = f"[PATCH v{version} {number}/2] frob: part {number}"
    return parse(mail(message_id=f"{version}-{number}@x", subject=subject, body=f"Why.\n\n---\n{below}\n{diff}"))


def posted(*messages: Message, complete: bool = True) -> Posted:
    return Posted(messages[0], messages, complete)


def point(text: str = "This is racy.", quoted: tuple[str, ...] = (), fate: Fate = Fate.OPEN, number: int = 1) -> Point:
    code = f"+{quoted[-1]}" if quoted else ""
    return Point(
        "a@x", number, RITA, 1, 1, PointKind.CHANGE, text, code=code, fate=fate, lines=tuple(hashes("\n".join(quoted)))
    )


def fate(found: Point, after: list[Posted]) -> Fate | None:
    claim = claims([found], posted(patch(1, OLD)), after).get(found.key)
    return claim.fate if claim else None


LOOKUP = ("mutex_lock(&table->lock);", "entry = frob_lookup(table);")


@pytest.mark.parametrize(
    ("changelog", "text"),
    [
        ("Changes in v2:\n- take the mutex before the lookup\n", "The mutex must cover the whole lookup."),
        ("v1 -> v2:\n * Call frob_open() with the lock held\n", "Why is frob_open() not below the lock?"),
        ("Changes since v1:\n- Drop the redundant barrier (Rita)\n", "The barrier does nothing."),
        ("v2:\n - renamed counters,\n   as Rita proposed\n", "These counters need other names."),
        ("Changes in v2:\n- addressed comments by Rita Reviewer\n", "This is ugly."),
    ],
)
def test_the_changelog_names_it(changelog: str, text: str) -> None:
    later = posted(patch(2, [*OLD, "pr_info(table->name);"], below=changelog))
    claim = claims([point(text)], posted(patch(1, OLD)), [later])["a@x#1"]
    assert (claim.fate, claim.root) == (Fate.DONE, "2-1@x")
    assert claim.evidence


@pytest.mark.parametrize(
    "changelog",
    ["", "Changes in v2:\n- rebased\n", "Changes in v2:\n- fix a typo in the title (Rex)\n", "The mutex is slow.\n"],
)
def test_a_changelog_of_something_else_says_nothing(changelog: str) -> None:
    later = posted(patch(2, [*OLD, "pr_info(table->name);"], below=changelog))
    assert fate(point("The mutex must cover the whole lookup."), [later]) is None


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (OLD, Fate.NOT_TOUCHED),
        ([*OLD, "pr_info(table->name);", "trace_frob_lookup(entry);"], Fate.DONE),  # right below the lines
        ([*OLD[:2], "between_them(table);", *OLD[2:]], Fate.DONE),
        (["u64 a_new_member;", "u64 another_one;", "u64 yet_another;", *OLD, "}", "}"], Fate.NOT_TOUCHED),
        ([OLD[0], OLD[1], "entry = frob_lookup_locked(table);", OLD[3]], Fate.DONE),
        ([OLD[0], OLD[3]], Fate.DONE),
        ([OLD[0], OLD[1], "entry = !frob_lookup(table);", OLD[3]], Fate.DONE),  # only signs differ
        ([OLD[0], OLD[1], "\tentry  = frob_lookup( table );", OLD[3]], Fate.NOT_TOUCHED),  # only blanks differ
        ([OLD[0], OLD[2], OLD[1], OLD[3]], Fate.DONE),
    ],
)
def test_lines_that_changed_are_done_and_others_are_not_touched(new: list[str], expected: Fate) -> None:
    assert fate(point(quoted=LOOKUP), [posted(patch(2, new))]) == expected


def test_what_changed_far_away_touches_nothing() -> None:
    far = [f"unrelated_line_{n}(table);" for n in range(9)]
    old = posted(patch(1, [*OLD, *far]))
    for new in ([*OLD, *far[:6]], [*OLD, *far, "one_more(table);"], [*OLD, *far[:-1], "other_end(table);"]):
        claim = claims([point(quoted=LOOKUP)], old, [posted(patch(2, new))])["a@x#1"]
        assert (claim.fate, claim.evidence) == (Fate.NOT_TOUCHED, "these lines are as they were")


def test_what_moved_to_another_patch_is_not_touched() -> None:
    later = posted(patch(2, ["other_thing(table);"], file="drivers/other.c"), patch(2, OLD, number=2))
    assert fate(point(quoted=LOOKUP), [later]) == Fate.NOT_TOUCHED


def test_nothing_is_known_of_what_did_not_arrive() -> None:
    later = patch(2, ["other_thing(table);"], file="drivers/other.c")
    assert fate(point(quoted=LOOKUP), [posted(later, complete=False)]) is None
    assert fate(point(quoted=LOOKUP), [posted(later)]) == Fate.DONE  # the patch is gone
    assert fate(point(quoted=("context_of_the_diff(x);",)), [posted(patch(2, [*OLD, "more(table);"]))]) is None


def test_an_answered_point_stays_answered_unless_it_was_done() -> None:
    answered = point(quoted=LOOKUP, fate=Fate.ANSWERED)
    assert fate(answered, [posted(patch(2, OLD))]) is None
    assert fate(answered, [posted(patch(2, [OLD[0], OLD[3]]))]) == Fate.DONE


def test_settled_points_are_left_alone() -> None:
    for settled in (Fate.SETTLED, Fate.WITHDRAWN, Fate.TAKEN_OVER, Fate.DISMISSED):
        assert fate(point(quoted=LOOKUP, fate=settled), [posted(patch(2, OLD))]) is None


def test_what_one_version_left_alone_may_be_done_in_the_next() -> None:
    same, other = posted(patch(2, OLD)), posted(patch(3, [OLD[0]]))
    found = claims([point(quoted=LOOKUP)], posted(patch(1, OLD)), [same, other])["a@x#1"]
    assert (found.fate, found.root) == (Fate.DONE, "3-1@x")
    left = claims([point(quoted=LOOKUP)], posted(patch(1, OLD)), [same, posted(patch(3, OLD))])["a@x#1"]
    assert (left.fate, left.root) == (Fate.NOT_TOUCHED, "3-1@x")


def test_messages_in_any_order_give_the_same() -> None:
    messages = [patch(2, OLD[:2]), patch(2, OLD[2:], number=2), patch(2, ["x_and_y(z);"], file="b.c")]
    found = {fate(point(quoted=LOOKUP), [Posted(messages[0], order)]) for order in itertools.permutations(messages)}
    assert len(found) == 1


def test_a_huge_version_takes_bounded_time() -> None:
    below = "Changes in v2:\n" + "".join(f"- some entry about thing_{n} in place {n}\n" for n in range(5000))
    later = [posted(patch(2, [f"line_number_{n}(x);" for n in range(5000)], below=below)) for _ in range(20)]
    many = [point(f"Why thing_{n}?", quoted=LOOKUP, number=n) for n in range(2000)]
    assert len(claims(many, posted(patch(1, OLD)), later)) <= 300


def test_a_point_is_placed_in_the_file_that_its_patch_shows() -> None:
    one = patch(1, OLD)
    two = parse(
        mail(
            message_id="1-1@x",
            subject="[PATCH 1/2] frob: part",
            body="Why.\n\n---\n"
            + "".join(
                f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1 +1,2 @@\n int x;\n+{line}\n"
                for name, line in (("a.c", "first_line(x);"), ("b.c", OLD[2]))
            ),
        )
    )
    assert placed([point(quoted=LOOKUP)], [one])[0].file == "drivers/frob.c"
    assert placed([point(quoted=LOOKUP)], [two])[0].file == "b.c"
    assert placed([point(quoted=("in_no_patch(x);",))], [two])[0].file == ""
    assert placed([point()], [one])[0].file == ""
