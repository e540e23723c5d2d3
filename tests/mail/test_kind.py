"""The kind of a mail whose subject does not say that it is a reply, or says so wrongly."""

from __future__ import annotations

import pytest

from patchwatch.mail.parse import parse
from tests.support.mails import mail

REX = "Rex Reviewer <rex@example.net>"
ASKED = "On Mon, 3 Mar 2025, Ann Author wrote:\n> Clamp it.\n\nWhy not in core?\n"
OUTLOOK = (
    "I like it.\n\n-----Original Message-----\nFrom: Ann Author <ann@example.org>\nSent: Monday, March 3, 2025\n"
    "Subject: [PATCH] frob: clamp\n\nClamp it.\n"
)
SIGNED = "Signed-off-by: Rex Reviewer <rex@example.net>\n"


def kind(subject: str, body: str, *, answers: bool = True) -> str:
    return parse(mail(subject=subject, body=body, sender=REX, in_reply_to="0@x" if answers else None)).kind


@pytest.mark.parametrize(
    "subject",
    [
        "[PATCH] frob: clamp",
        "[PATCH v2 3/4] frob: clamp",
        "[PATCH v2 0/4] frob: clamp",
        "[RFC] frob: clamp",
        "[v2 3/4] frob: clamp",
        "[EXT] [PATCH] frob: clamp",
        "[Re: PATCH] frob: clamp",
        "[EXT] Re: [PATCH] frob: clamp",
        "[GIT PULL] frob fixes",
        "frob: clamp",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        ASKED,
        OUTLOOK,
        "Hi Ann,\n\nThank you for your patch.\n\n> > +clamp(delta);\n>\n> Why?\n\nAs a limit.\n",
        "> Clamp it.\n\nAcked-by: Rex Reviewer <rex@example.net>\n",
        "Acked-by: Rex Reviewer <rex@example.net>\n",
        "Am 03.03.25 um 10:00 schrieb Ann Author:\n> Signed-off-by: Ann Author <ann@example.org>\n\nFine.\n",
        "> Ann Author (2):\n>   frob: clamp\n>\n>  f.c | 2 +-\n>  1 file changed, 1 insertion(+)\n\nAny news?\n",
    ],
)
def test_answer_without_re(subject: str, body: str) -> None:
    assert kind(subject, body) == "reply"


FORWARDED = (
    "From: Ann Author <ann@example.org>\nSent: Monday, March 3, 2025\nTo: linux-frob@vger.example\n"
    "Subject: [PATCH] frob: clamp\n\nClamp it.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n"
    "diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"
)


@pytest.mark.parametrize("ruler", ["-----Original Message-----", "________________________________"])
def test_answer_without_re_above_a_patch_that_is_not_quoted(ruler: str) -> None:
    answer = "Hi Ann,\n\nlooks good.\n\nAcked-by: Rex Reviewer <rex@example.net>\n\n"
    assert kind("[PATCH] frob: clamp", f"{answer}{ruler}\n{FORWARDED}") == "reply"
    assert kind("[PATCH] frob: clamp", f"{FORWARDED}{ruler}\n{FORWARDED}") == "patch"


def test_patch_with_header_lines_in_its_message_is_a_patch() -> None:
    body = f"The log has:\n\nDate: Mon, 3 Mar 2025\n\n{SIGNED}---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n"
    assert kind("[PATCH v2] frob: clamp", f"{body}@@ -1 +1 @@\n-a\n+b\n") == "patch"


