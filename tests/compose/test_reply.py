"""Replies: recipients, quotes, headers; and drafts as edited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.compose.draft import (
    Draft,
    about_quote,
    about_recipients,
    check,
    format_draft,
    parse_draft,
    references_line,
)
from patchwatch.compose.git_send_email import as_file
from patchwatch.compose.hunk import DiffLine
from patchwatch.compose.reply import endorse, reply
from patchwatch.errors import InvalidInputError
from patchwatch.mail.addresses import Mailbox
from patchwatch.mail.parse import parse
from tests.support.mails import mail

RITA = Mailbox("Rita Reviewer", "rita@example.com")
ME = frozenset({"rita@example.com", "rita@work.example.com"})

PATCH = """\
The socket is freed twice.  Free it once.

Fixes: 123456789abc ("net: free the socket")
Signed-off-by: Ann Author <ann@example.org>
---
v2: reworded

 net/core/sock.c | 1 -
 1 file changed, 1 deletion(-)

diff --git a/net/core/sock.c b/net/core/sock.c
--- a/net/core/sock.c
+++ b/net/core/sock.c
@@ -1,3 +1,2 @@
 \tint ret;
-\tsock_put(sk);

--\x20
2.39.5
"""


def answer(**of: Any) -> Draft:
    return reply(mail(**of), RITA, ME, "answer@example.com")


def given_tags(*tags: str, whole: bool = False, **of: Any) -> Draft:
    return endorse(mail(**of), RITA, ME, "answer@example.com", tags, whole=whole)


def people(draft: Draft) -> tuple[list[str], list[str]]:
    return [m.address for m in draft.to], [m.address for m in draft.cc]


@pytest.mark.parametrize(
    ("of", "to", "cc"),
    [
        pytest.param(
            {"to": "netdev@vger.kernel.org", "cc": "Ben <ben@example.net>, Rita <rita@example.com>"},
            ["ann@example.org"],
            ["netdev@vger.kernel.org", "ben@example.net"],
            id="author and everybody except me",
        ),
        pytest.param(
            {"to": "Rita <RITA@work.example.com>"}, ["ann@example.org"], [], id="none of my addresses, in any case"
        ),
        pytest.param(
            {"to": "ann@example.org, netdev@vger.kernel.org", "cc": "netdev@vger.kernel.org, ANN@example.org"},
            ["ann@example.org"],
            ["netdev@vger.kernel.org"],
            id="each once",
        ),
        pytest.param(
            {"headers": {"Reply-To": "Ann <ann@home.example.org>"}},
            ["ann@home.example.org"],
            ["netdev@vger.kernel.org"],
            id="Reply-To",
        ),
        pytest.param(
            {
                "sender": "Ann Author via B4 Relay <devnull+ann.example.org@kernel.org>",
                "headers": {"Reply-To": "ann@example.org"},
            },
            ["ann@example.org"],
            ["netdev@vger.kernel.org"],
            id="not the relay",
        ),
        pytest.param(
            {"headers": {"Mail-Followup-To": "netdev@vger.kernel.org, rita@example.com"}, "cc": "ben@example.net"},
            ["netdev@vger.kernel.org"],
            [],
            id="Mail-Followup-To only",
        ),
        pytest.param(
            {"sender": "Rita <rita@example.com>", "to": "ann@example.org", "cc": "netdev@vger.kernel.org"},
            ["ann@example.org"],
            ["netdev@vger.kernel.org"],
            id="my own mail: its recipients",
        ),
        pytest.param(
            {"to": "undisclosed-recipients:;", "cc": "stable@vger.kernel.org # 5.10"},
            ["ann@example.org"],
            [],
            id="invalid addresses are left out",
        ),
        pytest.param(
            {"headers": {"Bcc": "eve@example.org"}}, ["ann@example.org"], ["netdev@vger.kernel.org"], id="no Bcc"
        ),
    ],
)
def test_recipients(of: dict[str, Any], to: list[str], cc: list[str]) -> None:
    assert people(answer(**of)) == (to, cc)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("[PATCH] net: free it", "Re: [PATCH] net: free it"),
        ("Re: [PATCH] net: free it", "Re: [PATCH] net: free it"),
        ("RE: AW: Re[2]: [PATCH] net: free it", "Re: [PATCH] net: free it"),
        ("答复: [PATCH] net: free it", "Re: [PATCH] net: free it"),
        ("=?utf-8?q?=5BPATCH=5D_gr=C3=BCn?=", "Re: [PATCH] grün"),
        ("=?utf-8?q?a=0D=0ABcc=3A_eve=40example=2Eorg?=", "Re: a Bcc: eve@example.org"),
        ("a \x1b[31m b", "Re: a ␛[31m b"),
    ],
)
def test_subject_has_one_re(subject: str, expected: str) -> None:
    assert answer(subject=subject).subject == expected


def test_reply_refers_to_parent_and_ancestors() -> None:
    draft = answer(message_id="c@x", in_reply_to="b@x", references=("a@x", "b@x"))
    assert (draft.in_reply_to, draft.references) == ("c@x", ("a@x", "b@x", "c@x"))


def test_in_reply_to_replaces_missing_references() -> None:
    raw = mail(message_id="b@x", headers={"In-Reply-To": "<a@x>"})
    assert reply(raw, RITA, ME, "i@x").references == ("a@x", "b@x")


@pytest.mark.parametrize("message_id", ["", "a\x01b@x", "ü@x"])
def test_message_id_unfit_for_a_header_is_left_out(message_id: str) -> None:
    draft = answer(message_id=message_id)
    assert (draft.in_reply_to, draft.references) == ("", ())


def test_many_references_are_cut_to_a_line() -> None:
    draft = answer(message_id="last@x", references=tuple(f"{'x' * 50}{n}@example.org" for n in range(60)))
    shown = references_line(draft)
    assert len(shown) < 998 - len("References: ")
    assert shown.startswith(f"<{'x' * 50}0@example.org> <{'x' * 50}4")
    assert shown.endswith("59@example.org> <last@x>")


def test_signature_is_not_quoted() -> None:
    draft = answer(body=PATCH, date="Mon, 3 Jul 2023 10:00:00 +0200")
    lines = draft.body.split("\n")
    assert lines[0] == "On Mon, 03 Jul 2023 10:00:00 +0200, Ann Author wrote:"
    assert lines[1:3] == ["> The socket is freed twice.  Free it once.", ">"]
    assert ">  \tint ret;" in lines  # the blank and the tab of the diff are those of the patch
    assert lines[-2:] == ["> -\tsock_put(sk);", ""]
    assert "2.39.5" not in draft.body


def test_quotes_are_nested() -> None:
    draft = answer(subject="Re: x", in_reply_to="a@x", body="On Monday, Ben wrote:\n> why?\n\nBecause.\n\n-- \nAnn\n")
    assert draft.body.split("\n")[1:] == ["> On Monday, Ben wrote:", "> > why?", ">", "> Because.", ""]


def test_flowed_paragraphs_are_joined() -> None:
    draft = answer(
        subject="Re: x",
        headers={"Content-Type": "text/plain; charset=utf-8; format=flowed"},
        body="This goes \non here.\nNew.\n",
    )
    assert draft.body.split("\n")[1:] == ["> This goes on here.", "> New.", ""]


def test_invalid_zone_is_utc() -> None:
    assert answer(date="Mon, 3 Jul 2023 10:00:00 +1900").body.startswith("On Mon, 03 Jul 2023 10:00:00 +0000, Ann")


def test_escape_sequences_are_sanitized() -> None:
    draft = answer(body="look: \x1b]0;owned\x07\n")
    assert "\x1b" not in draft.body
    assert "> look: ␛]0;owned␇" in draft.body


def test_tag_is_below_the_commit_message() -> None:
    draft = given_tags("Reviewed-by", "Tested-by", body=PATCH)
    assert draft.body.split("\n")[1:] == [
        "> The socket is freed twice.  Free it once.",
        ">",
        '> Fixes: 123456789abc ("net: free the socket")',
        "> Signed-off-by: Ann Author <ann@example.org>",
        "",
        "Reviewed-by: Rita Reviewer <rita@example.com>",
        "Tested-by: Rita Reviewer <rita@example.com>",
        "",
    ]
    check(draft)


def test_name_in_a_tag_has_no_quotes() -> None:
    draft = endorse(mail(body=PATCH), Mailbox("Rita Q. Reviewer", "rita@example.com"), ME, "i@x", ["Acked-by"])
    assert draft.body.endswith("\nAcked-by: Rita Q. Reviewer <rita@example.com>\n")


def test_tag_on_a_cover_letter_quotes_its_beginning() -> None:
    text = "\n".join(f"Line {n}." for n in range(40)) + "\n\n---\nAnn (2):\n  one\n  two\n"
    draft = given_tags("Acked-by", whole=True, subject="[PATCH 0/2] net: two", body=text)
    lines = draft.body.split("\n")
    assert lines[1] == "> Line 0."
    assert lines[-4:] == ["> [...]", "", "Acked-by: Rita Reviewer <rita@example.com>", ""]
    assert "For the series" not in draft.body


def test_tag_for_the_series_on_a_patch_is_parsed_as_such() -> None:
    draft = given_tags("Acked-by", whole=True, subject="[PATCH 1/2] net: one", body=PATCH)
    assert "\nFor the series:\n\nAcked-by: " in draft.body
    message = parse(b"From: " + str(RITA).encode() + b"\n" + as_file(draft))
    assert [(t.name, t.own) for t in message.trailers] == [("Acked-by", True)]
    assert [s.kind for s in message.signals] == ["for-all"]


def test_only_reviewer_tags_can_be_given() -> None:
    for tags in ([], ["Signed-off-by"], ["Reviewed-by", "Nacked-by"]):
        with pytest.raises(InvalidInputError, match="one or more of the tags"):
            given_tags(*tags, body=PATCH)


# ---- what the writer leaves --------------------------------------------------------------------------------------


def test_unedited_draft_is_unchanged() -> None:
    draft = answer(
        body=PATCH,
        cc='=?utf-8?q?J=C3=B6rg?= <j@example.org>, "Author, Ben" <ben@example.org>',
        references=("a@x",),
        in_reply_to="a@x",
    )
    assert parse_draft(draft, format_draft(draft)) == draft


def test_reply_without_own_text_is_refused() -> None:
    draft = answer(body=PATCH)
    with pytest.raises(InvalidInputError, match="no text of yours"):
        check(parse_draft(draft, format_draft(draft)))
    check(parse_draft(draft, format_draft(draft) + "\nWhy twice?\n"))


@pytest.mark.parametrize(
    ("of", "of_to", "of_cc"),
    [
        ({}, "who you answer", "a public list"),
        (
            {"cc": "Ben <ben@example.net>"},
            "who you answer",
            "netdev@vger.kernel.org: a public list; Ben: as in the mail",
        ),
        (
            {"headers": {"Reply-To": "team@example.org"}},
            "where the mail asks for answers (Reply-To)",
            "a public list",
        ),
        (
            {
                "sender": "Ann Author via B4 Relay <devnull+ann.example.org@kernel.org>",
                "headers": {"Reply-To": "Ann Author <ann@example.org>", "X-Original-From": "Ann <ann@example.org>"},
            },
            "who you answer",
            "a public list",
        ),
        (
            {"sender": "Rita <rita@example.com>", "to": "ann@example.org", "cc": "ben@example.net"},
            "who you wrote to",
            "as in the mail",
        ),
    ],
)
def test_it_is_said_why_each_recipient_gets_it(of: dict[str, Any], of_to: str, of_cc: str) -> None:
    draft = answer(**of)
    assert (about_recipients(draft, draft.to), about_recipients(draft, draft.cc)) == (of_to, of_cc)


def test_a_recipient_who_was_added_is_named_as_such() -> None:
    draft = answer(cc=", ".join(f"r{n}@example.net" for n in range(5)))
    text = format_draft(draft).replace("Cc: ", "Cc: Eve <eve@example.org>, ")
    after = parse_draft(draft, text)
    assert about_recipients(after, after.cc) == (
        "Eve: added by you; netdev@vger.kernel.org: a public list; "
        "r0@example.net, r1@example.net, r2@example.net, 2 more: as in the mail"
    )


def test_recipients_and_subject_can_be_changed() -> None:
    draft = answer()
    text = format_draft(draft).replace("Cc: netdev@vger.kernel.org", "Cc: bpf@vger.kernel.org,\n  Ben <b@x.org>")
    after = parse_draft(draft, text.replace("Subject: Re: ", "subject: Re: [was] "))
    assert people(after) == (["ann@example.org"], ["bpf@vger.kernel.org", "b@x.org"])
    assert after.subject == "Re: [was] [PATCH] net: free the socket once"


def test_mail_can_leave_its_thread() -> None:
    draft = answer(message_id="b@x", in_reply_to="a@x")
    alone = parse_draft(draft, format_draft(draft).replace("In-Reply-To: <b@x>\n", ""))
    assert (alone.in_reply_to, alone.references) == ("", ())
    elsewhere = parse_draft(draft, format_draft(draft).replace("<b@x>", "<c@x>"))
    assert (elsewhere.in_reply_to, elsewhere.references) == ("c@x", ("c@x",))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("To: Ann Author <ann@example.org>", "To: ann", "To: 'ann' is not an e-mail address"),
        ("Cc: ", "Bcc: ", "'Bcc: netdev@vger.kernel.org' is not one of the headers"),
        ("Cc: ", "To: ", "To: occurs twice"),
        ("From: Rita Reviewer <rita@example.com>", "From:", "From: must be one address"),
        ("\n\n", "\n", "is not one of the headers"),
        ("In-Reply-To: <1@example.org>", "In-Reply-To: <a b>", "must be one message-id"),
    ],
)
def test_invalid_header_is_refused(old: str, new: str, reason: str) -> None:
    draft = answer()
    with pytest.raises(InvalidInputError, match=reason):
        parse_draft(draft, format_draft(draft).replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Ann Author <ann@example.org>\nCc: netdev@vger.kernel.org", "\nCc:", "no recipients"),
        ("Subject: Re: [PATCH] net: free the socket once", "Subject: Re:", "no subject"),
        ("\n\n", "\n\nWords.\0\n", "NUL"),
    ],
)
def test_incomplete_draft_is_refused(old: str, new: str, reason: str) -> None:
    draft = answer()
    with pytest.raises(InvalidInputError, match=reason):
        check(parse_draft(draft, format_draft(draft).replace(old, new, 1) + "\nText of my own.\n"))


@given(st.binary(max_size=600))
def test_hostile_mail_cannot_break_the_headers(raw: bytes) -> None:
    for draft in (reply(raw, RITA, ME, "i@x"), endorse(raw, RITA, ME, "i@x", ["Acked-by"])):
        assert parse_draft(draft, format_draft(draft)) == draft
        head = as_file(draft).partition(b"\n\n")[0].decode()
        names = [one.partition(":")[0] for one in head.split("\n")]
        assert names[:2] == ["Subject", "Message-ID"]
        assert set(names[2:]) <= {
            "In-Reply-To",
            "References",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        }


REPLY = "> Is it freed twice?\n\nYes.\n\n> And here?\n\n--\x20\nAnn\n"


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (answer(body=PATCH, subject="[PATCH] net: x"), "13 of 15 lines: without the signature"),
        (
            reply(mail(body=PATCH, subject="[PATCH] x"), RITA, ME, "a@x", DiffLine("-\tsock_put(sk);")),
            "4 of 15 lines: cut to this hunk",
        ),
        (
            reply(mail(body=PATCH, subject="[PATCH] x"), RITA, ME, "a@x", DiffLine("+++ b/net/core/sock.c")),
            "6 of 15 lines: cut to this file",
        ),
        (
            answer(body=REPLY, subject="Re: [PATCH] x"),
            "2 of 5 lines: without the signature and what is quoted below the last answer",
        ),
        (answer(body="Thanks.\n", subject="Re: [PATCH] x"), "1 of 1 line"),
        (given_tags("Acked-by", body=PATCH, subject="[PATCH] x"), "3 of 15 lines: only the commit message"),
    ],
)
def test_what_is_quoted_and_what_is_left_out_is_said(draft: Draft, said: str) -> None:
    assert about_quote(draft) == said


def test_hunks_that_were_added_to_the_draft_are_counted() -> None:
    draft = reply(mail(body=PATCH, subject="[PATCH] x"), RITA, ME, "a@x", DiffLine("-\tsock_put(sk);"))
    (hunk,) = (line for line in draft.body.split("\n") if line.startswith("> @@ "))
    twice = replace(draft, body=f"{draft.body}\nWhy?\n\n{hunk}\n> +\tint ret;\n")
    assert about_quote(twice) == "6 of 15 lines: cut to this hunk"
    other = replace(draft, body=f"{draft.body}\nWhy?\n\n> @@ -90,2 +90,3 @@\n> +\tint ret;\n")
    assert about_quote(other) == "6 of 15 lines: cut to 2 hunks"


def test_what_the_user_cut_is_counted_again() -> None:
    draft = answer(body=PATCH, subject="[PATCH] net: x")
    edited = parse_draft(draft, format_draft(draft).partition("> The socket")[0] + "> The socket is freed\n\nWhere?\n")
    assert about_quote(edited) == "1 of 15 lines: without the signature"
    none = parse_draft(draft, format_draft(draft).partition("> The socket")[0] + "Where?\n")
    assert about_quote(none) == "none of 15 lines"
