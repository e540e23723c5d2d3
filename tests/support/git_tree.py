"""Small git trees for tests, made by git itself: who, when and what is said for each commit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ANN = "Ann Author <ann@example.org>"
MIA = "Mia Maintainer <mia@kernel.example>"


class GitTree:
    """A clone with a working tree, on the branch `main`; times are UTC seconds."""

    def __init__(self, path: Path, begin: int) -> None:
        """Begins with one commit at `begin`."""
        self.path = path
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--template=", "--initial-branch=main")
        self.commit("frob: begin", at=begin, files={"README": "frob\n"}, author=MIA)

    def git(self, *arguments: str, at: int = 1_688_000_000, author: str = MIA, authored: int | None = None) -> str:
        """Run git as Mia; returns what it printed."""
        name, _, address = author.rstrip(">").partition(" <")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": address,
            "GIT_AUTHOR_DATE": f"@{at if authored is None else authored} +0000",
            "GIT_COMMITTER_NAME": "Mia Maintainer",
            "GIT_COMMITTER_EMAIL": "mia@kernel.example",
            "GIT_COMMITTER_DATE": f"@{at} +0000",
        }
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments], env=environment, capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    def commit(
        self,
        message: str,
        *,
        at: int,
        files: dict[str, str] | None = None,
        author: str = ANN,
        authored: int | None = None,
    ) -> str:
        """Commit new contents of files; returns the commit."""
        for name, content in (files or {}).items():
            (self.path / name).write_text(content, encoding="utf-8")
            self.git("add", name)
        self.git("commit", "--quiet", "--allow-empty", "-m", message, at=at, author=author, authored=authored)
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str, at: int) -> None:
        """An annotated tag on what is checked out."""
        self.git("tag", "-a", "-m", name, name, at=at)

    def diff(self, commit: str = "HEAD") -> str:
        """The change of a commit, as a mail has it."""
        return self.git("format-patch", "--stdout", "--format=", "-1", commit) + "\n"
