"""Read the mails that commits added to a mail repository, in one stream from git.

Mirrors and partial clones lack objects, and disks damage them.  A mail, tree or commit that git can't read costs one
mail: its commit is noted in `Missed`, and reading continues behind it.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import tempfile
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, NamedTuple

from patchwatch.errors import PatchwatchError
from patchwatch.sources.git.command import Git, pipe

NOWHERE = "0" * 40  # the position before the first commit: git's null object id

_MAIL_ADDED = re.compile(rb":\d+ 100\d+ [0-9a-f]+ ([0-9a-f]+) [AM]\t(?:m|[0-9a-f]{2}/[0-9a-f]{38,62})\n")
_ONLY_MAIL = re.compile(rb"(?:100\d+ blob ([0-9a-f]+)\tm\n|100\d+ blob [0-9a-f]+\td\n)")  # the tree of a v2 commit
_PARENTS_FIRST = ("--reverse", "--topo-order")  # so that a commit is a position: everything before it was read
_FILES_ADDED = ("-r", "-m", "--root", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=AM")
_WHOLE_BLOBS = "--batch=%(objectname) %(objecttype) %(objectsize)"
# Requests that may be pending.  They fit into the smallest possible pipe (4,096 bytes; a request has a name of up to 64
# digits), so writing them never blocks: if git blocked on output that nobody reads, both would wait forever.
_MAX_PENDING = 30
_MAX_MISSED = 1_000
_GIT_SAYS = re.compile(r"failed to read the repository: (.*)\. Run git fsck")


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
                if not header.endswith(b"\n"):
                    return False
                name, kind, *rest = header.split()
                if kind != b"blob":
                    missed.add(pending.popleft().commit, f"object {name.decode()} is {kind.decode()}; expected a mail")
                    continue
                size = int(rest[0])
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
    history: list[bytes] | None = None  # None until git fails
    places: dict[bytes, int] = {}
    begin = 0
    while True:
        last = b""
        failure: PatchwatchError | None = None
        with closing(_listed(git, tip, after, history and history[begin:])) as listed:
            try:
                for commit, added in listed:
                    last = commit
                    yield commit, added
            except PatchwatchError as error:
                failure = error
        if failure is None:
            return
        first_failure = history is None
        if history is None:
            history = _history(git, tip, after, missed)
            places = {commit: number for number, commit in enumerate(history)}
        # git ended at the last commit that it listed, or at the next one.
        begin = places.get(last, begin)
        ahead = [number for number in range(begin, min(begin + 2, len(history))) if _fails(git, history[number])]
        if ahead:
            yield history[ahead[0]], _added_by(git, history[ahead[0]], missed)
            begin = ahead[0] + 1
        elif not first_failure:
            raise failure
        if begin >= len(history):
            return


def _fails(git: Git, commit: bytes) -> bool:
    try:
        git.run("diff-tree", *_FILES_ADDED, commit.decode())
    except PatchwatchError:
        return True
    return False


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


def _listed(
    git: Git, tip: str, after: str, commits: list[bytes] | None
) -> Generator[tuple[bytes, list[bytes]], None, None]:
    """Each commit that git lists, or of `commits`, with the blobs that it adds.

    Raises:
        PatchwatchError: git failed; what was listed until then is valid.
    """
    with tempfile.TemporaryFile() as stderr, ExitStack() as stack:
        processes: list[subprocess.Popen[bytes]] = []
        if commits is None:
            names = stack.enter_context(git.start(*_rev_list(tip, after), stderr=stderr))
            processes.append(names)
            source = pipe(names.stdout)
        else:
            source = stack.enter_context(tempfile.TemporaryFile())
            source.writelines(commit + b"\n" for commit in commits)
            source.seek(0)
        changes = stack.enter_context(git.start("diff-tree", "--stdin", *_FILES_ADDED, stdin=source, stderr=stderr))
        processes.append(changes)
        source.close()  # or rev-list would not notice when diff-tree ends
        try:
            yield from _added(pipe(changes.stdout))
            failed = [process for process in processes if process.wait()]
            if failed:
                stderr.seek(0)
                raise git.failure(stderr.read())
        finally:
            for process in processes:
                process.kill()


def _rev_list(tip: str, after: str) -> tuple[str, ...]:
    return ("rev-list", *_PARENTS_FIRST, tip, *(() if after == NOWHERE else (f"^{after}",)))


def _history(git: Git, tip: str, after: str, missed: Missed) -> list[bytes]:
    """The commits after `after`, oldest first; if commits are missing between them, all that the repository has."""
    try:
        return git.run(*_rev_list(tip, after)).split()
    except PatchwatchError as error:
        objects = git.run("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)").splitlines()
        commits = b"".join(line[7:] + b"\n" for line in objects if line.startswith(b"commit "))
        found = git.run("rev-list", "--no-walk", "--reverse", "--stdin", "--format=%H %P", stdin=commits).splitlines()
        family = [line.split() for line in found if not line.startswith(b"commit ")]
        history = [own for own, *_ in family]
        missing = {tip.encode(), *(parent for _, *parents in family for parent in parents)}.difference(history)
        if not missing:
            raise
        for commit in sorted(missing):
            missed.add(commit, error)
        return history


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
