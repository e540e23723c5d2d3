"""Commits that carry a posting's patches: which commit is which patch, and whether it still stands.

A commit is a patch by a `Link:` to its mail, by the same change (git patch-id), or by author and title; in this order,
because a title can be common, and a link can be to another version or to something that was merely talked about.  What
follows for the state of a series is decided elsewhere (patchwatch.sync.applied_commits,
patchwatch.series.state.status).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from patchwatch.mail.message import Person, name_key
from patchwatch.mail.subject import title_key, title_words
from patchwatch.mail.version_hints import links
from patchwatch.series.posting import KEYED_TITLES, PostingFacts

_DAY = 86_400
REACH = 400 * _DAY
"""How long, in seconds, after its posting a patch is looked for in commits that do not link to it."""
_SKEW = 3_600  # a patch can be dated some minutes before its cover letter
_SHA = 12  # digits under which commits find each other: what the kernel's `Fixes:` and reverts give at least
_WORDS = 3  # of a title, that it may name a patch by itself: "net: fix typo" has two
_MUCH_ALIKE = 0.7  # of all words of both titles, how many are common where a title was reworded
_ALIKE = 0.4  # the same, when link and author speak for it too

# "Link: https://… # [1]" is a footnote of the message, not where the patch came from.
_LINK = re.compile(r"^[ \t]*Link:[ \t]*(?P<url>https?://\S+)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_MESSAGE_ID = re.compile(
    r"^[ \t]*Message-ID:[ \t]*<?(?P<id>[^\s<>@]+@[^\s<>]+?)>?[ \t]*$", re.MULTILINE | re.IGNORECASE
)
# git-revert(1)'s own sentence; of a merge it goes on ", reversing changes made to <commit>".
_REVERTS = re.compile(r"\bThis reverts commits? ([0-9a-f]{12,64}(?:(?:,? and |, ?|\s)[0-9a-f]{12,64})*)", re.IGNORECASE)
_REVERT_OF = re.compile(r'(?:Partially )?Revert:? "(.+)"?$', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Commit:
    """What of a commit counts.  Times are UTC seconds."""

    sha: str
    author: Person
    authored: int  # `git am` keeps the mail's Date here
    committer: Person
    committed: int
    title: str
    links: tuple[str, ...] = ()  # message-ids in its Link: and Message-ID: lines
    origins: tuple[str, ...] = ()  # those that can only be the mail it was made from
    reverts: tuple[str, ...] = ()  # commits that it takes back
    merge: bool = False
    patch_id: str = ""

    @property
    def applied(self) -> int:
        """When it was made from a mail: the mail's date where somebody else committed it, however often he rebases."""
        own = self.committer.email == self.author.email or name_key(self.committer.name) == name_key(self.author.name)
        return self.committed if own else min(self.authored, self.committed)


@dataclass(frozen=True, slots=True)
class CommitInTrees:
    """A commit and the trees that hold it, by name."""

    commit: Commit
    trees: tuple[str, ...]
    mainline: str = ""  # the name of the mainline tree, if that holds it


@dataclass(frozen=True, slots=True)
class Match:
    """A commit is these patches (by place, from 0) of a posting."""

    root: str
    places: frozenset[int]
    by: str  # link, patch-id or title: the stronger first


@dataclass(frozen=True, slots=True)
class PatchCommits:
    """Where a posting's patches are, by place from 0."""

    applied: Mapping[int, CommitInTrees]
    reverted: Mapping[int, CommitInTrees]  # the commit that took the patch back


