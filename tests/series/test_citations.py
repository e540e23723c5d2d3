"""Which citations of commits show that the patches of a posting went in."""

from __future__ import annotations

import pytest
from msgspec import structs

from patchwatch.mail.message import CitedCommit, Person
from patchwatch.mail.parse import parse
from patchwatch.series.citations import (
    REAPPLIED,
    REVERTED,
    Citation,
    find_citations,
    key_of,
    keys_of_earlier,
    keys_of_posting,
)
from patchwatch.series.posting import PostingFacts
from tests.series.test_merged import of
from tests.support.mails import mail

DAY = 86_400
TITLE = "frob: turn the big wheel"
OTHER = "frob: oil the small wheel"
ANN, BEN, RITA = "Ann Author <ann@example.org>", "Ben Builder <ben@example.net>", Person("Rita", "rita@example.com")


def posting(*titles: str, sender: str = ANN, root: str = "1", day: int = 3, tree: str = "") -> PostingFacts:
    return of(
        [
            parse(
                mail(
                    message_id=f"{root}.{number}@x",
                    subject=f"[PATCH {tree}{number}/{len(titles)}] {title}",
                    sender=sender,
                    date=f"{day} Jul 2023 10:00:00 +0000",
                    references=(f"{root}@x",),
                    body="Why.\n---\n",
                )
            )
            for number, title in enumerate(titles, 1)
        ]
    )


ONE = posting(TITLE)


def citation(
    days: float = 20,
    title: str = TITLE,
    sha: str = "0123456789ab",
    author: str = "",
    form: str = "tag",
    by: Person = RITA,
) -> Citation:
    key, deed = key_of(CitedCommit(title, sha))
    return Citation(key, deed, title, sha, author, form, f"{days}@c", int(ONE.date + days * DAY), by)


def went_in(one: PostingFacts, *held: Citation, others: tuple[PostingFacts, ...] = ()) -> set[int]:
    return set(find_citations(one, held, others).applied)


def test_patch_whose_commit_is_named_went_in() -> None:
    found = find_citations(ONE, [citation(30), citation(20)], ())
    assert {place: c.date for place, c in found.applied.items()} == {0: ONE.date + 20 * DAY}
    assert went_in(posting(OTHER, TITLE), citation()) == {1}
    assert went_in(ONE, citation(title=f"  {TITLE.upper()}. ")) == {0}


def test_commit_that_was_named_before_the_posting_is_another() -> None:
    assert not went_in(ONE, citation(-5))
    assert not went_in(ONE, citation(-5), citation(20))
    assert went_in(ONE, citation(-5, sha="ba9876543210"), citation(20)) == {0}


def test_common_titles_identify_nothing() -> None:
    assert keys_of_posting(posting("net: fix typo")) == keys_of_earlier("1.1@x")
    assert key_of(CitedCommit("net: fix typo", "0123456789ab"))[0] == ""


def test_titles_of_backports_are_never_looked_up() -> None:
    assert keys_of_posting(posting(TITLE, tree="6.6 ")) == keys_of_earlier("1.1@x")


def summary(*titles: str, days: float = 20, of_root: str = "1.1@x") -> Citation:
    key, deed = key_of(CitedCommit("\n".join(titles), "", form="summary", posting=of_root))
    return Citation(
        key, deed, "\n".join(titles), "", "", "summary", "s@x", int(ONE.date + days * DAY), RITA, "frob.git"
    )


def test_summary_is_about_the_listed_patches_of_the_posting_that_it_names() -> None:
    three = posting(TITLE, "frob: fix typo", OTHER)
    found = find_citations(three, [summary(OTHER, "frob: fix typo")], ())
    assert set(found.summarized) == {1, 2}
    assert found.applied == {}
    assert find_citations(three, [summary("frob: drop it")], ()).summarized == {}


def test_summary_is_about_a_title_that_others_posted_too() -> None:
    rival = posting(TITLE, sender=BEN, root="2")
    assert set(find_citations(ONE, [summary(TITLE)], [rival]).summarized) == {0}


def test_summary_before_the_newest_version_says_nothing_of_it() -> None:
    v2 = posting(TITLE, root="2", day=20)
    assert find_citations(v2, [summary(TITLE, days=5)], ()).summarized == {}
    assert set(find_citations(v2, [summary(TITLE, days=25)], ()).summarized) == {0}


