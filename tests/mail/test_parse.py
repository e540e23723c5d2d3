"""Parsing raw mail: its kind and its fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from patchwatch.db.message_codec import decode_message, encode_message
from patchwatch.mail.display import read_for_display
from patchwatch.mail.message import Message, Person
from patchwatch.mail.parse import parse
from tests.support.mails import mail

SIGNED = "Signed-off-by: Ann Author <ann@example.org>\n"
DIFF = "diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-int a;\n+int b;\n"
PATCH = f"Why it is so.\n\n{SIGNED}---\nv2: better\n\n f.c | 2 +-\n\n{DIFF}-- \n2.41.0\n"
LKP = "kernel test robot <lkp@intel.com>"


@pytest.mark.parametrize(
    ("subject", "body", "answers", "kind"),
    [
        ("[PATCH] frob", PATCH, False, "patch"),
        ("[PATCH v2 3/4] frob", PATCH, True, "patch"),
        ("[RFC v6 1/3] frob", PATCH, False, "patch"),
        ("[RFC] frob", PATCH, False, "patch"),
        ("[v2 1/3] frob", PATCH, False, "patch"),
        ("[PATCH] frob", "No diff came with it.\n", False, "patch"),
        ("[PATCH 0/4] frob", "All of it.\n", False, "cover"),
        ("[RFC v2 0/4] frob", "All of it.\n", True, "cover"),
        ("[PATCHSET v2 frob/for-6.5] frob", "All of it.\n", False, "cover"),
        ("[PATCHSET] frob", PATCH, False, "patch"),
        ("[RFC] frob: add an event", "Would this be welcome?\n", False, "proposal"),
        ("[GIT PULL] frob fixes", "Please pull.\n", False, "pull"),
        ("Re: [PATCH] frob", "Words.\n", True, "reply"),
        ("Re: [PATCH] frob", f"Rather:\n{DIFF}", True, "reply"),
        ("Re: [PATCH 0/4] frob", "Words.\n", False, "reply"),
        ("frob", "Words.\n", True, "reply"),
        ("frob", "Words.\n", False, "other"),
        ("frob: from quilt", PATCH, False, "patch"),
        ("frob: from quilt", f"No sign-off.\n{DIFF}", False, "other"),
        ("frob: suggestion", PATCH, True, "reply"),
        ("[tip: core/frob] frob", "Words.\n", True, "notice"),
    ],
)
def test_kind_of_a_mail(subject: str, body: str, answers: bool, kind: str) -> None:
    assert parse(mail(subject=subject, body=body, in_reply_to="0@x" if answers else None)).kind == kind


@pytest.mark.parametrize(("answers", "kind"), [(True, "reply"), (False, "other")])
def test_bot_mail_is_not_a_submission(answers: bool, kind: str) -> None:
    message = parse(mail(subject="[PATCH] frob: fix", body=PATCH, sender=LKP, in_reply_to="0@x" if answers else None))
    assert message.bot
    assert message.kind == kind


def test_fields_of_a_patch() -> None:
    message = parse(
        mail(message_id="1@x", subject="[PATCH net-next v2 3/4] frob: mend", body=PATCH, cc="Ben <ben@x.org>")
    )
    assert message.message_id == "1@x"
    assert message.author == Person("Ann Author", "ann@example.org")
    assert (message.parts.version, message.parts.counter, message.parts.expected) == (2, 3, 4)
    assert message.files == ("f.c",)
    assert len(message.patch_id) == 40
    assert [t.name for t in message.trailers] == ["Signed-off-by"]
    assert message.excerpt == "Why it is so."
    assert message.recipients == ("netdev@vger.kernel.org", "ben@x.org")
    assert message.signals == ()


@pytest.mark.parametrize(
    ("body", "author"),
    [
        (f"From: Ben Builder <ben@example.net>\n\n{PATCH}", Person("Ben Builder", "ben@example.net")),
        (f"From: Ann Author <ann@example.org>\n\n{PATCH}", None),
        (f"6.6-stable review patch.\n\n------\n\nFrom: Ben <ben@example.net>\n\n{PATCH}", None),  # too short a rule
        (f"For 6.6.\n\n----------\n\nFrom: Ben <ben@example.net>\n\n{PATCH}", Person("Ben", "ben@example.net")),
        (f"It was so.\n\nFrom: Ben <ben@example.net>\n\n{PATCH}", None),
        (f"From: the beginning it was so.\n{PATCH}", None),
        (PATCH, None),
    ],
)
def test_author_of_a_patch_that_somebody_else_sent(body: str, author: Person | None) -> None:
    assert parse(mail(subject="[PATCH] frob", body=body)).patch_author == author


def test_patch_sent_as_attachment() -> None:
    attached = (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nPlease look.\n"
        f'--b\nContent-Type: text/x-patch; name="1.patch"\nContent-Disposition: attachment\n\n{PATCH}\n--b--\n'
    )
    raw = b"From: Ann Author <ann@example.org>\nSubject: [PATCH] frob\nMessage-ID: <1@x>\n" + attached.encode()
    message = parse(raw)
    assert (message.kind, message.files) == ("patch", ("f.c",))
    assert [t.name for t in message.trailers] == ["Signed-off-by"]
    reply = parse(raw.replace(b"Subject: ", b"Subject: Re: "))
    assert (reply.kind, reply.files, reply.trailers) == ("reply", (), ())


def test_quoted_tag_is_not_given() -> None:
    message = parse(
        mail(subject="Re: [PATCH] frob", in_reply_to="1@x", body="> Reviewed-by: Ann Author <ann@example.org>\n\nOk?\n")
    )
    assert message.trailers == ()
    assert not message.is_submission


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("> why?\n\nReviewed-by: Ann Author <ann@example.org>\n\nThanks!\nAnn\n", 0),
        ("Looks good to me.\n", 0),
        ("Two words.\n", 2),
        ("Hi Ben,\n\nthe lock is wrong.\n\nThanks,\nAnn\n", 4),
        ("Reviewed-by: Ann Author <ann@example.org>\n\nbut see above.\n", 3),
    ],
)
def test_word_count_excludes_tags_and_courtesy(body: str, words: int) -> None:
    assert parse(mail(subject="Re: [PATCH] frob", in_reply_to="1@x", body=body)).word_count == words


def test_cover_letter_names_earlier_version() -> None:
    body = (
        "Words.\n\n---\nChanges in v2:\n- better\n- Link to v1: https://lore.kernel.org/r/old@x\n\n"
        "base-commit: 0123456789abcdef0123456789abcdef01234567\nchange-id: 20230703-frob-1a2b\n"
    )
    for subject in ("[PATCH v2 0/2] frob", "frob without a prefix, v2"):
        message = parse(mail(subject=subject, body=body))
        assert [(e.message_id, e.version) for e in message.earlier] == [("old@x", 1)]
        assert message.change_id == "20230703-frob-1a2b"
        assert message.base_commit.startswith("0123")
    reply = parse(mail(subject="Re: [PATCH v2 0/2] frob", body=body, in_reply_to="1@x"))
    assert (reply.earlier, reply.change_id) == ((), "")


def test_copies_from_several_lists_differ_only_in_arrival() -> None:
    one = mail(subject="[PATCH] frob", body=PATCH, headers={"Received": "by a; Mon, 3 Jul 2023 10:00:01 +0000"})
    other = mail(subject="[PATCH] frob", body=PATCH, headers={"Received": "by b; Mon, 3 Jul 2023 11:00:00 +0000"})
    assert structs.replace(parse(one), arrived=0) == structs.replace(parse(other), arrived=0)


def holds(message: Message) -> None:
    assert decode_message(encode_message(message)) == message


@given(st.binary(max_size=600))
def test_any_bytes_are_handled(raw: bytes) -> None:
    holds(parse(raw))
    read_for_display("x", raw, ())


VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"multipart/mixed; boundary=b",
            b"text/plain; charset*=x'y'%e4",
            b"message/rfc822",
            b"text/html",
            b"base64",
            b"uuencode",
        ]
    ),
    st.sampled_from(
        [b"[PATCH v2 1/3] x", b"Re: [PATCH] x", b"=?utf-8?b?//8=?=", b"<a@b>", b"Mon, 31 Feb 9999 99:99:99 +9999"]
    ),
)
NAMES = st.sampled_from(
    [
        *(b"From", b"To", b"Subject", b"Date", b"Received", b"Message-ID", b"References", b"In-Reply-To"),
        *(b"Content-Type", b"Content-Transfer-Encoding", b"Reply-To", b"X-Original-From"),
    ]
)
BODIES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([line.encode() for line in PATCH.split("\n")]),
        st.sampled_from(
            [b"--b", b"--b--", b"Content-Type: text/x-patch", b"", b"> a", b"Applied, thanks!", b"pw-bot: cr"]
        ),
    ),
    max_size=20,
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), BODIES)
def test_any_mail_is_parsed_and_survives_storage(fields: list[tuple[bytes, bytes]], body: list[bytes]) -> None:
    raw = b"".join(name + b": " + value.replace(b"\n", b"\n ") + b"\n" for name, value in fields)
    raw += b"\n" + b"\n".join(body)
    message = parse(raw)
    holds(message)
    assert parse(raw) == message
    assert message.message_id
    read_for_display(message.message_id, raw, ())


def test_a_name_in_small_letters_at_the_end_of_a_mail_says_nothing() -> None:
    body = "> +\tfrob();\n\nGreat, thanks for the change!\n\nrita r-w\n\n> +\tunfrob();\n"
    sender = "Rita Reviewer-Walker <rita@example.com>"
    message = parse(mail(subject="Re: [PATCH] frob", in_reply_to="1@x", sender=sender, body=body))
    assert message.is_courtesy
    assert [remark.words for remark in message.remarks] == [0]
