"""The files that a revision changes, as a tree of directories, with the patches and the numbers of lines.

Pure; reads only the patches.  A directory with a single entry, another directory, is joined with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patchwatch.sanitize import line
from patchwatch.tui.render.page import Line, Page

_MAX_DEPTH = 30  # directories; longer paths are hostile


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one patch to one file."""

    path: str
    message_id: str
    patch: int
    title: str
    added: int
    removed: int
    lines: tuple[Line, ...]
    first: int  # number of the first one among the lines of the diff, from 0


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A directory (without changes) or a file of the tree."""

    path: str
    name: str
    depth: int
    added: int
    removed: int
    changes: tuple[Change, ...]


def changes(page: Page, patch: int, title: str) -> list[Change]:
    """The changes of the patch on a page, one for each file."""
    lines = [one for one in page.lines if one.kind == "diff"]
    starts = [n for n, one in enumerate(lines) if one.text.startswith("diff --git ")]
    if not starts:  # not made by git
        starts = [n for n in range(len(lines) - 1) if _names_file(lines, n)]
    found = []
    for first, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        part = lines[first:end]
        body = _in_hunks(part)
        added, removed = (sum(text[:1] == sign for text in body) for sign in "+-")
        found.append(Change(_path(part), page.message_id, patch, title, added, removed, tuple(part), first))
    return found


def _names_file(lines: Sequence[Line], number: int) -> bool:
    return lines[number].text.startswith("--- ") and lines[number + 1].text.startswith("+++ ")


def _in_hunks(part: Sequence[Line]) -> list[str]:
    first = next((n for n, one in enumerate(part) if one.text.startswith("@@")), len(part))
    return [one.text for one in part[first:]]


def _path(part: Sequence[Line]) -> str:
    for number in range(len(part) - 1):
        if _names_file(part, number):
            old, new = (_bare(part[number + below].text[4:]) for below in (0, 1))
            return old if new == "/dev/null" else new
        if part[number].text.startswith("@@"):
            break
    renamed = next((one.text[10:] for one in part if one.text.startswith("rename to ")), "")
    return line(renamed) or _bare(part[0].text.removeprefix("diff --git ").rpartition(" b/")[2])


def _bare(name: str) -> str:
    name = line(name.partition("\t")[0]).strip('"')
    return name if name == "/dev/null" else name.removeprefix("a/").removeprefix("b/") or "?"


def tree(file_changes: Iterable[Change]) -> list[TreeEntry]:
    """The files of these changes below their directories, sorted by name."""
    by_path: dict[str, list[Change]] = {}
    for change in file_changes:
        by_path.setdefault(change.path, []).append(change)
    entries: list[TreeEntry] = []
    _add_entries([(path.split("/", _MAX_DEPTH), path) for path in sorted(by_path)], by_path, 0, "", entries)
    return entries


def _add_entries(
    paths: Sequence[tuple[Sequence[str], str]],
    by_path: dict[str, list[Change]],
    depth: int,
    above: str,
    entries: list[TreeEntry],
) -> None:
    """Add the entries below a directory; `paths` has the remaining parts of each path, and the whole path."""
    groups: dict[str, list[tuple[Sequence[str], str]]] = {}
    for parts, path in paths:
        groups.setdefault(parts[0], []).append((parts, path))
    for name, group in groups.items():
        if len(group) == 1 and len(group[0][0]) == 1:
            changed = tuple(by_path[group[0][1]])
            entries.append(_entry(group[0][1], name, depth, changed, changed))
            continue
        joined, inner = name, [(parts[1:], path) for parts, path in group if len(parts) > 1]
        while len({parts[0] for parts, _ in inner}) == 1 and all(len(parts) > 1 for parts, _ in inner):
            joined += f"/{inner[0][0][0]}"
            inner = [(parts[1:], path) for parts, path in inner]
        below = tuple(change for _, path in inner for change in by_path[path])
        entries.append(_entry(f"{above}{joined}/", f"{joined}/", depth, (), below))
        _add_entries(inner, by_path, depth + 1, f"{above}{joined}/", entries)
        for parts, path in group:
            if (
                len(parts) == 1
            ):  # a file with the name of a directory: one patch removes it and another creates the directory
                changed = tuple(by_path[path])
                entries.append(_entry(path, name, depth, changed, changed))


def _entry(path: str, name: str, depth: int, own: tuple[Change, ...], below: Sequence[Change]) -> TreeEntry:
    return TreeEntry(path, name, depth, sum(c.added for c in below), sum(c.removed for c in below), own)
