"""Where in the lines of a mail the code of its diffs stands: in which language, and which of it is within a comment.

Pure, and made once a mail: a hunk may begin in the middle of a comment, which only its later lines betray.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from patchwatch.tui.render.syntax import has_block_comments, language


@dataclass(frozen=True, slots=True)
class Code:
    """The hunks of a mail."""

    starts: tuple[int, ...] = ()  # the lines that hunks, and what is between them, begin at
    languages: tuple[str, ...] = ()  # of each; empty between hunks
    commented: bytes = b""  # a byte a line: whether it begins within a comment

    def language_at(self, number: int) -> str:
        """The language of a line; empty outside of hunks."""
        at = bisect_right(self.starts, number) - 1
        return self.languages[at] if at >= 0 else ""

    def commented_at(self, number: int) -> bool:
        """Whether a line begins within a comment."""
        return number < len(self.commented) and bool(self.commented[number])


NO_CODE = Code()


def code_of(lines: Sequence[tuple[str, bool]]) -> Code:
    """The hunks among lines; of each line it is said whether it belongs to a diff."""
    starts: list[int] = []
    languages: list[str] = []
    commented = bytearray(len(lines))
    spoken = ""
    hunk = -1  # the first line of the one that is open
    for number, (text, in_diff) in enumerate(lines):
        begins = in_diff and text[:1] == "@" and text.startswith("@@ ")
        ends = not in_diff or text.startswith(("diff --git ", "Index: ")) or _names_file(lines, number)
        if hunk >= 0 and (begins or ends):
            _find_comments(lines, hunk, number, spoken, commented)
            starts.append(number)
            languages.append("")
            hunk = -1
        if in_diff and _names_file(lines, number):
            spoken = language(_path(text, lines[number + 1][0]))
        if begins:
            starts.append(number + 1)
            languages.append(spoken)
            hunk = number + 1
    if hunk >= 0:
        _find_comments(lines, hunk, len(lines), spoken, commented)
    return Code(tuple(starts), tuple(languages), bytes(commented))


def _names_file(lines: Sequence[tuple[str, bool]], number: int) -> bool:
    """Whether `--- a/old` stands here and `+++ b/new` below it."""
    return lines[number][0].startswith("--- ") and number + 1 < len(lines) and lines[number + 1][0].startswith("+++ ")


def _path(old: str, new: str) -> str:
    name = new[4:].partition("\t")[0].strip()
    return old[4:].partition("\t")[0].strip() if name == "/dev/null" else name


def _find_comments(lines: Sequence[tuple[str, bool]], first: int, end: int, spoken: str, commented: bytearray) -> None:
    """Mark the lines of a hunk that begin within a comment, in the old file and in the new one."""
    if not has_block_comments(spoken):
        return
    for foreign in "-+":  # the new file has no removed lines, the old one no added ones
        side = [number for number in range(first, end) if lines[number][0][:1] != foreign]
        inside = _begins_inside([lines[number][0] for number in side])
        for number in side:
            text = lines[number][0]
            if inside:
                commented[number] = 1
            if "/*" in text or "*/" in text:
                inside = text.rfind("/*") > text.rfind("*/")


def _begins_inside(side: Sequence[str]) -> bool:
    """Whether a file's part begins within a comment: one ends that never began, or the first line looks like one's."""
    for text in side:
        opening, closing = text.find("/*"), text.find("*/")
        if closing >= 0 and (opening < 0 or closing < opening):
            return True
        if opening >= 0:
            return False
    words = next((text[1:].split() for text in side if text[1:].strip()), [""])
    return words[0] == "*"
