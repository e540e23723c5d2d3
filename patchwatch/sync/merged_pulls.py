"""Patches that pull requests list, or that are in mainline according to backports (patchwatch.series.merged)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from patchwatch.db import derived
from patchwatch.db.derived import StoredRevision
from patchwatch.db.posting_codec import decode_posting
from patchwatch.db.postings import Postings
from patchwatch.db.records import revision_state_of
from patchwatch.db.revision_codec import decode_summary
from patchwatch.series.merged import REACH, backported_patches, keys_in_pulls, pulled_patches, shows_a_tree
from patchwatch.series.posting import PostingFacts
from patchwatch.series.relayed import sends_on
from patchwatch.series.state.types import Reason, RevisionState
from patchwatch.series.states import APPLIED, ReasonKind, State
from patchwatch.series.went_in import Report


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


def reports(
    connection: Connection, postings: Postings, newest: Iterable[StoredRevision]
) -> dict[int, dict[int, tuple[Report, ...]]]:
    """Return, by revision and patch, what pull requests and backports show of it."""
    members = {r.id: r for r in newest}
    postings.load(members)
    keys = {i: keys_in_pulls(postings[i]) for i in members}
    held = derived.revisions_with_keys(connection, set().union(*keys.values()) if keys else set())
    lists = {r.id: r for r in derived.revisions_by_id(connection, {i for ids in held.values() for i in ids})}
    postings.load(lists)
    states = {i: revision_state_of(r) for i, r in lists.items()}
    found: dict[int, dict[int, tuple[Report, ...]]] = {}
    for number in members:
        own: dict[int, list[Report]] = {}
        for i in {i for key in keys[number] for i in held.get(key, ())} & postings.keys():
            if report := _of_pull(postings[number], postings[i], states[i], lists[i]):
                for place in pulled_patches(postings[number], postings[i]):
                    own.setdefault(place, []).append(report)
            for place, (message_id, commit) in backported_patches(postings[number], postings[i]).items():
                text = f"[ Upstream commit {commit[:12]} ]"
                reason = Reason(message_id, text, postings[i].date, commit=commit)
                own.setdefault(place, []).append(Report(State.MAINLINED, reason, alone=True))
        if own:
            found[number] = {place: tuple(entries) for place, entries in own.items()}
    return found


def _of_pull(one: PostingFacts, pull: PostingFacts, state: RevisionState, stored: StoredRevision) -> Report | None:
    """Return what a pull request, or a batch of a maintainer, shows of the patches of `one` that it lists."""
    if pull.upstream or state.state in (State.REJECTED, State.NOT_APPLICABLE):
        return None
    if pull.relayed and not sends_on(pull, one, listed=True):
        return None
    if state.state in APPLIED and state.reason:
        return Report(state.state, state.reason)
    subject = decode_summary(stored.view).subject
    if pull.relayed:
        reason = Reason(pull.root, f"sent on in “{subject}”", pull.date, kind=ReasonKind.RELAYED, by=pull.author)
        return Report(State.AWAITING_UPSTREAM, reason)
    if not shows_a_tree(one, pull):
        return None
    text = f"listed in “{subject}”"
    return Report(State.ACCEPTED, Reason(pull.root, text, pull.date, kind=ReasonKind.CITED, by=pull.author))
