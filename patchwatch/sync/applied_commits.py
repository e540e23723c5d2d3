"""The series whose patches are commits in git trees: candidates from the index, matched by series.commit_match.

Builds the reason that patches in a tree give for a state; patchwatch.series.state.status weighs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from patchwatch.counts import joined
from patchwatch.db import derived, git_trees
from patchwatch.db.derived import StoredRevision
from patchwatch.db.posting_codec import decode_posting
from patchwatch.db.postings import Postings
from patchwatch.db.revision_codec import decode_state, decode_summary
from patchwatch.db.revision_order import repeated
from patchwatch.series import commit_match
from patchwatch.series.commit_match import CommitInTrees, Match
from patchwatch.series.state.status import Merge
from patchwatch.series.state.types import Reason
from patchwatch.series.states import State


def affected(connection: Connection, before: Sequence[StoredRevision], rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Return the revisions whose commits must be matched again after postings were added, changed or removed."""
    if not git_trees.any_commits(connection):
        return set()
    old = {r.id: r.posting for r in before}
    now = {row["id"]: row["posting"] for row in rows}
    changed = {
        kept[i] for kept in (old, now) for i in old.keys() | now.keys() if i in kept and old.get(i) != now.get(i)
    }
    keys = {key for text in changed for key in commit_match.keys_of_posting(decode_posting(text))}
    held = git_trees.commits_with_keys(connection, keys)
    return revisions_of(connection, {i for ids in held.values() for i in ids})


def revisions_of(connection: Connection, commit_ids: Collection[int]) -> set[int]:
    """Return the revisions whose patches these commits, or the commits that they revert, may be."""
    near = _with_reverts(connection, commit_ids)
    keys = {key for held in near.values() for key in commit_match.keys_in_postings(held.commit)}
    return {i for ids in derived.revisions_with_keys(connection, keys).values() for i in ids}


def count_known(connection: Connection, commit_ids: Collection[int]) -> int:
    """Return how many of these commits are patches of a known posting."""
    near = git_trees.commits(connection, commit_ids)
    matched, _ = _matches(connection, Postings(connection), near)
    return sum(bool(found) for found in matched.values())


def merges(connection: Connection, postings: Postings, orders: Sequence[Sequence[StoredRevision]]) -> dict[int, Merge]:
    """Return what the trees hold of each series, given as revisions in order; by its newest revision."""
    if not git_trees.any_commits(connection):
        return {}
    newest = {order[-1].id: repeated(order) for order in orders}
    postings.load(r.id for same in newest.values() for r in same)
    keys = {r.id: commit_match.keys_of_posting(postings[r.id]) for same in newest.values() for r in same}
    held = git_trees.commits_with_keys(connection, set().union(*keys.values()) if keys else set())
    if not held:
        return {}
    near = _with_reverts(connection, {i for ids in held.values() for i in ids})
    matched, series = _matches(connection, postings, near)
    series |= {r.root: -number for number, order in enumerate(orders, 1) for r in order}  # as they are now
    by_key: dict[str, set[int]] = {}
    for i, one in near.items():
        for key in commit_match.keys(one.commit):
            by_key.setdefault(key, set()).add(i)
    found: dict[int, Merge] = {}
    for number, same in newest.items():
        wanted = {i for r in same for key in keys[r.id] for i in held.get(key, ())}
        own = _with_their_reverts(wanted, near, by_key)
        expected = decode_summary(same[0].view).expected
        accepted = decode_state(same[0].standing).state == State.ACCEPTED
        where = commit_match.find_commits([r.root for r in same], series, [(near[i], matched[i]) for i in sorted(own)])
        whole = max(len(postings[number].titles), expected)
        if merge := _merge(where, whole, accepted=accepted):
            found[number] = merge
    return found


def _with_reverts(connection: Connection, commit_ids: Collection[int]) -> dict[int, CommitInTrees]:
    """Return these commits, those that revert them and those that they revert, transitively."""
    near: dict[int, CommitInTrees] = {}
    wave = set(commit_ids)
    while wave:
        new = git_trees.commits(connection, wave)
        near |= new
        keys = {key for held in new.values() for key in commit_match.keys_of_reverts(held.commit)}
        wave = {i for ids in git_trees.commits_with_keys(connection, keys).values() for i in ids} - near.keys()
    return near


def _with_their_reverts(
    wanted: set[int], near: Mapping[int, CommitInTrees], by_key: Mapping[str, set[int]]
) -> set[int]:
    """Return the wanted commits and their reverts among `near`, which has the commits of many series."""
    found: set[int] = set()
    wave = wanted
    while wave:
        found |= wave
        keys = {key for i in wave for key in commit_match.keys_of_reverts(near[i].commit)}
        wave = {i for key in keys for i in by_key.get(key, ())} - found
    return found


def _matches(
    connection: Connection, postings: Postings, near: Mapping[int, CommitInTrees]
) -> tuple[dict[int, tuple[Match, ...]], dict[str, int]]:
    """Return the patches that each commit matches, and the series of each candidate posting, by root."""
    keys = {i: commit_match.keys_in_postings(held.commit) for i, held in near.items()}
    holders = derived.revisions_with_keys(connection, set().union(*keys.values()) if keys else set())
    wanted = {i: sorted({n for key in keys[i] for n in holders.get(key, ())}) for i in near}
    numbers = {n for ids in wanted.values() for n in ids}
    postings.load(numbers)
    series = {r.root: r.series_id for r in derived.revisions_by_id(connection, numbers) if r.series_id is not None}
    return {
        i: commit_match.matches(near[i].commit, [postings[n] for n in wanted[i] if n in postings]) for i in near
    }, series


def _merge(where: commit_match.PatchCommits, whole: int, *, accepted: bool) -> Merge | None:
    """Return the merge of a revision of `whole` patches; `accepted` if its own mails say that it was applied."""
    if where.reverted:
        revert = max(where.reverted.values(), key=_age)
        return Merge(State.UNDER_REVIEW, _reason(revert, where.reverted, whole), reverted=True)
    merged = {place: held for place, held in where.applied.items() if held.mainline}
    # The maintainer may have reworded a title or squashed a patch.
    if merged and (len(merged) >= whole or (accepted and 2 * len(merged) >= whole)):
        return Merge(State.MAINLINED, _reason(max(merged.values(), key=_age), merged, whole))
    if not where.applied:
        return None
    last = max(where.applied.values(), key=_age)
    state = State.ACCEPTED if len(where.applied) >= whole else State.UNDER_REVIEW
    return Merge(state, _reason(last, where.applied, whole))


def _age(held: CommitInTrees) -> tuple[int, str]:
    return held.commit.committed, held.commit.sha


def _reason(held: CommitInTrees, places: Iterable[int], whole: int) -> Reason:
    commit = held.commit
    text = f"commit {commit.sha[:12]} in {held.mainline or ', '.join(held.trees)}: {commit.title}"
    numbers = sorted(place + 1 for place in places)
    if len(numbers) < whole:
        text = f"patch{'es' * (len(numbers) > 1)} {joined(numbers)} of {whole}: {text}"
    return Reason("", text, commit.committed, commit=commit.sha)
