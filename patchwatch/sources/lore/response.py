"""A response of the archive: a gzipped mboxrd, received and checked completely before any mail is read from it.

It is stored compressed, in memory if small, else in a temporary file.  Truncated, damaged or oversized gzip data is an
error on arrival, so that a response is never silently incomplete.
"""

from __future__ import annotations

import io
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self

from patchwatch.errors import LoreError, LoreResponseError
from patchwatch.mail.mbox_split import looks_like_mbox, split_mbox

MAX_MAIL_BYTES = 64 * 1024 * 1024
"""Larger mails are left out of a response."""

_IN_MEMORY_BYTES = 8 * 1024 * 1024
_NO_CONTENT = b"\0 \t\r\n"
_FROM = b"From "  # the start of an mbox
_FIRST_LINE_BYTES = 1024  # enough for public-inbox's From_ line
_PIECE_BYTES = 256 * 1024
_OVERHEAD_BYTES = 16 * 1024 * 1024  # by which gzip may be larger than what it holds
_GZIP = zlib.MAX_WBITS | 16  # zlib's flag for a gzip header and checksum

Mailbox = tuple[IO[bytes], int]  # a gzipped mbox, and its size in bytes, decompressed


class TruncatedResponseError(LoreResponseError):
    """The response is truncated: worth a retry."""


@dataclass(slots=True)
class Response:
    """Mail from the archive.  Close it, or use it in a `with`, to delete its temporary file."""

    inbox: str  # the inbox that the mail comes from: the requested one, or `all`
    requested_at: int  # seconds since the epoch, UTC, by the server's clock if it sent a Date
    base: str  # the server, lore.url or a mirror, without a password
    from_mirror: bool = False  # a mirror can lag behind: missing mail may exist
    size: int = 0  # bytes of mbox, decompressed; 0 without results
    _gzipped: IO[bytes] = field(default_factory=io.BytesIO, repr=False)

    def mails(self, oversized: Callable[[bytes], None] = lambda head: None) -> Iterator[bytes]:
        """The raw mails; may be called repeatedly, and the iterators used side by side.

        Mails larger than MAX_MAIL_BYTES are left out; `oversized` gets the start of each.  So is what has no content.
        """
        if self.size:
            mbox = io.BufferedReader(_Inflated(self._gzipped, self.size), _PIECE_BYTES)
            mails = split_mbox(mbox, max_mail_bytes=MAX_MAIL_BYTES, oversized=oversized)
            yield from (mail for mail in mails if mail.strip(_NO_CONTENT))

    def close(self) -> None:
        """Delete the mail; `mails` must not be called afterwards."""
        self._gzipped.close()

    def __enter__(self) -> Self:
        """Return the response."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the response."""
        self.close()


def read_mailbox(chunks: Iterable[bytes], url: str, max_bytes: int) -> Mailbox:
    """Store a gzipped mbox from the network; the caller closes the file.  `url` is for error messages.

    Raises:
        TruncatedResponseError: the data is truncated.
        LoreResponseError: it is not a gzipped mbox, is damaged, or is larger than `max_bytes` decompressed.
        LoreError: the disk is full.
    """
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 (the Response closes it)
    try:
        size = sum(len(piece) for piece in _only_mail(inflate(_storing(chunks, file), url, max_bytes), url))
    except BaseException:
        file.close()
        raise
    return file, size


def inflate(chunks: Iterable[bytes], url: str, max_bytes: int) -> Iterator[bytes]:
    """Decompress gzip as it arrives, in pieces of at most 256 KiB, whatever the compression ratio.

    Raises:
        TruncatedResponseError: the data is truncated.
        LoreResponseError: it is not gzip, is damaged, or is larger than `max_bytes`, compressed or not.
    """
    member = zlib.decompressobj(_GZIP)
    size = received = 0
    for chunk in chunks:
        received += len(chunk)
        if received > max_bytes + _OVERHEAD_BYTES:  # padding, or blocks without content, without end
            raise _too_large(url, max_bytes)
        rest = chunk
        while rest:
            if member.eof:  # another member, or padding with zeros at the end (RFC 1952; gzip(1))
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                member = zlib.decompressobj(_GZIP)
            try:
                piece = member.decompress(rest, _PIECE_BYTES)
            except zlib.error as error:
                raise LoreResponseError(
                    f"{url} sent damaged gzip data ({error}). Try again later. If the error persists, check lore.url"
                    " (or PATCHWATCH_LORE_URL).",
                    status=200,
                ) from None
            size += len(piece)
            if size > max_bytes:
                raise _too_large(url, max_bytes)
            if piece:
                yield piece
            rest = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise TruncatedResponseError(
            f"{url}: the response was cut off after {size} bytes of mail. Try again later.", status=200
        )


def _too_large(url: str, max_bytes: int) -> LoreResponseError:
    return LoreResponseError(
        f"{url} sent more than {max_bytes >> 20} MB (decompressed). If you expect that much mail, raise"
        " lore.max_answer_megabytes.",
        status=200,
    )


def _only_mail(pieces: Iterable[bytes], url: str) -> Iterator[bytes]:
    """Check that it is an mbox by its first line; pass all pieces on."""
    head = b""
    checked = False
    for piece in pieces:
        if not checked:
            head += piece[:_FIRST_LINE_BYTES]
            checked = b"\n" in head or len(head) >= _FIRST_LINE_BYTES
            if not _FROM.startswith(head[: len(_FROM)]) or (checked and not looks_like_mbox(head)):
                raise _not_mail(url)
        yield piece
    if head and not checked:
        raise _not_mail(url)


def _not_mail(url: str) -> LoreResponseError:
    return LoreResponseError(
        f"{url} did not send mail. Check that lore.url (or PATCHWATCH_LORE_URL) is a public-inbox archive.", status=200
    )


def _storing(chunks: Iterable[bytes], file: IO[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        try:
            file.write(chunk)
        except OSError as error:
            raise LoreError(
                f"can't store the response in {tempfile.gettempdir()}: {error.strerror}. Free some space there, or set"
                " TMPDIR to another directory."
            ) from error
        yield chunk


class _Inflated(io.RawIOBase):
    """Reads a checked file from its start with a separate position, so that several readers can use it at once.

    Not with the gzip module: it reads the file name in a header byte by byte, and 10 MB of it take seconds.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        super().__init__()
        self._pieces = inflate(_read_shared(file), "the stored response", size)
        self._piece = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._piece = self._piece or next(self._pieces, b"")
        block = self._piece[: len(buffer)]
        buffer[: len(block)] = block
        self._piece = self._piece[len(block) :]
        return len(block)


def _read_shared(file: IO[bytes]) -> Iterator[bytes]:
    position = 0
    while True:
        file.seek(position)
        block = file.read(_PIECE_BYTES)
        if not block:
            return
        position += len(block)
        yield block
