"""The code in the diffs of a mail: the language of each line, and whether it begins inside a comment.

Pure.  Computed for a whole mail, because a hunk may begin in the middle of a comment and only later lines show it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from patchwatch.tui.render.syntax import has_block_comments, language


@dataclass(frozen=True, slots=True)
class Code:
    """The hunks of a mail."""

    starts: tuple[int, ...] = ()  # the first lines of hunks, and of the text between them
    languages: tuple[str, ...] = ()  # one for each start; empty between hunks
    commented: bytes = b""  # one byte for each line: 1 if it begins inside a comment

    def language_at(self, number: int) -> str:
        """The language of a line; empty outside of hunks."""
        at = bisect_right(self.starts, number) - 1
        return self.languages[at] if at >= 0 else ""

    def commented_at(self, number: int) -> bool:
        """True if a line begins inside a comment."""
        return number < len(self.commented) and bool(self.commented[number])


NO_CODE = Code()


def code_of(lines: Sequence[tuple[str, bool]]) -> Code:
    """Find the hunks in lines of text, each with True if it belongs to a diff."""
    starts: list[int] = []
    languages: list[str] = []
    commented = bytearray(len(lines))
    lang = ""
    hunk = -1  # the first line of the current hunk
    for number, (text, in_diff) in enumerate(lines):
        begins = in_diff and text[:1] == "@" and text.startswith("@@ ")
        ends = not in_diff or text.startswith(("diff --git ", "Index: ")) or _names_file(lines, number)
        if hunk >= 0 and (begins or ends):
            _find_comments(lines, hunk, number, lang, commented)
            starts.append(number)
            languages.append("")
            hunk = -1
        if in_diff and _names_file(lines, number):
            lang = language(_path(text, lines[number + 1][0]))
        if begins:
            starts.append(number + 1)
            languages.append(lang)
            hunk = number + 1
    if hunk >= 0:
        _find_comments(lines, hunk, len(lines), lang, commented)
    return Code(tuple(starts), tuple(languages), bytes(commented))


def _names_file(lines: Sequence[tuple[str, bool]], number: int) -> bool:
    """True if this line is `--- a/old` and the next one `+++ b/new`."""
    return lines[number][0].startswith("--- ") and number + 1 < len(lines) and lines[number + 1][0].startswith("+++ ")


def _path(old: str, new: str) -> str:
    name = new[4:].partition("\t")[0].strip()
    return old[4:].partition("\t")[0].strip() if name == "/dev/null" else name


def _find_comments(lines: Sequence[tuple[str, bool]], first: int, end: int, lang: str, commented: bytearray) -> None:
    """Mark the lines of a hunk that begin inside a comment, in the old and in the new file."""
    if not has_block_comments(lang):
        return
    for other_side in "-+":  # the new file has no removed lines, the old one no added ones
        side = [number for number in range(first, end) if lines[number][0][:1] != other_side]
        inside = _begins_inside([lines[number][0] for number in side])
        for number in side:
            text = lines[number][0]
            if inside:
                commented[number] = 1
            if "/*" in text or "*/" in text:
                inside = text.rfind("/*") > text.rfind("*/")


def _begins_inside(side: Sequence[str]) -> bool:
    """True if a hunk begins inside a comment: one ends without a beginning, or the first line starts with `*`."""
    for text in side:
        opening, closing = text.find("/*"), text.find("*/")
        if closing >= 0 and (opening < 0 or closing < opening):
            return True
        if opening >= 0:
            return False
    words = next((text[1:].split() for text in side if text[1:].strip()), [""])
    return words[0] == "*"
