"""The text of mails with all kinds of parts, encodings and charsets."""

from __future__ import annotations

import base64
import quopri
from email.message import EmailMessage

import pytest

from patchwatch.mail.headers import Headers
from patchwatch.mail.mime import Text, text_of

HEAD = b"From: Ann <ann@example.org>\nSubject: x\n"
WORDS = "Grüße, 世界.\nSecond line.\n"


def text(raw: bytes) -> Text:
    return text_of(Headers(raw), raw)


def single(content: bytes, *headers: str) -> bytes:
    return HEAD + "".join(f"{one}\n" for one in headers).encode() + b"\n" + content


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (WORDS.encode(), []),
        (WORDS.encode(), ["Content-Type: text/plain; charset=us-ascii"]),
        (WORDS.encode(), ["Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit"]),
        (quopri.encodestring(WORDS.encode()), ["Content-Transfer-Encoding: quoted-printable"]),
        (base64.encodebytes(WORDS.encode()), ["Content-Transfer-Encoding: BASE64"]),
        (WORDS.encode("gb18030"), ["Content-Type: text/plain; charset=gb18030"]),
        (WORDS.encode(), ["Content-Type: text/plain; charset=x-unheard-of"]),
        (WORDS.encode(), ["Content-Type: text/plain; charset=idna"]),
        (WORDS.encode().replace(b"\n", b"\r\n"), []),
    ],
)
def test_text_in_any_encoding(content: bytes, headers: list[str]) -> None:
    assert text(single(content, *headers)).inline == WORDS


def test_invalid_utf8_is_decoded_as_latin1() -> None:
    assert text(single("Grüße\n".encode("latin-1"))).inline == "Grüße\n"


def test_text_begins_after_the_first_empty_line() -> None:
    assert text(b"From: a@b\r\nSubject: x\r\n\r\nWords.\r\n\r\nMore.\r\n").inline == "Words.\n\nMore.\n"
    assert text(b"From: a@b\n\nWords.\r\n\r\nMore.\n").inline == "Words.\n\nMore.\n"


def test_mail_with_only_headers_has_no_text() -> None:
    assert text(b"From: a@b\nSubject: x").inline == ""


def test_html_is_used_if_there_is_nothing_else() -> None:
    page = b"<style>p {}</style><p>First &amp; last.</p><script>evil()</script>Next.<br>Line."
    assert text(single(page, "Content-Type: text/html")).inline == "First & last.\nNext.\nLine."


def test_html_is_ignored_beside_plain_text() -> None:
    message = EmailMessage()
    message.set_content("Plain words.\n")
    message.add_alternative("<b>HTML words.</b>", subtype="html")
    assert text(message.as_bytes()).inline == "Plain words.\n"


def with_attachment(content: str, name: str, subtype: str = "plain") -> Text:
    message = EmailMessage()
    message.set_content("See the attachment.\n")
    message.add_attachment(content, subtype=subtype, filename=name)
    return text(message.as_bytes())


DIFF = "diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"


@pytest.mark.parametrize(("name", "subtype"), [("x.patch", "x-patch"), ("x.diff", "plain"), ("x.txt", "plain")])
def test_attached_patches_are_separate_from_the_text(name: str, subtype: str) -> None:
    found = with_attachment(DIFF, name, subtype)
    assert found.inline == "See the attachment.\n"
    assert found.attached == DIFF
    assert found.whole == found.inline + "\n" + DIFF


def test_attached_logs_are_ignored() -> None:
    assert with_attachment("CONFIG_FROB=y\n", "config").whole == "See the attachment.\n"


def test_forwarded_mail_is_used_only_without_other_text() -> None:
    inner = EmailMessage()
    inner["Subject"] = "y"
    inner.set_content("Somebody else's words.\n")
    outer = EmailMessage()
    outer.set_content("Look:\n")
    outer.add_attachment(inner)
    assert text(outer.as_bytes()).inline == "Look:\n"
    alone = HEAD + b"Content-Type: message/rfc822\n\n" + inner.as_bytes()
    assert text(alone).inline == "Somebody else's words.\n"


def test_deeply_nested_parts_are_not_followed() -> None:
    parts = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (depth, depth) for depth in range(1500)
    )
    assert isinstance(text(HEAD + parts + b"\nWords.\n").inline, str)


def test_a_codec_that_fails_does_not_make_the_mail_unreadable() -> None:
    content = b"Words.\n\x1b.J\x1bNA\n"  # of which iso2022_jp_2 raises a RuntimeError
    assert "Words." in text(single(content, "Content-Type: text/plain; charset=iso2022_jp_2")).inline


def test_unclosed_html_is_parsed_quickly() -> None:
    page = b"<script" * 20_000 + b"<" * 100_000
    assert isinstance(text(single(page, "Content-Type: text/html")).inline, str)
