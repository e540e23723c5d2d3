"""Extracting a patch from a mail."""

from __future__ import annotations

from patchwatch.mail.message import Person
from patchwatch.mail.patch import read_cover, read_patch
from patchwatch.mail.trailers import split_message
from tests.support.mails import mail

DIFF = "diff --git a/f.c b/f.c\nindex 1111111..2222222 100644\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"
BODY = f"""\
From: Other Author <other@example.org>
Subject: [PATCH] net: the title
 that git takes

The socket is freed twice.

Free it once.

Fixes: 123456789abc ("net: add it")
Signed-off-by: Other Author <other@example.org>
---
v2: do it right
 f.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

{DIFF}--\x20
2.43.0
"""


def test_message_tags_notes_and_diff_are_separated() -> None:
    patch = read_patch(mail(subject="[PATCH v2 3/4] net: another", body=BODY))
    assert patch.number == 3
    assert patch.title == "net: the title that git takes"
    assert patch.author == Person("Other Author", "other@example.org")
    assert patch.message == "The socket is freed twice.\n\nFree it once."
    assert [tag.name for tag in patch.trailers] == ["Fixes", "Signed-off-by"]
    assert patch.notes == "v2: do it right"
    assert [file.path for file in patch.diff.files] == ["f.c"]
    assert len(patch.patch_id) == 40


def test_patch_without_notes_or_diff() -> None:
    patch = read_patch(mail(subject="[PATCH] net: x", body="Why.\n"))
    assert (patch.number, patch.title, patch.message, patch.notes) == (1, "net: x", "Why.", "")
    assert (patch.diff.files, patch.patch_id) == ((), "")


def test_word_with_colon_at_the_top_is_not_a_header() -> None:
    assert read_patch(mail(body="From: here on it is\nprose.\n---\n")).message == "From: here on it is\nprose."


def test_remarks_between_tags_stay_in_the_message() -> None:
    message = "Why.\n\nSee-also: not at the end\n\nmore\n\nAcked-by: A <a@b>\n[c: mended]\nSigned-off-by: C <c@d>\n"
    text, tags = split_message(message)
    assert text == "Why.\n\nSee-also: not at the end\n\nmore\n\n[c: mended]"
    assert [tag.name for tag in tags] == ["Acked-by", "Signed-off-by"]


def test_cover_letter_without_diffstat_and_quotes() -> None:
    body = "Hello,\n\n> quoted\n\nv2: better\n\n f.c | 2 +-\n 1 file changed, 1 insertion(+)\n\n-- \n2.43.0\n"
    assert read_cover(mail(subject="[PATCH v2 0/2] net: x", body=body)).split() == ["Hello,", "v2:", "better"]
