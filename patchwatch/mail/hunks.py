"""Parse a diff into files, hunks and lines.

The result is for display and comparison, not for applying.  Damage by mail programs (wrapped lines, stripped context
lines, truncated hunks) is repaired where possible, and the diff is marked as damaged.  Never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from patchwatch.pattern import Pattern

_GIT = Pattern(r'diff --git ("?)(?:[a-z]/)?(.+?)\1 ("?)(?:[a-z]/)?(.+?)\3')
_HUNK = Pattern(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@ ?(.*)")
_MODE = Pattern(r"(new file|deleted file|old|new) mode (\d{6})")
_MOVED = Pattern(r'(rename|copy) (from|to) "?(.+?)"?')
_INDEX = Pattern(r"index ([0-9a-f]+)\.\.([0-9a-f]+)(?: \d{6})?")
_DEV_NULL = "/dev/null"


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines with their context."""

    function: str  # the text after the second @@; may be empty
    lines: tuple[str, ...]  # each begins with its marker: " ", "+", "-", or "\\" (no newline at the end of the file)


@dataclass(frozen=True, slots=True)
class FileChange:
    """The changes of a diff to one file."""

    old: str  # name before; empty for a new file
    new: str  # name after; empty for a deleted file
    hunks: tuple[Hunk, ...] = ()
    modes: tuple[str, str] | None = None  # before and after, if the mode changes
    copied: bool = False  # the old file remains
    binary: str = ""  # the abbreviated object id of a binary file, the only thing known about its content

    @property
    def heading(self) -> str:
        """The name and what happens to the file as a whole, as `git range-diff` words it."""
        if not self.old:
            words = f"{self.new} (new)"
        elif not self.new:
            words = f"{self.old} (deleted)"
        elif self.old != self.new:
            words = f"{self.old} => {self.new}" + (" (copy)" if self.copied else "")
        else:
            words = self.new
        return f"{words} (mode change {self.modes[0]} => {self.modes[1]})" if self.modes else words

    @property
    def path(self) -> str:
        """The new name, or the old name of a deleted file."""
        return self.new or self.old


@dataclass(frozen=True, slots=True)
class Diff:
    """All files of a patch, in order."""

    files: tuple[FileChange, ...] = ()
    damaged: bool = False  # lines are wrapped or missing: the result is a guess


def read_diff(text: str) -> Diff:
    """Parse a diff; text before, between and after its files (a signature, base-commit) is ignored."""
    parser = _Parser()
    lines = text.split("\n")
    for number, line in enumerate(lines):
        parser.feed(line, lines[number + 1] if number + 1 < len(lines) else "")
    return parser.result()


@dataclass(slots=True)
class _File:
    """A file while it is parsed."""

    old: str
    new: str
    git: bool  # began with git's header line; the lines `---` and `+++` only repeat it
    hunks: list[tuple[str, list[str]]] = field(default_factory=list)
    modes: dict[str, str] = field(default_factory=dict)
    copied: bool = False
    content: str = ""  # the object id of the new content, or of a deleted file
    binary: bool = False

    def done(self) -> FileChange:
        old = "" if "new file" in self.modes else self.old
        new = "" if "deleted file" in self.modes else self.new
        changed = "old" in self.modes and "new" in self.modes
        return FileChange(
            old=old,
            new=new if new or old else self.old,
            hunks=tuple(Hunk(function, tuple(lines)) for function, lines in self.hunks),
            modes=(self.modes["old"], self.modes["new"]) if changed else None,
            copied=self.copied,
            binary=(self.content or "unknown") if self.binary else "",
        )


class _Parser:
    """The state between two lines."""

    def __init__(self) -> None:
        self._files: list[_File] = []
        self._old = self._new = 0  # remaining lines of the open hunk
        self._damaged = False
        self._skip = False  # this line was parsed together with the one before

    def feed(self, line: str, following: str) -> None:
        if self._skip:
            self._skip = False
        elif line.startswith("diff --git "):
            self._close()
            names = _GIT.fullmatch(line)
            old, new = (names[2], names[4]) if names else (line[11:], line[11:])
            self._files.append(_File(old, new, git=True))
        elif self._old or self._new:
            self._in_hunk(line, following)
        elif line.startswith("@@ ") and (found := _HUNK.match(line)) and self._files:
            self._open(found)
        elif line.startswith("--- ") and following.startswith("+++ "):
            self._names(line[4:], following[4:])
            self._skip = True
        elif self._files:
            self._header(self._files[-1], line)

    def result(self) -> Diff:
        self._close()
        return Diff(tuple(file.done() for file in self._files), self._damaged)

    def _open(self, found: re.Match[str]) -> None:
        self._close()
        self._old, self._new = (int((count or "1")[:9]) for count in found.group(1, 2))
        self._files[-1].hunks.append((found[3].strip(), []))

    def _close(self) -> None:
        """End the open hunk, as a file or hunk begins; it is damaged if lines are missing."""
        if self._old or self._new:
            self._damaged = True
        self._old = self._new = 0

    def _in_hunk(self, line: str, following: str) -> None:
        lines = self._files[-1].hunks[-1][1]
        marker = line[:1]
        if marker == "+":
            self._new -= 1
        elif marker == "-":
            self._old -= 1
        elif marker in (" ", "", "\r"):  # mail programs strip the space of an empty context line
            self._old, self._new = self._old - 1, self._new - 1
            line = line if marker == " " else " "
        elif marker == "\\":
            pass
        elif found := _HUNK.match(line):
            self._open(found)
            return
        else:
            self._damaged = True
            if lines:
                lines[-1] += f" {line}"  # the rest of a wrapped line
            return
        if self._old < 0 or self._new < 0:
            self._damaged = True
            self._old, self._new = max(self._old, 0), max(self._new, 0)
        lines.append(line)
        if not (self._old or self._new) and following.startswith("\\ "):
            lines.append(following)
            self._skip = True

    def _names(self, before: str, after: str) -> None:
        """Handle the lines `---` and `+++`, which begin a file unless git's header line did."""
        last = self._files[-1] if self._files else None
        if last is None or not last.git or last.hunks:
            old, new = (name.partition("\t")[0].strip() for name in (before, after))
            names = [_without_tree(old.partition("~")[0]), _without_tree(new)]  # quilt's "~name-of-the-patch"
            last = _File(names[0] or names[1], names[1] or names[0], git=False)
            self._files.append(last)
        if before.startswith(_DEV_NULL):
            last.modes.setdefault("new file", "")
        if after.startswith(_DEV_NULL):
            last.modes.setdefault("deleted file", "")

    def _header(self, last: _File, line: str) -> None:
        if last.hunks or last.binary or not last.git:
            return
        if line.startswith("GIT binary patch") or (line.startswith("Binary files ") and line.endswith(" differ")):
            last.binary = True
        elif found := _MODE.fullmatch(line):
            last.modes[found[1]] = found[2]
        elif found := _MOVED.fullmatch(line):
            last.copied = found[1] == "copy"
            if found[2] == "from":
                last.old = found[3]
            else:
                last.new = found[3]
        elif found := _INDEX.fullmatch(line):
            # The length of the abbreviation differs between people, but is at least seven digits.
            last.content = (found[1] if set(found[2]) == {"0"} else found[2])[:7]


def _without_tree(name: str) -> str:
    """The name without its first component (`linux-next/mm/slab.c`); empty for /dev/null."""
    return "" if name.startswith(_DEV_NULL) else name.partition("/")[2].strip() or name
