"""Which later patches show that a posting is in the tree that they are made for."""

from __future__ import annotations

import pytest
from msgspec import structs

from patchwatch.mail.message import Person
from patchwatch.mail.parse import parse
from patchwatch.series.built_on import (
    NO_CONTENT,
    FileChange,
    Proof,
    SentPatch,
    can_be_built_on,
    changes_of,
    find_proofs,
    names_of_contents,
)
from tests.series.test_citations import posting
from tests.support.mails import mail

DAY = 86_400
ANN, BEN, RITA = (Person(f"{name} Who", f"{name.lower()}@example.org") for name in ("Ann", "Ben", "Rita"))
ONE = structs.replace(
    posting("frob: turn the big wheel", "frob: oil the small wheel"), people=(ANN.email,), names=("ann who",)
)
FIRST, SECOND = [FileChange(10, 11)], [FileChange(20, 21)]


def sent(days: float, by: Person = BEN, name: str = "b@x") -> SentPatch:
    return SentPatch(name, int(ONE.date + days * DAY), by, "[PATCH] frob: fix it")


OWN = sent(0, ANN, "own@x")


def proven(
    beginning: dict[int, list[SentPatch]],
    ending: dict[int, list[SentPatch]] | None = None,
    patches: list[list[FileChange]] | None = None,
    applied: frozenset[str] = frozenset(),
) -> dict[int, str]:
    patches = patches or [FIRST, SECOND]
    one = structs.replace(ONE, titles=tuple(f"frob part {number}" for number in range(len(patches))))
    found = find_proofs(one, patches, beginning, ending or {11: [OWN], 21: [OWN]}, applied)
    return {place: " ".join(proof.patch.message_id for proof in proofs) for place, proofs in found.items()}


def test_a_patch_of_somebody_else_made_on_one_shows_it() -> None:
    assert find_proofs(ONE, [FIRST, SECOND], {21: [sent(20)]}, {21: [OWN]}) == {1: [Proof(sent(20), 21)]}


def test_the_first_and_the_last_are_named() -> None:
    assert proven({11: [sent(50), sent(30, RITA, "r@x"), sent(40, name="c@x")]}) == {0: "r@x b@x"}


@pytest.mark.parametrize(
    "later",
    [
        sent(3),  # a colleague, who has it from the author
        sent(40, ANN),
        sent(40, Person("Ann Who", "ann@home.example")),
    ],
)
def test_patches_for_the_authors_own_tree_show_nothing(later: SentPatch) -> None:
    assert proven({11: [later]}) == {}


def test_somebody_who_sends_the_patch_on_has_it_in_their_own_tree() -> None:
    assert proven({11: [sent(40)]}, {11: [OWN, sent(30)]}) == {}
    home = Person("Ben Who", "ben@home.example")
    assert proven({11: [sent(40, home)]}, {11: [OWN, sent(30)]}) == {}


@pytest.mark.parametrize(
    ("later", "shown"),
    [
        (sent(20, ANN), True),
        (sent(10, ANN), False),  # posted for the same tree, which may have taken the later one alone
        (sent(2), True),
        (sent(0.5), False),
    ],
)
def test_a_later_patch_that_was_applied_shows_it_whosever_it_is(later: SentPatch, shown: bool) -> None:
    assert proven({11: [later]}) == {}
    assert proven({11: [later]}, applied=frozenset({"b@x"})) == ({0: "b@x"} if shown else {})
    assert proven({11: [later]}, applied=frozenset({"c@x"})) == {}


def test_somebody_elses_patch_is_preferred_to_the_authors() -> None:
    later = {11: [sent(20, ANN), sent(40, name="c@x"), sent(60, ANN, "d@x")]}
    assert proven(later, applied=frozenset({"b@x", "d@x"})) == {0: "c@x"}


def test_the_authors_patch_shows_nothing_of_those_below() -> None:
    """The maintainer of another tree may have taken it alone."""
    stacked = [[FileChange(10, 11)], [FileChange(11, 12)]]
    applied = frozenset({"b@x"})
    assert proven({12: [sent(20, ANN)]}, {12: [OWN]}, stacked, applied) == {1: "b@x"}
    assert proven({12: [sent(20)]}, {12: [OWN]}, stacked, applied) == {0: "b@x", 1: "b@x"}
    both = {11: [sent(20, ANN, "a@x")], 12: [sent(20)]}
    assert proven(both, {11: [OWN], 12: [OWN]}, stacked, frozenset({"a@x", "b@x"})) == {0: "b@x", 1: "b@x"}


