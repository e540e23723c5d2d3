"""The mails that the commits of a mail repository brought, read from git in one stream.

Which repositories and which commits, and what is remembered of them, is `epoch`'s business.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from itertools import islice
from typing import IO

from patchwatch.errors import PatchwatchError
from patchwatch.sources.git.command import Git, pipe

NOWHERE = "0" * 40  # the position before the first commit: git's name for no object

_MAIL_ADDED = re.compile(rb":\d+ 100\d+ [0-9a-f]+ ([0-9a-f]+) [AM]\t(?:m|[0-9a-f]{2}/[0-9a-f]{38,62})\n")
_PARENTS_FIRST = ("--reverse", "--topo-order")  # so that a commit stands for all that was read before it
_FILES_ADDED = ("--stdin", "-r", "-m", "--root", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=AM")
_WHOLE_BLOBS = "--batch=%(objectname) %(objecttype) %(objectsize) %(rest)"  # the rest of a request: the position
# Requests that may wait for their answer.  They fit in the smallest pipe there is (4,096 bytes, for two names of up to
# 64 digits each), so writing them never blocks: git, blocked on an answer that is not read, would wait for us for good.
_ASKED_AHEAD = 30


def mails_of_commits(git: Git, tip: str, after: str) -> Iterator[tuple[bytes, bytes]]:
    """Each mail of the commits up to `tip` that are not in `after`, with the position behind it.

    Three gits work in a row: they list the commits, what each changed, and the blobs.

    Raises:
        PatchwatchError: git failed or lacks an object.  It is never silently less than everything.
    """
    newer = () if after == NOWHERE else (f"^{after}",)
    with (
        tempfile.TemporaryFile() as complaints,
        git.start("rev-list", *_PARENTS_FIRST, tip, *newer, stderr=complaints) as commits,
        git.start("diff-tree", *_FILES_ADDED, stdin=commits.stdout, stderr=complaints) as changes,
        git.start("cat-file", _WHOLE_BLOBS, stdin=subprocess.PIPE, stderr=complaints) as blobs,
    ):
        processes = (commits, changes, blobs)
        pipe(commits.stdout).close()  # diff-tree's now: were it open here too, rev-list could not notice its end
        wanted = _requests(pipe(changes.stdout), after.encode())
        try:
            whole = yield from _answered(git, wanted, pipe(blobs.stdin), pipe(blobs.stdout))
            if whole:
                pipe(blobs.stdin).close()
            if not whole or any(process.wait() for process in processes):
                complaints.seek(0)
                raise git.failure(complaints.read())
        finally:
            for process in processes:
                process.kill()


def _answered(
    git: Git, wanted: Iterator[bytes], requests: IO[bytes], answers: IO[bytes]
) -> Generator[tuple[bytes, bytes], None, bool]:
    """Ask `git cat-file --batch` for each blob that is wanted; returns whether it lived to answer everything."""
    unanswered = 0
    while True:
        if unanswered <= _ASKED_AHEAD // 2:
            asked = list(islice(wanted, _ASKED_AHEAD - unanswered))
            try:
                os.write(requests.fileno(), b"".join(asked))
            except BrokenPipeError:
                return False
            unanswered += len(asked)
        if not unanswered:
            return True
        header = answers.readline()
        if not header.endswith(b"\n"):
            return False
        name, kind, *rest = header.split()
        if kind != b"blob":
            raise PatchwatchError(
                f"{git.place}: object {name.decode()} should be a mail and is {kind.decode()}. "
                "The repository is damaged, or was cloned with a filter: clone it again, whole."
            )
        size = int(rest[0])
        mail = answers.read(size + 1)[:-1]
        if len(mail) < size:
            return False
        unanswered -= 1
        if mail:  # public-inbox-purge leaves an empty `m` where the mail was
            yield mail, rest[1]


def _requests(changes: IO[bytes], position: bytes) -> Iterator[bytes]:
    """A line for each blob that `git diff-tree --stdin` says was added: its name, and the position after it.

    Of a commit that adds several mails, only the last moves the position.
    """
    for commit, added in _added(changes):
        for blob in added[:-1]:
            yield b"%s %s\n" % (blob, position)
        yield b"%s %s\n" % (added[-1], commit)
        position = commit


def _added(changes: IO[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Each commit that adds mail, and the blobs."""
    commit = b""
    added: dict[bytes, None] = {}  # a merge is compared with each parent, and may name a blob twice
    for line in changes:
        if line.startswith(b":"):
            if change := _MAIL_ADDED.fullmatch(line):
                added[change[1]] = None
        elif (begun := line.strip()) != commit:
            if added:
                yield commit, list(added)
            commit, added = begun, {}
    if added:
        yield commit, list(added)
