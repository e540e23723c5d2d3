"""Match commits with the patches of a posting, and find out whether they were reverted.

A commit matches a patch by a `Link:` to its mail, by the same change (git patch-id), or by author and title; in this
order, because a title can be common, and a link can be to another version or to something merely mentioned.
patchwatch.sync.applied_commits and patchwatch.series.state.status derive the state.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from patchwatch.mail.message import Person, name_key
from patchwatch.mail.subject import title_key, title_words
from patchwatch.mail.version_hints import links
from patchwatch.pattern import Pattern
from patchwatch.series.posting import KEYED_TITLES, PostingFacts, is_author

_DAY = 86_400
REACH = 400 * _DAY
"""Seconds after its posting in which a patch is looked for in commits that do not link to it."""
_SKEW = 3_600  # a patch can be dated some minutes before its cover letter
_SHA = 12  # digits of commits in keys: the least that the kernel's `Fixes:` and reverts give
_WORDS = 3  # that a title needs to identify a patch on its own: "net: fix typo" has two
_VERY_SIMILAR = 0.7  # common words among all words of two titles, for a reworded title
_SIMILAR = 0.4  # the same, if link and author match

# "Link: https://… # [1]" is a footnote of the message, not where the patch came from.
_LINK = Pattern(r"^[ \t]*Link:[ \t]*(?P<url>https?://\S+)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_MESSAGE_ID = Pattern(r"^[ \t]*Message-ID:[ \t]*<?(?P<id>[^\s<>@]+@[^\s<>]+?)>?[ \t]*$", re.MULTILINE | re.IGNORECASE)
# git-revert(1)'s sentence; for a merge it continues ", reversing changes made to <commit>".
_REVERTS = Pattern(r"\bThis reverts commits? ([0-9a-f]{12,64}(?:(?:,? and |, ?|\s)[0-9a-f]{12,64})*)", re.IGNORECASE)
_REVERT_OF = Pattern(r'(?:Partially )?Revert:? "(.+)"?$', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Commit:
    """The facts of a commit by which it is matched.  Times are UTC seconds."""

    sha: str
    author: Person
    authored: int  # `git am` keeps the mail's Date here
    committer: Person
    committed: int
    title: str
    links: tuple[str, ...] = ()  # message-ids in its Link: and Message-ID: lines
    origins: tuple[str, ...] = ()  # those that are certainly the mail it was made from
    reverts: tuple[str, ...] = ()  # commits that it reverts
    merge: bool = False
    patch_id: str = ""

    @property
    def applied(self) -> int:
        """When it was applied: the mail's date if somebody else committed it, however often they rebase."""
        own = self.committer.email == self.author.email or name_key(self.committer.name) == name_key(self.author.name)
        return self.committed if own else min(self.authored, self.committed)


@dataclass(frozen=True, slots=True)
class CommitInTrees:
    """A commit and the names of the trees that contain it."""

    commit: Commit
    trees: tuple[str, ...]
    mainline: str = ""  # the name of the mainline tree, if that contains it


@dataclass(frozen=True, slots=True)
class Match:
    """The patches of a posting (by place, from 0) that a commit carries."""

    root: str
    places: frozenset[int]
    by: str  # link, patch-id or title: the stronger first


@dataclass(frozen=True, slots=True)
class PatchCommits:
    """The commits of a posting's patches, by place from 0."""

    applied: Mapping[int, CommitInTrees]
    reverted: Mapping[int, CommitInTrees]  # the reverting commit


