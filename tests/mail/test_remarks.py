"""Remarks: what stands below one quote, what it wants, and what it answers."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Remark
from patchwatch.mail.parse import parse
from tests.support.mails import mail

PATCH = """> The frob is slow.
> ---
> diff --git a/frob.c b/frob.c
> @@ -1,3 +1,4 @@ int frob(void)
>  \tint ret;
> +\tret = frob_now(dev, GFP_KERNEL);
"""


def remarks(body: str, sender: str = "Rita Reviewer <rita@example.com>") -> tuple[Remark, ...]:
    subject = "Re: [PATCH] net: free the socket once"
    return parse(
        mail(
            message_id="a@x",
            subject=subject,
            sender=sender,
            in_reply_to="20250107101010.4711-2-ann@example.com",
            body=body,
        )
    ).remarks


def test_everything_below_one_quote_is_one_remark() -> None:
    one, two = remarks(f"Hi Ann,\n\n{PATCH}\nThis sleeps.\n\nPlease use GFP_ATOMIC.\n\n> \treturn ret;\n\nWhy ret?\n")
    assert (one.text, one.wants, one.firm, one.below_diff) == ("Please use GFP_ATOMIC.", "change", True, True)
    assert one.code == "+\tret = frob_now(dev, GFP_KERNEL);"
    assert (two.text, two.wants) == ("Why ret?", "question")


WANTS = {
    "a request below a diff": (f"{PATCH}Please drop this.\n", ("change", True)),
    "a statement below a diff": (f"{PATCH}The lock is held here.\n", ("change", False)),
    "a question below a diff": (f"{PATCH}Why is that?\n", ("question", True)),
    "a word of asking elsewhere": ("> The frob is slow.\n\nThe log needs numbers.\n", ("change", False)),
    "a statement elsewhere": ("> The frob is slow.\n\nThat is how I remember it.\n", ("", False)),
    "a refusal": ("NAK, the core does that.\n", ("objection", True)),
    "a tag": (f"{PATCH}Reviewed-by: Rita Reviewer <rita@example.com>\n", ("", False)),
    "thanks": (f"{PATCH}Thanks!\n", ("", False)),
    "a patch of their own": (
        f"{PATCH}diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n",
        ("change", False),
    ),
    "what a program printed": ("> The frob is slow.\n\nfrob.c:1:2: error: 'ret' undeclared\n", ("change", False)),
    "nothing": (PATCH, None),
}


@pytest.mark.parametrize(("body", "expected"), WANTS.values(), ids=WANTS.keys())
def test_what_a_remark_wants(body: str, expected: tuple[str, bool] | None) -> None:
    found = remarks(body)
    assert [(r.wants, r.firm) for r in found] == ([] if expected is None else [expected])


def test_an_answer_quotes_the_lines_of_what_it_answers() -> None:
    asked = remarks(f"{PATCH}Why is the lock taken\nin the middle of it?\n\n> \treturn ret;\nUnused variable here.\n")
    (answer,) = remarks(
        "> > +\tret = frob_now(dev, GFP_KERNEL);\n> Why is the lock taken\n> in the middle of it?\n\nRaces.\n"
    )
    lock, unused = asked
    assert set(answer.answers) & set(lock.lines)
    assert not set(answer.answers) & set(unused.lines)


def test_a_diff_that_somebody_else_quoted_is_not_below_theirs() -> None:
    (remark,) = remarks("> > +\tret = frob_now(dev, GFP_KERNEL);\n> This sleeps there.\n\nOnly sometimes, though.\n")
    assert not remark.below_diff


def test_a_mail_of_many_quotes_stays_small() -> None:
    body = "".join(f"> line number {n}\nPlease change number {n}.\n" for n in range(500))
    found = remarks(body)
    assert len(found) == 60
    assert all(len(r.lines) <= 16 and len(r.answers) <= 3 for r in found)


def test_a_posting_and_a_robot_have_no_remarks() -> None:
    assert parse(mail(body="Please apply.\n")).remarks == ()
    assert remarks("Please fix the build.\n", "kernel test robot <lkp@intel.com>") == ()
