"""Mail kept in git, as public-inbox keeps it.

An epoch (public-inbox-v2-format(5)) is a repository in which each commit's tree has one file: `m`, a mail, or `d`, a
mail taken back.  The older v1 format (public-inbox-v1-format(5)) keeps `ab/cdef…`, named after the message-id.  Both
are read as every mail that a commit added or changed, oldest first; what was deleted later is read all the same.

A position is the commit up to which everything was read.  Reading goes on with the commits that are not its ancestors,
which stays right when history was rewritten behind it; once git has forgotten the commit, everything is read again.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from patchwatch.errors import InvalidInputError
from patchwatch.sources.files.batch import Batch, batches, identity
from patchwatch.sources.files.epoch_reader import NOWHERE, mails_of_commits
from patchwatch.sources.git.command import Git, git_directory

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_EPOCH_NAME = re.compile(r"(\d+)\.git")
_BUNDLE_MAGIC = re.compile(rb"# v\d+ git bundle\n")


@dataclass(frozen=True, slots=True)
class Epoch:
    """One repository of mail: an epoch of a v2 inbox, or a whole v1 inbox."""

    directory: Path

    @property
    def identity(self) -> str:
        """The name under which its position is remembered."""
        return identity("epoch", self.directory)

    def check(self) -> None:
        """Make sure that this is a repository of mail.

        Raises:
            InvalidInputError: it holds something else.
        """
        git = Git(self.directory)
        tip = _tip(git)
        if tip:
            _check_layout(git, tip)

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`.

        Raises:
            PatchwatchError: git failed, or an object is missing; what was read until then stays right.
        """
        git = Git(self.directory)
        tip = _tip(git)
        if tip:
            yield from _read(git, tip, position)


@dataclass(frozen=True, slots=True)
class InboxDirectory:
    """A v2 inbox: its epochs, oldest first.  Its position is a JSON object from epoch number to that epoch's position.

    Mirrors may lack old epochs, and new ones appear with time: a later read finds them.
    """

    directory: Path

    @property
    def identity(self) -> str:
        """The name under which its position is remembered."""
        return identity("archive", self.directory)

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`, epoch by epoch.

        Raises:
            PatchwatchError: as for `Epoch.read`.
        """
        positions = _positions(position)
        for number, epoch in epochs(self.directory):
            for batch in epoch.read(positions.get(str(number))):
                positions[str(number)] = batch.position
                yield Batch(batch.mails, json.dumps(positions))


@dataclass(frozen=True, slots=True)
class Bundle:
    """An epoch in one file, as `git bundle create` makes it; it is unpacked into a temporary directory to be read."""

    path: Path

    @property
    def identity(self) -> str:
        """The name under which its position is remembered."""
        return identity("bundle", self.path)

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`.

        Raises:
            InvalidInputError: what was bundled is no mail.
            PatchwatchError: git can't unpack it, or as for `Epoch.read`.
        """
        with tempfile.TemporaryDirectory(prefix="patchwatch-") as scratch:
            git = Git(Path(scratch), place=self.path)
            git.run("init", "--quiet", "--bare", "--template=")
            heads = _by_name(_lines(git.run("bundle", "list-heads", str(self.path))))
            tip = heads.get("HEAD") or _only_branch(git, heads)
            if tip and tip != position:
                git.run("bundle", "unbundle", str(self.path))
                yield from _read(git, tip, position)


def epochs(directory: Path) -> list[tuple[int, Epoch]]:
    """The epochs of a v2 inbox by number: `git/0.git` and so on, or without the `git/`, as some mirrors keep them."""
    return sorted(
        (
            (int(number[1]), Epoch(entry))
            for entry in (*directory.glob("git/*.git"), *directory.glob("*.git"))
            if (number := _EPOCH_NAME.fullmatch(entry.name)) and git_directory(entry) == entry
        ),
        key=itemgetter(0),
    )


def is_inbox_directory(directory: Path) -> bool:
    """Whether this is a v2 inbox; a new one has no epoch yet, and its lock says what it is."""
    return bool(epochs(directory)) or ((directory / "git").is_dir() and (directory / "inbox.lock").is_file())


def is_bundle(beginning: bytes) -> bool:
    """Whether a file that begins like this is a git bundle (gitformat-bundle(5))."""
    return _BUNDLE_MAGIC.match(beginning) is not None


def _positions(position: str | None) -> dict[str, str]:
    try:
        known = json.loads(position or "{}")
    except ValueError:
        return {}
    return {k: v for k, v in known.items() if isinstance(v, str)} if isinstance(known, dict) else {}


def _lines(printed: bytes) -> list[str]:
    return printed.decode(errors="replace").splitlines()


def _tip(git: Git) -> str | None:
    """The newest commit; None in an empty repository."""
    answer = _lines(git.run("cat-file", "--batch-check", given=b"HEAD^{commit}\n"))[0].split()
    if answer[1] == "commit":
        return answer[0]
    # HEAD may name a branch that was never made: `master` was cloned where `main` is the default, or the reverse.
    listed = _lines(git.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads"))
    return _only_branch(git, _by_name(listed))


def _by_name(listed: list[str]) -> dict[str, str]:
    """Commits by the name of the ref, from lines that have commit and ref."""
    return {name: commit for commit, _, name in (line.partition(" ") for line in listed)}


def _only_branch(git: Git, heads: dict[str, str]) -> str | None:
    branches = {name: commit for name, commit in heads.items() if name.startswith("refs/heads/")}
    if len(branches) > 1:
        raise InvalidInputError(
            f"{git.place}: which branch has the mail? HEAD names none of {', '.join(sorted(branches))}. "
            "Point HEAD at the right one: git symbolic-ref HEAD refs/heads/…"
        )
    return next(iter(branches.values()), None)


def _check_layout(git: Git, tip: str) -> None:
    names = _lines(git.run("ls-tree", "--name-only", tip))
    if names and not any(re.fullmatch(r"m|d|[0-9a-f]{2}", name) for name in names):
        raise InvalidInputError(
            f"{git.place}: this git repository is no mail archive: its newest commit has {names[0]}, "
            "where public-inbox has one file named m. Give a public-inbox epoch, such as …/git/0.git."
        )


def _read(git: Git, tip: str, position: str | None) -> Iterator[Batch]:
    if tip == position:
        return
    _check_layout(git, tip)
    after = NOWHERE
    if position and _COMMIT.fullmatch(position):
        answer = git.run("cat-file", "--batch-check", given=position.encode() + b"^{commit}\n")
        after = position if answer.split()[1] == b"commit" else NOWHERE
    yield from batches(mails_of_commits(git, tip, after), bytes.decode)
