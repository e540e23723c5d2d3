"""The diff of two diffs, as rows.

As in `git range-diff`, line numbers do not count, files and hunks have headings, and each row has two markers: which
version has the line, and what the line does there.  xdiff (libgit2) compares: its time is bounded on any input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from patchwatch.mail.hunks import FileChange

if TYPE_CHECKING:
    from patchwatch.libgit2 import pygit2

Outer = Literal[" ", "-", "+", "@"]
Inner = Literal[" ", "-", "+", "@", "#"]

CONTEXT = 3  # lines around a difference, as git shows and counts them
_MAX_LINES = 400_000  # of both diffs together: about three seconds at worst
_MAX_ROWS = 4_000  # of a difference; nobody reads more
_DISTINCTIVE = 8  # letters and digits; shorter lines ("return 0;") are in two patches by chance
_INNER: dict[str, Inner] = {"+": "+", "-": "-"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a difference.

    `outer` is which patch has it: both (" "), only the older ("-") or only the newer one ("+"); "@" is a heading with
    the file and function of the following rows.  `inner` is what the patch does with the line: context (" "), removed,
    added, or a heading of a file ("#") or hunk ("@") of the patch itself.
    """

    outer: Outer
    inner: Inner
    text: str


@dataclass(frozen=True)
class DiffLines:
    """The lines of a diff, each with its inner marker."""

    rows: tuple[tuple[Inner, str], ...]

    @cached_property
    def content(self) -> bytes:
        """The text to compare; headings of hunks without the function, which changes with the context."""
        lines: list[str] = []
        file = ""
        for inner, text in self.rows:
            file = text if inner == "#" else file
            lines.append(f"{inner}{file if inner == '@' else text}\n")
        return "".join(lines).encode("utf-8", "surrogatepass")

    @cached_property
    def changes(self) -> tuple[tuple[str, str], ...]:
        """The added and removed lines, each with its file, and the files."""
        found: list[tuple[str, str]] = []
        file = ""
        for inner, text in self.rows:
            if inner == "#":
                file = text
                found.append((file, ""))
            elif inner in ("+", "-"):
                found.append((file, inner + text))
        return tuple(found)

    @cached_property
    def distinctive(self) -> Counter[str]:
        """Added and removed lines that are hardly in two patches by chance, without white space, counted."""
        lines = ("".join(line.split()) for _, line in self.changes)
        return Counter(one for one in lines if sum(map(str.isalnum, one)) >= _DISTINCTIVE)


def diff_lines(files: Sequence[FileChange]) -> DiffLines:
    """The lines of a parsed diff."""
    rows: list[tuple[Inner, str]] = []
    for file in files:
        rows.append(("#", file.heading))
        if file.binary:
            rows.append(("+", f"binary content {file.binary}"))
        for hunk in file.hunks:
            rows.append(("@", hunk.function))
            for line in hunk.lines:
                marker = line[:1]
                rows.append((" ", line) if marker == "\\" else (_INNER.get(marker, " "), line[1:]))
    return DiffLines(tuple(rows))


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between two diffs, or two texts."""

    rows: tuple[Row, ...]
    context_only: int = 0  # places that differ only in context, which are not among the rows
    omitted: int = 0  # rows beyond the limit
    too_large: bool = False  # too large to compare line by line

    @property
    def changed(self) -> tuple[int, int]:
        """The numbers of added and removed lines that only the newer, and only the older, patch has."""
        own = [row.outer for row in self.rows if row.inner in ("+", "-")]
        return own.count("+"), own.count("-")


SAME = Difference(())


def too_large(older: DiffLines, newer: DiffLines) -> bool:
    """True if two diffs are too large to compare line by line."""
    return len(older.rows) + len(newer.rows) > _MAX_LINES


def cost(older: DiffLines, newer: DiffLines) -> int:
    """The number of lines of the diff of two diffs: git's measure of how much two patches differ."""
    if older.content == newer.content:
        return 0
    if too_large(older, newer):
        return len(older.rows) + len(newer.rows) - 2 * sum((older.distinctive & newer.distinctive).values())
    patch = _compared(older, newer)
    return sum(patch.line_stats) + len(patch.hunks)


def difference(older: DiffLines, newer: DiffLines) -> Difference:
    """The diff of two diffs."""
    if older.content == newer.content:
        return SAME
    if too_large(older, newer):
        return Difference((), too_large=True)
    places = _Places(newer)
    rows: list[Row] = []
    context_only = 0
    for start, part in _parts(older, newer):
        if all(row.outer == " " or row.inner in (" ", "@") for row in part):
            context_only += 1
            continue
        skipped, part = _within_headings(part)
        if part[0].inner != "#" and (place := places.before(start + skipped)):
            rows.append(Row("@", "@", place))
        rows += part
    return Difference(tuple(rows[:_MAX_ROWS]), context_only, max(len(rows) - _MAX_ROWS, 0))


def text_difference(older: str, newer: str) -> Difference:
    """The diff of two texts; every inner marker is " "."""
    one, other = (_prose(text) for text in (older, newer))
    if too_large(one, other):
        return Difference((), too_large=True)
    rows: list[Row] = []
    for number, (_, part) in enumerate(_parts(one, other)):
        rows += [*([Row("@", "@", "")] if number else []), *part]
    return Difference(tuple(rows[:_MAX_ROWS]), omitted=max(len(rows) - _MAX_ROWS, 0))


def _within_headings(part: list[Row]) -> tuple[int, list[Row]]:
    """Strip context that belongs to another file or hunk; return the count of lines stripped in front, and the rest."""
    changed = [n for n, row in enumerate(part) if row.outer != " "]
    headings = [n for n, row in enumerate(part) if row.outer == " " and row.inner in ("#", "@")]
    first = max((n for n in headings if n < changed[0]), default=-1) + 1
    if part[changed[0]].inner == "#":
        first = changed[0]
    last = min((n for n in headings if n > changed[-1]), default=len(part))
    return first, part[first:last]


def _prose(text: str) -> DiffLines:
    return DiffLines(tuple((" ", line.rstrip()) for line in text.split("\n")) if text else ())


def _compared(older: DiffLines, newer: DiffLines) -> pygit2.Patch:
    from patchwatch.libgit2 import pygit2  # takes 10 MB, and a digest compares nothing

    as_text = pygit2.enums.DiffOption.FORCE_TEXT
    return pygit2.Patch.create_from(older.content, newer.content, flag=as_text, context_lines=CONTEXT)


def _parts(older: DiffLines, newer: DiffLines) -> Iterator[tuple[int, list[Row]]]:
    """The places that differ with their context, each with the number of its first line in `newer`."""
    for hunk in _compared(older, newer).hunks:
        part: list[Row] = []
        for line in hunk.lines:
            if line.origin == "-":
                part.append(Row("-", *older.rows[line.old_lineno - 1]))
            elif line.origin in ("+", " "):
                part.append(Row("+" if line.origin == "+" else " ", *newer.rows[line.new_lineno - 1]))
        yield hunk.new_start, part


class _Places:
    """Find the file and function of lines of a diff, in ascending order."""

    def __init__(self, of: DiffLines) -> None:
        self._rows = of.rows
        self._next = 0
        self._file = self._function = ""

    def before(self, number: int) -> str:
        """The file and function of a line, counted from 1."""
        while self._next < min(number, len(self._rows)):
            inner, text = self._rows[self._next]
            if inner == "#":
                self._file, self._function = text, ""
            elif inner == "@":
                self._function = text
            self._next += 1
        return f"{self._file}: {self._function}" if self._function else self._file
