"""Match citations of commits with the patches of a posting, by title and, if it is stated, author.

Pure.  A commit that somebody names with its title is in some tree, so a patch of that title went in.  Whose patch it
was is certain only if nobody else posted one of that title; and which version only if the posting was there before
anybody named the commit.  patchwatch.mail.cited_commits finds citations, patchwatch.sync.citations fetches them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from patchwatch.mail.message import CitedCommit, Person
from patchwatch.mail.subject import title_key, title_words
from patchwatch.pattern import Pattern
from patchwatch.series.posting import PostingFacts, is_author
from patchwatch.series.pull_requests import KIND as PULL

_WORDS = 3  # that a title needs to identify a patch on its own: "net: fix typo" has two
_SHA = 10  # digits that are compared; some people give no more
_SKEW = 3_600  # a patch can be dated some minutes before its cover letter
_DAY = 86_400
_OWN_SECONDS = {"tag": _DAY, "prose": 7 * _DAY}
"""How long after a posting its author names only commits that others have, too: a Fixes: is for those anyway."""
_MAX_KEY = 390  # characters: the keys of longer titles are cut off elsewhere
_REVERT = Pattern(r"(?i)revert:? \"(.+?)\"?\s*$")
_REAPPLY = Pattern(r"(?i)(?:reapply:? \"|revert:? \"revert:? \")(.+?)\"*\s*$")

NAMED, REVERTED, REAPPLIED = "", "revert", "reapply"
"""What the commit that a citation names does to the patch of its key."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A commit that a mail names."""

    key: str  # of the title; of a revert, of what it reverts
    deed: str  # NAMED, REVERTED or REAPPLIED
    title: str
    sha: str
    author: str  # name key; empty if it is not stated
    form: str  # patchwatch.mail.message.CitationForm
    message_id: str
    date: int
    by: Person
    tree: str = ""  # as of patchwatch.mail.message.CitedCommit

    @property
    def complete(self) -> bool:
        """True if it lists all patches of a posting that are in a tree."""
        return _is_of_id(self.key)


def key_of(cited: CitedCommit) -> tuple[str, str]:
    """The index key of a citation, and what the commit does to the patch with this title; no key for common titles."""
    if cited.posting:
        return _key_of_id(cited.posting), NAMED
    for deed, pattern in ((REAPPLIED, _REAPPLY), (REVERTED, _REVERT)):
        if found := pattern.match(cited.title):
            return _key(found[1]), deed
    return _key(cited.title), NAMED


def _key(title: str) -> str:
    key = title_key(title)
    return key if len(key) <= _MAX_KEY and len(title_words(key)) >= _WORDS else ""


def _key_of_id(message_id: str) -> str:
    return f"<{message_id}>"[:_MAX_KEY]


def _is_of_id(key: str) -> bool:
    return key.startswith("<") and " " not in key


def keys_in_postings(keys: Iterable[str]) -> list[str]:
    """The index keys of the postings with patches of these titles, or with these message-ids."""
    return [name for key in keys for name in ((f"m:{key[1:-1]}",) if _is_of_id(key) else (f"t:{key}", f"+t:{key}"))]


def keys_of_posting(one: PostingFacts) -> frozenset[str]:
    """The index keys of the citations that may be of its patches."""
    # Summaries name the cover letter, or else the first patch; one for all requests below it.
    above = one.answered if one.kind == PULL else ()
    own = {_key_of_id(i) for i in (one.root, *one.message_ids[:2], *above)}
    if one.trees or one.upstream or one.kind == PULL:
        return frozenset(own)  # what a backport repeats was in a tree before
    return frozenset(own | {key for title in one.titles if (key := _key(title))})


def keys_of_earlier(root: str) -> frozenset[str]:
    """The index keys of the citations of an earlier version, given its root, that may be of unchanged patches."""
    return frozenset({_key_of_id(root)})


@dataclass(frozen=True, slots=True)
class Found:
    """The citation of each patch of a posting (by place, from 0), and those of commits that revert one."""

    applied: Mapping[int, Citation]
    below: Mapping[int, Citation]  # of those that are not named, but should be below the last one in its branch
    reverted: Mapping[int, Citation]
    summarized: Mapping[int, Citation]  # of those that a list has which is complete


