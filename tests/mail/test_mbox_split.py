"""Splitting mboxes: the mails come back as they were."""

from __future__ import annotations

import io
import re
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from patchwatch.errors import InvalidInputError
from patchwatch.mail import mbox_split
from patchwatch.mail.mbox_split import looks_like_mbox, read_mails, split_mbox

FROM = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
GIT = b"From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n"
HI = b"Subject: hi\n\nhi\n"
HO = b"Subject: ho\n\nho\n"


def split(mbox: bytes) -> list[bytes]:
    return list(split_mbox(io.BytesIO(mbox)))


def mboxrd(*mails: bytes) -> bytes:
    """An mbox as public-inbox's Mbox.pm writes it: only bodies are quoted, and one newline is always added."""
    written = []
    for mail in mails:
        body = re.search(rb"(?:\A|\n)\r?\n", mail)
        end = body.end() if body else len(mail)
        written.append(FROM + mail[:end] + re.sub(rb"(?m)^(>*From )", rb">\1", mail[end:]) + b"\n")
    return b"".join(written)


lines = st.sampled_from(
    [b"text", b"", b"From here on", b">From there", b">>From", b"From a@b Mon Jan  1 01:02:03 2024", FROM[:-1], b"\r"]
) | st.binary(max_size=20).filter(lambda line: b"\n" not in line)
ends = st.sampled_from([b"\n", b"\r\n"])
headers = st.lists(st.tuples(st.sampled_from([b"Subject: x", b">From me", b"To: y@example.org"]), ends), max_size=3)
bodies = st.lists(st.tuples(lines, ends), max_size=8)


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """Any mail: a header, a blank line, and any body, with or without a newline at the end."""
    mail = b"".join(line + end for line, end in draw(headers)) + draw(ends)
    return mail + b"".join(line + end for line, end in draw(bodies)) + draw(lines)


@given(st.lists(mails(), max_size=5), st.integers(1, 64))
@example([b"\n", b"\n>From\n"], 1)
@example([b"\n" + FROM], 7)
def test_mails_survive_public_inbox_mbox(written: list[bytes], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mbox_split, "_BLOCK_BYTES", block)  # so that every line is cut somewhere
        assert split(mboxrd(*written)) == written


@given(st.lists(st.lists(lines.filter(lambda line: not line.startswith(b">"))), max_size=4))
def test_mails_survive_mboxo(bodies: list[list[bytes]]) -> None:
    written = [b"Subject: x\n\n" + b"".join(line + b"\n" for line in body) for body in bodies]
    quoted = [re.sub(rb"(?m)^From ", b">From ", mail) for mail in written]
    assert split(b"".join(GIT + mail + b"\n" for mail in quoted)) == written


@given(st.binary())
def test_any_bytes_are_handled(data: bytes) -> None:
    list(read_mails(io.BytesIO(data)))
    list(read_mails(io.BytesIO(FROM + data)))
    looks_like_mbox(data)


def test_one_quote_mark_is_removed_from_a_from_line() -> None:
    assert split(FROM + b"Subject: x\n\n>From a\n>>From b\n> From c\n>Fromage\n\n") == [
        b"Subject: x\n\nFrom a\n>From b\n> From c\n>Fromage\n"
    ]


def test_from_line_inside_a_paragraph_is_text() -> None:
    mail = b"Subject: x\n\nas said:\nFrom a@b Mon Jan  1 01:02:03 2024\n"
    assert split(GIT + mail + b"\n" + GIT + HO + b"\n") == [mail, HO]


def test_sentence_that_begins_with_from_is_text() -> None:
    mail = b"Subject: x\n\nhello\n\nFrom 10:30:00 on it rained\n\nFrom now on too\n"
    assert split(GIT + mail + b"\n" + GIT + HO + b"\n") == [mail, HO]


@pytest.mark.parametrize(
    "line",
    [
        FROM,
        GIT,
        b"From a@example.org Mon Jan  1 01:02:03 2024\n",
        b"From a@example.org Mon Jan  1 01:02:03 2024\r\n",
        b"From - Mon Jan 01 01:02:03 2024\n",
        b"From a@example.org Mon Jan  1 01:02:03 CET 2024\n",
        b"From a@example.org Mon Jan  1 01:02:03 +0100 2024\n",
        b"From a@example.org Mon Jan  1 01:02:03 2024 +0100\n",
    ],
)
def test_from_lines_of_many_programs_begin_an_mbox(line: bytes) -> None:
    assert looks_like_mbox(line)
    assert split(line + HI + b"\n" + line + HO + b"\n") == [HI, HO]


