"""A diff taken apart: files, hunks, lines.

For people to read and compare, never to be applied: what mail programs break (wrapped lines, blank context lines
stripped, hunks cut off) is mended as far as it can be and marked as damaged.  Never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_GIT = re.compile(r'diff --git ("?)(?:[a-z]/)?(.+?)\1 ("?)(?:[a-z]/)?(.+?)\3')
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@ ?(.*)")
_MODE = re.compile(r"(new file|deleted file|old|new) mode (\d{6})")
_MOVED = re.compile(r'(rename|copy) (from|to) "?(.+?)"?')
_INDEX = re.compile(r"index ([0-9a-f]+)\.\.([0-9a-f]+)(?: \d{6})?")
_DEV_NULL = "/dev/null"


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines and what stands around them."""

    function: str  # what git puts behind the second @@; may be empty
    lines: tuple[str, ...]  # each with its marker in front: " ", "+", "-", or "\\" (no newline at the end of the file)


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a diff does to one file."""

    old: str  # its name before; empty for a new file
    new: str  # its name after; empty for a deleted one
    hunks: tuple[Hunk, ...] = ()
    modes: tuple[str, str] | None = None  # before and after, where the mode changes
    copied: bool = False  # the old file stays
    binary: str = ""  # git's abbreviated name of a binary content, the only thing known of it

    @property
    def heading(self) -> str:
        """Its name and what happens to it as a whole, in the words of `git range-diff`."""
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
        """The name it is known by: the new one, of a deleted file the old one."""
        return self.new or self.old


@dataclass(frozen=True, slots=True)
class Diff:
    """All files of a patch, in order."""

    files: tuple[FileChange, ...] = ()
    damaged: bool = False  # lines were wrapped or are missing: what is shown is a guess


def read_diff(text: str) -> Diff:
    """Take a diff apart; what stands before, between and after its files (a signature, base-commit) is left out."""
    reader = _Reader()
    lines = text.split("\n")
    for number, one in enumerate(lines):
        reader.take(one, lines[number + 1] if number + 1 < len(lines) else "")
    return reader.result()


@dataclass(slots=True)
class _File:
    """A file while it is read."""

    old: str
    new: str
    git: bool  # began with git's header line, which the lines `---` and `+++` only repeat
    hunks: list[tuple[str, list[str]]] = field(default_factory=list)
    modes: dict[str, str] = field(default_factory=dict)
    copied: bool = False
    content: str = ""  # git's name of it, whatever it is; of a deleted file, of what it was
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


class _Reader:
    """The state between two lines."""

    def __init__(self) -> None:
        self._files: list[_File] = []
        self._old = self._new = 0  # lines of the open hunk still to come
        self._damaged = False
        self._skip = False  # the line before has read this one too

    def take(self, one: str, following: str) -> None:
        if self._skip:
            self._skip = False
        elif one.startswith("diff --git "):
            self._close()
            names = _GIT.fullmatch(one)
            old, new = (names[2], names[4]) if names else (one[11:], one[11:])
            self._files.append(_File(old, new, git=True))
        elif self._old or self._new:
            self._in_hunk(one, following)
        elif one.startswith("@@ ") and (found := _HUNK.match(one)) and self._files:
            self._open(found)
        elif one.startswith("--- ") and following.startswith("+++ "):
            self._names(one[4:], following[4:])
            self._skip = True
        elif self._files:
            self._header(self._files[-1], one)

    def result(self) -> Diff:
        self._close()
        return Diff(tuple(one.done() for one in self._files), self._damaged)

    def _open(self, found: re.Match[str]) -> None:
        self._close()
        self._old, self._new = (int((count or "1")[:9]) for count in found.group(1, 2))
        self._files[-1].hunks.append((found[3].strip(), []))

    def _close(self) -> None:
        """A file or hunk begins; the hunk before must be at its end."""
        if self._old or self._new:
            self._damaged = True
        self._old = self._new = 0

    def _in_hunk(self, one: str, following: str) -> None:
        lines = self._files[-1].hunks[-1][1]
        marker = one[:1]
        if marker == "+":
            self._new -= 1
        elif marker == "-":
            self._old -= 1
        elif marker in (" ", "", "\r"):  # mail programs strip the blank of an empty context line
            self._old, self._new = self._old - 1, self._new - 1
            one = one if marker == " " else " "
        elif marker == "\\":
            pass
        elif found := _HUNK.match(one):
            self._open(found)
            return
        else:
            self._damaged = True
            if lines:
                lines[-1] += f" {one}"  # the end of a line that was wrapped
            return
        if self._old < 0 or self._new < 0:
            self._damaged = True
            self._old, self._new = max(self._old, 0), max(self._new, 0)
        lines.append(one)
        if not (self._old or self._new) and following.startswith("\\ "):
            lines.append(following)
            self._skip = True

    def _names(self, before: str, after: str) -> None:
        """The lines `---` and `+++`, which begin a file where git's header line does not."""
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

    def _header(self, last: _File, one: str) -> None:
        if last.hunks or last.binary or not last.git:
            return
        if one.startswith("GIT binary patch") or (one.startswith("Binary files ") and one.endswith(" differ")):
            last.binary = True
        elif found := _MODE.fullmatch(one):
            last.modes[found[1]] = found[2]
        elif found := _MOVED.fullmatch(one):
            last.copied = found[1] == "copy"
            if found[2] == "from":
                last.old = found[3]
            else:
                last.new = found[3]
        elif found := _INDEX.fullmatch(one):
            # Abbreviated differently by different people: seven digits are what all have.
            last.content = (found[1] if set(found[2]) == {"0"} else found[2])[:7]


def _without_tree(name: str) -> str:
    """`linux-next/mm/slab.c` without the tree; empty for /dev/null."""
    return "" if name.startswith(_DEV_NULL) else name.partition("/")[2].strip() or name


def changed_lines(files: Iterable[FileChange]) -> list[tuple[str, str]]:
    """What a patch adds and removes, in order: the file, and the line with its marker."""
    return [(f.path, one) for f in files for hunk in f.hunks for one in hunk.lines if one[:1] in ("+", "-")]
