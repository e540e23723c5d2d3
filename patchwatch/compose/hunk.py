"""Cut the quote of a reply to one place of a diff: the file, the hunk, and its lines up to the one that is answered.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from patchwatch.sanitize import block

HUNK = "this hunk"

_LINES_ABOVE = 15  # of a hunk that are kept above the last line
_LEFT_OUT = "[...]"


class DiffLine(NamedTuple):
    """A line of the diff in a mail, as it is shown: white space does not count."""

    text: str
    number: int = 0  # about where it is among the lines of the diff, from 0
    above: tuple[str, ...] = ()  # lines above it, the nearest first, by which it is told from others with the same text


def find(lines: Sequence[str], wanted: DiffLine) -> int:
    """The index of a line of a diff, or of the one with its number if none has its text."""
    keys = [_key(text) for text in lines]
    text, above = _key(wanted.text), [_key(one) for one in wanted.above]

    def alike(at: int) -> int:
        same = 0
        while same < min(len(above), at) and keys[at - 1 - same] == above[same]:
            same += 1
        return same

    found = [at for at, key in enumerate(keys) if key == text]
    best = min(found, key=lambda at: (-alike(at), abs(at - wanted.number)), default=wanted.number)
    return min(best, max(len(lines) - 1, 0))


def _key(text: str) -> str:
    return "".join(block(text).split())


def cut(lines: Sequence[str], at: int) -> list[str]:
    """The lines of a diff to quote for the line with index `at`.

    For the line of a hunk, these are the line that names the file, the heading of the hunk, and the last lines up to
    this one; for the heading of a hunk, all of the hunk; for what is above the hunks, all changes to the file.
    """
    first, end = _file_around(lines, at)
    hunks = [n for n in range(first, end) if lines[n].startswith("@@")]
    hunk = max((n for n in hunks if n <= at), default=None)
    if hunk is None:
        return list(lines[first:end])
    name = next(
        (text for text in lines[first:hunk] if text.startswith("diff --git ")),
        next((text for text in lines[first:hunk] if text.startswith("+++ ")), ""),
    )
    head = [name, lines[hunk]] if name else [lines[hunk]]
    if at == hunk:
        return [*head, *lines[hunk + 1 : min((n for n in hunks if n > at), default=end)]]
    start = max(at - _LINES_ABOVE + 1, hunk + 1)
    return [*head, *([_LEFT_OUT] if start > hunk + 1 else []), *lines[start : at + 1]]


def place(lines: Sequence[str], at: int) -> str:
    """`this hunk`, or `this file`: what `cut` leaves of the diff for the line with index `at`."""
    first, _ = _file_around(lines, at)
    return HUNK if any(text.startswith("@@") for text in lines[first : at + 1]) else "this file"


def _file_around(lines: Sequence[str], at: int) -> tuple[int, int]:
    """The range of the lines that are about the file of a line."""
    starts = [n for n, text in enumerate(lines) if text.startswith("diff --git ")]
    if not starts:  # not made by git
        named = range(len(lines) - 1)
        starts = [n for n in named if lines[n].startswith("--- ") and lines[n + 1].startswith("+++ ")]
    first = max((n for n in starts if n <= at), default=0)
    return first, min((n for n in starts if n > at), default=len(lines))