def test_title_twice_in_a_posting_must_be_listed_twice() -> None:
    twice = posting(TITLE, TITLE)
    assert find_citations(twice, [summary(TITLE)], ()).summarized == {}
    assert set(find_citations(twice, [summary(TITLE, TITLE)], ()).summarized) == {0, 1}


@pytest.mark.parametrize(
    ("titles", "head", "expected"),
    [
        ((TITLE, OTHER), OTHER, {0, 1}),  # the others are below the last commit of a branch
        ((TITLE, OTHER), TITLE, {0}),
        ((f"dt-bindings: {TITLE}", OTHER), OTHER, {1}),  # perhaps through another tree
    ],
)
def test_last_commit_of_a_branch_stands_for_a_series_of_one_subsystem(
    titles: tuple[str, ...], head: str, expected: set[int]
) -> None:
    found = find_citations(posting(*titles), [citation(title=head, form="branch")], ())
    assert set(found.applied) == {titles.index(head)}
    assert found.applied.keys() | found.below.keys() == expected


def test_last_commit_of_a_branch_does_not_stand_for_patches_that_never_arrived() -> None:
    part = structs.replace(posting(TITLE, OTHER), incomplete=True)
    assert find_citations(part, [citation(title=OTHER, form="branch")], ()).below == {}
    assert find_citations(posting(TITLE, OTHER), [citation(title=OTHER, form="tag")], ()).below == {}


def test_title_twice_in_one_posting_is_ambiguous() -> None:
    assert not went_in(posting(TITLE, TITLE), citation())


def test_title_of_two_people_needs_the_author() -> None:
    rival = posting(TITLE, sender=BEN, root="2", day=1)
    assert not went_in(ONE, citation(), others=(rival,))
    assert went_in(ONE, citation(author="ann author"), others=(rival,)) == {0}
    assert not went_in(ONE, citation(author="ben builder"), others=(rival,))
    later = posting(TITLE, sender=BEN, root="2", day=30)
    assert went_in(ONE, citation(20), others=(later,)) == {0}


def test_of_two_postings_of_one_person_the_newer_went_in() -> None:
    newer = posting(TITLE, root="2", day=9)
    assert not went_in(ONE, citation(), others=(newer,))
    assert went_in(newer, citation(), others=(ONE,)) == {0}
    assert went_in(ONE, citation(3), others=(newer,)) == {0}


def test_author_may_soon_name_a_commit_that_nobody_else_has() -> None:
    ann, elsewhere = Person("Ann Author", "ann@example.org"), Person("Ann Author", "ann@elsewhere.example")
    assert not went_in(ONE, citation(3, form="prose", by=ann))
    assert not went_in(ONE, citation(3, form="prose", by=elsewhere))
    assert not went_in(ONE, citation(0.2, form="tag", by=ann))
    assert went_in(ONE, citation(3, form="tag", by=ann)) == {0}
    assert went_in(ONE, citation(20, form="prose", by=ann)) == {0}
    assert went_in(ONE, citation(3, form="prose", by=ann), citation(4, form="prose")) == {0}


def test_mainline_is_preferred_to_an_earlier_tree() -> None:
    found = find_citations(ONE, [citation(20), citation(40, form="mainline", author="ann author")], ())
    assert found.applied[0].form == "mainline"


@pytest.mark.parametrize("title", [f'Revert "{TITLE}"', f'revert: "{TITLE}"'])
def test_named_revert_takes_the_patch_out(title: str) -> None:
    back = citation(40, title, sha="ba9876543210")
    assert back.deed == REVERTED
    found = find_citations(ONE, [citation(20), back], ())
    assert (dict(found.applied), found.reverted) == ({}, {0: back})


@pytest.mark.parametrize("title", [f'Reapply "{TITLE}"', f'Revert "Revert "{TITLE}""'])
def test_named_revert_of_the_revert_puts_it_back(title: str) -> None:
    again = citation(60, title, sha="ba9876543211")
    assert (again.deed, again.key) == (REAPPLIED, key_of(CitedCommit(TITLE, ""))[0])
    held = [citation(20), citation(40, f'Revert "{TITLE}"', sha="ba9876543210"), again]
    assert went_in(ONE, *held) == {0}


def test_revert_of_another_patch_with_that_title_changes_nothing() -> None:
    assert went_in(ONE, citation(20), citation(-9, f'Revert "{TITLE}"', sha="ba9876543210")) == {0}
