"""Read the git trees of the config: new commits, removed commits, and their effect on the series.

A tree's position (the tips of its branches) moves in the transaction that stores the last new commit, so an interrupted
read is repeated.  A tree that fails is reported and stays as it was; the others are read.  Trees that were removed from
the config are forgotten; not on a server, where each machine has other trees.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from patchwatch.config import Tree
from patchwatch.counts import plural
from patchwatch.db import LazyModule
from patchwatch.db import git_trees as stored
from patchwatch.db.database import Database
from patchwatch.progress import Progress, no_progress
from patchwatch.sync.isolate import failure
from patchwatch.sync.outcome import Change
from patchwatch.sync.turns import ALONE, Turns

if TYPE_CHECKING:
    from patchwatch.sources.git import tree as source
    from patchwatch.sync import applied_commits, derive
else:  # most polls have no tree to read
    source = LazyModule("patchwatch.sources.git.tree")
    applied_commits, derive = LazyModule("patchwatch.sync.applied_commits"), LazyModule("patchwatch.sync.derive")

_T = TypeVar("_T")
_BATCH = 2_000  # commits in a transaction: others may want to write too
_DIFFS = 500  # patch-ids that are computed before they are stored


@dataclass(frozen=True, slots=True)
class TreeReport:
    """The result of reading one tree."""

    name: str
    new: int = 0  # commits
    gone: int = 0
    patches: int = 0  # new commits that are patches of known postings
    failure: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def line(self) -> str:
        """The result on one line."""
        if self.failure:
            return f"{self.name}: failed"
        parts = [
            plural(self.new, "new commit"),
            f"{self.patches} patch{'es' * (self.patches != 1)} applied",
        ]
        return f"{self.name}: {', '.join(parts)}" + (f", {self.gone} gone" if self.gone else "")


def read_trees(
    database: Database, trees: Sequence[Tree], now: int, progress: Progress = no_progress, turns: Turns = ALONE
) -> tuple[TreeReport, ...]:
    """Read what is new in each tree; the first read goes back a number of days before `now` (UTC, seconds).

    A tree that another process reads now is left to it.
    """
    _follow_config(database, trees)
    reports = []
    for tree in trees:
        if turns.take(name := f"tree {tree.name}").mine:
            try:
                reports.append(_read_one(database, tree, now, progress))
            finally:
                turns.drop(name)
    return tuple(reports)


def _follow_config(database: Database, trees: Sequence[Tree]) -> None:
    """Forget trees that were removed from the config, and store which are in it and which is mainline."""
    with database.read() as connection:
        known = {row.name: row.mainline for row in stored.trees(connection)}
    named = {tree.name: tree.mainline for tree in trees}
    if database.shared:  # the other trees are on other machines, in other configs
        known = {name: mainline for name, mainline in known.items() if name in named}
    if known == named:
        return
    with database.write() as connection:
        for name in known.keys() - named.keys():
            number = stored.set_tree(connection, name)
            _release(connection, number, stored.held_by(connection, number).values())
            stored.forget_tree(connection, name)
        for name, mainline in named.items():
            if known.get(name) != mainline:
                number = stored.set_tree(connection, name, mainline=mainline)
                _update_series(connection, stored.held_by(connection, number).values())


def _read_one(database: Database, tree: Tree, now: int, progress: Callable[[str], None]) -> TreeReport:
    progress(f"reading {tree.name}")
    try:
        return _read(database, tree, source.TreeReader(tree), now)
    except Exception as error:  # noqa: BLE001 (`failure` raises what concerns more than this tree)
        reason = failure(error)
        with database.write() as connection:
            row = stored.tree(connection, tree.name)
            stored.set_tree(connection, tree.name, failed_at=row.failed_at or now, failure=reason)
        return TreeReport(tree.name, failure=reason)


def _read(database: Database, tree: Tree, reader: source.TreeReader, now: int) -> TreeReport:
    with database.read() as connection:
        row = stored.tree(connection, tree.name)
    tips = reader.tips()
    begin = reader.begin(source.parse_position(row.position), now)
    tags = reader.tags() if tree.mainline else []
    seen: set[str] = set()
    new: list[int] = []
    changes: list[Change] = []
    for batch in _batches(reader.commits(tips, begin), _BATCH):
        seen.update(commit.sha for commit in batch)
        with database.write() as connection:
            added = stored.add_commits(connection, row.id, batch)
            changes += _update_series(connection, added)
        new += added
    left = reader.left(tips, begin) if begin.tips else None
    with database.write() as connection:
        if left is None:  # everything was read
            gone = [i for sha, i in stored.held_by(connection, row.id).items() if sha not in seen]
        else:
            gone = stored.ids_of(connection, row.id, left)
        changes += _release(connection, row.id, gone)
        moved = {"position": source.Position(tips, begin.since, begin.since_days).to_json(), "tags": json.dumps(tags)}
        stored.set_tree(connection, tree.name, **moved, read_at=now, failed_at=None, failure=None)
    changes += _find_patch_ids(database, row.id, reader)
    with database.read() as connection:
        patches = applied_commits.count_known(connection, new)
    return TreeReport(tree.name, len(new), len(gone), patches, changes=tuple(changes))


def _find_patch_ids(database: Database, tree: int, reader: source.TreeReader) -> list[Change]:
    """Compute the patch-ids of commits that may match a posting; mail since the last read can add some."""
    changes: list[Change] = []
    with database.read() as connection:
        wanted = stored.without_patch_id(connection, tree)
    if not wanted or reader.partial():
        return changes
    for some in _batches(iter(wanted), _DIFFS):
        found = {wanted[sha]: patch_id for sha, patch_id in reader.patch_ids(some).items()}
        with database.write() as connection:
            stored.set_patch_ids(connection, found)
            changes += _update_series(connection, [i for i, patch_id in found.items() if patch_id])
    return changes


def _update_series(connection: Connection, commit_ids: Collection[int]) -> tuple[Change, ...]:
    """Recompute the series whose patches these commits may be."""
    return derive.Derivation(connection).reconsider(applied_commits.revisions_of(connection, commit_ids))


def _release(connection: Connection, tree: int, commit_ids: Collection[int]) -> tuple[Change, ...]:
    series = applied_commits.revisions_of(connection, commit_ids)
    stored.release(connection, tree, commit_ids)
    return derive.Derivation(connection).reconsider(series)


def _batches(of: Iterator[_T], size: int) -> Iterator[list[_T]]:
    while batch := list(islice(of, size)):
        yield batch