@pytest.mark.parametrize(
    "body",
    [
        "Clamp it, as the log says:\n\n> frob: delta 300\n\nAnn Author (2):\n  frob: a\n  frob: b\n\n f.c | 2 +-\n",
        "> frob: delta 300\n\nThis series clamps it.\n\nChanges in v2:\n - none\n",
        "On 2025-03-03 Mia Maintainer wrote:\n> please split it\n\nSo I did.\n\nv1 -> v2: split it\n",
        "This series clamps the delta, as a user who reported it here saw values far above what is allowed:\n> 300\n",
        "All of it.\n",
        "> quoted\n\nbase-commit: 0123456789abcdef0123456789abcdef01234567\n",
    ],
)
def test_cover_letter_in_answer_to_the_last_version(body: str) -> None:
    assert kind("[PATCH v2 0/2] frob: clamp", body) == "cover"


@pytest.mark.parametrize(
    "body",
    [
        "Clamp it.\n\n> frob: delta 300\n\n" + SIGNED + "---\n f.c | 2 +-\n",  # the diff is in an unknown attachment
        "Mia wrote:\n> please make it executable\n\ndiff --git a/f.sh b/f.sh\nold mode 100644\nnew mode 100755\n",
        "> frob: delta 300\n\ndiff --git a/f.bin b/f.bin\nGIT binary patch\nliteral 0\nHcmV?d00001\n",
        "No diff came with it.\n",
    ],
)
def test_patch_without_an_inline_diff(body: str) -> None:
    assert kind("[PATCH v2 1/2] frob: clamp", body) == "patch"


def test_pull_request_in_answer_to_the_last_one() -> None:
    body = "> please fix the tag\n\nDone.\n\nPlease pull from\n  git://example.org/frob.git tags/frob-2\n"
    assert kind("[GIT PULL v2] frob fixes", body) == "pull"


def test_quotes_without_a_parent_do_not_make_a_reply() -> None:
    assert kind("[PATCH] frob: clamp", "> frob: delta 300\n\nClamp it.\n", answers=False) == "patch"


def test_patch_put_before_the_first_is_not_a_cover_letter() -> None:
    assert kind("[PATCH 0.5/3] frob: prepare", "Missing.\n", answers=False) == "patch"


@pytest.mark.parametrize("prefix", ["PULL 2/5", "GIT PULL 1/4", "PULL v2 3/3"])
def test_a_numbered_mail_with_a_diff_below_a_pull_request_is_one_of_its_patches(prefix: str) -> None:
    diff = "\n---\n a.c | 2 +-\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-int a;\n+int b;\n"
    assert kind(f"[{prefix}] frob: clamp", f"Clamp it.\n\n{SIGNED}{diff}") == "patch"
    assert kind(f"[{prefix}] frob: fixes", "Please pull\n\n  git://git.example.org/frob.git for-linus\n") == "pull"


@pytest.mark.parametrize("subject", ["[PATCH] frob: clamp", "[PATCH v2] frob: clamp", "[PATCH net] frob: clamp"])
def test_an_answer_that_quotes_nothing_is_no_patch(subject: str) -> None:
    assert kind(subject, "Hi Ann,\n\nwhy is this needed?\n\nRex\n") == "reply"
    assert kind(subject, "Hi Ann,\n\nwhy is this needed?\n\nRex\n", answers=False) == "patch"
    assert kind(subject, f"Clamp it; the diff is attached.\n\n{SIGNED}") == "patch"


@pytest.mark.parametrize("mark", ["fixup!", "squash!", "amend!"])
def test_a_correction_of_the_patch_that_it_answers_is_a_reply(mark: str) -> None:
    diff = "\n---\n a.c | 2 +-\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-int a;\n+int b;\n"
    subject = f"[PATCH v2] {mark} frob: clamp"
    assert kind(subject, f"Clamp all.\n\n{SIGNED}{diff}") == "reply"
    assert kind(subject, f"Clamp all.\n\n{SIGNED}{diff}", answers=False) == "patch"
    assert kind(f"[PATCH 2/3] {mark} frob: clamp", f"Clamp all.\n\n{SIGNED}{diff}") == "patch"
    assert kind(f"[PATCH v2] {mark[:-1]} frob: clamp", f"Clamp all.\n\n{SIGNED}{diff}") == "patch"
