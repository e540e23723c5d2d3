"""The lines that a patch adds, as hashes: by them a later version shows whether it changed what somebody quoted.

A line counts if it has enough letters to be told from others.  The hashes are those of quoted lines, too
(patchwatch.mail.remarks), so that a remark can be placed in the patch that it quotes.
"""

from __future__ import annotations

import functools
import struct
from zlib import crc32

from patchwatch.pattern import Pattern

BYTES = 3  # of a hash
_HASH = struct.Struct("<HB")
_SHORTEST = 6  # letters and digits of a line that identify it
_MOST = 3_000  # lines of one patch
_BLANKS = b" \t\r\v\f"
_MARKS = b">|+-"
_NOT_LETTERS = bytes(set(range(256)) - set(b"\nabcdefghijklmnopqrstuvwxyz0123456789"))
_NAME = Pattern(r'\+\+\+ "?(?:[a-z]/)?([^\t\n"]+)')


def hashes(text: str) -> list[int]:
    """The hashes of the lines of a text that have enough letters, in order.

    Blanks, quote marks and the marks of a diff make no difference.  Other signs do: a reviewer may ask for `= {}` or
    for another operator.
    """
    lines = text.lower().encode("ascii", "ignore")
    signs, letters = lines.translate(None, _BLANKS).split(b"\n"), lines.translate(None, _NOT_LETTERS).split(b"\n")
    return [
        crc32(line.lstrip(_MARKS)) & 0xFFFFFF
        for line, words in zip(signs, letters, strict=True)
        if len(words) >= _SHORTEST
    ]


def added_lines(diff: str, files: tuple[str, ...]) -> tuple[bytes, ...]:
    """For each of `files`, the hashes of the lines that a diff adds to it, in order."""
    if not diff or not files:
        return ()
    found: list[list[str]] = [[] for _ in files]
    places = {name: number for number, name in enumerate(files)}
    lines = found[0]
    left = _MOST
    for line in diff.split("\n"):
        if not line.startswith("+"):
            continue
        if line.startswith("+++ ") and (named := _NAME.match(line)) and named[1] in places:
            lines = found[places[named[1]]]
        elif left:
            lines.append(line)
            left -= 1
    return tuple(_packed(hashes("\n".join(lines))) for lines in found)


def _packed(hashes: list[int]) -> bytes:
    """The hashes as bytes, the lowest first."""
    four = bytearray(struct.pack(f"<{len(hashes)}I", *hashes))
    del four[BYTES::4]  # the highest bytes, which are 0
    return bytes(four)


@functools.lru_cache(maxsize=256)  # the points of a version are about few files
def unpacked(stored: bytes) -> tuple[int, ...]:
    """The hashes in one of the values of `added_lines`."""
    return tuple([low | high << 16 for low, high in _HASH.iter_unpack(stored[: len(stored) // BYTES * BYTES])])
