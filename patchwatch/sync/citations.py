"""The series whose patches went in according to mails that name their commits (patchwatch.series.citations)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Connection

from patchwatch.db import citations, derived
from patchwatch.db.derived import StoredRevision
from patchwatch.db.posting_codec import decode_posting
from patchwatch.db.postings import Postings
from patchwatch.mail.message import Message
from patchwatch.series.citations import (
    Citation,
    find_citations,
    is_named_by_another,
    key_of,
    keys_in_postings,
    keys_of_earlier,
    keys_of_posting,
)
from patchwatch.series.state.status import Merge
from patchwatch.series.state.types import Reason
from patchwatch.series.states import ReasonKind, State
from patchwatch.series.went_in import Report, joined

_MAX_HOLDERS = 100  # postings with a title, from which on a commit of that title is not known to be one of them


def index(
    connection: Connection,
    messages: Iterable[tuple[int, Message]],
    indexed: Collection[int] = (),
    dated: Set[int] = frozenset(),
) -> set[str]:
    """Index the citations of messages; return the keys whose citations changed.

    Those of `indexed` were indexed before; `dated` are those whose author or date can be another one now.
    """
    rows: dict[tuple[str, int, str, str, str], tuple[str, str, str]] = {}
    for pk, message in messages:
        for cited in message.cited:
            key, deed = key_of(cited)
            if key:
                rows[key, pk, deed, cited.sha, cited.author] = (cited.form, cited.title, cited.tree)
    before = citations.of_messages(connection, indexed)
    names = before.keys() | rows.keys()
    changed = {name[1] for name in names if before.get(name) != rows.get(name)}
    citations.forget(connection, changed & {name[1] for name in before})
    citations.add(
        connection,
        [
            {
                "key": key,
                "message_pk": pk,
                "deed": deed,
                "sha": sha,
                "author": author,
                "form": form,
                "title": title,
                "tree": tree,
            }
            for (key, pk, deed, sha, author), (form, title, tree) in rows.items()
            if pk in changed
        ],
    )
    return {name[0] for name in names if name[1] in changed | dated}


def affected(
    connection: Connection, before: Sequence[StoredRevision], rows: Sequence[Mapping[str, Any]], keys: Collection[str]
) -> set[int]:
    """Return the revisions with patches of these keys, or of the titles of postings that changed, if they are cited."""
    old = {r.id: r.posting for r in before}
    now = {row["id"]: row["posting"] for row in rows}
    changed = {i for i in old.keys() | now.keys() if old.get(i) != now.get(i)}
    texts = {kept[i] for kept in (old, now) for i in changed if i in kept}
    titles = {key for text in texts for key in keys_of_posting(decode_posting(text))}
    cited = citations.known_keys(connection, titles - set(keys)) | set(keys)
    holders = _holders(connection, cited).values()
    return {i for ids in holders if len(ids - changed) <= _MAX_HOLDERS for i in ids}


def _holders(connection: Connection, keys: Iterable[str]) -> dict[str, set[int]]:
    """Return the revisions with a patch of each title, or with each message-id."""
    names = {name: key for key in keys for name in keys_in_postings([key])}
    found: dict[str, set[int]] = {}
    for name, ids in derived.revisions_with_keys(connection, names).items():
        found.setdefault(names[name], set()).update(ids)
    return found


def reports(
    connection: Connection, postings: Postings, orders: Sequence[Sequence[StoredRevision]]
) -> tuple[dict[int, dict[int, tuple[Report, ...]]], dict[int, Merge]]:
    """Return what mails outside of each series, given as revisions in order, show of its newest revision.

    That is, by revision and patch, that it went in; and, by revision, that it was reverted.
    """
    postings.load(order[-1].id for order in orders)
    keys = {
        order[-1].id: keys_of_posting(postings[order[-1].id]).union(*(keys_of_earlier(r.root) for r in order[:-1]))
        for order in orders
    }
    held = citations.with_keys(connection, set().union(*keys.values()) if keys else set())
    if not held:
        return {}, {}
    holders = _holders(connection, held)
    postings.load({i for ids in holders.values() if len(ids) <= _MAX_HOLDERS for i in ids})
    applied: dict[int, dict[int, tuple[Report, ...]]] = {}
    reverted: dict[int, Merge] = {}
    for order in orders:
        own, number = {r.id for r in order}, order[-1].id
        known = (key for key in keys[number] if len(holders.get(key, ())) <= _MAX_HOLDERS)
        cited = [
            c
            for key in known
            for c, home in held.get(key, ())
            if home not in own or is_named_by_another(postings[number], c)
        ]
        if not cited:
            continue
        rivals = {i for c in cited for i in holders.get(c.key, ())} - own
        found = find_citations(postings[number], cited, [postings[i] for i in sorted(rivals) if i in postings])
        named = {place: (_report(citation),) for place, citation in found.applied.items()}
        below = {place: (_report(citation, below=True),) for place, citation in found.below.items()}
        listed = {place: (_report(citation),) for place, citation in found.summarized.items()}
        applied[number] = joined(named, below, listed)
        if found.reverted:
            last = max(found.reverted.values(), key=lambda c: (c.date, c.message_id, c.sha))
            reverted[number] = Merge(State.UNDER_REVIEW, _reason(last), reverted=True)
    return applied, reverted


def _report(citation: Citation, *, below: bool = False) -> Report:
    state = State.MAINLINED if citation.form == "mainline" else State.ACCEPTED
    alone = citation.form in ("prose", "tag", "branch") or (citation.tree != "" and citation.sha != "")
    return Report(state, _reason(citation), alone=alone, complete=citation.complete, below=below)


def _reason(citation: Citation) -> Reason:
    name = f"commit {citation.sha[:12]}" if citation.sha else "commit"
    if citation.complete:
        text = f"in {citation.tree}"
    else:
        text = f"{name} (“{citation.title}”)" + (f" in {citation.tree}" if citation.tree else "")
    return Reason(citation.message_id, text, citation.date, commit=citation.sha, kind=ReasonKind.CITED, by=citation.by)
