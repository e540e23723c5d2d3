"""Version bumps: which earlier revision a revision succeeds, and why we say so.

Netdev asks for new versions in new threads, people rename their work and write from new addresses, so neither threads
nor titles alone can tell.  Each kind of evidence has a weight; a candidate is accepted when the sum reaches `ENOUGH`.
A wrong link is worse than a missing one.  Candidates are found by `keys`, never by a scan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from patchwatch.mail.message import Message, Person
from patchwatch.mail.subject import gist_words, title_key
from patchwatch.series.revision import Revision

ENOUGH = 5.0
_CLEARLY_BETTER = 3.0
_OUTRIGHT = frozenset({"same-change-id", "links-to-it", "same-title"})
# Author, files and number alone also fit the next series that somebody sends to the same corner of the kernel.
_SPEAKS_OF_IT = _OUTRIGHT | {
    "links-to-it-as-another-version",
    "posted-into-its-thread",
    "title-among-its-patches",
    "same-patch-titles",
    "similar-title",
    "same-patches",
}
_DAY = 86_400
_OUTGROWN = 6  # times as many patches: no number says that it is the same work
_SKEW = 2 * _DAY  # clocks of senders are wrong by hours, rarely by days
_RELEASE = r"v?\d+\.\d+(?:\.\d+|\.y|-rc\d+|-stable)?"
_TREE = re.compile(rf"(?i){_RELEASE}(?:[-/,]{_RELEASE})*|autosel|stable|\d\.\d+[.-]\S+")
_SOON_DAYS = 14  # an RFC's first version tends to follow within days of its discussion
KEYED_TITLES = 40  # of a series' patches: enough to find it again


@dataclass(frozen=True, slots=True)
class PostingFacts:
    """What of a revision counts when versions are compared: small enough to be kept with it."""

    root: str
    author: Person
    people: tuple[str, ...]  # lower-case addresses that stand for the author: sender, in-body From, own Signed-off-by
    date: int
    version: int
    minor: int
    stated: bool
    rfc: bool
    resend: bool
    kind: str  # of the root: cover, patch, proposal, pull
    title: str
    titles: tuple[str, ...]  # keys of the patches' titles, by number
    patch_ids: tuple[str, ...]
    files: tuple[str, ...]
    trees: tuple[str, ...]  # stable trees named in the brackets: 5.10, AUTOSEL
    change_id: str
    earlier: tuple[tuple[str, int | None], ...]  # (message-id, version said)
    answered: tuple[str, ...]  # roots of the revisions that those messages belong to or talk about
    message_ids: tuple[str, ...]
    recipients: tuple[str, ...]  # of the root
    names: tuple[str, ...] = ()  # of sender and patch authors, as keys
    incomplete: bool = False  # fewer patches seen than announced
    listed: tuple[
        tuple[str, str], ...
    ] = ()  # of a pull request, or repeated by a backport: (author's name, title), keys
    upstream: tuple[tuple[str, str], ...] = ()  # of what is repeated: (message-id, commit in Linus's tree)


@dataclass(frozen=True, slots=True)
class Link:
    """A revision's predecessor with the evidence; `resend` is the same version posted again, no bump."""

    root: str
    predecessor: str
    evidence: tuple[str, ...]
    score: float
    by_hand: bool = False
    resend: bool = False


def posting_facts(revision: Revision, home: Mapping[str, str]) -> PostingFacts:
    """The facts of a revision that version bumps are judged by.

    `home` gives the root of the revision that each message of the conversation belongs to or answers.
    """
    root = revision.root
    own = revision.own_messages
    people = [root.author.email]
    for message in own:
        if message.patch_author:
            people.append(message.patch_author.email)
        people += _own_addresses(message)
    earlier: dict[str, int | None] = {}
    own_ids = {m.message_id for m in own}
    for message in own:
        for link in message.earlier:
            if link.message_id not in own_ids:
                earlier.setdefault(link.message_id, link.version)
    repeats = [m for m in revision.patches if m.upstream]
    return PostingFacts(
        root=root.message_id,
        author=root.author,
        people=tuple(dict.fromkeys(p for p in people if p)),
        date=root.date,
        version=revision.version,
        minor=root.parts.minor,
        stated=revision.stated_version,
        rfc=revision.rfc,
        resend=any(m.parts.resend for m in own),
        kind=root.kind,
        title=title_key(root.parts.title),
        titles=tuple(title_key(m.parts.title) for m in revision.patches),
        patch_ids=tuple(dict.fromkeys(m.patch_id for m in revision.patches if m.patch_id)),
        files=tuple(dict.fromkeys(f for m in revision.patches for f in m.files))[:400],
        trees=tuple(t.lower().removeprefix("v") for t in root.parts.prefixes if _TREE.fullmatch(t)),
        change_id=next((m.change_id for m in own if m.change_id), ""),
        earlier=tuple(earlier.items()),
        answered=tuple(dict.fromkeys(home[i] for i in root.references if i in home)),
        message_ids=tuple(m.message_id for m in own),
        recipients=root.recipients[:60],
        names=tuple(dict.fromkeys(n for m in own for n in _names(m) if n)),
        incomplete=len(revision.patches) < revision.expected,
        listed=tuple((name_key(name), title_key(title)) for name, title in root.listed) or _repeated(repeats),
        upstream=tuple((m.message_id, m.upstream) for m in repeats),
    )


