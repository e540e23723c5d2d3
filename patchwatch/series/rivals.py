"""Rivals for the place after a posting: of two later ones with the same version, one has its title.

After the first version of one change, its author may send the second version of another one, and days later that of
the first.  The latter is the next version, by its title; the other one has another predecessor, or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patchwatch.series.posting import PostingFacts, same_person

REACH = 90 * 86_400
"""Most seconds between a posting and a rival for the place after it."""


def later_rivals(one: PostingFacts, near: Iterable[PostingFacts]) -> list[PostingFacts]:
    """The later postings of its author that may follow what `one` seems to follow: of no higher version."""
    if one.version == 1 or one.trees:
        return []
    return [
        rival
        for rival in near
        if one.date < rival.date <= one.date + REACH
        and 1 < rival.version <= one.version
        and rival.title != one.title
        and not rival.trees
        and set(rival.titles).isdisjoint(one.titles)  # or it is sent again
        and same_person(one, rival)
    ]


def is_taken(one: PostingFacts, other: PostingFacts, rivals: Sequence[PostingFacts]) -> bool:
    """True if one of its `rivals` is the next version of `other`, of which `one` is no part.

    A patch of a series that is sent alone before the next version of all of them is a version of it, too, and so is
    what is posted in its thread.
    """
    if not rivals or other.root in one.answered or _is_part(one, other):
        return False
    return any(is_next(rival, other) for rival in rivals)


def _is_part(one: PostingFacts, other: PostingFacts) -> bool:
    """True if one has a patch of another posting, or, under other titles, less of the same files."""
    if not set(one.titles).isdisjoint(other.titles):
        return True
    return len(one.titles) < len(other.titles) and set(one.files) <= set(other.files)


def is_next(rival: PostingFacts, other: PostingFacts) -> bool:
    """True if a rival is a later version of `other` under its title."""
    return (
        other.title == rival.title != ""
        and other.version < rival.version
        and other.date < rival.date <= other.date + REACH
        and same_person(rival, other)
    )


def places(one: PostingFacts, near: Iterable[PostingFacts]) -> list[str]:
    """The roots of the postings of which `one` is the next version by its title: others that seem to be may not be."""
    return [other.root for other in near if is_next(one, other)] if one.version > 1 else []


def is_same_rival(one: PostingFacts, other: PostingFacts | None) -> bool:
    """True if two forms of a posting take the same places."""
    return other is not None and (one.title, one.version, one.date, one.trees, one.people, one.author) == (
        other.title,
        other.version,
        other.date,
        other.trees,
        other.people,
        other.author,
    )
