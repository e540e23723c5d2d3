"""Patches that are in merged pull requests, or in mainline according to backports (patchwatch.series.merged)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from patchwatch.db import derived
from patchwatch.db.derived import StoredRevision
from patchwatch.db.posting_codec import decode_posting
from patchwatch.db.postings import Postings
from patchwatch.db.records import revision_state_of
from patchwatch.db.revision_codec import decode_state, decode_summary
from patchwatch.series.merged import REACH, backported_patches, keys_in_pulls, pulled_patches
from patchwatch.series.state.status import Merge
from patchwatch.series.state.types import Reason
from patchwatch.series.states import State


def affected(
    connection: Connection, postings: Postings, before: Sequence[StoredRevision], rows: Sequence[dict[str, Any]]
) -> set[int]:
    """Return the revisions whose patches are listed by a pull request that is new or whose state changed."""
    old = {r.id: (r.posting, r.standing) for r in before}
    now = {row["id"]: (row["posting"], row["standing"]) for row in rows}
    changed = [i for i in old.keys() | now.keys() if old.get(i) != now.get(i)]
    texts = {kept[i][0] for kept in (old, now) for i in changed if i in kept}
    found: set[int] = set()
    for pull in (p for p in map(decode_posting, texts) if p.listed):
        held = derived.revisions_with_keys(connection, {f"t:{title}"[:400] for _, title in pull.listed})
        near = {i for ids in held.values() for i in ids}
        wanted = [(f"n:{name}"[:400], pull.date) for name in sorted({name for name, _ in pull.listed})]
        for ids in derived.revisions_near(connection, wanted, REACH).values():
            near.update(ids)
        postings.load(near)
        found |= {i for i in near if i in postings and pulled_patches(postings[i], pull)}
    return found


def merges(connection: Connection, postings: Postings, newest: Iterable[StoredRevision]) -> dict[int, Merge]:
    """Return, by revision, the mail that reports a pull request with its patches as merged into Linus's tree.

    All patches must be listed.  Half of them are enough if a maintainer applied the revision, because titles are
    sometimes reworded.
    """
    members = {r.id: r for r in newest}
    postings.load(members)
    keys = {i: keys_in_pulls(postings[i]) for i in members}
    held = derived.revisions_with_keys(connection, set().union(*keys.values()) if keys else set())
    standings = {
        r.id: revision_state_of(r)
        for r in derived.revisions_by_id(connection, {i for ids in held.values() for i in ids})
    }
    postings.load(standings)
    merged = {i: s.reason for i, s in standings.items() if s.state == State.MAINLINED and s.reason}
    found: dict[int, Merge] = {}
    for number, revision in members.items():
        near = {i for key in keys[number] for i in held.get(key, ())}
        lists = {i: places for i in near & merged.keys() if (places := pulled_patches(postings[number], postings[i]))}
        wanted = max(len(postings[number].titles), decode_summary(revision.view).expected)
        accepted = decode_state(revision.standing).state == State.ACCEPTED
        count = len(frozenset().union(*lists.values()))
        if count and (count >= wanted or (accepted and 2 * count >= wanted)):
            last = max((merged[i] for i in lists), key=lambda reason: (reason.date, reason.message_id))
            found[number] = Merge(State.MAINLINED, last)
        elif (backported := _backported(postings, number, near)) and len(backported) >= wanted:
            found[number] = Merge(State.MAINLINED, max(backported.values(), key=lambda r: (r.date, r.message_id)))
    return found


def _backported(postings: Postings, number: int, near: Iterable[int]) -> dict[int, Reason]:
    """Return, by patch, the backport that names its commit in Linus's tree."""
    found: dict[int, Reason] = {}
    for i in sorted(near, key=lambda i: (postings[i].date, postings[i].root)):
        for place, (message_id, commit) in backported_patches(postings[number], postings[i]).items():
            text = f"[ Upstream commit {commit[:12]} ]"
            found.setdefault(place, Reason(message_id, text, postings[i].date, commit=commit))
    return found