def _repeated(patches: Iterable[Message]) -> tuple[tuple[str, str], ...]:
    return tuple((name_key((m.patch_author or m.author).name), title_key(m.parts.title)) for m in patches)


def _names(message: Message) -> Iterable[str]:
    yield name_key(message.author.name)
    if message.patch_author:
        yield name_key(message.patch_author.name)


def _own_addresses(message: Message) -> Iterable[str]:
    """Addresses in a patch's Signed-off-by lines that bear the sender's or patch author's name."""
    names = {name_key(message.author.name)}
    if message.patch_author:
        names.add(name_key(message.patch_author.name))
    for trailer in message.trailers:
        if trailer.name.lower() == "signed-off-by" and "<" in trailer.value:
            name, _, rest = trailer.value.partition("<")
            if name_key(name) in names and len(name_key(name)) > 3:
                yield rest.partition(">")[0].strip().lower()


def name_key(name: str) -> str:
    """A person's name as it is compared: the words of it, whatever their order and case."""
    return " ".join(sorted(re.findall(r"\w+", name.lower())))


AUTHOR_WINDOW = 400 * _DAY
"""How far apart, in seconds, two postings may lie that only their author connects."""


def keys(one: PostingFacts) -> frozenset[str]:
    """Index keys other than the author: titles, patches, change-id, messages linked, answered and owned."""
    found = {f"t:{one.title}"} if one.title else set()
    found |= {f"t:{title}" for title in one.titles[:KEYED_TITLES]}
    found |= {f"p:{patch_id}" for patch_id in one.patch_ids[:KEYED_TITLES]}
    if one.change_id:
        found.add(f"c:{one.change_id}")
    found |= {f"m:{i}" for i in (*one.message_ids, *one.answered)}
    found |= {f"m:{i}" for i, _ in one.earlier}
    return frozenset(key[:400] for key in found)


def author_keys(one: PostingFacts) -> frozenset[str]:
    """Index keys of the author, good within `AUTHOR_WINDOW`.  Backports have none: robots send thousands."""
    if one.trees:
        return frozenset()
    found = {f"a:{address}" for address in one.people}
    name = name_key(one.author.name)
    if " " in name:
        found.add(f"n:{name}")
    return frozenset(key[:400] for key in found)


def same_person(a: PostingFacts, b: PostingFacts) -> bool:
    """Whether two postings are by one person: a common address, or the same full name."""
    if set(a.people) & set(b.people):
        return True
    name = name_key(a.author.name)
    return " " in name and name == name_key(b.author.name)


def predecessor(one: PostingFacts, candidates: Iterable[PostingFacts]) -> Link | None:
    """The revision that `one` succeeds, or None."""
    judged = []
    for other in candidates:
        if other.root == one.root:
            continue
        link = likely_link(one, other)
        if link is not None:
            judged.append((link, other))
    if not judged:
        return None
    # Where something says outright that it is this change, what is merely like it is out, however new it is.
    judged = [pair for pair in judged if _OUTRIGHT & set(pair[0].evidence)] or judged
    best = max(link.score for link, _ in judged)
    likely = [pair for pair in judged if pair[0].score >= best - _CLEARLY_BETTER]
    resends = [pair for pair in likely if pair[0].resend]
    if resends:  # of the first posting of that version
        return min(resends, key=lambda pair: (pair[1].date, pair[1].root))[0]
    return max(likely, key=lambda pair: (pair[1].version, pair[1].minor, pair[1].date, pair[0].score, pair[1].root))[0]


def same_revision(one: PostingFacts, other: PostingFacts) -> bool:
    """Whether they are one revision: the same posting, or one is the other posted again."""
    links = (likely_link(one, other), likely_link(other, one))
    return one.root == other.root or any(link is not None and link.resend for link in links)


def likely_link(one: PostingFacts, other: PostingFacts) -> Link | None:
    """Weigh `other` as predecessor of `one`; None where it can't be, or is not likely enough."""
    link = possible_link(one, other)
    if link is None or link.score < ENOUGH:
        return None
    # Without a number to say so, a mere place in the thread can be a patch that the discussion brought up.
    numbered = (other.version, other.minor) < (one.version, one.minor) or link.resend
    speaks = _SPEAKS_OF_IT if numbered else _SPEAKS_OF_IT - {"posted-into-its-thread"}
    return link if speaks & set(link.evidence) else None


