"""Read the mails that commits added to a mail repository, in one stream from git.

Mirrors and partial clones lack objects, and disks damage them.  A mail, tree or commit that git can't read costs one
mail: its commit is noted in `Missed`, and reading continues behind it.
"""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, NamedTuple

from patchwatch.errors import PatchwatchError
from patchwatch.pattern import Pattern
from patchwatch.sources.files.epoch_history import NOWHERE, history_with_gaps, in_pieces, lines
from patchwatch.sources.git.command import Git, pipe

_MAIL_ADDED = Pattern(rb":\d+ 100\d+ [0-9a-f]+ ([0-9a-f]+) [AM]\t(?:m|[0-9a-f]{2}/[0-9a-f]{38,62})\n")
_ONLY_MAIL = Pattern(rb"(?:100\d+ blob ([0-9a-f]+)\tm\n|100\d+ blob [0-9a-f]+\td\n)")  # the tree of a v2 commit
_PARENTS_FIRST = ("--reverse", "--topo-order")  # so that a commit is a position: everything before it was read
_FILES_ADDED = ("-r", "-m", "--root", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=AM")
_BLOB = Pattern(rb"[0-9a-f]+ blob (\d+)\n")
_WHOLE_BLOBS = "--batch=%(objectname) %(objecttype) %(objectsize)"
# Requests that may be pending.  They fit into the smallest possible pipe (4,096 bytes; a request has a name of up to 64
# digits), so writing them never blocks: if git blocked on output that nobody reads, both would wait forever.
_MAX_PENDING = 30
_MAX_MISSED = 1_000
_GIT_SAYS = Pattern(r"failed to read the repository: (.*)\. Run git fsck")


@dataclass(slots=True)
class Missed:
    """The commits whose mail could not be read, each with the reason."""

    git: Git
    reasons: dict[str, str] = field(default_factory=dict)

    def add(self, commit: bytes, reason: PatchwatchError | str) -> None:
        """Note a commit.

        Raises:
            PatchwatchError: there are too many.
        """
        name = commit.decode()
        found = _GIT_SAYS.search(str(reason))
        self.reasons[name] = found[1] if found else str(reason)
        if len(self.reasons) > _MAX_MISSED:
            raise PatchwatchError(
                f"{self.git.place}: more than {_MAX_MISSED} mails can't be read, such as that of commit {name}. "
                "The repository is damaged, or a partial clone: clone it again without a filter."
            )


class _Request(NamedTuple):
    blob: bytes
    commit: bytes  # that added it
    position: bytes  # after it


def mails_of_commits(git: Git, tip: str, after: str, missed: Missed) -> Iterator[tuple[bytes, bytes]]:
    """Each mail of the commits reachable from `tip` but not from `after`, with the position after it.

    The commits in `missed` are tried again first; afterwards it has those that could not be read this time.

    Raises:
        PatchwatchError: git failed.  The result is never silently incomplete.
    """
    with closing(_requests(git, tip, after, missed)) as requests:
        yield from _read_blobs(git, requests, missed)


# ---- blobs ---------------------------------------------------------------------------------------------------------


def _read_blobs(git: Git, requests: Iterator[_Request], missed: Missed) -> Iterator[tuple[bytes, bytes]]:
    """The blob of each request, with its position."""
    pending: deque[_Request] = deque()
    while not (yield from _read_blobs_until_git_dies(git, requests, pending, missed)):
        request = pending.popleft()  # a damaged object ends git
        try:
            mail = git.run("cat-file", "blob", request.blob.decode())
        except PatchwatchError as error:
            missed.add(request.commit, error)
        else:
            yield mail, request.position


def _read_blobs_until_git_dies(
    git: Git, requests: Iterator[_Request], pending: deque[_Request], missed: Missed
) -> Generator[tuple[bytes, bytes], None, bool]:
    """Read blobs from `git cat-file --batch`; returns True if it answered every request, False if it died.

    `pending` are requests that were made, but not answered.
    """
    with git.start("cat-file", _WHOLE_BLOBS, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        stdin, stdout = pipe(process.stdin), pipe(process.stdout)
        unsent: list[_Request] = list(pending)
        try:
            while True:
                if len(pending) <= _MAX_PENDING // 2:
                    more = list(islice(requests, _MAX_PENDING - len(pending)))
                    pending += more
                    unsent += more
                if not pending:
                    stdin.close()
                    return process.wait() == 0
                if unsent:
                    os.write(stdin.fileno(), b"".join(request.blob + b"\n" for request in unsent))
                    unsent.clear()
                header = stdout.readline()
                if header.endswith(b" missing\n"):
                    request = pending.popleft()
                    missed.add(request.commit, f"object {request.blob.decode()} is missing; expected a mail")
                    continue
                if not (blob := _BLOB.fullmatch(header)):
                    return False  # of another type, whose content follows; or cut off
                size = int(blob[1])
                mail = stdout.read(size + 1)[:-1]
                if len(mail) < size:
                    return False
                request = pending.popleft()
                if mail:  # public-inbox-purge leaves an empty `m` where the mail was
                    yield mail, request.position
        except BrokenPipeError:
            return False
        finally:
            process.kill()


def _requests(git: Git, tip: str, after: str, missed: Missed) -> Generator[_Request, None, None]:
    """A request for each blob that the commits add.

    If a commit adds several mails, only the last one advances the position; one that is tried again does not.
    """
    position = after.encode()
    again = [commit.encode() for commit in missed.reasons]
    missed.reasons.clear()
    for commit in again:
        yield from (_Request(blob, commit, position) for blob in _added_by(git, commit, missed))
    with closing(_commits(git, tip, after, missed)) as commits:
        for commit, added in commits:
            for blob in added[:-1]:
                yield _Request(blob, commit, position)
            position = commit
            if added:
                yield _Request(added[-1], commit, position)


# ---- commits -------------------------------------------------------------------------------------------------------


def _commits(git: Git, tip: str, after: str, missed: Missed) -> Generator[tuple[bytes, list[bytes]], None, None]:
    """The commits after `after`, oldest first, each with the blobs that it adds."""
    done: set[bytes] = set()
    with closing(_listed(git, tip, after)) as listed:
        try:
            for commit, added in listed:
                yield commit, added
                done.add(commit)
            return
        except PatchwatchError as error:
            failure = error
    # git ends at the first object that it can't read, and may have listed only a part of the last commit.
    history = [commit for commit in history_with_gaps(git, tip, after, missed, failure) if commit not in done]

    def listed_together(commits: Sequence[bytes]) -> list[tuple[bytes, list[bytes]]]:
        return list(_added(io.BytesIO(git.run("diff-tree", "--stdin", *_FILES_ADDED, stdin=lines(commits)))))

    yield from in_pieces(history, listed_together, lambda commit, _: [(commit, _added_by(git, commit, missed))])


def _added_by(git: Git, commit: bytes, missed: Missed) -> list[bytes]:
    """The blobs that one commit adds, also if only the commit before it is damaged; none if it is noted in `missed`."""
    try:
        listed = git.run("diff-tree", *_FILES_ADDED, commit.decode())
    except PatchwatchError as error:
        try:
            tree = git.run("ls-tree", commit.decode())
        except PatchwatchError:
            tree = b""
        if found := _ONLY_MAIL.fullmatch(tree):
            return [found[1]] if found[1] else []
        missed.add(commit, error)
        return []
    return [blob for _, added in _added(io.BytesIO(listed)) for blob in added]


def _listed(git: Git, tip: str, after: str) -> Generator[tuple[bytes, list[bytes]], None, None]:
    """Each commit that git lists after `after`, with the blobs that it adds.

    Raises:
        PatchwatchError: git failed; what was listed until then is valid.
    """
    since = () if after == NOWHERE else (f"^{after}",)
    with (
        tempfile.TemporaryFile() as stderr,
        git.start("rev-list", *_PARENTS_FIRST, tip, *since, stderr=stderr) as names,
        git.start("diff-tree", "--stdin", *_FILES_ADDED, stdin=names.stdout, stderr=stderr) as changes,
    ):
        processes = (names, changes)
        pipe(names.stdout).close()  # or rev-list would not notice when diff-tree ends
        try:
            last = None
            for one in _added(pipe(changes.stdout)):
                if last:
                    yield last
                last = one
            statuses = [process.wait() for process in processes]
            if any(statuses):
                stderr.seek(0)
                raise git.failure(stderr.read())
            if last:
                yield last
        finally:
            for process in processes:
                process.kill()


def _added(changes: IO[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Each commit that `git diff-tree` lists, with the blobs of the mails that it adds."""
    commit = b""
    added: dict[bytes, None] = {}  # a merge is compared with each parent, and may name a blob twice
    for line in changes:
        if line.startswith(b":"):
            if change := _MAIL_ADDED.fullmatch(line):
                added[change[1]] = None
        elif (begun := line.strip()) != commit:
            if commit:
                yield commit, list(added)
            commit, added = begun, {}
    if commit:
        yield commit, list(added)
