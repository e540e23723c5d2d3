"""Mail in an mbox: many mails in one file, each behind a line that begins with `From `.

New mail is appended to an mbox, so a position is how far it was read, with a digest of what is before that.  A later
read begins there when a mail begins there.  When the file goes on in another way, its last mail was still being written
the last time, and is read again from its first byte: a torn mail may be handed over, its whole never fails to follow.
When the digest says that the file was rewritten, all of it is read again.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
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
from patchwatch.sources.files.batch import BATCH_MAILS, Batch, identity

_BLOCK_BYTES = 4 << 20
_DIGEST_BYTES = 64 << 10  # of either end of what was read: an mbox that lost or gained a mail differs in the last part
_BLANK_THEN_FROM = re.compile(rb"\n\r?\n(?=From )")
_MAX_FROM_LINE = 1000
_MAX_MAIL_BYTES = 64 << 20
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Mbox:
    """An mboxrd or mboxo file; it may be compressed with gzip, and positions then count its text."""

    path: Path

    @property
    def identity(self) -> str:
        """The name under which its position is remembered."""
        return identity("mbox", self.path)

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`.

        Raises:
            NotFoundError: the file is gone.
            InvalidInputError: it begins with no mail, a mail is above 64 MiB, or gzip can't unpack it.
            PatchwatchError: the file can't be read.
        """
        with open_unpacked(self.path) as stream:
            before, begun = _resume(stream, position)
            for run, last in _runs(stream, begun):
                last += before.length
                before = before.and_then(run)
                mails = tuple(filter(None, split_mbox(io.BytesIO(run), max_mail_bytes=_MAX_MAIL_BYTES)))
                if mails:
                    yield Batch(mails, json.dumps({"end": before.length, "last": last, "digest": before.digest()}))


@contextmanager
def open_unpacked(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked when gzip packed them; what goes wrong with them inside is said of the file.

    Raises:
        NotFoundError: it is not there, or not any more.
        InvalidInputError: packed, but cut short or damaged.
        PatchwatchError: it can't be read.
    """
    try:
        with path.open("rb") as stored:
            if stored.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
                with gzip.GzipFile(fileobj=stored) as unpacked:
                    yield cast(BinaryIO, unpacked)  # typeshed has it as a BufferedIOBase, which is as good
            else:
                yield stored
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInputError(f"{path}: gzip can't unpack it: {error}. Get the file again.") from None
    except FileNotFoundError:
        raise NotFoundError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise PatchwatchError(f"{path}: can't read it: {error.strerror}.") from None


@dataclass(frozen=True, slots=True)
class _Before:
    """What is remembered of the bytes before an offset."""

    length: int = 0
    head: bytes = b""
    tail: bytes = b""

    @classmethod
    def offset(cls, stream: BinaryIO, length: int) -> _Before:
        """Read it from `stream`, and leave that at the offset."""
        part = min(length, _DIGEST_BYTES)
        stream.seek(0)
        head = stream.read(part)
        stream.seek(length - part)
        return cls(length, head, stream.read(part))

    def and_then(self, more: bytes) -> _Before:
        head = self.head + more[: _DIGEST_BYTES - len(self.head)]
        return _Before(self.length + len(more), head, (self.tail + more[-_DIGEST_BYTES:])[-_DIGEST_BYTES:])

    def digest(self) -> str:
        return hashlib.sha256(self.head + self.tail).hexdigest()


def _resume(stream: BinaryIO, position: str | None) -> tuple[_Before, bytes]:
    """Where reading goes on: what is before it, and the first line behind it, which `stream` has already given."""
    try:
        known = json.loads(position or "{}")
        end, last, digest = int(known["end"]), int(known["last"]), str(known["digest"])
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
    """The text in runs of at most `BATCH_MAILS` whole mails, each with the offset in it of its last mail."""
    text = begun
    more = True
    while more:
        block = stream.read(_BLOCK_BYTES)
        more = bool(block)
        text += block
        starts = [0, *_beginnings(text)]
        # Where the last mail ends is not known before the next begins; one that never does is refused as too large.
        endless = len(text) - starts[-1] > _MAX_MAIL_BYTES
        whole = len(text) if endless or not more else starts.pop()
        for begin, end in pairwise([*starts[::BATCH_MAILS], whole]):
            if end > begin:
                yield text[begin:end], starts[bisect_left(starts, end) - 1] - begin
        text = text[whole:]


def _beginnings(text: bytes) -> Iterator[int]:
    """Where in `text` a mail begins behind another: at these, `split_mbox` splits too."""
    for found in _BLANK_THEN_FROM.finditer(text):
        if looks_like_mbox(text[found.end() : found.end() + _MAX_FROM_LINE]):
            yield found.end()
