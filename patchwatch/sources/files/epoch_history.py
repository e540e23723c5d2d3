"""The history of a mail repository that git can't walk, because commits in it are missing or damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Protocol, TypeVar

from patchwatch.errors import PatchwatchError
from patchwatch.sources.git.command import Git

NOWHERE = "0" * 40  # the position before the first commit: git's null object id
_TOGETHER = 2_000  # objects that one git process reads

Item = TypeVar("Item")
Result = TypeVar("Result")


class Missing(Protocol):
    """Where commits are noted that can't be read."""

    def add(self, commit: bytes, reason: PatchwatchError | str) -> None: ...


def history_with_gaps(git: Git, tip: str, after: str, missed: Missing, failure: PatchwatchError) -> list[bytes]:
    """Return the commits after `after` that can be read, parents first; note those that can't.

    Ancestors of a missing commit are unknown.  So if one is missing, these are all commits that the repository has,
    except for the known ancestors of `after`.

    Raises:
        PatchwatchError: `failure` of git to walk the history, which is not explained by the commits.
    """
    parents = _parents(git)
    if not parents:
        raise failure
    reached = _ancestors(tip.encode(), parents)
    missing = {commit for commit in reached if commit not in parents}
    wanted = set(parents) if missing else reached
    wanted -= _ancestors(after.encode(), parents)
    missing |= {parent for commit in wanted for parent in parents[commit] if parent not in parents}
    for commit in sorted(missing - {after.encode()}):
        missed.add(commit, "the commit is missing or damaged")
    try:
        order = list(TopologicalSorter({commit: parents[commit] for commit in wanted - missing}).static_order())
    except CycleError:  # which takes a collision of hashes
        raise failure from None
    return [commit for commit in order if commit in wanted]


def in_pieces(
    items: Sequence[Item],
    read: Callable[[Sequence[Item]], Iterable[Result]],
    read_failing: Callable[[Item, PatchwatchError], Iterable[Result]],
) -> Iterator[Result]:
    """Read many items with few git processes: where one fails, its items are halved, down to the one it fails on."""
    pieces = [items[at : at + _TOGETHER] for at in range(0, len(items), _TOGETHER)][::-1]
    while pieces:
        piece = pieces.pop()
        try:
            found = read(piece)
        except PatchwatchError as error:
            if len(piece) == 1:
                yield from read_failing(piece[0], error)
            else:
                middle = len(piece) // 2
                pieces += [piece[middle:], piece[:middle]]
        else:
            yield from found


def lines(names: Iterable[bytes]) -> bytes:
    """Return names of objects as git reads them."""
    return b"".join(name + b"\n" for name in names)


def _parents(git: Git) -> dict[bytes, list[bytes]]:
    """Return the parents of every commit that can be read, reachable or not."""

    def commits_of(names: Sequence[bytes]) -> list[bytes]:
        kinds = git.run("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=lines(names)).splitlines()
        return [line[7:] for line in kinds if line.startswith(b"commit ")]

    def with_parents(names: Sequence[bytes]) -> list[list[bytes]]:
        listed = git.run("rev-list", "--no-walk=unsorted", "--stdin", "--format=%H %P", stdin=lines(names))
        return [line.split() for line in listed.splitlines() if not line.startswith(b"commit ")]

    objects = git.run("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split()
    commits = list(in_pieces(objects, commits_of, lambda name, error: ()))
    return {own: parents for own, *parents in in_pieces(commits, with_parents, lambda name, error: ())}


def _ancestors(commit: bytes, parents: dict[bytes, list[bytes]]) -> set[bytes]:
    """Return a commit and its ancestors, as far as they are known; also those that are missing."""
    found = {commit}
    new = [commit]
    while new:
        more = [parent for parent in parents.get(new.pop(), ()) if parent not in found]
        found.update(more)
        new += more
    return found