def read_message(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The title, `links`, `origins` and `reverts` of a commit message (see `Commit`)."""
    title = " ".join(text.strip().partition("\n\n")[0].split())
    named: dict[str, bool] = {}
    for found in _LINK.finditer(text):
        for message_id in links(found["url"]):
            # Only b4 writes patch.msgid.link, for the mail that it applied.
            named[message_id] = named.get(message_id, False) or "://patch.msgid.link/" in found["url"]
    named |= {found["id"]: True for found in _MESSAGE_ID.finditer(text)}
    reverts = [sha for found in _REVERTS.finditer(text) for sha in re.findall(r"[0-9a-f]{12,64}", found[1].lower())]
    origins = tuple(message_id for message_id, sure in named.items() if sure)
    return title, tuple(named), origins, tuple(dict.fromkeys(reverts))


# ---- index keys ----------------------------------------------------------------------------------------------------


def keys(one: Commit) -> frozenset[str]:
    """Index keys of a commit: the mails it links to, its title, change and sha, and the commits it reverts."""
    found = {f"m:{i}" for i in one.links} | {f"r:{sha[:_SHA]}" for sha in one.reverts} | {f"s:{one.sha[:_SHA]}"}
    found.add(f"t:{title_key(one.title)}")
    if one.patch_id:
        found.add(f"p:{one.patch_id}")
    return frozenset(key[:400] for key in found)


def keys_of_posting(one: PostingFacts) -> frozenset[str]:
    """Index keys of the commits that may be patches of this posting."""
    found = {f"m:{i}" for i in one.message_ids} | {f"t:{title}" for title in one.titles}
    return frozenset(key[:400] for key in found | {f"p:{i}" for i in one.patch_ids})


def keys_in_postings(one: Commit) -> frozenset[str]:
    """Index keys of the postings that this commit may be a patch of."""
    found = {f"m:{i}" for i in one.links}
    for kind, value in (("t", title_key(one.title)), ("p", one.patch_id)):
        if value:
            found |= {f"{kind}:{value}", f"+{kind}:{value}"}
    return frozenset(key[:400] for key in found)


def further_keys(one: PostingFacts) -> frozenset[str]:
    """Index keys of the patches of long series that `posting_keys` leaves out."""
    found = {f"+t:{title}" for title in one.titles[KEYED_TITLES:]}
    return frozenset(key[:400] for key in found | {f"+p:{i}" for i in one.patch_ids[KEYED_TITLES:]})


def keys_of_reverts(one: Commit) -> frozenset[str]:
    """Index keys of the commits that may revert this one, or be reverted by it."""
    found = {f"r:{one.sha[:_SHA]}", f"t:{title_key(_revert_title(one.title))}"}
    found |= {f"s:{sha[:_SHA]}" for sha in one.reverts}
    if (of := _REVERT_OF.match(one.title)) and not one.reverts:
        found.add(f"t:{title_key(of[1])}")
    return frozenset(key[:400] for key in found)


def _revert_title(title: str) -> str:
    return f'Revert "{title}"'


# ---- one commit ----------------------------------------------------------------------------------------------------


def matches(commit: Commit, postings: Iterable[PostingFacts]) -> tuple[Match, ...]:
    """Match a commit with `postings`, which are all that share a key with it."""
    judged = [p for p in postings if p.titles]
    linked = [(p, places, sure) for p in judged if (places := _linked(commit, p)) for sure in [_sure(commit, p)]]
    if any(sure for *_, sure in linked):
        linked = [entry for entry in linked if entry[2]]  # the others were merely mentioned
    found = {p.root: Match(p.root, places, "link") for p, places, _ in linked}
    if commit.merge:
        return tuple(found.values())
    for one in judged:
        if one.root not in found and (places := _same_change(commit, one)):
            found[one.root] = Match(one.root, places, "patch-id")
    if not linked:  # a link names the version: others with the same title do not match
        for one in judged:
            if one.root not in found and (places := _same_title(commit, one)):
                found[one.root] = Match(one.root, places, "title")
    return tuple(found.values())


def _linked(commit: Commit, one: PostingFacts) -> frozenset[int]:
    """The patches whose mail or cover letter the commit links to, if the commit is similar to them."""
    named = {place for place, i in enumerate(one.message_ids) if i in commit.links}
    origin = any(i in commit.origins for i in one.message_ids)
    if not named or (_is_revert(commit.title) and not origin and not any(map(_is_revert, one.titles))):
        return frozenset()  # a revert links to what it reverts
    cover = one.kind != "patch"
    if commit.merge:  # a series merged as a whole has the cover letter's words and link: b4 shazam --merge-base
        return frozenset(range(len(one.titles))) if cover and 0 in named else frozenset()
    if place := _place(commit, one):
        return place
    first = 1 if cover else 0
    patches = frozenset(n - first for n in named if first <= n < first + len(one.titles))
    wanted = 0.0 if origin else _SIMILAR if is_author(commit.author, one) else _VERY_SIMILAR
    likely = frozenset(n for n in patches if _similarity(commit.title, one.titles[n]) >= wanted)
    if likely or not (cover and 0 in named):
        return likely
    nearest = max(range(len(one.titles)), key=lambda n: (_similarity(commit.title, one.titles[n]), -n))
    enough = max(wanted, _SIMILAR if len(one.titles) == 1 else _VERY_SIMILAR)
    return frozenset({nearest}) if _similarity(commit.title, one.titles[nearest]) >= enough else frozenset()


def _sure(commit: Commit, one: PostingFacts) -> bool:
    return bool(_place(commit, one)) or any(i in commit.origins for i in one.message_ids)


def _place(commit: Commit, one: PostingFacts) -> frozenset[int]:
    """The patch with exactly the title, or the change, of the commit."""
    title = title_key(commit.title)
    if title and title in one.titles:
        return frozenset({one.titles.index(title)})
    return _same_change(commit, one)


def _same_change(commit: Commit, one: PostingFacts) -> frozenset[int]:
    """The patch that makes the same change; it may be posted after the commit."""
    if not commit.patch_id or commit.patch_id not in one.patch_ids or one.trees or not is_author(commit.author, one):
        return frozenset()
    if abs(commit.committed - one.date) > REACH:
        return frozenset()
    if len(one.patch_ids) == len(one.titles):
        return frozenset({one.patch_ids.index(commit.patch_id)})
    nearest = max(range(len(one.titles)), key=lambda n: (_similarity(commit.title, one.titles[n]), -n))
    likely = len(one.titles) == 1 or _similarity(commit.title, one.titles[nearest]) >= _SIMILAR
    return frozenset({nearest}) if likely else frozenset()


def _same_title(commit: Commit, one: PostingFacts) -> frozenset[int]:
    """The patch with the same author and title, if it was posted before the commit and its title is unique."""
    title = title_key(commit.title)
    if one.titles.count(title) != 1 or one.trees or len(title_words(title)) < _WORDS:
        return frozenset()
    in_time = one.date - _SKEW <= commit.applied and commit.committed <= one.date + REACH
    return frozenset({one.titles.index(title)}) if in_time and is_author(commit.author, one) else frozenset()


def _is_revert(title: str) -> bool:
    return title.lower().startswith(("revert", "reapply"))


def _similarity(a: str, b: str) -> float:
    mine, theirs = title_words(a), title_words(b)
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


# ---- a posting -----------------------------------------------------------------------------------------------------


def reverted_by(one: Commit, others: Sequence[CommitInTrees]) -> CommitInTrees | None:
    """The last commit that reverts this one and is not reverted itself."""
    rest = [h for h in others if h.commit.sha != one.sha]
    found = [h for h in rest if _reverts(h.commit, one) and reverted_by(h.commit, rest) is None]
    return max(found, key=lambda h: (h.commit.committed, h.commit.sha), default=None)


def _reverts(later: Commit, one: Commit) -> bool:
    if later.committed < one.committed:
        return False
    if later.reverts:
        return any(one.sha.startswith(sha) for sha in later.reverts)
    return title_key(later.title) == title_key(_revert_title(one.title))


def find_commits(
    roots: Iterable[str], rivals: Mapping[str, int], held: Sequence[tuple[CommitInTrees, Sequence[Match]]]
) -> PatchCommits:
    """Find the commits of a posting's patches.

    `roots` are the posting and those that it resends.  `held` are the commits that may be its patches, with all their
    matches, and the commits that revert them.  `rivals` gives the series of each posting that is matched: a title that
    occurs in two series of one author proves nothing.
    """
    own = frozenset(roots)
    home = {rivals[root] for root in own if root in rivals}
    everything = [h for h, _ in held]
    applied: dict[int, list[tuple[str, CommitInTrees]]] = {}
    reverted: dict[int, list[CommitInTrees]] = {}
    for one, matched in held:
        mine = [m for m in matched if m.root in own]
        contested = any(m.by == "title" and rivals.get(m.root) not in home for m in matched)
        back = reverted_by(one.commit, everything) if mine else None
        for match in mine:
            if match.by == "title" and contested:
                continue
            for place in match.places:
                if back:
                    reverted.setdefault(place, []).append(back)
                else:
                    applied.setdefault(place, []).append((match.by, one))
    chosen = {place: best for place, entries in applied.items() if (best := _best(entries))}
    return PatchCommits(
        chosen,
        {
            place: max(by, key=lambda h: (h.commit.committed, h.commit.sha))
            for place, by in reverted.items()
            if place not in chosen
        },
    )


def _best(entries: Sequence[tuple[str, CommitInTrees]]) -> CommitInTrees | None:
    """Of several commits of one patch the oldest, preferably in mainline; None if two only share its title."""
    sure = [held for by, held in entries if by != "title"]
    likely = sure or [held for _, held in entries]
    # A commit that was picked into another branch keeps its author date; another patch has another date.
    in_tree = Counter(tree for tree, _ in {(tree, h.commit.authored) for h in likely for tree in h.trees})
    if not sure and max(in_tree.values(), default=0) > 1:
        return None
    return min(likely, key=lambda h: (not h.mainline, h.commit.committed, h.commit.sha))
