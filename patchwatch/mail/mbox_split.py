"""Split an mbox into raw mails.

Accepts mboxrd (public-inbox, `git log --pretty=mboxrd`), mboxo, and the unquoted mboxes that other programs write.
Mails from public-inbox come back byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from patchwatch.errors import InvalidInputError
from patchwatch.pattern import Pattern

_MAX_MAIL_BYTES = 64 * 1024 * 1024
_BLOCK_BYTES = 1024 * 1024
_FIRST_LINE_BYTES = 4096  # a longer first line is not a From_ line
_REPORTED_BYTES = 64 * 1024  # of a mail that is too large: its headers

# A From_ line as git knows one (builtin/mailsplit.c, is_from_line): a time with seconds, then a year after 1990.
_FROM_LINE = Pattern(rb"From .*\d:\d\d:\d\d(?:[ \t]+(?:[A-Z]{1,5}|[+-]\d{4}))?[ \t]+(?:9[1-9]|\d{3,}).*")
# public-inbox's own From_ line: always quoted in bodies, so it separates mails even without a blank line before it.
_PUBLIC_INBOX = b"From mboxrd@z "
_BLANK_LINE = (b"\n\n", b"\n\r\n")
# With the newline before it rather than ^: a regex that begins with fixed bytes is ten times as fast.
_QUOTED_FROM = Pattern(rb"\n>(>*From )")
_END_OF_HEADERS = Pattern(rb"(?:\A|\n)\r?\n")


class ByteStream(Protocol):
    """The part of a file object that is used: a `BinaryIO` or a `gzip.GzipFile`."""

    def read(self, size: int, /) -> bytes:
        """Read up to `size` bytes; empty at the end."""


def looks_like_mbox(head: bytes) -> bool:
    """True if a file that begins with `head` (at least its first line) is an mbox."""
    return _FROM_LINE.match(head.lstrip(b"\r\n")) is not None


def split_mbox(
    stream: ByteStream, *, max_mail_bytes: int = _MAX_MAIL_BYTES, oversized: Callable[[bytes], None] | None = None
) -> Iterator[bytes]:
    """The mails of an mbox, in order, without what the mbox format added to them.

    A From_ line separates mails at the start and after a blank line; elsewhere it is text.  One `>` is removed from
    `>From ` and `>>From ` lines of the body (neither public-inbox nor git quotes headers), and so is the newline at the
    end of each mail.  Only one mail and one block of the file are in memory at a time.

    A mail larger than `max_mail_bytes` is left out, and its first bytes are passed to `oversized`.

    Raises:
        InvalidInputError: the stream is not an mbox, or a mail is too large and there is no `oversized`.
    """
    head = _head(stream)
    if not head:
        return
    if not looks_like_mbox(head):
        raise InvalidInputError("not an mbox: no 'From ' line at the start. Use an mbox or a raw mail.")
    yield from _split(head, stream, max_mail_bytes, oversized)


def read_mails(stream: ByteStream, *, max_mail_bytes: int = _MAX_MAIL_BYTES) -> Iterator[bytes]:
    """The mails of an mbox or of a single raw mail (.eml); none if it is empty.

    Raises:
        InvalidInputError: a mail is larger than `max_mail_bytes`.
    """
    head = _head(stream)
    if looks_like_mbox(head):
        yield from _split(head, stream, max_mail_bytes, None)
    elif head:
        mail = head + stream.read(max_mail_bytes)
        if len(mail) > max_mail_bytes:
            raise _too_large(max_mail_bytes)
        yield mail


def _head(stream: ByteStream) -> bytes:
    """The start of the stream, leading blank lines removed, with at least its first line (up to a limit)."""
    head = b""
    while b"\n" not in head and len(head) < _FIRST_LINE_BYTES and (block := stream.read(_BLOCK_BYTES)):
        head = (head + block).lstrip(b"\r\n")
    return head


def _split(
    head: bytes, stream: ByteStream, max_mail_bytes: int, oversized: Callable[[bytes], None] | None
) -> Iterator[bytes]:
    """Split; `text` is the current mail from the end of its From_ line on, so that every line begins with a newline."""
    separator, newline, rest = head.partition(b"\n")
    text = newline + rest
    searched = 0
    large = b""  # the first bytes of the current mail, once it is too large; then `text` is only its end
    at_end = False
    while not at_end:
        block = stream.read(_BLOCK_BYTES)
        at_end = not block
        text += block
        whole_lines = len(text) if at_end else text.rfind(b"\n") + 1
        start = 0
        while (newline_at := text.find(b"\nFrom ", searched, whole_lines)) >= 0:
            searched = newline_at + 1
            line = _FROM_LINE.match(text, searched, whole_lines)
            if line and (line[0].startswith(_PUBLIC_INBOX) or text.endswith(_BLANK_LINE, start, searched)):
                if not large and searched - start > max_mail_bytes:
                    large = text[start + 1 : start + 1 + _REPORTED_BYTES]
                if large:
                    _report(large, max_mail_bytes, oversized)
                    large = b""
                else:
                    yield _mail(text[start + 1 : searched], separator)
                separator = line[0]
                start = searched = line.end()
        text = text[start:]
        searched = max(whole_lines - 1 - start, 0)
        if large or len(text) > max_mail_bytes:
            if oversized is None:
                raise _too_large(max_mail_bytes)
            large = large or text[1 : 1 + _REPORTED_BYTES]
            cut = max(len(text) - _FIRST_LINE_BYTES, 0)
            text = text[cut:]
            searched = max(searched - cut, 0)
    if large:
        _report(large, max_mail_bytes, oversized)
    else:
        text = text[1:]  # the mail can be 40 MB: no second copy while it is used
        yield _mail(text, separator)


def _report(head: bytes, max_mail_bytes: int, oversized: Callable[[bytes], None] | None) -> None:
    if oversized is None:
        raise _too_large(max_mail_bytes)
    oversized(head)


def _too_large(max_mail_bytes: int) -> InvalidInputError:
    return InvalidInputError(f"one mail is larger than {max_mail_bytes >> 20} MiB. Check that this is a mail file.")


def _mail(text: bytes, separator: bytes) -> bytes:
    """One mail without what the mbox format added to it."""
    if separator.startswith(_PUBLIC_INBOX):
        # public-inbox adds exactly one newline, also to a mail that ends without one, and in mails with CRLF.
        text = text.removesuffix(b"\n")
    elif text.endswith(_BLANK_LINE):
        text = text.removesuffix(b"\n").removesuffix(b"\r")
    headers = _END_OF_HEADERS.search(text) if _QUOTED_FROM.search(text) else None
    if headers is None:
        return text
    body = headers.end() - 1
    return text[:body] + _QUOTED_FROM.sub(rb"\n\1", text[body:])