def test_what_was_applied_is_named_as_such() -> None:
    proofs = find_proofs(ONE, [FIRST, SECOND], {11: [sent(20)]}, {11: [OWN]}, frozenset({"b@x"}))
    assert proofs == {0: [Proof(sent(20), 11, applied=True)]}


def test_an_applied_patch_that_sends_it_on_shows_it_too() -> None:
    """Its sender's tree has both; so does the tree that took the later one."""
    assert proven({11: [sent(40)]}, {11: [OWN, sent(30)]}, applied=frozenset({"b@x"})) == {0: "b@x"}


def test_an_applied_patch_shows_nothing_of_what_was_there_before() -> None:
    assert proven({11: [sent(40)]}, {11: [OWN, sent(-30, RITA, "old@x")]}, applied=frozenset({"b@x"})) == {}


def test_a_part_of_the_posting_that_is_sent_weeks_later_shows_nothing() -> None:
    later = sent(20, ANN, ONE.message_ids[-1])
    assert proven({11: [later]}, applied=frozenset({later.message_id})) == {}


@pytest.mark.parametrize("made_by_others", [True, False])
def test_a_content_that_was_there_before_shows_nothing(made_by_others: bool) -> None:
    before = [sent(-30, RITA, "old@x")]
    beginning, ending = ([], before) if made_by_others else (before, [])
    assert proven({11: [*beginning, sent(40)]}, {11: [OWN, *ending]}) == {}


def test_an_earlier_version_with_the_same_content_does_not_matter() -> None:
    assert proven({11: [sent(40)]}, {11: [OWN, sent(-30, ANN, "v1@x")]}) == {0: "b@x"}


def test_a_revert_restores_what_others_have() -> None:
    one = structs.replace(ONE, titles=('revert "frob: turn the big wheel"', ONE.titles[1]))
    assert find_proofs(one, [FIRST, SECOND], {11: [sent(40)]}, {11: [OWN]}) == {}


def test_patches_below_a_proven_one_in_the_same_file_are_in_too() -> None:
    stacked = [[FileChange(10, 11)], [FileChange(11, 12), FileChange(30, 31)], [FileChange(31, 32)]]
    assert proven({12: [sent(40)]}, {12: [OWN]}, stacked) == {0: "b@x", 1: "b@x"}
    assert proven({32: [sent(40)]}, {32: [OWN]}, stacked) == {0: "b@x", 1: "b@x", 2: "b@x"}


def test_deleted_and_new_files_connect_nothing() -> None:
    assert proven({}, patches=[[FileChange(10, NO_CONTENT)], [FileChange(NO_CONTENT, 21)]]) == {}


def test_backports_are_in_a_tree_anyway() -> None:
    assert can_be_built_on(ONE)
    assert not can_be_built_on(structs.replace(ONE, trees=("6.1",)))
    assert not can_be_built_on(structs.replace(ONE, upstream=(("a@x", "f" * 40),)))
    assert not can_be_built_on(structs.replace(ONE, kind="pull"))


HUNKS = "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-a\n+b\n"


def diff(name: str, before: str, after: str) -> str:
    return f"diff --git a/{name} b/{name}\nindex {before}..{after} 100644\n{HUNKS.format(name)}"


def test_changes_are_of_a_file_and_its_contents() -> None:
    body = f"Why.\n---\n{diff('f.c', '1' * 7, '2' * 12)}{diff('g.c', '2' * 7, '0' * 7)}"
    message = parse(mail(body=body))
    first, second = changes_of(message)
    assert second.after == NO_CONTENT
    assert first.after != second.before  # the same content of another file
    assert dict(names_of_contents(message))[first.after] == "f.c"
    other = parse(mail(body=f"Why.\n---\n{diff('f.c', '2' * 40, '3' * 40)}"))
    assert changes_of(other)[0].before == first.after


def test_a_reply_with_a_diff_changes_nothing() -> None:
    body = f"Like this?\n\n{diff('f.c', '1' * 7, '2' * 7)}"
    assert changes_of(parse(mail(subject="Re: [PATCH] frob", in_reply_to="a@x", body=body))) == []
