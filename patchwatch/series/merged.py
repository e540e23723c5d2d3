"""Match patches with the shortlog of a pull request, and with backports, by author and title.

Maintainers reword titles when they apply ("cgroup:" for "mm/cgroup:", a fixed typo), so a similar title is enough if
the author is the same and no other patch of theirs in the list is more similar.  Nothing else is evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.mail.subject import title_words
from patchwatch.series.posting import PostingFacts

_WHOLE_NAME = 5  # letters: some people have one name, others give only a short one
_SIMILAR = 0.7  # common words among all words of two titles, for a reworded title
REACH = 200 * 86_400
"""Seconds after its posting in which a patch is looked for in pull requests."""


def pull_keys(one: PostingFacts) -> frozenset[str]:
    """Index keys of what a pull request lists: titles, and authors for reworded titles."""
    titles = {f"l:{title}"[:400] for _, title in one.listed}
    return frozenset(titles | {f"ln:{name}"[:400] for name, _ in one.listed})


def keys_in_pulls(one: PostingFacts) -> frozenset[str]:
    """Index keys of the pull requests that may list this posting."""
    titles = {f"l:{title}"[:400] for title in one.titles}
    return frozenset(titles | {f"ln:{name}"[:400] for name in one.names if len(name) >= _WHOLE_NAME})


def pulled_patches(one: PostingFacts, pull: PostingFacts) -> frozenset[int]:
    """The patches of a posting (by place, from 0) that a pull request lists."""
    if not one.date <= pull.date <= one.date + REACH or one.trees or one.upstream or one.root == pull.root:
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


def shows_a_tree(one: PostingFacts, pull: PostingFacts) -> bool:
    """True if a pull request with patches of `one` shows that they are in a tree, even if nobody pulled yet.

    A maintainer's does.  Authors who offer their own patches, and nobody else's, in a branch are not maintainers.
    """
    return pull.author.email not in one.people or any(name not in pull.names for name, _ in pull.listed)


def backported_patches(one: PostingFacts, backport: PostingFacts) -> dict[int, tuple[str, str]]:
    """The patches of a posting (by place) that backports repeat from Linus's tree: (message-id, commit) of each."""
    if not backport.upstream or one.trees or one.upstream or backport.date < one.date:
        return {}
    found: dict[int, tuple[str, str]] = {}
    for (name, title), upstream in zip(backport.listed, backport.upstream, strict=True):
        if name in one.names and title in one.titles:
            found[one.titles.index(title)] = upstream
    if len(one.patch_ids) == len(one.titles) and len(backport.patch_ids) == len(backport.upstream):
        # A maintainer may have reworded the title.
        for patch_id, (name, _), upstream in zip(backport.patch_ids, backport.listed, backport.upstream, strict=True):
            if name in one.names and patch_id in one.patch_ids:
                found.setdefault(one.patch_ids.index(patch_id), upstream)
    return found


def _nearest(title: str, others: Sequence[str]) -> str | None:
    """The most similar of the other titles, if it is similar enough."""
    words = title_words(title)
    best, nearest = 0.0, None
    for other in others:
        theirs = title_words(other)
        similarity = len(words & theirs) / len(words | theirs) if words and theirs else 0.0
        if " " in title and (other.endswith(f": {title}") or title.endswith(f": {other}")):
            similarity = 1.0  # only the subsystem in front differs
        if similarity > best:
            best, nearest = similarity, other
    return nearest if best >= _SIMILAR else None
