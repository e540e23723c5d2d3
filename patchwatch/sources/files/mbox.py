"""Read mail from an mbox: many mails in one file, each after a line that begins with `From `.

New mail is appended to an mbox, so a position is an offset with a digest of the bytes before it.  A later read
continues there if a mail begins there.  Otherwise the last mail was still being written, and is read again from its
start: a truncated mail may be returned, but the complete one always follows.  If the digest differs, the file was
rewritten, and all of it is read again.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

from patchwatch.errors import InvalidInputError, NotFoundError, PatchwatchError
from patchwatch.mail.mbox_split import looks_like_mbox, split_mbox
from patchwatch.pattern import Pattern
from patchwatch.sources.files.batch import BATCH_MAILS, Batch, identity

_BLOCK_BYTES = 4 << 20
_DIGEST_BYTES = 64 << 10  # at both ends of what was read: an mbox that lost or gained a mail differs in the last part
_BLANK_THEN_FROM = Pattern(rb"\n\r?\n(?=From )")
_MAX_FROM_LINE = 1000
_MAX_MAIL_BYTES = 64 << 20
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Mbox:
    """An mboxrd or mboxo file; it may be compressed with gzip, positions then count uncompressed bytes."""

    path: Path

    @property
    def identity(self) -> str:
        """The key under which the position is stored."""
        return identity("mbox", self.path)

    def count(self, position: str | None) -> int:
        """How many lines begin a mail after `position`; 0 if the file is compressed."""
        with open_unpacked(self.path) as stream:
            if isinstance(cast(object, stream), gzip.GzipFile):
                return 0
            _, begun = _resume(stream, position)
            found, end = int(begun.startswith(b"From ")), b"" if begun else b"\n"
            while block := stream.read(_BLOCK_BYTES):
                found += (end + block).count(b"\nFrom ")
                end = block[-5:]
        return found

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`.

        Raises:
            NotFoundError: the file is gone.
            InvalidInputError: it is not an mbox, a mail is larger than 64 MiB, or gzip can't unpack it.
            PatchwatchError: the file can't be read.
        """
        with open_unpacked(self.path) as stream:
            before, begun = _resume(stream, position)
            for run, last in _runs(stream, begun):
                last += before.length
                before = before.and_then(run)
                mails = tuple(filter(None, split_mbox(io.BytesIO(run), max_mail_bytes=_MAX_MAIL_BYTES)))
                del run
                if mails:
                    yield Batch(mails, json.dumps({"end": before.length, "last": last, "digest": before.digest()}))


@contextmanager
def open_unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open a file, decompressing it if it is gzipped; errors inside the `with` block get the path as prefix.

    Raises:
        NotFoundError: the file does not exist.
        InvalidInputError: the gzip data is truncated or damaged.
        PatchwatchError: the file can't be read.
    """
    try:
        with path.open("rb") as stored:
            if stored.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
                with gzip.GzipFile(fileobj=stored) as unpacked:
                    yield cast(BinaryIO, unpacked)  # a BufferedIOBase in typeshed, which is good enough
            else:
                yield stored
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInputError(f"{path}: damaged gzip data: {error}. Download or copy the file again.") from None
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file. Check the path.") from None
    except OSError as error:
        raise PatchwatchError(f"can't read {path}: {error.strerror}. Check its permissions.") from None


@dataclass(frozen=True, slots=True)
class _Before:
    """The number of bytes before an offset, and those at both ends, for the digest."""

    length: int = 0
    head: bytes = b""
    tail: bytes = b""

    @classmethod
    def offset(cls, stream: BinaryIO, length: int) -> _Before:
        """Read it from `stream`, which is left at the offset."""
        size = min(length, _DIGEST_BYTES)
        stream.seek(0)
        head = stream.read(size)
        stream.seek(length - size)
        return cls(length, head, stream.read(size))

    def and_then(self, more: bytes) -> _Before:
        head = self.head + more[: _DIGEST_BYTES - len(self.head)]
        return _Before(self.length + len(more), head, (self.tail + more[-_DIGEST_BYTES:])[-_DIGEST_BYTES:])

    def digest(self) -> str:
        return hashlib.sha256(self.head + self.tail).hexdigest()


def _resume(stream: BinaryIO, position: str | None) -> tuple[_Before, bytes]:
    """Find where to continue: what is before that offset, and the line after it, already read from `stream`."""
    try:
        fields = json.loads(position or "{}")
        end, last, digest = int(fields["end"]), int(fields["last"]), str(fields["digest"])
        before = _Before.offset(stream, end)
    except (ValueError, KeyError, TypeError, OverflowError):
        return _Before.offset(stream, 0), b""
    if before.digest() != digest:
        return _Before.offset(stream, 0), b""
    line = stream.readline(_MAX_FROM_LINE)
    blank = before.tail[-3:]
    if not line or len(blank) in _beginnings(blank + line):
        return before, line
    return _Before.offset(stream, last), b""


def _runs(stream: BinaryIO, begun: bytes) -> Iterator[tuple[bytes, int]]:
    """The text in runs of at most `BATCH_MAILS` complete mails, each with the offset of its last mail."""
    text = begun
    more = True
    while more:
        block = stream.read(_BLOCK_BYTES)
        more = bool(block)
        text += block
        starts = [0, *_beginnings(text)]
        # The last mail may continue in the next block; one that never ends is then rejected as too large.
        endless = len(text) - starts[-1] > _MAX_MAIL_BYTES
        complete = len(text) if endless or not more else starts.pop()
        bounds = [(begin, end) for begin, end in pairwise([*starts[::BATCH_MAILS], complete]) if end > begin]
        runs = [(text[begin:end], starts[bisect_left(starts, end) - 1] - begin) for begin, end in reversed(bounds)]
        text = text[complete:]
        while runs:
            yield runs.pop()  # forgotten here, as it can be one mail of 40 MB


def _beginnings(text: bytes) -> Iterator[int]:
    """The offsets at which a mail begins after another; `split_mbox` splits there too."""
    for found in _BLANK_THEN_FROM.finditer(text):
        if looks_like_mbox(text[found.end() : found.end() + _MAX_FROM_LINE]):
            yield found.end()
