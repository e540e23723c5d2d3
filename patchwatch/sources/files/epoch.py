"""Read mail from public-inbox git repositories.

An epoch (public-inbox-v2-format(5)) is a repository in which each commit's tree has one file: `m`, a mail, or `d`, a
deleted mail.  The older v1 format (public-inbox-v1-format(5)) has files `ab/cdef…`, named after the message-id.  In
both, every mail that a commit added or changed is read, oldest first, even if it was deleted later.

A position is the last commit that was read, followed by the commits before it whose mail can't be read: they are tried
again.  Reading continues with the commits that are not its ancestors, which is correct even after history was
rewritten; once git has pruned the commit, everything is read again.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path

from patchwatch.errors import InvalidInputError, PatchwatchError
from patchwatch.pattern import Pattern
from patchwatch.sources.files.batch import Batch, batches, identity
from patchwatch.sources.files.epoch_history import NOWHERE
from patchwatch.sources.files.epoch_reader import Missed, mails_of_commits
from patchwatch.sources.git.command import Git, git_directory

_COMMIT = Pattern(r"[0-9a-f]{40,64}")
_EPOCH_NAME = Pattern(r"(\d+)\.git")
_BUNDLE_MAGIC = Pattern(rb"# v\d+ git bundle\n")


@dataclass(frozen=True, slots=True)
class Epoch:
    """One repository of mail: an epoch of a v2 inbox, or a whole v1 inbox."""

    directory: Path

    @property
    def identity(self) -> str:
        """The key under which the position is stored."""
        return identity("epoch", self.directory)

    def check(self) -> None:
        """Check that this is a repository of mail.

        Raises:
            InvalidInputError: it contains something else.
        """
        git = Git(self.directory)
        tip = _tip(git)
        if tip:
            _check_layout(git, tip)

    def count(self, position: str | None) -> int:
        """How many commits there are after `position`, each with a mail; 0 if git can't count them."""
        git = Git(self.directory)
        after = next((commit for commit in (position or "").split() if _COMMIT.fullmatch(commit)), None)
        with suppress(PatchwatchError, ValueError):
            without = [f"^{after}"] if after and after != NOWHERE and _is_readable(git, after) else []
            return int(git.run("rev-list", "--count", _tip(git) or NOWHERE, *without))
        return 0

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`.

        Raises:
            PatchwatchError: git failed; the batches until then are valid.
        """
        git = Git(self.directory)
        tip = _tip(git)
        if tip:
            yield from _read(git, tip, position)


@dataclass(frozen=True, slots=True)
class InboxDirectory:
    """A v2 inbox: its epochs, oldest first.  The position is a JSON object that maps epoch numbers to positions.

    Mirrors may lack old epochs, and new ones appear over time: a later read finds them.
    """

    directory: Path

    @property
    def identity(self) -> str:
        """The key under which the position is stored."""
        return identity("archive", self.directory)

    def count(self, position: str | None) -> int:
        """How many mails there are after `position` in all epochs."""
        positions = _positions(position)
        return sum(epoch.count(positions.get(str(number))) for number, epoch in epochs(self.directory))

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`, epoch by epoch; one that git can't read does not end the others."""
        positions = _positions(position)
        for number, epoch in epochs(self.directory):
            try:
                for batch in epoch.read(positions.get(str(number))):
                    positions[str(number)] = batch.position
                    yield replace(batch, position=json.dumps(positions))
            except PatchwatchError as error:
                yield Batch((), json.dumps(positions), (str(error),))