def find_citations(one: PostingFacts, held: Iterable[Citation], others: Collection[PostingFacts]) -> Found:
    """Find what shows that the patches of a posting went in.

    `held` are citations with its keys, by mails outside its series or by other people; `others` are postings of other
    series that have such a title.
    """
    by_key: dict[str, list[Citation]] = {}
    for citation in sorted(held, key=lambda c: (c.date, c.message_id, c.sha, c.form)):
        by_key.setdefault(citation.key, []).append(citation)
    applied: dict[int, Citation] = {}
    reverted: dict[int, Citation] = {}
    for place, title in enumerate(one.titles):
        citations = by_key.get(title, [])
        if not citations or one.titles.count(title) > 1:
            continue
        rivals = [other for other in others if title in other.titles]
        fitting = [c for c in _later(one, citations) if _is_of(one, c, rivals)]
        if not fitting:
            continue
        if back := _reverted(fitting):
            reverted[place] = back
        elif mine := [c for c in fitting if c.deed == NAMED and _proves(one, c)]:
            applied[place] = next((c for c in mine if c.form == "mainline"), mine[0])
    last = applied.get(len(one.titles) - 1)
    below: dict[int, Citation] = {}
    if last and last.form == "branch" and _is_of_one_tree(one):
        below = {place: last for place in range(len(one.titles)) if place not in applied}
    return Found(applied, below, reverted, _summarized(one, by_key))


def _summarized(one: PostingFacts, by_key: Mapping[str, Sequence[Citation]]) -> dict[int, Citation]:
    """The patches that a list has which names this posting, or an earlier version with the same title.

    patchwork recognizes patches by their diff, so that it may name a version in which they were the same.
    """
    found: dict[int, Citation] = {}
    for key in filter(_is_of_id, by_key):
        for citation in by_key[key]:
            listed = citation.title.split("\n")
            if citation.date < one.date - _SKEW:
                continue
            if one.kind == PULL and (one.title in listed or key == _key_of_id(one.root)):
                found.setdefault(0, citation)
            for place, title in enumerate(one.titles):
                if listed.count(title) >= one.titles.count(title):
                    found.setdefault(place, citation)
    return found


def _is_of_one_tree(one: PostingFacts) -> bool:
    """True for a series of which all patches begin with the same subsystem, so that they go through one tree.

    If its last patch is the last commit of a branch, the others are below it: of 752 such series, 28 had a patch that
    was posted again; of those with several subsystems, 34 of 421.
    """
    return not one.incomplete and len({title.partition(":")[0] for title in one.titles}) == 1


def _later(one: PostingFacts, citations: Sequence[Citation]) -> list[Citation]:
    """The citations of commits that nobody had named when the posting was sent."""
    known = {c.sha[:_SHA] for c in citations if c.sha and c.date < one.date - _SKEW}
    return [c for c in citations if c.date >= one.date - _SKEW and c.sha[:_SHA] not in known]


def _is_of(one: PostingFacts, citation: Citation, rivals: Sequence[PostingFacts]) -> bool:
    """True if the commit can only be a patch of this posting."""
    if citation.author and citation.author not in one.names:
        return False
    for other in rivals:
        if other.date > citation.date or other.trees or other.upstream or other.kind == PULL or other.relayed:
            continue
        if citation.author and citation.author not in other.names:
            continue
        if not _same_people(one, other) or (other.date, other.root) > (one.date, one.root):
            return False  # somebody else's, or their own newer one
    return True


def _same_people(one: PostingFacts, other: PostingFacts) -> bool:
    full_names = {name for name in one.names if " " in name}
    return not full_names.isdisjoint(other.names) or not set(one.people).isdisjoint(other.people)


def _proves(one: PostingFacts, citation: Citation) -> bool:
    """False for authors who soon name a commit of their own, which may be in no tree but theirs."""
    return not is_author(citation.by, one) or citation.date >= one.date + _OWN_SECONDS.get(citation.form, 0)


def is_named_by_another(one: PostingFacts, citation: Citation) -> bool:
    """True if a sentence of somebody else names the commit: in the thread of the patch, too, it shows what a tree has.

    Of 45 patches of which somebody wrote there which commit they are, 5 were posted again.
    """
    return citation.form == "prose" and citation.deed == NAMED and not is_author(citation.by, one)


def _reverted(citations: Sequence[Citation]) -> Citation | None:
    """The citation of a commit that reverts the patch, unless that was reverted in turn."""
    found = [c for c in citations if c.deed == REVERTED]
    return found[0] if found and not any(c.deed == REAPPLIED for c in citations) else None
