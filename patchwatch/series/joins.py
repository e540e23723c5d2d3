"""Postings that a new version joins: besides its predecessor, others of its author whose patches it has, too.

Two single patches, or two series, become one series in v2, which supersedes both.  What is joined has all its patches
in the new version, by title or git patch-id, or its author says that the new version supersedes it; and none of them is
in the predecessor: what shares a patch with that is an older version of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from patchwatch.series.certain_links import Link, stated
from patchwatch.series.posting import AUTHOR_WINDOW, PostingFacts, same_person
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.stated_relations import without_dependencies

_SAME_DAY = 12 * 3600  # seconds: what is posted alone as well goes its own way, such as a fix that the others need


def joined(one: PostingFacts, link: Link | None, near: Iterable[PostingFacts]) -> tuple[Link, ...]:
    """The links to the other postings that `one` supersedes, besides its predecessor, by date.

    `near` are the postings that share a key with it, with the predecessor.
    """
    if link is None or link.resend or one.kind == PULL or one.trees:
        return ()
    near = without_dependencies(one, [other for other in near if other.root != one.root])
    own = [other for other in near if may_join(one, other)]
    before = next((other for other in near if other.root == link.predecessor), None)
    if before is None or not own:
        return ()
    found = [
        Link(one.root, other.root, evidence, link.score)
        for other in sorted(own, key=lambda p: (p.date, p.root))
        if _is_apart(other, before)
        and (evidence := _evidence(one, other))
        and not any(_continues(later, other) for later in own)
    ]
    return tuple(found)


def may_join(one: PostingFacts, other: PostingFacts) -> bool:
    """True if a posting may have patches that `one` joins with others, or show that it does not."""
    return (
        (one.version, one.minor) > (1, 0)
        and _SAME_DAY < one.date - other.date <= AUTHOR_WINDOW
        and other.kind != PULL
        and not other.trees
        and same_person(one, other)
        and (not _has_none_of(other, one) or stated(one, other) is not None)
    )


def _evidence(one: PostingFacts, other: PostingFacts) -> tuple[str, ...]:
    """The evidence that `one` has all that `other` has, and that it was not applied before; empty if it has not."""
    if words := stated(one, other):
        return words.evidence
    if not other.titles or other.incomplete or 0 < other.applied < one.date:
        return ()
    if one.files and other.files and set(other.files).isdisjoint(one.files):
        return ()  # "fix a typo" in another driver
    if set(other.titles) <= set(one.titles):
        return "same-author", "same-patch-titles"
    if len(other.patch_ids) == len(other.titles) and set(other.patch_ids) <= set(one.patch_ids):
        return "same-author", "same-patches"
    return ()


def _is_apart(other: PostingFacts, before: PostingFacts) -> bool:
    """True for two postings without a patch, title or change-id in common: none is an older version of the other."""
    if other.root == before.root or (other.title and other.title == before.title):
        return False
    return _has_none_of(other, before) and (not other.change_id or other.change_id != before.change_id)


def _continues(later: PostingFacts, other: PostingFacts) -> bool:
    """True if a posting in between has one of the patches: it is the one to be joined, or they went on elsewhere."""
    return later.root != other.root and later.date > other.date and not _has_none_of(later, other)


def _has_none_of(one: PostingFacts, other: PostingFacts) -> bool:
    return set(one.titles).isdisjoint(other.titles) and set(one.patch_ids).isdisjoint(other.patch_ids)
