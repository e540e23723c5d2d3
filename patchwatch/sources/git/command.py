"""Run git safely on an untrusted repository: it only reads objects.

A repository's config can name programs for git to run: a pager, a file system monitor, a signature checker, the command
that fetches the missing objects of a partial clone.  So only plumbing commands are run, every transport is forbidden,
and neither the system's nor the user's config is read.  `--git-dir` names the repository, which skips git's ownership
check: it would reject every mirror that another account maintains, and protects against nothing here.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import IO

from patchwatch.errors import PatchwatchError

# A repository's config can't override these: git-config(1) protocol.allow, git(1) GIT_ALLOW_PROTOCOL.
_CONFINED = {
    "GIT_ALLOW_PROTOCOL": "",  # no transport is allowed, so no command can fetch a missing object
    "GIT_NO_LAZY_FETCH": "1",  # the same, explicitly: git 2.44
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",  # nothing is written, not even a refreshed index
}
# commitGraph: its copy of the history hides a missing commit, which diff-tree then silently skips.
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "core.commitGraph=false")


def git_directory(path: Path) -> Path | None:
    """The git directory at `path`: the path itself if bare, its `.git` in a checkout; None if it is neither."""
    if (path / "HEAD").is_file() and (path / "objects").is_dir():
        return path
    inner = path / ".git"
    return inner if inner.is_file() or (inner / "HEAD").is_file() else None


def pipe(end: IO[bytes] | None) -> IO[bytes]:
    """`end`, a pipe of a process; for the type checker, as it is None in a process started without that pipe."""
    if end is None:
        raise ValueError("the process was started without this pipe")
    return end


class Git:
    """git on the repository in `directory`; errors name `place`, the path that the user gave, if it differs."""

    def __init__(self, directory: Path, *, place: Path | None = None) -> None:
        self.directory = directory
        self.place = place or directory

    def start(
        self, *arguments: str, stdin: IO[bytes] | int | None = subprocess.DEVNULL, stderr: IO[bytes] | int
    ) -> subprocess.Popen[bytes]:
        """Start a git command, with a pipe for its output.

        Raises:
            PatchwatchError: git is not installed.
        """
        # Inside a git hook or alias, GIT_DIR and related variables point to another repository.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | _CONFINED
        command = ["git", f"--git-dir={self.directory}", *_SETTINGS, *arguments]
        try:
            return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, env=environment)
        except FileNotFoundError:
            raise PatchwatchError("git not found. Install git, or add it to PATH.") from None

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run a git command and return its output.

        Raises:
            PatchwatchError: git failed; the text quotes git's error.
        """
        with self.start(*arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            stdout, stderr = process.communicate(stdin)
        if process.returncode:
            raise self.failure(stderr)
        return stdout

    def failure(self, stderr: bytes) -> PatchwatchError:
        """The error for a git command that failed with this output on stderr."""
        message = " ".join(stderr.decode(errors="replace").split()) or "it exited without an error message"
        return PatchwatchError(
            f"{self.place}: git failed to read the repository: {message}. "
            "Run git fsck; if it reports damage, clone the repository again. Data imported so far is kept."
        )
