"""Match patches with the shortlog of a pull request, and with backports, by author and title.

Maintainers reword titles when they apply ("cgroup:" for "mm/cgroup:", a fixed typo, "block group" for "bg").  So a
similar title is enough if the author is the same, no other patch of theirs in the list is more similar, and they posted
none of exactly that title: authors send many patches that differ in the name of a driver only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from patchwatch.mail.subject import gist_words, title_words
from patchwatch.series.posting import PostingFacts, author_keys
from patchwatch.series.relayed import takes_along

_WHOLE_NAME = 5  # letters: some people have one name, others give only a short one
_SIMILAR = 0.7  # common words among all words of two titles, for a reworded title
_LESS_SIMILAR = 0.5  # the same, if one title has all words of the other, or both name the same functions
_ROUGHLY_SIMILAR = 0.4  # the same, if nothing else is left
_LONGEST_SHORT = 4  # letters of an abbreviation
_SAME_FUNCTION = 0.55
_FEW_WORDS = 3  # significant words that a title needs to be contained in another
_HARDLY_DIFFERS = 0.85  # common words from which on even the subsystem may be another
_VOWELS = frozenset("aeiou")  # that abbreviations lack, unlike short words
REACH = 200 * 86_400
"""Seconds after its posting in which a patch is looked for in pull requests."""


def pull_keys(one: PostingFacts) -> frozenset[str]:
    """Index keys of what a pull request lists: titles, and authors for reworded titles."""
    titles = {f"l:{title}"[:400] for _, title in one.listed}
    names = set() if takes_along(one) else {f"ln:{name}"[:400] for name, _ in one.listed}
    return frozenset(titles | names)


def keys_in_pulls(one: PostingFacts) -> frozenset[str]:
    """Index keys of the pull requests and backports that may have a patch of this posting, whenever they were sent."""
    if _is_backport(one):
        return frozenset()
    titles = {f"l:{title}"[:400] for title in one.titles}
    same = one.patch_ids if len(one.patch_ids) == len(one.titles) else ()
    return frozenset(titles | {f"{kind}:{patch_id}"[:400] for patch_id in same for kind in ("p", "+p")})


def keys_of_repeated(backport: PostingFacts) -> frozenset[str]:
    """Index keys of the postings with patches that a backport repeats."""
    names = [("t", title) for _, title in backport.listed] + [("p", patch_id) for patch_id in backport.patch_ids]
    return frozenset(f"{further}{kind}:{name}"[:400] for kind, name in names for further in ("", "+"))


def author_keys_of_pulls(one: PostingFacts) -> frozenset[str]:
    """Index keys of the pull requests that name an author of this posting; they are valid within `REACH` after it."""
    if _is_backport(one):
        return frozenset()
    return frozenset(f"ln:{name}"[:400] for name in one.names if len(name) >= _WHOLE_NAME)


def author_keys_in_pulls(one: PostingFacts) -> frozenset[str]:
    """Index keys of authors without one in `author_keys`: of patches that others sent, and those with one name."""
    if one.trees:
        return frozenset()
    names = {f"n:{name}"[:400]: f"w:{name}"[:400] for name in one.names if len(name) >= _WHOLE_NAME}
    return frozenset(key for known, key in names.items() if known not in author_keys(one))


def keys_in_postings_of(name: str) -> tuple[str, str]:
    """Index keys of the postings with patches of an author whom a pull request names."""
    return f"n:{name}"[:400], f"w:{name}"[:400]


def pulled_patches(one: PostingFacts, pull: PostingFacts, taken: Collection[str] = ()) -> frozenset[int]:
    """The patches of a posting (by place, from 0) that a pull request lists.

    `taken` are titles that others of the author's postings have, so that the patches are not reworded ones of `one`.
    """
    if not may_list(pull, one):
        return frozenset()
    left = [title for name, title in pull.listed if name in one.names]
    found = set()
    for place, title in enumerate(one.titles):
        if title in left:
            found.add(place)
            left.remove(title)
    left = [title for title in left if title not in taken]
    for place, title in enumerate(one.titles):
        if place not in found and (nearest := _nearest(title, left)):
            found.add(place)
            left.remove(nearest)
    return frozenset(found | _left_over(one.titles, found, left))


def _left_over(titles: Sequence[str], found: Collection[int], left: Sequence[str]) -> set[int]:
    """The other patches of a posting, if half of it is found, and as many listed titles are left that resemble them."""
    others = [place for place in range(len(titles)) if place not in found]
    if not found or len(left) != len(others) or len(found) < len(others):
        return set()
    free = list(left)
    for place in others:
        best = max(free, key=lambda title: _similarity(titles[place], title))
        if _similarity(titles[place], best) < _ROUGHLY_SIMILAR:
            return set()
        free.remove(best)
    return set(others)


def reworded_titles(one: PostingFacts, pull: PostingFacts) -> frozenset[str]:
    """The titles in a pull request that may be reworded ones of this posting."""
    if not may_list(pull, one):
        return frozenset()
    others = {title for name, title in pull.listed if name in one.names}
    return frozenset(other for other in others if is_reworded(other, one, pull))


def is_reworded(title: str, one: PostingFacts, pull: PostingFacts) -> bool:
    """True if a title that a pull request lists below an author of this posting may be a reworded one of it."""
    if title in one.titles or not may_list(pull, one):
        return False
    alike = [own for own in one.titles if _similarity(own, title) >= _SIMILAR]
    return bool(alike) and not {listed for _, listed in pull.listed}.issuperset(alike)


def is_of_another(title: str, one: PostingFacts, pull: PostingFacts, other: PostingFacts) -> bool:
    """True if a listed patch is that of another posting with exactly its title, rather than a reworded one of `one`."""
    if (other.listed and not takes_along(other)) or other.trees or other.upstream:
        return False
    if other.date > pull.date or title not in other.titles:
        return False
    authors = {name for name, listed in pull.listed if listed == title}
    return not authors.isdisjoint(one.names) and not authors.isdisjoint(other.names)


def _is_backport(one: PostingFacts) -> bool:
    return bool(one.trees or one.upstream)


def may_list(pull: PostingFacts, one: PostingFacts) -> bool:
    """True if a pull request can list patches of a posting, by their dates."""
    early = not one.date <= pull.date <= one.date + REACH
    return not (early or _is_backport(one) or one.root == pull.root)


def shows_a_tree(one: PostingFacts, pull: PostingFacts) -> bool:
    """True if a pull request with patches of `one` shows that they are in a tree, even if nobody pulled yet.

    A maintainer's does.  Authors who offer their own patches, and nobody else's, in a branch are not maintainers.
    """
    return pull.author.email not in one.people or any(name not in pull.names for name, _ in pull.listed)


def backported_patches(one: PostingFacts, backport: PostingFacts) -> dict[int, tuple[str, str]]:
    """The patches of a posting (by place) that backports repeat from Linus's tree: (message-id, commit) of each."""
    if not backport.upstream or _is_backport(one) or backport.date < one.date:
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
    best, nearest = 0.0, None
    for other in others:
        similarity = _similarity(title, other)
        if similarity > best:
            best, nearest = similarity, other
    return nearest if best >= _SIMILAR else None


