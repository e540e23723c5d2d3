"""A git tree of the config, read for its commits: which branches, what is new on them, what left them, the tags.

It is read only, and never fetched; git runs confined, as on any stranger's repository (patchwatch.sources.git.command).
What the commits mean, and where they are kept, is decided elsewhere.
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
_LATEST = 2**40  # seconds: clocks of committers have said worse, and databases hold no more than 63 bits
_DEFAULT = "refs/remotes/origin/HEAD"
_FIELDS = ("%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%B")
_BLOCK = 1 << 20
# A rename is one in mails too (format-patch); nothing that a repository's config or attributes name may run.
_PATCH = ("--stdin", "-p", "-M", "--root", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/")


@dataclass(frozen=True, slots=True)
class Position:
    """How far a tree was read."""

    tips: tuple[str, ...]  # of its branches
    since: int  # commits before it were not asked for: UTC, seconds
    since_days: int  # what the config said then

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps({"tips": self.tips, "since": self.since, "since_days": self.since_days})


def parse_position(text: str | None) -> Position | None:
    """The position that `Position.text` gave."""
    if not text:
        return None
    kept = json.loads(text)
    return Position(tuple(kept["tips"]), kept["since"], kept["since_days"])


class TreeReader:
    """One tree of the config."""

    def __init__(self, tree: Tree) -> None:
        """Find its repository.

        Raises:
            NotFoundError: there is none at its path.
            InvalidInputError: we may not look there.
        """
        path = Path(tree.path).expanduser()
        try:
            directory = git_directory(path)
        except OSError as error:
            raise InvalidInputError(f"{path} can't be read: {error.strerror}. Mend its rights or tree.path.") from None
        if directory is None:
            raise NotFoundError(
                f"there is no git repository at {path}. Set tree.path to a clone of it (its directory, or a bare one)."
            )
        self._git = Git(directory, place=path)
        self._tree = tree

    def tips(self) -> tuple[str, ...]:
        """The newest commits of its branches.

        A branch that is named and not there is an error, and not an empty branch: what was found on it would be
        forgotten, and come back with the next fetch.  A glob may match nothing, if something else matches.

        Raises:
            InvalidInputError: a branch that the config names, or any branch at all, is missing.
            PatchwatchError: git can't read the repository.
        """
        if not self._tree.branches:
            tip = self._commit(_DEFAULT) or self._commit("HEAD")
            if tip is None:
                raise InvalidInputError(
                    f"{self._git.place}: neither {_DEFAULT} nor HEAD is a commit. Set tree.branches. {self._known()}"
                )
            return (tip,)
        refs = self._branches()
        found: set[str] = set()
        for wanted in self._tree.branches:
            matching = {commit for name, commit in refs.items() if _names(wanted, name)}
            if not matching and not set("*?[") & set(wanted):
                raise InvalidInputError(
                    f"{self._git.place}: there is no branch {wanted!r}; what was read stays. "
                    f"Fetch it, or mend tree.branches. {self._known()}"
                )
            found |= matching
        if not found:
            raise InvalidInputError(
                f"{self._git.place}: no branch matches {', '.join(self._tree.branches)}. "
                f"Mend tree.branches. {self._known()}"
            )
        return tuple(sorted(found))

    def newest(self) -> int:
        """When the newest commit of its branches was made: UTC, seconds.

        Raises:
            InvalidInputError: as for `tips`.
            PatchwatchError: git can't read the repository.
        """
        wanted = ("rev-list", "--no-walk", "--timestamp", "--stdin")
        return max(_seconds(line.split()[0]) for line in _lines(self._git.run(*wanted, given=_joined(self.tips()))))

    def tags(self) -> list[tuple[str, int]]:
        """Name and time (UTC, seconds) of the tags that tell merge windows."""
        listed = _lines(self._git.run("for-each-ref", "--format=%(refname) %(creatordate:unix)", "refs/tags/v*"))
        pairs = (one.removeprefix("refs/tags/").rpartition(" ") for one in listed)
        return sorted((name, _seconds(time)) for name, _, time in pairs if is_window_tag(name))

    def begin(self, before: Position | None, now: int) -> Position:
        """Where the reading begins that comes after `before`: no tips where everything has to be read again."""
        days = self._tree.since_days
        if before is None or before.since_days != days:
            return Position((), max(now - days * _DAY, 0), days)
        if before.tips != self._present(before.tips):
            return Position((), before.since, days)  # git has forgotten what was there: rewritten, and cleaned up since
        return before

    def commits(self, tips: Sequence[str], begin: Position) -> Iterator[Commit]:
        """The commits of `tips` that are not in `begin`'s, the newest first.

        Raises:
            PatchwatchError: git failed, or an object is missing.
        """
        wanted = [f"--max-age={begin.since}", "--stdin", f"--format={'%x00'.join(_FIELDS)}%x00", "--encoding=UTF-8"]
        fields: list[str] = []
        for field in self._stream("rev-list", *wanted, given=_range(tips, begin.tips), end=b"\0"):
            fields.append(field)
            if len(fields) == len(_FIELDS):
                yield _commit(fields)
                fields = []

    def left(self, tips: Sequence[str], begin: Position) -> set[str]:
        """The commits of `begin`'s tips that are not in `tips` any more: a branch was rewound or rebased.

        Raises:
            PatchwatchError: git failed, or an object is missing.
        """
        wanted = f"--max-age={begin.since}"
        return set(_lines(self._git.run("rev-list", wanted, "--stdin", given=_range(begin.tips, tips))))

    def partial(self) -> bool:
        """Whether it is a partial clone, which lacks what patch-ids are made from until somebody fetches it."""
        return "extensions.partialclone" in _lines(self._git.run("config", "--local", "--list", "--name-only"))

    def patch_ids(self, shas: Sequence[str]) -> dict[str, str]:
        """The patch-id of each of these commits, as a mail with it would have; empty where there is none.

        Raises:
            PatchwatchError: git failed, or an object is missing.
        """
        found = dict.fromkeys(shas, "")
        sha = ""
        diff: list[str] = []
        for line in self._stream("diff-tree", *_PATCH, "--dst-prefix=b/", given=_joined(shas), end=b"\n"):
            if line in found:
                if diff:
                    found[sha] = patch_id("".join(diff))
                sha, diff = line, []
            else:
                diff.append(line + "\n")
        if diff:
            found[sha] = patch_id("".join(diff))
        return found

    # ---- parts -----------------------------------------------------------------------------------------------------

    def _commit(self, name: str) -> str | None:
        answer = _lines(self._git.run("cat-file", "--batch-check", given=f"{name}^{{commit}}\n".encode()))[0].split()
        return answer[0] if answer[1] == "commit" else None

    def _present(self, shas: Sequence[str]) -> tuple[str, ...]:
        answers = _lines(self._git.run("cat-file", "--batch-check", given=_joined(shas)))
        return tuple(sha for sha, answer in zip(shas, answers, strict=True) if answer.split()[1] == "commit")

    def _branches(self) -> dict[str, str]:
        listed = self._git.run(
            "for-each-ref", "--format=%(objecttype) %(objectname) %(refname)", "refs/heads", "refs/remotes"
        )
        refs = (one.split(" ", 2) for one in _lines(listed))
        return {name: commit for kind, commit, name in refs if kind == "commit"}

    def _known(self) -> str:
        names = [name.removeprefix("refs/heads/").removeprefix("refs/remotes/") for name in self._branches()]
        shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        return f"There are: {shown}." if names else "There is none at all."

    def _stream(self, *arguments: str, given: bytes, end: bytes) -> Iterator[str]:
        """What one git command prints, in pieces that end with `end`."""
        with (
            tempfile.TemporaryFile() as complaints,
            tempfile.TemporaryFile() as stdin,  # and not a pipe, which could fill up while git waits to be read
        ):
            stdin.write(given)
            stdin.seek(0)
            with self._git.start(*arguments, stdin=stdin, stderr=complaints) as process:
                try:
                    rest = b""
                    while block := pipe(process.stdout).read(_BLOCK):
                        *pieces, rest = (rest + block).split(end)
                        for piece in pieces:
                            yield piece.decode("utf-8", "replace")
                    if process.wait():
                        complaints.seek(0)
                        raise self._git.failure(complaints.read())
                finally:
                    process.kill()


def _names(wanted: str, ref: str) -> bool:
    """Whether `wanted` (main, origin/main, refs/heads/main, for-*) means a ref."""
    short = ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    return fnmatch.fnmatchcase(short, wanted) or fnmatch.fnmatchcase(ref, wanted)


def _range(tips: Iterable[str], without: Iterable[str]) -> bytes:
    return _joined([*tips, *(f"^{sha}" for sha in without)])


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _lines(printed: bytes) -> list[str]:
    return printed.decode(errors="replace").splitlines()


def _commit(fields: Sequence[str]) -> Commit:
    """The commit of one record: `commit <sha>` on a line of its own, then the fields."""
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
    """A time, whatever stands there."""
    return min(max(int(text), 0), _LATEST) if text.lstrip("-").isdecimal() else 0
