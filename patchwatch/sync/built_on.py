"""The series whose patches went in according to later patches that are made on them (patchwatch.series.built_on)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Connection

from patchwatch.db import file_changes
from patchwatch.db import messages as mails
from patchwatch.db.derived import StoredRevision
from patchwatch.db.file_changes import contents_of
from patchwatch.db.message_codec import decode_message
from patchwatch.db.postings import Postings
from patchwatch.db.revision_codec import decode_own_state, posted_mails
from patchwatch.mail.message import Message
from patchwatch.series.built_on import NO_CONTENT, Proof, can_be_built_on, changes_of, find_proofs, names_of_contents
from patchwatch.series.state.types import Reason
from patchwatch.series.states import APPLIED, ReasonKind, State
from patchwatch.series.went_in import Report


def index(
    connection: Connection,
    messages: Iterable[tuple[int, Message]],
    indexed: Collection[int] = (),
    dated: Set[int] = frozenset(),
) -> set[int]:
    """Index what patches do to files; return the contents of which it can matter that something changed.

    Those of `indexed` were indexed before; `dated` are those whose author or date can be another one now.
    """
    now = {pk: set(found) for pk, message in messages if (found := changes_of(message))}
    before = file_changes.of_messages(connection, indexed)
    changed = {pk for pk in now.keys() | before.keys() if now.get(pk) != before.get(pk)}
    contents = contents_of(change for pk in changed | dated for kept in (now, before) for change in kept.get(pk, ()))
    crowded = file_changes.crowded(connection, contents)
    file_changes.forget(connection, changed & before.keys())
    file_changes.add(connection, {pk: now[pk] for pk in sorted(changed & now.keys())})
    return contents - file_changes.crowded(connection, crowded)


def affected(
    connection: Connection, before: Sequence[StoredRevision], rows: Sequence[Mapping[str, Any]], contents: Set[int]
) -> set[int]:
    """Return the revisions with patches that end with one of these contents, or that patches are made on which were
    applied according to revisions before, or are according to the rows now, but not both.
    """
    was = _applied_in((r.view, r.standing) for r in before)
    now = _applied_in((row["view"], row["standing"]) for row in rows)
    begun: set[int] = set()
    if differing := was ^ now:
        changes = file_changes.by_message_id(connection, differing)
        begun = {change.before for own in changes.values() for change in own} - {NO_CONTENT}
        begun -= file_changes.crowded(connection, begun)
    return file_changes.revisions_ending_with(connection, contents | begun)


def _applied_in(revisions: Iterable[tuple[str, str]]) -> set[str]:
    """Return the patches of those revisions, given as columns, that were applied according to their own mails."""
    return {
        message_id
        for view, standing in revisions
        if decode_own_state(standing) in APPLIED
        for message_id in posted_mails(view).patch_message_ids
    }


def reports(
    connection: Connection, postings: Postings, orders: Sequence[Sequence[StoredRevision]]
) -> dict[int, dict[int, tuple[Report, ...]]]:
    """Return what later patches show of the newest revision of each series, given as revisions in order."""
    postings.load(order[-1].id for order in orders)
    newest = [order[-1] for order in orders if can_be_built_on(postings[order[-1].id])]
    used = file_changes.with_results_in_use(connection, (i for r in newest for i in postings[r.id].message_ids))
    newest = [revision for revision in newest if not used.isdisjoint(postings[revision.id].message_ids)]
    if not newest:
        return {}
    changes = file_changes.by_message_id(connection, (i for r in newest for i in postings[r.id].message_ids))
    results = {change.after for own in changes.values() for change in own} - {NO_CONTENT}
    beginning = file_changes.beginning_with(connection, results)
    ending = file_changes.ending_with(connection, beginning)
    beginning = {content: patches for content, patches in beginning.items() if content in ending}
    made = {patch.message_id for patches in beginning.values() for patch in patches}
    standings = file_changes.standings(connection, made)
    applied = {message_id for message_id, text in standings.items() if decode_own_state(text) in APPLIED}
    found: dict[int, dict[int, tuple[Report, ...]]] = {}
    for revision in newest:
        one = postings[revision.id]
        patches = posted_mails(revision.view).patch_message_ids
        own = [changes.get(i, []) for i in patches]
        proofs = find_proofs(one, own, beginning, ending, applied)
        files = _files(connection, patches) if proofs else {}
        found[revision.id] = {place: tuple(_report(proof, files) for proof in shown) for place, shown in proofs.items()}
    return found


def _files(connection: Connection, message_ids: Iterable[str]) -> dict[int, str]:
    """Return the names of the files that patches change, by their contents."""
    facts = mails.facts_of(connection, mails.known_messages(connection, message_ids).values())
    return {content: name for text in facts.values() for content, name in names_of_contents(decode_message(text))}


def _report(proof: Proof, files: Mapping[int, str]) -> Report:
    patch = proof.patch
    applied = ", and was applied" if proof.applied else ""
    text = f"“{patch.subject}” builds on {files[proof.content]} with this change{applied}"
    reason = Reason(patch.message_id, text, patch.date, kind=ReasonKind.CITED, by=patch.by)
    return Report(State.ACCEPTED, reason, alone=not proof.own)