@lru_cache(maxsize=8192)  # the same titles are compared with each mail that may change what a pull request lists
def _similarity(title: str, other: str) -> float:
    """The share of common words, 0 to 1; at least `_SIMILAR` for a title that is only worded differently."""
    if " " in title and (other.endswith(f": {title}") or title.endswith(f": {other}")):
        return 1.0  # only the subsystem in front differs
    mine, theirs = title_words(title), title_words(other)
    both = len(mine & theirs)
    if both * 3 < len(mine | theirs) or not both:
        return 0.0
    share = both / len(mine | theirs)
    if _name_others(title, mine, other, theirs):
        return share if share >= _HARDLY_DIFFERS else 0.0
    if share >= _SIMILAR:
        return share
    mine, theirs = (
        _singular(_spelled_out(mine, theirs - mine, other)),
        _singular(_spelled_out(theirs, mine - theirs, title)),
    )
    share = len(mine & theirs) / len(mine | theirs)
    contained = (mine <= theirs or theirs <= mine) and min(len(gist_words(t)) for t in (title, other)) >= _FEW_WORDS
    same = share >= _SAME_FUNCTION and _functions(title) and _functions(title) == _functions(other)
    if _LESS_SIMILAR <= share < _SIMILAR and (contained or same):
        return _SIMILAR + share / 10  # less than a title that is more similar
    return share


def _name_others(title: str, mine: frozenset[str], other: str, theirs: frozenset[str]) -> bool:
    """True if the titles begin with two subsystems or drivers, or name two functions: they are two of many."""
    part, of = (title_words(one.rpartition(": ")[0]) for one in (title, other))
    if part - theirs and of - mine:
        return True
    functions, others = _functions(title), _functions(other)
    if not functions or not others or functions & others:
        return False
    return not any(one.endswith(two) or two.endswith(one) for one in functions for two in others)


def _functions(title: str) -> set[str]:
    return {word for word in title_words(title.rpartition(": ")[2]) if "_" in word}


def _spelled_out(words: frozenset[str], missing: frozenset[str], other: str) -> frozenset[str]:
    """The words of a title, with an abbreviation such as "bg" replaced if the other has "block group" instead."""
    found = set(words)
    for short in words - title_words(other):
        if 2 <= len(short) <= _LONGEST_SHORT and short.isalpha() and _VOWELS.isdisjoint(short):
            letters = r"[\w-]*[\s-]+".join(short)
            spelled = re.search(rf"\b{letters}[\w-]*", other)
            if spelled and (long := title_words(spelled[0])) and long <= missing:
                found = (found - {short}) | long
    return frozenset(found)


def _singular(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word.removesuffix("s") if len(word) > _LONGEST_SHORT else word for word in words)