@dataclass(frozen=True, slots=True)
class Bundle:
    """An epoch in a git bundle (`git bundle create`); it is unpacked into a temporary directory."""

    path: Path

    @property
    def identity(self) -> str:
        """The key under which the position is stored."""
        return identity("bundle", self.path)

    def count(self, position: str | None) -> int:
        """Unknown: it has to be unpacked for that."""
        return 0

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`.

        Raises:
            InvalidInputError: the bundle does not contain mail.
            PatchwatchError: git can't unpack it, or as for `Epoch.read`.
        """
        with tempfile.TemporaryDirectory(prefix="patchwatch-") as scratch:
            git = Git(Path(scratch), place=self.path)
            git.run("init", "--quiet", "--bare", "--template=")
            heads = _by_name(_lines(git.run("bundle", "list-heads", str(self.path))))
            tip = heads.get("HEAD") or _only_branch(git, heads)
            if tip and tip != position:  # as it is only if nothing was missed
                git.run("bundle", "unbundle", str(self.path))
                yield from _read(git, tip, position)


def epochs(directory: Path) -> list[tuple[int, Epoch]]:
    """The epochs of a v2 inbox with their numbers: `git/0.git` and so on; some mirrors have no `git/`."""
    return sorted(
        (
            (int(number[1]), Epoch(entry))
            for entry in (*directory.glob("git/*.git"), *directory.glob("*.git"))
            if (number := _EPOCH_NAME.fullmatch(entry.name)) and git_directory(entry) == entry
        ),
        key=itemgetter(0),
    )


def is_inbox_directory(directory: Path) -> bool:
    """True if this is a v2 inbox; a new one has no epoch yet, only `inbox.lock`."""
    return bool(epochs(directory)) or ((directory / "git").is_dir() and (directory / "inbox.lock").is_file())


def is_bundle(beginning: bytes) -> bool:
    """True if a file that begins like this is a git bundle (gitformat-bundle(5))."""
    return _BUNDLE_MAGIC.match(beginning) is not None


def _positions(position: str | None) -> dict[str, str]:
    try:
        parsed = json.loads(position or "{}")
    except ValueError:
        return {}
    return {k: v for k, v in parsed.items() if isinstance(v, str)} if isinstance(parsed, dict) else {}


def _lines(output: bytes) -> list[str]:
    return output.decode(errors="replace").splitlines()


def _tip(git: Git) -> str | None:
    """The newest commit, which may be missing; None in an empty repository."""
    try:
        return _lines(git.run("rev-parse", "--verify", "--quiet", "HEAD"))[0]
    except PatchwatchError:
        pass
    # HEAD may name a branch that does not exist: `master` was cloned where `main` is the default, or the reverse.
    refs = _lines(git.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads"))
    return _only_branch(git, _by_name(refs))


def _is_readable(git: Git, commit: str) -> bool:
    try:
        git.run("cat-file", "commit", commit)
    except PatchwatchError:
        return False
    return True


def _by_name(lines: list[str]) -> dict[str, str]:
    """Commits by ref name, from lines with a commit and a ref."""
    return {name: commit for commit, _, name in (line.partition(" ") for line in lines)}


def _only_branch(git: Git, heads: dict[str, str]) -> str | None:
    branches = {name: commit for name, commit in heads.items() if name.startswith("refs/heads/")}
    if len(branches) > 1:
        raise InvalidInputError(
            f"{git.place}: HEAD does not name any of the branches {', '.join(sorted(branches))}. "
            "Point HEAD at the branch with the mail: git symbolic-ref HEAD refs/heads/…"
        )
    return next(iter(branches.values()), None)


def _check_layout(git: Git, tip: str) -> None:
    try:
        names = _lines(git.run("ls-tree", "--name-only", tip))
    except PatchwatchError:
        return  # a damaged commit; the others may be readable
    if names and not any(re.fullmatch(r"m|d|[0-9a-f]{2}", name) for name in names):
        raise InvalidInputError(
            f"{git.place}: not a public-inbox repository: its newest commit contains {names[0]}, not a file named m. "
            "Give a public-inbox epoch, such as …/git/0.git."
        )


def _read(git: Git, tip: str, position: str | None) -> Iterator[Batch]:
    if tip == position:
        return
    _check_layout(git, tip)
    after, *again = [commit for commit in (position or "").split() if _COMMIT.fullmatch(commit)] or [NOWHERE]
    if after != NOWHERE and not _is_readable(git, after):
        after, again = NOWHERE, []
    missed = Missed(git, dict.fromkeys(again, ""))

    def position_after(commit: bytes) -> str:
        return " ".join((commit.decode(), *missed.reasons))

    end = after
    for batch in batches(mails_of_commits(git, tip, after, missed), position_after):
        position = batch.position
        end = position.partition(" ")[0]
        yield batch
    if _is_readable(git, tip):
        end = tip
    if missed.reasons or (again and position != tip):
        unread = tuple(f"{git.place}: commit {commit}: {reason}" for commit, reason in missed.reasons.items())
        yield Batch((), position_after(end.encode()), unread)