@pytest.mark.parametrize("head", [b"", b"Subject: x\n", b"From: a@example.org\n", b"From the start\n", b"\x1f\x8b"])
def test_other_files_are_not_an_mbox(head: bytes) -> None:
    assert not looks_like_mbox(head)


def test_mail_with_crlf_is_unchanged() -> None:
    mail = b"Subject: x\r\n\r\nhi\r\n\r\n"
    assert split(FROM.replace(b"\n", b"\r\n") + mail + b"\n" + FROM + HO + b"\n") == [mail, HO]


def test_mbox_with_crlf_throughout_is_split() -> None:
    mbox = (GIT + HI + b"\n" + GIT + HO + b"\n").replace(b"\n", b"\r\n")
    assert split(mbox) == [HI.replace(b"\n", b"\r\n"), HO.replace(b"\n", b"\r\n")]


def test_last_mail_may_end_without_a_blank_line() -> None:
    assert split(GIT + HI + b"\n" + GIT + HO) == [HI, HO]


def test_raw_mail_is_one_mail() -> None:
    assert list(read_mails(io.BytesIO(HI))) == [HI]
    assert list(read_mails(io.BytesIO(mboxrd(HI, HO)))) == [HI, HO]


def test_blank_lines_before_the_first_mail_are_skipped() -> None:
    assert list(read_mails(io.BytesIO(b"\n\n" + HI))) == [HI]
    assert list(read_mails(io.BytesIO(b"\r\n" + mboxrd(HI)))) == [HI]


def test_empty_file_has_no_mail() -> None:
    assert split(b"") == []
    assert split(b"\n\n") == []
    assert list(read_mails(io.BytesIO())) == []


def test_raw_mail_is_not_an_mbox() -> None:
    with pytest.raises(InvalidInputError, match="not an mbox"):
        split(HI)


def test_endless_mail_is_rejected() -> None:
    endless = b"Subject: x\n\n" + b"x" * 5000
    for data in (endless, mboxrd(endless), mboxrd(HI, endless, HO)):
        with pytest.raises(InvalidInputError, match="larger than"):
            list(read_mails(io.BytesIO(data), max_mail_bytes=1000))


@pytest.mark.parametrize(
    "content", [b"x" * 9000, b"x\n" * 4500, b"\n\nFrom me\n" * 900], ids=["a line", "lines", "almost From_ lines"]
)
@pytest.mark.parametrize("block", [100, 4096, 1 << 20])
def test_oversized_mail_is_left_out_and_the_others_are_returned(
    content: bytes, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mbox_split, "_BLOCK_BYTES", block)
    endless = b"Subject: x\n\n" + content
    heads: list[bytes] = []
    data = mboxrd(endless, HI, endless, endless, HO, endless)
    assert list(split_mbox(io.BytesIO(data), max_mail_bytes=5000, oversized=heads.append)) == [HI, HO]
    assert [head[:12] for head in heads] == [b"Subject: x\n\n"] * 4


def test_oversized_mail_is_not_kept_in_memory() -> None:
    class Zeros(io.RawIOBase):
        """A gigabyte of mail, without a line end."""

        left = 1024

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return mboxrd(HI)[:40] + b"\n" if self.left == 1023 else bytes(max(self.left, 0) and 1 << 20)

    heads: list[bytes] = []
    tracemalloc.start()
    try:
        assert list(split_mbox(Zeros(), max_mail_bytes=4 << 20, oversized=heads.append)) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(heads) == 1
    assert peak < 32 << 20


def test_mail_is_returned_before_the_next_is_read() -> None:
    class Slow(io.RawIOBase):
        """Returns one mail at a time, and fails at the third."""

        parts = [mboxrd(HI), mboxrd(HO)]  # noqa: RUF012

        def read(self, size: int = -1) -> bytes:
            return self.parts.pop(0)

    found = split_mbox(Slow())
    assert next(found) == HI
    with pytest.raises(IndexError):
        next(found)
