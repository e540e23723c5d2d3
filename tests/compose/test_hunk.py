"""A reply on a line of a diff: what is quoted, and how the line is found in the mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.compose.hunk import DiffLine, cut, find
from patchwatch.compose.reply import reply
from patchwatch.mail.addresses import Mailbox
from tests.support.mails import mail

RITA = Mailbox("Rita Reviewer", "rita@example.com")
TABLE = """\
diff --git a/quill/table.c b/quill/table.c
index 5a0000000001..5a0000000002 100644
--- a/quill/table.c
+++ b/quill/table.c
@@ -10,3 +10,4 @@ int quill_table(struct quill *quill)
 {
-\told = kzalloc(64);
+\tnew = kzalloc(128);
+\tuse(new);
 }
@@ -90,2 +91,3 @@ void quill_drop(struct quill *quill)
 {
+\tkfree(quill->table);
 }"""
PIN = """\
diff --git a/quill/pin.c b/quill/pin.c
--- a/quill/pin.c
+++ b/quill/pin.c
@@ -1,2 +1,3 @@
 {
+\tuse(new);
 }"""
DIFF = f"{TABLE}\n{PIN}".split("\n")
BARE = [text for text in DIFF if not text.startswith(("diff --git", "index "))]


def quoted(text: str, lines: list[str] = DIFF) -> list[str]:
    return cut(lines, lines.index(text))


def test_quote_ends_at_the_line_and_names_file_and_hunk() -> None:
    assert quoted("+\tuse(new);") == [
        "diff --git a/quill/table.c b/quill/table.c",
        "@@ -10,3 +10,4 @@ int quill_table(struct quill *quill)",
        " {",
        "-\told = kzalloc(64);",
        "+\tnew = kzalloc(128);",
        "+\tuse(new);",
    ]


def test_only_the_hunk_of_the_line_is_quoted() -> None:
    assert quoted("+\tkfree(quill->table);") == [
        "diff --git a/quill/table.c b/quill/table.c",
        "@@ -90,2 +91,3 @@ void quill_drop(struct quill *quill)",
        " {",
        "+\tkfree(quill->table);",
    ]


def test_heading_of_a_hunk_stands_for_all_of_it() -> None:
    assert quoted("@@ -90,2 +91,3 @@ void quill_drop(struct quill *quill)")[1:] == TABLE.split("\n")[10:]
    assert quoted("@@ -1,2 +1,3 @@")[1:] == PIN.split("\n")[3:]


@pytest.mark.parametrize("text", ["diff --git a/quill/pin.c b/quill/pin.c", "+++ b/quill/pin.c"])
def test_heading_of_a_file_stands_for_all_changes_to_it(text: str) -> None:
    assert quoted(text) == PIN.split("\n")


def test_a_diff_that_git_did_not_make_is_cut_too() -> None:
    assert quoted("+\tkfree(quill->table);", BARE)[0] == "+++ b/quill/table.c"
    assert cut(BARE, len(BARE) - 2) == ["+++ b/quill/pin.c", "@@ -1,2 +1,3 @@", " {", "+\tuse(new);"]


def test_beginning_of_a_long_hunk_is_left_out() -> None:
    hunk = [f"+line {number}" for number in range(40)]
    found = cut([*PIN.split("\n")[:4], *hunk], 4 + 30)
    assert found[:3] == ["diff --git a/quill/pin.c b/quill/pin.c", "@@ -1,2 +1,3 @@", "[...]"]
    assert found[3:] == hunk[16:31]


def test_line_is_found_by_its_text_next_to_its_number() -> None:
    first, second = (n for n, text in enumerate(DIFF) if text == "+\tuse(new);")
    assert find(DIFF, DiffLine("+       use(new);", first)) == first
    assert find(DIFF, DiffLine("+       use(new);", second + 3)) == second


def test_line_is_found_by_the_lines_above_it() -> None:
    first, second = (n for n, text in enumerate(DIFF) if text == "+\tuse(new);")
    assert find(DIFF, DiffLine("+use(new);", above=("+new = kzalloc(128);", "-old = kzalloc(64);"))) == first
    assert find(DIFF, DiffLine("+use(new);", above=(" {", "@@ -1,2 +1,3 @@"))) == second


@given(st.lists(st.sampled_from(DIFF), max_size=30), st.integers(0, 40), st.text(max_size=5))
def test_any_line_of_any_diff_can_be_quoted(lines: list[str], number: int, text: str) -> None:
    if lines:
        at = find(lines, DiffLine(text, number))
        assert 0 <= at < len(lines)
        found = cut(lines, at)
        assert found
        assert set(found) <= {*lines, "[...]"}


def test_reply_on_a_line_has_neither_commit_message_nor_tags_nor_signature() -> None:
    text = (
        f"Needed later.\n\nSigned-off-by: Ann <ann@example.org>\n---\n quill/table.c | 4 ++\n\n{TABLE}\n-- \n2.39.5\n"
    )
    raw = mail(subject="[PATCH] quill: grow the table", body=text)
    draft = reply(raw, RITA, frozenset(), "answer@example.com", DiffLine("+       new = kzalloc(128);", 8))
    attribution, *quote = draft.body.rstrip("\n").split("\n")
    assert attribution.endswith(" wrote:")
    assert quote == [
        "> diff --git a/quill/table.c b/quill/table.c",
        "> @@ -10,3 +10,4 @@ int quill_table(struct quill *quill)",
        ">  {",
        "> -\told = kzalloc(64);",
        "> +\tnew = kzalloc(128);",
    ]


def test_reply_on_a_line_of_a_mail_without_a_diff_quotes_the_mail() -> None:
    draft = reply(mail(body="No diff here.\n"), RITA, frozenset(), "answer@example.com", DiffLine("+x", 3))
    assert draft.body.endswith("> No diff here.\n")


def test_quote_that_nobody_answered_is_left_out() -> None:
    body = "On Mon, 1 Jan 2024, Ann wrote:\n> Is it needed?\n\nYes.\n\n> The rest\n> of the patch\n"
    draft = reply(mail(subject="Re: [PATCH] x", body=body), RITA, frozenset(), "answer@example.com")
    assert draft.body.endswith("> > Is it needed?\n>\n> Yes.\n")
