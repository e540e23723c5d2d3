"""The tags of a series' revisions: decoded from what is stored of each, and carried from version to version."""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.db.revision_codec import RevisionSummary, StoredTag
from patchwatch.series.carried_tags import PostedPatch, Tagged, carry
from patchwatch.series.tag import Tag


def stored_tags(tags: Sequence[Tag]) -> tuple[StoredTag, ...]:
    """Return the tags of a single revision for its summary."""
    return tuple(StoredTag(t.name, t.value, t.message_id, t.patch, t.counts, t.date, t.scope) for t in tags)


def tags_of_chain(
    chain: Sequence[tuple[str, RevisionSummary]], before: Sequence[tuple[int, ...]] | None = None
) -> list[tuple[Tag, ...]]:
    """Return the tags of each revision, given as (root, summary), oldest first: its own and those given earlier.

    `before` are the places of the revisions right before each (patchwatch.db.revision_order.Branches), by default the
    last one.
    """
    return [_own(chain[0][1])] if len(chain) == 1 else carry(tagged(chain, before))


def tagged(
    chain: Sequence[tuple[str, RevisionSummary]], before: Sequence[tuple[int, ...]] | None = None
) -> list[Tagged]:
    """Return each revision, given as (root, summary), with its patches and its own tags; `before` as above."""
    return [
        Tagged(
            root,
            str(summary.author),
            tuple(
                PostedPatch(patch.number, message_id, patch.title, patch.patch_id, patch.dropped)
                for message_id, patch in zip(summary.patch_message_ids, summary.patch_facts, strict=True)
            ),
            _own(summary),
            summary.dropped,
            before[place] if before else None,
        )
        for place, (root, summary) in enumerate(chain)
    ]


def _own(summary: RevisionSummary) -> tuple[Tag, ...]:
    return tuple(Tag(t.name, t.value, t.message_id, t.patch, t.counts, t.date, t.scope) for t in summary.trailers)
