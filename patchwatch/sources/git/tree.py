"""Read a configured git tree: its branches, their new commits, the commits that left them, the tags.

The repository is only read, never fetched, and git runs confined (patchwatch.sources.git.command).
"""

from __future__ import annotations

import fnmatch
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from patchwatch.config import Tree
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.mail.diff import patch_id
from patchwatch.mail.message import Person
from patchwatch.series.commit_match import Commit, read_message
from patchwatch.series.state.merge_window import is_window_tag
from patchwatch.sources.git.command import Git, git_directory, pipe

_DAY = 86_400
_LATEST = 2**40  # seconds: some committers' clocks are further off, and databases hold no more than 63 bits
_DEFAULT = "refs/remotes/origin/HEAD"
_FIELDS = ("%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%B")
_BLOCK = 1 << 20
# Renames as in mails (format-patch); no program that a repository's config or attributes name may run.
_PATCH = ("--stdin", "-p", "-M", "--root", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/")


@dataclass(frozen=True, slots=True)
class Position:
    """How far a tree was read."""

    tips: tuple[str, ...]  # of its branches
    since: int  # earlier commits were not read: UTC, seconds
    since_days: int  # as configured then

    def to_json(self) -> str:
        """The form for the database."""
        return json.dumps({"tips": self.tips, "since": self.since, "since_days": self.since_days})


def parse_position(text: str | None) -> Position | None:
    """Parse the result of `Position.to_json`."""
    if not text:
        return None
    fields = json.loads(text)
    return Position(tuple(fields["tips"]), fields["since"], fields["since_days"])


class TreeReader:
    """Reads one configured tree."""

    def __init__(self, tree: Tree) -> None:
        """Find the repository.

        Raises:
            NotFoundError: there is no repository at the path.
            InvalidInputError: the path is not readable.
        """
        path = Path(tree.path).expanduser()
        try:
            directory = git_directory(path)
        except OSError as error:
            raise InvalidInputError(
                f"can't read {path}: {error.strerror}. Fix its permissions, or tree.path."
            ) from None
        if directory is None:
            raise NotFoundError(f"no git repository at {path}. Set tree.path to a clone, bare or not.")
        self._git = Git(directory, place=path)
        self._tree = tree

    def tips(self) -> tuple[str, ...]:
        """The newest commits of the configured branches.

        A missing branch is an error, not an empty branch: its commits would be forgotten, and come back with the next
        fetch.  A glob may match nothing, as long as another one matches.

        Raises:
            InvalidInputError: a configured branch is missing, or there is no branch at all.
            PatchwatchError: git can't read the repository.
        """
        if not self._tree.branches:
            tip = self._commit(_DEFAULT) or self._commit("HEAD")
            if tip is None:
                raise InvalidInputError(
                    f"{self._git.place}: {_DEFAULT} and HEAD are not commits. Set tree.branches. {self._available()}"
                )
            return (tip,)
        refs = self._branches()
        found: set[str] = set()
        for wanted in self._tree.branches:
            matching = {commit for name, commit in refs.items() if _names(wanted, name)}
            if not matching and not set("*?[") & set(wanted):
                raise InvalidInputError(
                    f"{self._git.place}: no branch {wanted!r}. Fetch it, or fix tree.branches. {self._available()}"
                )
            found |= matching
        if not found:
            raise InvalidInputError(
                f"{self._git.place}: no branch matches {', '.join(self._tree.branches)}. "
                f"Fix tree.branches. {self._available()}"
            )
        return tuple(sorted(found))

    def newest(self) -> int:
        """The commit time of the newest commit on the branches: UTC, seconds.

        Raises:
            InvalidInputError: as for `tips`.
            PatchwatchError: git can't read the repository.
        """
        command = ("rev-list", "--no-walk", "--timestamp", "--stdin")
        return max(_seconds(line.split()[0]) for line in _lines(self._git.run(*command, stdin=_joined(self.tips()))))

    def tags(self) -> list[tuple[str, int]]:
        """Name and time (UTC, seconds) of the tags that delimit merge windows."""
        lines = _lines(self._git.run("for-each-ref", "--format=%(refname) %(creatordate:unix)", "refs/tags/v*"))
        pairs = (line.removeprefix("refs/tags/").rpartition(" ") for line in lines)
        return sorted((name, _seconds(time)) for name, _, time in pairs if is_window_tag(name))

    def begin(self, before: Position | None, now: int) -> Position:
        """The position to continue from after `before`; it has no tips if everything must be read again."""
        days = self._tree.since_days
        if before is None or before.since_days != days:
            return Position((), max(now - days * _DAY, 0), days)
        if before.tips != self._present(before.tips):
            return Position((), before.since, days)  # old commits are gone: history was rewritten, then pruned
        return before

    def commits(self, tips: Sequence[str], begin: Position) -> Iterator[Commit]:
        """The commits reachable from `tips` but not from `begin`'s tips, newest first.

        Raises:
            PatchwatchError: git failed, or an object is missing.
        """
        options = [f"--max-age={begin.since}", "--stdin", f"--format={'%x00'.join(_FIELDS)}%x00", "--encoding=UTF-8"]
        fields: list[str] = []
        for field in self._stream("rev-list", *options, stdin=_range(tips, begin.tips), end=b"\0"):
            fields.append(field)
            if len(fields) == len(_FIELDS):
                yield _commit(fields)
                fields = []

    def left(self, tips: Sequence[str], begin: Position) -> set[str]:
        """The commits reachable from `begin`'s tips but no longer from `tips`: a branch was rewound or rebased.

        Raises:
            PatchwatchError: git failed, or an object is missing.
        """
        limit = f"--max-age={begin.since}"
        return set(_lines(self._git.run("rev-list", limit, "--stdin", stdin=_range(begin.tips, tips))))

    def partial(self) -> bool:
        """True for a partial clone, which lacks the blobs that patch-ids are computed from until they are fetched."""
        return "extensions.partialclone" in _lines(self._git.run("config", "--local", "--list", "--name-only"))

    def patch_ids(self, shas: Sequence[str]) -> dict[str, str]:
        """The patch-id of each commit, the same as that of its mail; empty if it has none.

        Raises:
            PatchwatchError: git failed, or an object is missing.
        """
        found = dict.fromkeys(shas, "")
        sha = ""
        diff: list[str] = []
        for line in self._stream("diff-tree", *_PATCH, "--dst-prefix=b/", stdin=_joined(shas), end=b"\n"):
            if line in found:
                if diff:
                    found[sha] = patch_id("".join(diff))
                sha, diff = line, []
            else:
                diff.append(line + "\n")
        if diff:
            found[sha] = patch_id("".join(diff))
        return found

    # ---- git's output ----------------------------------------------------------------------------------------------

    def _commit(self, name: str) -> str | None:
        output = _lines(self._git.run("cat-file", "--batch-check", stdin=f"{name}^{{commit}}\n".encode()))[0].split()
        return output[0] if output[1] == "commit" else None

    def _present(self, shas: Sequence[str]) -> tuple[str, ...]:
        lines = _lines(self._git.run("cat-file", "--batch-check", stdin=_joined(shas)))
        return tuple(sha for sha, line in zip(shas, lines, strict=True) if line.split()[1] == "commit")

    def _branches(self) -> dict[str, str]:
        output = self._git.run(
            "for-each-ref", "--format=%(objecttype) %(objectname) %(refname)", "refs/heads", "refs/remotes"
        )
        refs = (line.split(" ", 2) for line in _lines(output))
        return {name: commit for kind, commit, name in refs if kind == "commit"}

    def _available(self) -> str:
        names = [name.removeprefix("refs/heads/").removeprefix("refs/remotes/") for name in self._branches()]
        first = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        return f"Branches: {first}." if names else "The repository has no branches."

    def _stream(self, *arguments: str, stdin: bytes, end: bytes) -> Iterator[str]:
        """The output of a git command, in pieces that end with `end`."""
        with (
            tempfile.TemporaryFile() as stderr,
            tempfile.TemporaryFile() as stdin_file,  # not a pipe, which could fill up while git blocks on its output
        ):
            stdin_file.write(stdin)
            stdin_file.seek(0)
            with self._git.start(*arguments, stdin=stdin_file, stderr=stderr) as process:
                try:
                    rest = b""
                    while block := pipe(process.stdout).read(_BLOCK):
                        *pieces, rest = (rest + block).split(end)
                        for piece in pieces:
                            yield piece.decode("utf-8", "replace")
                    if process.wait():
                        stderr.seek(0)
                        raise self._git.failure(stderr.read())
                finally:
                    process.kill()


def _names(wanted: str, ref: str) -> bool:
    """True if `wanted` (main, origin/main, refs/heads/main, for-*) matches a ref."""
    short = ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    return fnmatch.fnmatchcase(short, wanted) or fnmatch.fnmatchcase(ref, wanted)


def _range(tips: Iterable[str], without: Iterable[str]) -> bytes:
    return _joined([*tips, *(f"^{sha}" for sha in without)])


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _lines(output: bytes) -> list[str]:
    return output.decode(errors="replace").splitlines()


def _commit(fields: Sequence[str]) -> Commit:
    """Parse one record: a line `commit <sha>`, then the fields."""
    header, _, parents = fields[0].lstrip("\n").partition("\n")
    _, name, address, authored, committer, committer_address, committed, message = fields
    title, links, origins, reverts = read_message(message)
    return Commit(
        sha=header.removeprefix("commit ").strip("-<> "),
        author=Person(name, address.lower()),
        authored=_seconds(authored),
        committer=Person(committer, committer_address.lower()),
        committed=_seconds(committed),
        title=title[:1_000],
        links=links,
        origins=origins,
        reverts=reverts,
        merge=" " in parents,
    )


def _seconds(text: str) -> int:
    """Parse a time, limited to the supported range; 0 if it is not a number."""
    return min(max(int(text), 0), _LATEST) if text.lstrip("-").isdecimal() else 0
