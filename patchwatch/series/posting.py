"""The facts of a posting by which versions, commits and pull requests are matched, and the keys to find them by.

Pure.  patchwatch.series.version_links compares postings with each other, patchwatch.series.commit_match with commits,
patchwatch.series.merged with pull requests and backports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, structs

from patchwatch.mail.message import Message, Person, SignalKind, name_key
from patchwatch.mail.subject import title_key
from patchwatch.series.line_sketch import line_sketch
from patchwatch.series.relayed import patches_of_others, relayed_patches
from patchwatch.series.revision import Revision
from patchwatch.series.stable_trees import stable_trees
from patchwatch.series.stated_relations import dependencies_of, successors_of, superseded_by_posting

_DAY = 86_400
KEYED_TITLES = 40
"""Patches of a posting that have keys of their own: enough to find it."""


class PostingFacts(Struct, frozen=True, array_like=True):
    """The facts of a revision by which it is matched; small enough to be stored with it."""

    root: str
    author: Person
    people: tuple[str, ...]  # lower-case addresses of the author: sender, in-body From, own Signed-off-by
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
    earlier: tuple[tuple[str, int | None], ...]  # links to earlier versions: (message-id, stated version)
    answered: tuple[str, ...]  # roots of the revisions that the root replies to
    message_ids: tuple[str, ...]
    recipients: tuple[str, ...]  # of the root
    names: tuple[str, ...] = ()  # of sender and patch authors, as keys
    incomplete: bool = False  # fewer patches seen than announced
    listed: tuple[tuple[str, str], ...] = ()  # patches that it lists, repeats or passes on: keys of (author, title)
    upstream: tuple[tuple[str, str], ...] = ()  # of a backport: (message-id, commit in Linus's tree)
    prose: str = ""  # the sketch of the root's text (patchwatch.mail.prose_sketch)
    applied: int = 0  # UTC seconds of the first mail that says that it was applied; 0: none
    depends_on: tuple[str, ...] = ()  # targets of patchwatch.mail.message.Relation, as the two below
    supersedes: tuple[tuple[str, str], ...] = ()  # (target, words), according to the posting
    superseded_by: tuple[tuple[str, str], ...] = ()  # (target, words), according to replies to it
    ref: str = ""  # the branch or tag that a pull request names
    relayed: tuple[str, ...] = ()  # name keys of the authors whose patches it passes on (patchwatch.series.relayed)
    lines: str = ""  # the sketch of the lines that its patches add (patchwatch.series.line_sketch)


def posting_facts(revision: Revision, home: Mapping[str, str]) -> PostingFacts:
    """The facts of a revision.

    `home` maps each message of the conversation to the root of the revision that it belongs to or replies to.
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
    if revision.rerolls:
        earlier = {revision.rerolls: None}
    repeats = tuple(m for m in revision.patches if m.upstream)
    trees = stable_trees(root.parts.prefixes)
    of_others = () if repeats or trees or root.listed else patches_of_others(revision)
    relayed = relayed_patches(revision, of_others)
    return PostingFacts(
        root=root.message_id,
        author=root.author,
        people=tuple(dict.fromkeys(p for p in people if p)),
        date=root.date,
        version=revision.version,
        minor=root.parts.minor,
        stated=revision.stated_version,
        rfc=revision.rfc,
        resend=root.parts.resend or (bool(revision.patches) and all(m.parts.resend for m in revision.patches)),
        kind=revision.kind,
        title=title_key(revision.head.parts.title),
        titles=tuple(title_key(m.parts.title) for m in revision.patches),
        patch_ids=tuple(dict.fromkeys(m.patch_id for m in revision.patches if m.patch_id)),
        files=tuple(dict.fromkeys(f for m in revision.patches for f in m.files))[:400],
        trees=trees,
        change_id=next((m.change_id for m in own if m.change_id), ""),
        earlier=tuple(earlier.items()),
        answered=tuple(dict.fromkeys(home[i] for i in root.references if i in home)),
        message_ids=tuple(m.message_id for m in own),
        recipients=root.recipients[:60],
        names=tuple(dict.fromkeys(n for m in own for n in _names(m) if n)),
        incomplete=len(revision.patches) < revision.expected,
        listed=tuple((name_key(name), title_key(title)) for name, title in root.listed)
        or _repeated(repeats or of_others),
        upstream=tuple((m.message_id, m.upstream) for m in repeats),
        prose=revision.head.prose,
        applied=min((f.message.date for f in revision.follow_ups if _says_applied(f.message)), default=0),
        depends_on=tuple(relation.target for relation, _ in dependencies_of(revision)),
        supersedes=superseded_by_posting(revision),
        superseded_by=successors_of(revision),
        ref=root.pull.ref if root.pull else "",
        relayed=tuple(sorted({name for name, _ in _repeated(relayed)})),
        lines=line_sketch(added for m in revision.patches for added in m.added),
    )


