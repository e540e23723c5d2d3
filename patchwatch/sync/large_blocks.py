"""Let the C library give memory back: large blocks as soon as they are freed, small ones between two batches of mail.

glibc maps a large block apart from the others, but once such a block is freed, only larger ones than that, up to 32 MB
(mallopt(3), M_MMAP_THRESHOLD).  From then on, pieces of mail lie among small objects, which keep their pages: 10 MB of
an import.  Small blocks that are freed below others stay with the process until it asks: 8 MB.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_THRESHOLD = -3  # M_MMAP_THRESHOLD in malloc.h
_LARGE = 256 << 10  # bytes


def give_back() -> None:
    """Map blocks of a quarter of a megabyte and more apart from now on; without glibc, do nothing."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_THRESHOLD, _LARGE)


def trim() -> None:
    """Give back what was freed between small blocks, too, a few milliseconds' work; without glibc, do nothing."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
