"""A sketch of the lines that the patches of a posting add: by it, two postings make the same change under any title.

Files change below a patch, titles are reworded, and patch-ids differ with each line of context; most added lines stay.
"""

from __future__ import annotations

import base64
import functools
import struct
from collections.abc import Iterable
from heapq import nsmallest

from patchwatch.mail.added_lines import unpacked
from patchwatch.mail.sketch import Overlap, overlap

SIZE = 24
"""Most lines in a sketch."""

_LEFT_OUT = 8  # bits of the 24 of a hash: the others keep the order, and hardly any two lines have the same


def line_sketch(added: Iterable[bytes]) -> str:
    """The sketch of the lines in some values of `patchwatch.mail.added_lines`, base64; empty if there are none."""
    found = {number for stored in added for number in unpacked(stored)}
    lowest = [number >> _LEFT_OUT for number in nsmallest(SIZE, found)]
    return base64.b64encode(struct.pack(f"<{len(lowest)}H", *lowest)).decode()


def lines_in_common(one: str, other: str) -> Overlap:
    """What two sketches have in common."""
    return overlap(_hashes(one), _hashes(other), SIZE)


@functools.lru_cache(maxsize=512)  # a posting is compared with dozens of others
def _hashes(sketch: str) -> tuple[int, ...]:
    packed = base64.b64decode(sketch)
    return struct.unpack(f"<{len(packed) // 2}H", packed)
