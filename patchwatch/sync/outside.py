"""What mails outside of a series, and git trees, show of where its patches went."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from patchwatch.db.derived import StoredRevision
from patchwatch.db.postings import Postings
from patchwatch.db.revision_codec import RevisionSummary, decode_state, decode_summary
from patchwatch.series.state.status import Merge
from patchwatch.series.states import State
from patchwatch.series.went_in import Own, joined, merge_of
from patchwatch.sync import applied_commits, built_on, citations, merged_pulls


def merges(
    connection: Connection, postings: Postings, orders: Sequence[Sequence[StoredRevision]]
) -> dict[int, list[Merge]]:
    """Return what is known of the newest revision of each series, besides its own mails.

    `orders` are the revisions of each series, oldest first.
    """
    in_trees = applied_commits.merges(connection, postings, orders)
    newest = [order[-1] for order in orders]
    pulled = merged_pulls.reports(connection, postings, orders)
    cited, reverted = citations.reports(connection, postings, orders)
    built = built_on.reports(connection, postings, orders)
    found: dict[int, list[Merge]] = {}
    for revision in newest:
        number = revision.id
        own = [in_trees[number]] if number in in_trees else []
        reports = joined(*(source.get(number, {}) for source in (pulled, cited, built)))
        if reports:
            state = decode_state(revision.standing)
            summary = decode_summary(revision.view)
            numbers = tuple(patch.number for patch in summary.patch_facts)
            whole = _whole(summary, numbers) or max(len(postings[number].titles), summary.expected)
            itself = Own(postings[number].date, whole, state.state, state.partly, numbers, summary.expected)
            reported = merge_of(itself, reports)
            own += [reported] if reported else []
        # A tree knows better what was reverted.
        if number in reverted and (not own or number not in in_trees or _is_part(in_trees[number])):
            own.append(reverted[number])
        found[number] = own
    return found


def _whole(summary: RevisionSummary, numbers: Sequence[int]) -> int:
    """How many patches have to be applied; 0 if none was seen."""
    if not numbers:
        return 0
    seen = len(numbers) + len(summary.missing)
    whole = max(seen, summary.expected) if summary.has_cover else seen  # as of Revision.elsewhere
    return whole - len(summary.not_for_merging)


def _is_part(merge: Merge) -> bool:
    return merge.state == State.UNDER_REVIEW and not merge.reverted
