"""Tests of patchwatch.sync.large_blocks."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from patchwatch.sync import large_blocks

# Prints 1 if a block of a megabyte is mapped apart from the others, after one of eight was freed.
SCRIPT = """
import ctypes
from patchwatch.sync.large_blocks import give_back

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "free", "fast", "mapped", *"abcdef")]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Info
give_back()
freed = bytearray(8 << 20)
del freed
before = libc.mallinfo2().mapped
kept = bytearray(1 << 20)
print(libc.mallinfo2().mapped - before)
"""


# Prints the bytes of memory that the process has no more, after small blocks below one that stays were freed.
TRIM = """
from pathlib import Path
from patchwatch.sync.large_blocks import trim

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

blocks = [bytes(2000) for _ in range(10_000)]
kept = blocks.pop()
blocks.clear()
before = resident()
trim()
print(before - resident())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="needs glibc 2.33")
def test_a_block_is_mapped_apart_after_a_larger_one_was_freed() -> None:
    assert int(subprocess.check_output([sys.executable, "-c", SCRIPT])) == 1


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs glibc")
def test_small_blocks_that_were_freed_are_given_back() -> None:
    assert int(subprocess.check_output([sys.executable, "-c", TRIM])) > 10_000_000


def test_another_c_library_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    large_blocks.give_back()
    large_blocks.trim()