def possible_link(one: PostingFacts, other: PostingFacts) -> Link | None:
    """What there is to say for `other` as predecessor of `one`, however little; None where it can't be."""
    if (other.date, other.root) >= (one.date + _SKEW, one.root):
        return None
    linked = next((version for i, version in one.earlier if i in other.message_ids), False)
    is_linked = linked is not False
    order = (other.version, other.minor) < (one.version, one.minor)
    same_version = (other.version, other.minor) == (one.version, one.minor)
    earlier = (other.date, other.root) < (one.date, one.root)
    person = same_person(one, other)
    title_same = bool(one.title) and one.title == other.title
    title_inside = bool(one.title) and (other.title in one.titles or one.title in other.titles)
    title_equal = title_same or title_inside
    resend = same_version and earlier and one.resend and one.rfc == other.rfc
    renewed = (
        same_version
        and earlier
        and not resend
        and ((other.rfc and not one.rfc) or other.kind == "proposal" or not one.stated)
    )
    # A first version after an RFC starts counting anew: "[RFC PATCH v2]" precedes "[PATCH]".  So does who takes over.
    restarted = (
        earlier
        and one.version == 1
        and one.version < other.version
        and ((other.rfc and not one.rfc) or (is_linked and not person))
    )
    if not (order or resend or renewed or restarted):
        return None
    if set(one.trees) != set(other.trees):
        return None  # a backport repeats the title of what it backports
    if one.change_id and other.change_id and one.change_id != other.change_id and not is_linked:
        return None
    if renewed and not is_linked and other.titles and not (other.rfc and not one.rfc) and _outgrown(one, other):
        return None  # a patch that was posted alone is carried along by a large series, or taken out of one
    if order and one.date < other.date and not (is_linked or one.change_id):
        return None

    score = 0.0
    evidence: list[str] = []

    def weigh(points: float, words: str) -> None:
        nonlocal score
        score += points
        if words:
            evidence.append(words)

    if one.change_id and one.change_id == other.change_id:
        weigh(8, "same-change-id")
    if is_linked:
        if linked is None or linked == other.version:
            weigh(6, "links-to-it")
        else:
            weigh(2, "links-to-it-as-another-version")
    into = other.root in one.answered
    if person:
        weigh(2, "same-author")
    else:
        weigh(-2, "")
    if into:
        weigh(2.5 if person else 0.5, "posted-into-its-thread")
    if title_equal:
        weigh(3, "same-title" if title_same else "title-among-its-patches")
    patches = _overlap(one.titles, other.titles)
    if patches and not (title_equal and len(one.titles) == 1):
        weigh(3 * patches, "same-patch-titles")
    if not title_equal:
        alike = _alike(one, other)
        if alike >= 0.3:
            weigh(3 * alike, "similar-title")
    equal = _overlap(one.patch_ids, other.patch_ids)
    if equal:
        weigh(3 * equal, "same-patches")
    if one.files and other.files:
        files = _overlap(one.files, other.files)
        if files > 0:
            weigh(2 * files, "same-files")
        else:
            # Of a series that is not here in full the other patches may touch the same.
            weigh(-1 if is_linked or one.incomplete or other.incomplete else -4, "")
    elif "proposal" in (one.kind, other.kind) and person and (title_equal or _alike(one, other) >= 0.3):
        weigh(2.5, "patch-for-its-proposal")
    gap = one.version - other.version
    if order and gap == 1:
        weigh(1, "next-version")
    elif gap > 3:
        weigh(-0.5, "")
    days = abs(one.date - other.date) / _DAY
    if days > 400:
        weigh(-2, "")
    if renewed or restarted:
        # No number says that it is a new version: more of the rest is asked for.
        grows_up = other.kind == "proposal" or (other.rfc and not one.rfc)
        if grows_up and person and days <= _SOON_DAYS:
            weigh(1, "soon-after")
            if _overlap(one.recipients, other.recipients) >= 0.8 and len(other.recipients) >= 4:
                weigh(1.5, "same-recipients")
        weigh(-1.0 if grows_up else -2.0, "")
        if days > 200:
            weigh(-2, "")
    if resend:
        weigh(1, "marked-as-resend")
    return Link(one.root, other.root, tuple(evidence), round(score, 3), resend=resend)


def _outgrown(one: PostingFacts, other: PostingFacts) -> bool:
    small, large = sorted((len(one.titles), len(other.titles)))
    return large > _OUTGROWN * small


def _overlap(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """How much of the smaller set is in the other, 0 to 1."""
    if not a or not b:
        return 0.0
    return len(set(a) & set(b)) / min(len(set(a)), len(set(b)))


def _alike(one: PostingFacts, other: PostingFacts) -> float:
    """How alike the titles are, 0 to 1: common words among all words (Jaccard), best over covers and patches."""
    best = 0.0
    for mine in {one.title, *one.titles[:3]}:
        for theirs in {other.title, *other.titles[:3]}:
            a, b = gist_words(mine), gist_words(theirs)
            if a and b:
                best = max(best, len(a & b) / len(a | b))
    return best