def with_replies(posting: PostingFacts, revision: Revision) -> PostingFacts:
    """The facts of a posting after the replies in `revision`, which has only those that are new."""
    applied = [f.message.date for f in revision.follow_ups if _says_applied(f.message)]
    dates = [date for date in (posting.applied, *applied) if date]
    superseded = dict(posting.superseded_by) | dict(successors_of(revision))
    needed = dict.fromkeys((*posting.depends_on, *(relation.target for relation, _ in dependencies_of(revision))))
    return structs.replace(
        posting,
        applied=min(dates, default=0),
        depends_on=tuple(needed),
        superseded_by=tuple(superseded.items()),
    )


def _says_applied(message: Message) -> bool:
    return any(signal.kind in (SignalKind.APPLIED, SignalKind.MAINLINED) for signal in message.signals)


def _repeated(patches: Iterable[Message]) -> tuple[tuple[str, str], ...]:
    return tuple((name_key((m.patch_author or m.author).name), title_key(m.parts.title)) for m in patches)


def _names(message: Message) -> Iterable[str]:
    yield name_key(message.author.name)
    author = message.patch_author or message.author
    yield name_key(author.name)
    for trailer in message.trailers:  # the name in the sender's mail program may be another
        if trailer.name.lower() == "signed-off-by" and trailer.value.lower().endswith(f"<{author.email}>"):
            yield name_key(trailer.value.rpartition("<")[0])


def _own_addresses(message: Message) -> Iterable[str]:
    """Addresses in a patch's Signed-off-by lines with the name of the sender or patch author."""
    names = {name_key(message.author.name)}
    if message.patch_author:
        names.add(name_key(message.patch_author.name))
    for trailer in message.trailers:
        if trailer.name.lower() == "signed-off-by" and "<" in trailer.value:
            name, _, rest = trailer.value.partition("<")
            if name_key(name) in names and len(name_key(name)) > 3:
                yield rest.partition(">")[0].strip().lower()


AUTHOR_WINDOW = 400 * _DAY
"""Most seconds between two postings that have only their author in common."""
SKEW = 2 * _DAY
"""Most seconds by which a version may be dated after the next one: clocks are wrong by hours, rarely by days."""


def posting_keys(one: PostingFacts) -> frozenset[str]:
    """Index keys of a posting: titles, patches, change-id; messages that it has, links to, or replies to."""
    found = {f"t:{one.title}"} if one.title else set()
    found |= {f"t:{title}" for title in one.titles[:KEYED_TITLES]}
    found |= {f"p:{patch_id}" for patch_id in one.patch_ids[:KEYED_TITLES]}
    if one.change_id:
        found.add(f"c:{one.change_id}")
    found |= {f"m:{i}" for i in (*one.message_ids, *one.answered)}
    found |= {f"m:{i}" for i, _ in one.earlier}
    found |= {*one.depends_on, *(target for target, _ in (*one.supersedes, *one.superseded_by))}
    return frozenset(key[:400] for key in found)


def author_keys(one: PostingFacts) -> frozenset[str]:
    """Index keys of the author, valid within `AUTHOR_WINDOW`.  Backports have none: bots send thousands."""
    if one.trees:
        return frozenset()
    found = {f"a:{address}" for address in one.people}
    name = name_key(one.author.name)
    if " " in name:
        found.add(f"n:{name}")
    return frozenset(key[:400] for key in found)


def same_person(a: PostingFacts, b: PostingFacts) -> bool:
    """True if two postings have an author's address, or full name, in common."""
    if set(a.people) & set(b.people):
        return True
    name = name_key(a.author.name)
    return " " in name and name == name_key(b.author.name)


def is_author(person: Person, one: PostingFacts) -> bool:
    """True if a person wrote or sent patches of a posting, from whatever address."""
    name = name_key(person.name)
    return person.email in one.people or (" " in name and name in one.names)


def is_unnumbered(one: PostingFacts) -> bool:
    """True if nothing but the dates can show that a posting is a new version: it states none, or v1 once more."""
    return not one.stated or one.version == 1


def is_taken_out(one: PostingFacts, other: PostingFacts) -> bool:
    """True if `one` is a patch of the series `other`, sent alone as the next version.

    What its author sent since fits its title no worse than the title of the series does.
    """
    return len(one.titles) == 1 and one.version == other.version + 1 and one.titles[0] in other.titles
