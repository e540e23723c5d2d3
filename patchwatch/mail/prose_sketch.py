"""A sketch of the text of a posting: small numbers from which one can estimate how much two texts have in common.

A text is taken as the set of its word triples.  The sketch keeps the lowest hashes of that set, so that two sketches
overlap about as much as the texts (patchwatch.mail.sketch).
"""

from __future__ import annotations

import base64
import functools
import struct
from zlib import crc32

from patchwatch.mail.sketch import overlap
from patchwatch.pattern import Pattern

SIZE = 48
"""Most hashes in a sketch."""

_MAX_CHARACTERS = 5_000
_WORD = Pattern(rb"[a-z0-9_]{2,}")
# Trailers and links are no prose; authors may leave change-ids and links to other versions in any of them.
_TRAILER = Pattern(r"\s{0,4}(?:[A-Za-z]\w*(?:-\w+)+|Link|Fixes|Closes|Cc|CC):")
_LINK = Pattern(r"https?://\S+")


def prose_sketch(text: str) -> str:
    """The sketch of a text, base64; empty if it has fewer than three words."""
    text = text[:_MAX_CHARACTERS]
    if ":" in text:
        text = "\n".join(line for line in text.split("\n") if ":" not in line or not _TRAILER.match(line))
    if "://" in text:
        text = _LINK.sub("", text)
    words = _WORD.findall(text.lower().encode("utf-8", "replace"))
    triples = map(b" ".join, zip(words, words[1:], words[2:], strict=False))
    lowest = sorted(set(map(crc32, triples)))[:SIZE]
    return base64.b64encode(struct.pack(f"<{len(lowest)}I", *lowest)).decode()


@functools.lru_cache(maxsize=512)  # a posting is compared with dozens of others
def hashes_of(sketch: str) -> tuple[int, ...]:
    """The hashes in a sketch, ascending."""
    packed = base64.b64decode(sketch)
    return struct.unpack(f"<{len(packed) // 4}I", packed)


def prose_in_common(one: str, other: str) -> float:
    """The share of the smaller text that is in the other, 0 to 1, as estimated from two sketches."""
    if not one or not other:
        return 0.0
    return overlap(hashes_of(one), hashes_of(other), SIZE).share
