"""git, run on a repository that a stranger may have made: it reads objects and does nothing else.

A repository's own config can name programs for git to run: a pager, a file system monitor, a signature checker, the
command that fetches what a partial clone lacks.  So only plumbing is run, every transport is forbidden, and neither the
system's nor the user's config is read.  The repository is named by `--git-dir`: git then does not ask who owns it, and
its "dubious ownership", which every mirror that another account keeps would run into, guards against nothing here.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import IO

from patchwatch.errors import PatchwatchError

# A repository's config can't loosen these: git-config(1) protocol.allow, git(1) GIT_ALLOW_PROTOCOL.
_CONFINED = {
    "GIT_ALLOW_PROTOCOL": "",  # no transport may be used, so a missing object is not fetched, by whatever command
    "GIT_NO_LAZY_FETCH": "1",  # the same, said directly: git 2.44
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",  # nothing is written, not even a refreshed index
}
# commitGraph: its copy of the history would hide that a commit is missing until diff-tree silently passes over it.
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "core.commitGraph=false")


def git_directory(path: Path) -> Path | None:
    """The git directory at `path`: itself when bare, its `.git` when it is a checkout; None when it is neither."""
    if (path / "HEAD").is_file() and (path / "objects").is_dir():
        return path
    inner = path / ".git"
    return inner if inner.is_file() or (inner / "HEAD").is_file() else None


def pipe(end: IO[bytes] | None) -> IO[bytes]:
    """That end of a process that was started with a pipe there."""
    if end is None:
        raise ValueError("this process was started without that pipe")
    return end


class Git:
    """git on the repository in `directory`; errors name `place`, where it came from, when that is another."""

    def __init__(self, directory: Path, *, place: Path | None = None) -> None:
        self.directory = directory
        self.place = place or directory

    def start(
        self, *arguments: str, stdin: IO[bytes] | int | None = subprocess.DEVNULL, stderr: IO[bytes] | int
    ) -> subprocess.Popen[bytes]:
        """Start one git command, with its output piped to us.

        Raises:
            PatchwatchError: there is no git here.
        """
        # GIT_DIR and its kin are set when we run inside a hook or an alias of git's, and mean another repository.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | _CONFINED
        command = ["git", f"--git-dir={self.directory}", *_SETTINGS, *arguments]
        try:
            return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, env=environment)
        except FileNotFoundError:
            raise PatchwatchError("git was not found. Install git, or put it on PATH.") from None

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What one git command prints when it is `given` that.

        Raises:
            PatchwatchError: git failed; the text has git's own words.
        """
        with self.start(*arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            printed, complaint = process.communicate(given)
        if process.returncode:
            raise self.failure(complaint)
        return printed

    def failure(self, complaint: bytes) -> PatchwatchError:
        """The error to raise when git ended badly and left that `complaint` on stderr."""
        words = " ".join(complaint.decode(errors="replace").split()) or "it died without a word"
        return PatchwatchError(
            f"{self.place}: git can't read it to the end: {words}. "
            "If it is damaged (git fsck says), get it again: what was imported is kept."
        )
