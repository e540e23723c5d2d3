"""Read the mails that commits added to a mail repository, in one stream from git."""

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

NOWHERE = "0" * 40  # the position before the first commit: git's null object id

_MAIL_ADDED = re.compile(rb":\d+ 100\d+ [0-9a-f]+ ([0-9a-f]+) [AM]\t(?:m|[0-9a-f]{2}/[0-9a-f]{38,62})\n")
_PARENTS_FIRST = ("--reverse", "--topo-order")  # so that a commit is a position: everything before it was read
_FILES_ADDED = ("--stdin", "-r", "-m", "--root", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=AM")
_WHOLE_BLOBS = "--batch=%(objectname) %(objecttype) %(objectsize) %(rest)"  # the rest of a request: the position
# Requests that may be pending.  They fit into the smallest possible pipe (4,096 bytes; a request has two names of up to
# 64 digits), so writing them never blocks: if git blocked on output that nobody reads, both would wait forever.
_MAX_PENDING = 30


def mails_of_commits(git: Git, tip: str, after: str) -> Iterator[tuple[bytes, bytes]]:
    """Each mail of the commits reachable from `tip` but not from `after`, with the position after it.

    A pipeline of three gits lists the commits, their changes, and the blobs.

    Raises:
        PatchwatchError: git failed or lacks an object.  The result is never silently incomplete.
    """
    newer = () if after == NOWHERE else (f"^{after}",)
    with (
        tempfile.TemporaryFile() as stderr,
        git.start("rev-list", *_PARENTS_FIRST, tip, *newer, stderr=stderr) as commits,
        git.start("diff-tree", *_FILES_ADDED, stdin=commits.stdout, stderr=stderr) as changes,
        git.start("cat-file", _WHOLE_BLOBS, stdin=subprocess.PIPE, stderr=stderr) as blobs,
    ):
        processes = (commits, changes, blobs)
        pipe(commits.stdout).close()  # or rev-list would not notice when diff-tree ends
        requests = _requests(pipe(changes.stdout), after.encode())
        try:
            complete = yield from _read_blobs(git, requests, pipe(blobs.stdin), pipe(blobs.stdout))
            if complete:
                pipe(blobs.stdin).close()
            if not complete or any(process.wait() for process in processes):
                stderr.seek(0)
                raise git.failure(stderr.read())
        finally:
            for process in processes:
                process.kill()


def _read_blobs(
    git: Git, requests: Iterator[bytes], stdin: IO[bytes], stdout: IO[bytes]
) -> Generator[tuple[bytes, bytes], None, bool]:
    """Read blobs from `git cat-file --batch`; returns True if it answered every request, False if it died."""
    pending = 0
    while True:
        if pending <= _MAX_PENDING // 2:
            batch = list(islice(requests, _MAX_PENDING - pending))
            try:
                os.write(stdin.fileno(), b"".join(batch))
            except BrokenPipeError:
                return False
            pending += len(batch)
        if not pending:
            return True
        header = stdout.readline()
        if not header.endswith(b"\n"):
            return False
        name, kind, *rest = header.split()
        if kind != b"blob":
            raise PatchwatchError(
                f"{git.place}: object {name.decode()} is {kind.decode()}; expected a mail. "
                "The repository is damaged, or a partial clone: clone it again without a filter."
            )
        size = int(rest[0])
        mail = stdout.read(size + 1)[:-1]
        if len(mail) < size:
            return False
        pending -= 1
        if mail:  # public-inbox-purge leaves an empty `m` where the mail was
            yield mail, rest[1]


def _requests(changes: IO[bytes], position: bytes) -> Iterator[bytes]:
    """A request for each blob that `git diff-tree --stdin` lists as added: its name, and the position after it.

    If a commit adds several mails, only the last one advances the position.
    """
    for commit, added in _added(changes):
        for blob in added[:-1]:
            yield b"%s %s\n" % (blob, position)
        yield b"%s %s\n" % (added[-1], commit)
        position = commit


def _added(changes: IO[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Each commit that adds mail, with its blobs."""
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
