"""Answers: whom they go to, what they quote, what they say about themselves; and drafts as people leave them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.compose.draft import Draft, check, edited, references_line, to_be_edited
from patchwatch.compose.git_send_email import as_file
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
            id="author, and everybody but me",
        ),
        pytest.param(
            {"to": "Rita <RITA@work.example.com>"}, ["ann@example.org"], [], id="none of my addresses, however written"
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
            id="where the author wants answers",
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
            id="only whom the author asked for",
        ),
        pytest.param(
            {"sender": "Rita <rita@example.com>", "to": "ann@example.org", "cc": "netdev@vger.kernel.org"},
            ["ann@example.org"],
            ["netdev@vger.kernel.org"],
            id="my own mail goes to whom it went",
        ),
        pytest.param(
            {"to": "undisclosed-recipients:;", "cc": "stable@vger.kernel.org # 5.10"},
            ["ann@example.org"],
            [],
            id="what is no address is left out",
        ),
        pytest.param(
            {"headers": {"Bcc": "eve@example.org"}}, ["ann@example.org"], ["netdev@vger.kernel.org"], id="no Bcc"
        ),
    ],
)
def test_whom_it_goes_to(of: dict[str, Any], to: list[str], cc: list[str]) -> None:
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
def test_the_subject_says_once_that_it_is_an_answer(subject: str, expected: str) -> None:
    assert answer(subject=subject).subject == expected


def test_it_answers_its_parent_and_names_all_ancestors() -> None:
    draft = answer(message_id="c@x", in_reply_to="b@x", references=("a@x", "b@x"))
    assert (draft.in_reply_to, draft.references) == ("c@x", ("a@x", "b@x", "c@x"))


def test_a_parent_without_references_is_known_by_its_in_reply_to() -> None:
    raw = mail(message_id="b@x", headers={"In-Reply-To": "<a@x>"})
    assert reply(raw, RITA, ME, "i@x").references == ("a@x", "b@x")


@pytest.mark.parametrize("message_id", ["", "a\x01b@x", "ü@x"])
def test_an_id_that_no_header_can_carry_is_not_answered(message_id: str) -> None:
    draft = answer(message_id=message_id)
    assert (draft.in_reply_to, draft.references) == ("", ())


def test_many_ancestors_are_cut_to_a_line() -> None:
    draft = answer(message_id="last@x", references=tuple(f"{'x' * 50}{n}@example.org" for n in range(60)))
    shown = references_line(draft)
    assert len(shown) < 998 - len("References: ")
    assert shown.startswith(f"<{'x' * 50}0@example.org> <{'x' * 50}4")
    assert shown.endswith("59@example.org> <last@x>")


def test_everything_is_quoted_but_the_signature() -> None:
    draft = answer(body=PATCH, date="Mon, 3 Jul 2023 10:00:00 +0200")
    lines = draft.body.split("\n")
    assert lines[0] == "On Mon, 03 Jul 2023 10:00:00 +0200, Ann Author wrote:"
    assert lines[1:3] == ["> The socket is freed twice.  Free it once.", ">"]
    assert ">  \tint ret;" in lines  # the blank and the tab of the diff are those of the patch
    assert lines[-2:] == ["> -\tsock_put(sk);", ""]
    assert "2.39.5" not in draft.body


def test_a_quote_is_quoted_once_more() -> None:
    draft = answer(subject="Re: x", in_reply_to="a@x", body="On Monday, Ben wrote:\n> why?\n\nBecause.\n\n-- \nAnn\n")
    assert draft.body.split("\n")[1:] == ["> On Monday, Ben wrote:", "> > why?", ">", "> Because.", ""]


def test_a_flowed_mail_is_quoted_by_its_paragraphs() -> None:
    draft = answer(
        subject="Re: x",
        headers={"Content-Type": "text/plain; charset=utf-8; format=flowed"},
        body="This goes \non here.\nNew.\n",
    )
    assert draft.body.split("\n")[1:] == ["> This goes on here.", "> New.", ""]


def test_a_zone_from_nowhere_is_utc() -> None:
    assert answer(date="Mon, 3 Jul 2023 10:00:00 +1900").body.startswith("On Mon, 03 Jul 2023 10:00:00 +0000, Ann")


def test_escape_sequences_are_not_passed_on() -> None:
    draft = answer(body="look: \x1b]0;owned\x07\n")
    assert "\x1b" not in draft.body
    assert "> look: ␛]0;owned␇" in draft.body


def test_a_tag_stands_below_what_it_vouches_for() -> None:
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


def test_a_name_in_a_tag_is_not_quoted() -> None:
    draft = endorse(mail(body=PATCH), Mailbox("Rita Q. Reviewer", "rita@example.com"), ME, "i@x", ["Acked-by"])
    assert draft.body.endswith("\nAcked-by: Rita Q. Reviewer <rita@example.com>\n")


def test_a_tag_on_a_cover_letter_quotes_its_beginning() -> None:
    text = "\n".join(f"Line {n}." for n in range(40)) + "\n\n---\nAnn (2):\n  one\n  two\n"
    draft = given_tags("Acked-by", whole=True, subject="[PATCH 0/2] net: two", body=text)
    lines = draft.body.split("\n")
    assert lines[1] == "> Line 0."
    assert lines[-4:] == ["> [...]", "", "Acked-by: Rita Reviewer <rita@example.com>", ""]
    assert "For the series" not in draft.body


def test_a_tag_for_all_on_a_patch_says_so_and_is_understood_so() -> None:
    draft = given_tags("Acked-by", whole=True, subject="[PATCH 1/2] net: one", body=PATCH)
    assert "\nFor the series:\n\nAcked-by: " in draft.body
    message = parse(b"From: " + str(RITA).encode() + b"\n" + as_file(draft))
    assert [(t.name, t.own) for t in message.trailers] == [("Acked-by", True)]
    assert [s.kind for s in message.signals] == ["for-all"]


def test_only_tags_of_reviewers_are_given() -> None:
    for tags in ([], ["Signed-off-by"], ["Reviewed-by", "Nacked-by"]):
        with pytest.raises(InvalidInputError, match="tags that can be given"):
            given_tags(*tags, body=PATCH)


# ---- what the writer leaves --------------------------------------------------------------------------------------


def test_a_draft_that_is_left_as_it_is_is_the_same() -> None:
    draft = answer(
        body=PATCH,
        cc='=?utf-8?q?J=C3=B6rg?= <j@example.org>, "Author, Ben" <ben@example.org>',
        references=("a@x",),
        in_reply_to="a@x",
    )
    assert edited(draft, to_be_edited(draft)) == draft


def test_an_answer_without_a_word_of_ones_own_is_not_sent() -> None:
    draft = answer(body=PATCH)
    with pytest.raises(InvalidInputError, match="nothing of yours in it"):
        check(edited(draft, to_be_edited(draft)))
    check(edited(draft, to_be_edited(draft) + "\nWhy twice?\n"))


def test_recipients_and_subject_can_be_changed() -> None:
    draft = answer()
    text = to_be_edited(draft).replace("Cc: netdev@vger.kernel.org", "Cc: bpf@vger.kernel.org,\n  Ben <b@x.org>")
    after = edited(draft, text.replace("Subject: Re: ", "subject: Re: [was] "))
    assert people(after) == (["ann@example.org"], ["bpf@vger.kernel.org", "b@x.org"])
    assert after.subject == "Re: [was] [PATCH] net: free the socket once"


def test_a_mail_can_be_taken_out_of_its_thread() -> None:
    draft = answer(message_id="b@x", in_reply_to="a@x")
    alone = edited(draft, to_be_edited(draft).replace("In-Reply-To: <b@x>\n", ""))
    assert (alone.in_reply_to, alone.references) == ("", ())
    elsewhere = edited(draft, to_be_edited(draft).replace("<b@x>", "<c@x>"))
    assert (elsewhere.in_reply_to, elsewhere.references) == ("c@x", ("c@x",))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("To: Ann Author <ann@example.org>", "To: ann", "To: 'ann' is no mail address"),
        ("Cc: ", "Bcc: ", "'Bcc: netdev@vger.kernel.org' is no header of this mail"),
        ("Cc: ", "To: ", "To: stands there twice"),
        ("From: Rita Reviewer <rita@example.com>", "From:", "From: must name one address"),
        ("\n\n", "\n", "is no header of this mail"),
        ("In-Reply-To: <1@example.org>", "In-Reply-To: <a b>", "must be one message-id"),
    ],
)
def test_what_can_not_be_read_is_refused(old: str, new: str, reason: str) -> None:
    draft = answer()
    with pytest.raises(InvalidInputError, match=reason):
        edited(draft, to_be_edited(draft).replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Ann Author <ann@example.org>\nCc: netdev@vger.kernel.org", "\nCc:", "goes to nobody"),
        ("Subject: Re: [PATCH] net: free the socket once", "Subject: Re:", "has no subject"),
        ("\n\n", "\n\nWords.\0\n", "NUL"),
    ],
)
def test_what_can_not_be_sent_is_refused(old: str, new: str, reason: str) -> None:
    draft = answer()
    with pytest.raises(InvalidInputError, match=reason):
        check(edited(draft, to_be_edited(draft).replace(old, new, 1) + "\nWords of my own.\n"))


@given(st.binary(max_size=600))
def test_no_mail_breaks_the_headers_of_its_answer(raw: bytes) -> None:
    for draft in (reply(raw, RITA, ME, "i@x"), endorse(raw, RITA, ME, "i@x", ["Acked-by"])):
        assert edited(draft, to_be_edited(draft)) == draft
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
