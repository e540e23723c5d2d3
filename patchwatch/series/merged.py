"""Which patches a pull request carries: the shortlog lists them, by author and title.  So does a backport, one each.

Maintainers reword titles when they apply ("cgroup:" for "mm/cgroup:", a mended typo), so a title need only be much like
the one posted, if the author is the same and no other patch of his in the list is nearer.  Nothing else is evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.mail.subject import title_words
from patchwatch.series.posting import PostingFacts

_ALIKE = 0.7  # of all words of both titles, how many must be common when a title was reworded
REACH = 200 * 86_400
"""How long, in seconds, after its posting a patch is looked for in pull requests."""


def pull_keys(one: PostingFacts) -> frozenset[str]:
    """Index keys of what a pull request lists: by title, and by author for reworded ones."""
    found = {f"l:{title}"[:400] for _, title in one.listed}
    return frozenset(found | {f"ln:{name}"[:400] for name, _ in one.listed})


def keys_in_pulls(one: PostingFacts) -> frozenset[str]:
    """The keys under which pull requests that list this posting are found."""
    found = {f"l:{title}"[:400] for title in one.titles}
    return frozenset(found | {f"ln:{name}"[:400] for name in one.names if " " in name})


def pulled_patches(one: PostingFacts, pull: PostingFacts) -> frozenset[int]:
    """Which of a posting's patches (by place, from 0) a pull request lists."""
    if not one.date <= pull.date <= one.date + REACH or one.trees or one.upstream:
        return frozenset()
    left = [title for name, title in pull.listed if name in one.names]
    found = set()
    for place, title in enumerate(one.titles):
        if title in left:
            found.add(place)
            left.remove(title)
    for place, title in enumerate(one.titles):
        if place not in found and (nearest := _nearest(title, left)):
            found.add(place)
            left.remove(nearest)
    return frozenset(found)


def backported_patches(one: PostingFacts, backport: PostingFacts) -> dict[int, tuple[str, str]]:
    """Which of a posting's patches a backport repeats as they are in Linus's tree, with (message-id, commit)."""
    if not backport.upstream or one.trees or one.upstream or backport.date < one.date:
        return {}
    found: dict[int, tuple[str, str]] = {}
    for (name, title), named in zip(backport.listed, backport.upstream, strict=True):
        if name in one.names and title in one.titles:
            found[one.titles.index(title)] = named
    if len(one.patch_ids) == len(one.titles) and len(backport.patch_ids) == len(backport.upstream):
        # A maintainer may have reworded the title; the same change by the same author is the same patch.
        for patch_id, (name, _), named in zip(backport.patch_ids, backport.listed, backport.upstream, strict=True):
            if name in one.names and patch_id in one.patch_ids:
                found.setdefault(one.patch_ids.index(patch_id), named)
    return found


def _nearest(title: str, others: Sequence[str]) -> str | None:
    words = title_words(title)
    best, chosen = 0.0, None
    for other in others:
        theirs = title_words(other)
        alike = len(words & theirs) / len(words | theirs) if words and theirs else 0.0
        if " " in title and (other.endswith(f": {title}") or title.endswith(f": {other}")):
            alike = 1.0  # only the subsystem was put in front, or left out
        if alike > best:
            best, chosen = alike, other
    return chosen if best >= _ALIKE else None