def read_message(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """A commit message's title, and the `links`, `origins` and `reverts` of a `Commit`."""
    title = " ".join(text.strip().partition("\n\n")[0].split())
    named: dict[str, bool] = {}
    for found in _LINK.finditer(text):
        for message_id in links(found["url"]):
            # b4 writes patch.msgid.link for the mail that it applied, and nothing else does.
            named[message_id] = named.get(message_id, False) or "://patch.msgid.link/" in found["url"]
    named |= {found["id"]: True for found in _MESSAGE_ID.finditer(text)}
    reverts = [sha for found in _REVERTS.finditer(text) for sha in re.findall(r"[0-9a-f]{12,64}", found[1].lower())]
    origins = tuple(message_id for message_id, sure in named.items() if sure)
    return title, tuple(named), origins, tuple(dict.fromkeys(reverts))


# ---- index keys ----------------------------------------------------------------------------------------------------


def keys(one: Commit) -> frozenset[str]:
    """Index keys of a commit: the mails it links to, title, change, itself, what it reverts."""
    found = {f"m:{i}" for i in one.links} | {f"r:{sha[:_SHA]}" for sha in one.reverts} | {f"s:{one.sha[:_SHA]}"}
    found.add(f"t:{title_key(one.title)}")
    if one.patch_id:
        found.add(f"p:{one.patch_id}")
    return frozenset(key[:400] for key in found)


def keys_of_posting(one: PostingFacts) -> frozenset[str]:
    """The keys under which commits that may be patches of this posting are found."""
    found = {f"m:{i}" for i in one.message_ids} | {f"t:{title}" for title in one.titles}
    return frozenset(key[:400] for key in found | {f"p:{i}" for i in one.patch_ids})


def keys_in_postings(one: Commit) -> frozenset[str]:
    """The keys under which postings that this commit may be a patch of are found."""
    found = {f"m:{i}" for i in one.links}
    for kind, value in (("t", title_key(one.title)), ("p", one.patch_id)):
        if value:
            found |= {f"{kind}:{value}", f"+{kind}:{value}"}
    return frozenset(key[:400] for key in found)


def further_keys(one: PostingFacts) -> frozenset[str]:
    """Index keys of the patches that `succession.keys` leaves out of long series."""
    found = {f"+t:{title}" for title in one.titles[KEYED_TITLES:]}
    return frozenset(key[:400] for key in found | {f"+p:{i}" for i in one.patch_ids[KEYED_TITLES:]})


def keys_of_reverts(one: Commit) -> frozenset[str]:
    """The keys under which commits that take this one back, or that it takes back, are found."""
    found = {f"r:{one.sha[:_SHA]}", f"t:{title_key(_revert_title(one.title))}"}
    found |= {f"s:{sha[:_SHA]}" for sha in one.reverts}
    if (of := _REVERT_OF.match(one.title)) and not one.reverts:
        found.add(f"t:{title_key(of[1])}")
    return frozenset(key[:400] for key in found)


def _revert_title(title: str) -> str:
    return f'Revert "{title}"'


# ---- one commit ----------------------------------------------------------------------------------------------------


def matches(commit: Commit, postings: Iterable[PostingFacts]) -> tuple[Match, ...]:
    """Which of `postings` (all that have a key in common with it) a commit carries patches of."""
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
    if not linked:  # a link says which version it was made from: others of the same title were not
        for one in judged:
            if one.root not in found and (places := _same_title(commit, one)):
                found[one.root] = Match(one.root, places, "title")
    return tuple(found.values())


def _linked(commit: Commit, one: PostingFacts) -> frozenset[int]:
    """The patches whose mail, or whose cover letter, the commit links to, if it looks like one of them."""
    named = {place for place, i in enumerate(one.message_ids) if i in commit.links}
    origin = any(i in commit.origins for i in one.message_ids)
    if not named or (_is_revert(commit.title) and not origin and not any(map(_is_revert, one.titles))):
        return frozenset()  # a revert links to what it takes back
    cover = one.kind != "patch"
    if commit.merge:  # a series merged as a whole has the cover letter's words and link: b4 shazam --merge-base
        return frozenset(range(len(one.titles))) if cover and 0 in named else frozenset()
    if place := _place(commit, one):
        return place
    first = 1 if cover else 0
    patches = frozenset(n - first for n in named if first <= n < first + len(one.titles))
    wanted = 0.0 if origin else _ALIKE if _same_person(commit, one) else _MUCH_ALIKE
    likely = frozenset(n for n in patches if _alike(commit.title, one.titles[n]) >= wanted)
    if likely or not (cover and 0 in named):
        return likely
    nearest = max(range(len(one.titles)), key=lambda n: (_alike(commit.title, one.titles[n]), -n))
    enough = max(wanted, _ALIKE if len(one.titles) == 1 else _MUCH_ALIKE)
    return frozenset({nearest}) if _alike(commit.title, one.titles[nearest]) >= enough else frozenset()


def _sure(commit: Commit, one: PostingFacts) -> bool:
    return bool(_place(commit, one)) or any(i in commit.origins for i in one.message_ids)


def _place(commit: Commit, one: PostingFacts) -> frozenset[int]:
    """The patch with the very title, or the very change, of the commit."""
    title = title_key(commit.title)
    if title and title in one.titles:
        return frozenset({one.titles.index(title)})
    return _same_change(commit, one)


def _same_change(commit: Commit, one: PostingFacts) -> frozenset[int]:
    """The patch that makes the same change; whenever it was posted, what it brings is there."""
    if not commit.patch_id or commit.patch_id not in one.patch_ids or one.trees or not _same_person(commit, one):
        return frozenset()
    if abs(commit.committed - one.date) > REACH:
        return frozenset()
    if len(one.patch_ids) == len(one.titles):
        return frozenset({one.patch_ids.index(commit.patch_id)})
    nearest = max(range(len(one.titles)), key=lambda n: (_alike(commit.title, one.titles[n]), -n))
    likely = len(one.titles) == 1 or _alike(commit.title, one.titles[nearest]) >= _ALIKE
    return frozenset({nearest}) if likely else frozenset()


def _same_title(commit: Commit, one: PostingFacts) -> frozenset[int]:
    """The patch with the same author and title, if it was there when the commit was made and no other has the title."""
    title = title_key(commit.title)
    if one.titles.count(title) != 1 or one.trees or len(title_words(title)) < _WORDS:
        return frozenset()
    in_time = one.date - _SKEW <= commit.applied and commit.committed <= one.date + REACH
    return frozenset({one.titles.index(title)}) if in_time and _same_person(commit, one) else frozenset()


def _same_person(commit: Commit, one: PostingFacts) -> bool:
    name = name_key(commit.author.name)
    return commit.author.email in one.people or (" " in name and name in one.names)


def _is_revert(title: str) -> bool:
    return title.lower().startswith(("revert", "reapply"))


def _alike(a: str, b: str) -> float:
    mine, theirs = title_words(a), title_words(b)
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


# ---- a posting -----------------------------------------------------------------------------------------------------


def reverted_by(one: Commit, others: Sequence[CommitInTrees]) -> CommitInTrees | None:
    """The commit that takes this one back, and is not taken back itself; the last of several."""
    rest = [h for h in others if h.commit.sha != one.sha]
    found = [h for h in rest if _takes_back(h.commit, one) and reverted_by(h.commit, rest) is None]
    return max(found, key=lambda h: (h.commit.committed, h.commit.sha), default=None)


def _takes_back(later: Commit, one: Commit) -> bool:
    if later.committed < one.committed:
        return False
    if later.reverts:
        return any(one.sha.startswith(sha) for sha in later.reverts)
    return title_key(later.title) == title_key(_revert_title(one.title))


def find_commits(
    roots: Iterable[str], rivals: Mapping[str, int], held: Sequence[tuple[CommitInTrees, Sequence[Match]]]
) -> PatchCommits:
    """Where the patches of a posting are.

    `roots` are the posting and those that it merely repeats.  `held` are the commits that may be its patches, with all
    their matches, and the commits that take them back.  `rivals` gives the series of each posting that is matched: a
    title that patches of two series of one author have says nothing.
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
    """Of several commits that are one patch: one in mainline, the oldest; none where two merely share its title."""
    sure = [held for by, held in entries if by != "title"]
    likely = sure or [held for _, held in entries]
    # What was picked from one branch into another keeps its author date; what is another patch has another.
    in_tree = Counter(tree for tree, _ in {(tree, h.commit.authored) for h in likely for tree in h.trees})
    if not sure and max(in_tree.values(), default=0) > 1:
        return None
    return min(likely, key=lambda h: (not h.mainline, h.commit.committed, h.commit.sha))
