"""An answer of the archive, here in full: gzipped mboxrd, checked to its last byte before anybody reads a mail of it.

It is kept compressed, in memory while it is small and in a temporary file beyond.  A gzip that is cut off, damaged or
larger than allowed is an error when it arrives, never a short answer later.
"""

from __future__ import annotations

import gzip
import io
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self

from patchwatch.errors import LoreError, LoreResponseError
from patchwatch.mail.mbox_split import split_mbox

_IN_MEMORY_BYTES = 8 * 1024 * 1024
_FROM = b"From "  # how an mbox begins
_PIECE_BYTES = 256 * 1024
_GZIP = zlib.MAX_WBITS | 16  # zlib's way to say: with a gzip header and its checksum

Mailbox = tuple[IO[bytes], int]  # a gzipped mbox, and its size in bytes, decompressed


class TruncatedResponseError(LoreResponseError):
    """The answer ends before its end: worth asking again."""


@dataclass(slots=True)
class Response:
    """Mail that the archive sent.  Close it, or use it in a `with`, to drop its temporary file."""

    inbox: str  # the inbox that answered: the one that was asked, or `all`
    requested_at: int  # seconds since the epoch, UTC, by the server's clock where it told the time
    base: str  # the server that answered, lore.url or a mirror, without a password
    from_mirror: bool = False  # a mirror can lag behind: what it does not have may exist
    size: int = 0  # bytes of mbox, decompressed; 0 when nothing was found
    _gzipped: IO[bytes] = field(default_factory=io.BytesIO, repr=False)

    def mails(self) -> Iterator[bytes]:
        """The raw mails, as they were sent; may be called again, and read side by side."""
        if self.size:
            with gzip.GzipFile(fileobj=_View(self._gzipped), mode="rb") as mbox:
                yield from split_mbox(mbox)

    def close(self) -> None:
        """Drop the mail; `mails` may not be called any more."""
        self._gzipped.close()

    def __enter__(self) -> Self:
        """Give the answer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the answer."""
        self.close()


def read_mailbox(chunks: Iterable[bytes], shown: str, max_bytes: int) -> Mailbox:
    """Keep a gzipped mbox from the wire; the caller closes the file.

    `shown` is the URL for error messages.

    Raises:
        TruncatedResponseError: it ends too early.
        LoreResponseError: it is no gzipped mbox, is damaged, or would be larger than `max_bytes` decompressed.
        LoreError: there is no room for it on the disk.
    """
    kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 (the Answer closes it)
    try:
        size = sum(len(piece) for piece in _only_mail(inflate(_keeping(chunks, kept), shown, max_bytes), shown))
    except BaseException:
        kept.close()
        raise
    return kept, size


def inflate(chunks: Iterable[bytes], shown: str, max_bytes: int) -> Iterator[bytes]:
    """Decompress gzip as it arrives, in pieces of at most 256 KiB, whatever its ratio.

    Raises:
        TruncatedResponseError: it ends too early.
        LoreResponseError: it is no gzip, is damaged, or gives more than `max_bytes`.
    """
    member = zlib.decompressobj(_GZIP)
    size = 0
    for chunk in chunks:
        rest = chunk
        while rest:
            if member.eof:  # another member, or the zeros that may pad the end (RFC 1952; gzip(1))
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                member = zlib.decompressobj(_GZIP)
            try:
                piece = member.decompress(rest, _PIECE_BYTES)
            except zlib.error as error:
                raise LoreResponseError(
                    f"{shown} answered with damaged data, or with something that is no gzip ({error}). Try again later;"
                    " if it stays so, check lore.url (or PATCHWATCH_LORE_URL).",
                    status=200,
                ) from None
            size += len(piece)
            if size > max_bytes:
                raise LoreResponseError(
                    f"{shown} answered with more than {max_bytes >> 20} MB (decompressed); it was refused. If so much"
                    " mail is right, raise lore.max_answer_megabytes.",
                    status=200,
                )
            if piece:
                yield piece
            rest = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise TruncatedResponseError(
            f"{shown}: the answer broke off after {size} bytes of mail. Try again later.", status=200
        )


def _only_mail(pieces: Iterable[bytes], shown: str) -> Iterator[bytes]:
    head = b""
    for piece in pieces:
        head = head or piece[: len(_FROM)]
        if not _FROM.startswith(head):
            raise LoreResponseError(
                f"{shown} answered with something that is no mail. Check that lore.url (or PATCHWATCH_LORE_URL) is a"
                " public-inbox archive.",
                status=200,
            )
        yield piece


def _keeping(chunks: Iterable[bytes], kept: IO[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        try:
            kept.write(chunk)
        except OSError as error:
            raise LoreError(
                f"There is no room for the answer in {tempfile.gettempdir()} ({error.strerror}). Free some space there,"
                " or set TMPDIR to another directory."
            ) from error
        yield chunk


class _View(io.RawIOBase):
    """A file read from its start, with a position of its own, so that several can read it at once."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._position)
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self._position += len(block)
        return len(block)
