"""Who endorsed which patches of a posting."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.series.tags import Authors, authors_of, completing_tag, message_of, reviewed_patches, tags_of
from tests.support.mails import mail

ANN = "Ann Author <ann@example.org>"
RITA = "Rita Reviewer <rita@example.com>"
RITA_TAG = f"Reviewed-by: {RITA}\n"
DIFF = "---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"


def patch(number: int, tags: str = "", before: str = "") -> Message:
    body = f"{before}Why.\n\n{tags}Signed-off-by: {ANN}\n{DIFF}"
    return parse(
        mail(message_id=f"{number}@x", subject=f"[PATCH {number}/2] frob", sender=ANN, in_reply_to="0@x", body=body)
    )


def answer(number: int, body: str, sender: str = RITA, message_id: str = "a@x") -> Message:
    return parse(
        mail(message_id=message_id, subject="Re: [PATCH] frob", sender=sender, in_reply_to=f"{number}@x", body=body)
    )


def series(*messages: Message, cover_tags: str = "") -> Revision:
    text = f"All.\n\n{cover_tags}---\n f.c | 2 +-\n"
    cover = parse(mail(message_id="0@x", subject="[PATCH 0/2] frob", sender=ANN, body=text))
    (found,) = find_revisions([cover, *messages])
    return found


def tags(revision: Revision) -> list[tuple[str, int, bool]]:
    return [(tag.name, tag.patch, tag.counts) for tag in tags_of(revision) if tag.name != "Signed-off-by"]


def test_a_tag_is_for_the_patch_that_the_mail_replies_to() -> None:
    revision = series(patch(1), patch(2), answer(2, RITA_TAG))
    assert tags(revision) == [("Reviewed-by", 2, True)]
    assert reviewed_patches(revision, tags_of(revision)) == 1


def test_a_tag_on_the_cover_counts_for_each_patch() -> None:
    revision = series(patch(1), patch(2), answer(0, RITA_TAG))
    assert tags(revision) == [("Reviewed-by", 0, True)]
    assert reviewed_patches(revision, tags_of(revision)) == 2


def test_a_tag_in_the_cover_letter_counts_for_each_patch() -> None:
    revision = series(patch(1, RITA_TAG), patch(2), cover_tags=f"{RITA_TAG}Signed-off-by: {ANN}\n")
    assert tags(revision) == [("Reviewed-by", 0, True)]
    assert reviewed_patches(revision, tags_of(revision)) == 2


def test_the_authors_own_tag_in_the_cover_letter_is_not_a_review() -> None:
    revision = series(patch(1), patch(2), cover_tags=f"Reviewed-by: {ANN}\n")
    assert tags(revision) == [("Reviewed-by", 0, False)]


def test_a_person_counts_once_per_patch() -> None:
    revision = series(patch(1, RITA_TAG), patch(2), answer(1, RITA_TAG), answer(1, RITA_TAG, message_id="b@x"))
    assert tags(revision) == [("Reviewed-by", 1, True)]
    assert tags_of(revision)[0].message_id == "1@x"


def test_other_tags_are_kept_and_do_not_count() -> None:
    revision = series(patch(1, "Whatevered-by: W <w@example.net>\n"), patch(2), answer(2, f"Tested-by: {RITA}\n"))
    assert tags(revision) == [("Whatevered-by", 1, False), ("Tested-by", 2, False)]


@pytest.mark.parametrize(
    "value", ["Ann Author <ann@example.org>", "Ann Author <ann@elsewhere.example>", "Author, Ann <a@b.example>"]
)
def test_the_authors_own_tag_is_not_a_review(value: str) -> None:
    assert tags(series(patch(1, f"Reviewed-by: {value}\n"), patch(2))) == [("Reviewed-by", 1, False)]


def test_the_tag_of_the_patch_author_is_not_a_review() -> None:
    ben = "Ben Builder <ben@example.net>"
    revision = series(patch(1, f"Reviewed-by: {ben}\n", before=f"From: {ben}\n\n"), patch(2))
    assert tags(revision) == [("Reviewed-by", 1, False)]


@pytest.mark.parametrize(
    ("body", "sender"),
    [
        (f"> {RITA_TAG}", RITA),
        (RITA_TAG, "Rolf Other <rolf@example.net>"),
        (RITA_TAG, "kernel test robot <lkp@intel.com>"),
    ],
)
def test_quoted_forwarded_and_bot_tags_are_ignored(body: str, sender: str) -> None:
    assert tags(series(patch(1), patch(2), answer(1, body, sender))) == []


@pytest.mark.parametrize(
    ("body", "given"),
    [
        (f"For patch 2:\n\n{RITA_TAG}", [("Reviewed-by", 2, True)]),
        (f"{RITA_TAG}for the series except patch 1.\n", [("Reviewed-by", 2, True)]),
        (f"For patches 1 and 2:\n\n{RITA_TAG}", [("Reviewed-by", 0, True)]),
        (f"For the f.c bits:\n\n{RITA_TAG}", [("Reviewed-by", 0, True)]),
        (f"For the io_uring bits:\n\n{RITA_TAG}", [("Reviewed-by", 0, False)]),
        (f"For the series except patch 1.\n\nPatch 1 needs a comment.\n\n{RITA_TAG}", [("Reviewed-by", 2, True)]),
    ],
)
def test_a_tag_counts_within_its_scope(body: str, given: list[tuple[str, int, bool]]) -> None:
    assert tags(series(patch(1), patch(2), answer(0, body))) == given


def test_a_scope_that_covers_no_patch_is_shown() -> None:
    (tag,) = [
        t for t in tags_of(series(patch(1), patch(2), answer(2, f"For the io_uring bits:\n\n{RITA_TAG}"))) if t.scope
    ]
    assert (tag.scope, tag.patch, tag.counts) == ("For the io_uring bits", 2, False)


def test_a_person_with_two_addresses_counts_once() -> None:
    at_home = RITA_TAG.replace("example.com", "home.example")
    revision = series(patch(1, RITA_TAG), patch(2), answer(1, at_home, "Rita Reviewer <rita@home.example>"))
    assert tags(revision) == [("Reviewed-by", 1, True)]


def test_a_tag_for_all_and_tags_for_each_patch_are_the_same() -> None:
    collected = series(patch(1, RITA_TAG), patch(2, RITA_TAG), answer(0, RITA_TAG))
    assert tags(collected) == [("Reviewed-by", 1, True), ("Reviewed-by", 2, True)]
    both = series(patch(1), patch(2), answer(0, RITA_TAG), answer(2, RITA_TAG, message_id="b@x"))
    assert tags(both) == [("Reviewed-by", 0, True)]


def test_the_author_of_one_patch_can_review_another() -> None:
    ben = "Ben Builder <ben@example.net>"
    bens = patch(2, before=f"From: {ben}\n\n")
    revision = series(patch(1), bens, answer(0, f"Reviewed-by: {ben}\n", ben))
    assert tags(revision) == [("Reviewed-by", 1, True), ("Reviewed-by", 2, False)]


@pytest.mark.parametrize(
    ("name", "counts"),
    [("Reviewed-and-tested-by", True), ("Tested-and-acked-by", True), ("Reviewed-but-not-liked-by", False)],
)
def test_tags_joined_by_and(name: str, counts: bool) -> None:
    assert tags(series(patch(1, f"{name}: {RITA}\n"), patch(2))) == [(name, 1, counts)]


def test_the_tag_that_completes_a_review_is_the_last_that_was_needed() -> None:
    late = answer(2, RITA_TAG, message_id="b@x")
    revision = series(patch(1), patch(2), answer(1, RITA_TAG), late)
    last = completing_tag(revision, tags_of(revision))
    assert last is not None
    assert message_of(revision, last) == late
    assert completing_tag(series(patch(1), patch(2), answer(1, RITA_TAG)), ()) is None


def test_an_incomplete_series_is_not_fully_reviewed() -> None:
    revision = series(patch(1), answer(1, RITA_TAG))
    assert completing_tag(revision, tags_of(revision)) is None


def test_authors_are_recognized_by_address_or_full_name() -> None:
    authors = authors_of(series(patch(1), patch(2)))
    assert authors.include("A. N. Other", "ann@example.org")
    assert authors.include("Author Ann", "x@y")
    assert not authors.include("Ann", "x@y")
    assert not Authors(frozenset(), frozenset()).include("", "")
