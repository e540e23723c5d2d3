"""Who applies patches of a list, and who sends them on to somebody else's tree, learned from who did.

Pure.  A person commits to a list's trees if they accepted enough patches of others there, in whatever order the mails
arrive.  Then a word of theirs suffices ("pushed out"), and their own patches wait for nobody else.  Acceptances by form
or with the name of a tree count double: anybody can write "applied".

A maintainer without a tree posts the patches of others again, signed off, for somebody else to take, and their own in
the same way: these wait for who takes them, not for reviewers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from patchwatch.mail import thanks
from patchwatch.mail.message import INSTEAD, Message, Person, SignalKind, person_key
from patchwatch.mail.sentences.applied import names_tree
from patchwatch.series.areas import areas_of
from patchwatch.series.recipient_lists import lists_among
from patchwatch.series.relayed import patches_of_others, relayed_patches
from patchwatch.series.revision import Revision
from patchwatch.series.tags import authors_of

ENOUGH = 6  # three acceptances by form, or six in words: then any word counts
SOME = 3  # from then on, or from the first one by form, "applied" counts
BY_FORM, IN_WORDS = 2, 1
AUTHORS = 6  # so many people's patches a maintainer sends on: developers post those of four or five colleagues

_CLAIMS = frozenset({SignalKind.CLAIMED, SignalKind.HOLD, SignalKind.WILL_APPLY})


@dataclass(frozen=True)
class Committers:
    """The committers of some lists."""

    pairs: frozenset[tuple[str, str]] = frozenset()  # list, person (`person_key`)
    once: frozenset[tuple[str, str]] = frozenset()  # those who accepted something, but too little for that
    relayers: frozenset[tuple[str, str]] = frozenset()  # those who send patches on to somebody else's tree

    def includes(self, person: Person, lists: Iterable[str]) -> bool:
        """True if a person applies patches of one of these lists."""
        key = person_key(person)
        return any((name, key) in self.pairs for name in lists)

    def includes_for_all(self, person: Person, lists: Iterable[str]) -> bool:
        """True if a person applies patches of all these lists: what others apply, too, may be theirs.

        On linux-gpio and linux-input, authors who commit there applied 16 of their 56 patches that went to further
        lists, and 61 of the other 90.
        """
        key, names = person_key(person), list(lists)
        return bool(names) and all((name, key) in self.pairs for name in names)

    def relays(self, person: Person, lists: Iterable[str]) -> bool:
        """True if a person sends patches of one of these lists on to somebody else, and applies none there."""
        key, names = person_key(person), list(lists)
        return any((name, key) in self.relayers for name in names) and not self.includes(person, names)

    def may_apply(self, person: Person, lists: Iterable[str]) -> bool:
        """True if a plain "applied" of a person suffices: they have a tree, or nobody is known to have one."""
        key = person_key(person)
        return not self.known(lists) or any((name, key) in self.pairs or (name, key) in self.once for name in lists)

    def known(self, lists: Iterable[str]) -> bool:
        """True if it is known of anybody that they apply patches of these lists."""
        return any(name in self._lists for name in lists)

    @cached_property
    def _lists(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.pairs)


NOT_KNOWN = Committers()


@dataclass(frozen=True, slots=True)
class Role:
    """What a person has to do with the patches of a revision being applied."""

    weight: int = 0  # of their acceptance of somebody else's patch
    author: bool = False
    claims: bool = False  # they wrote what means "applied" only if they commit
    area: str = ""  # of what they accepted
    date: int = 0  # when it was posted
    relayed: tuple[str, ...] = ()  # the authors of the patches that they pass on with it (`person_key`)


def lists_of(revision: Revision) -> tuple[str, ...]:
    """The lists that a revision was sent to; those for everything only if there is no other."""
    return lists_among({address for message in revision.own_messages for address in message.recipients})


def roles(revision: Revision) -> Mapping[str, Role]:
    """The roles in a revision, by person (`person_key`)."""
    authors, titles = authors_of(revision), [message.parts.title for message in revision.patches]
    area = "".join(areas_of(revision.head.parts.title, titles)[-1:])
    found = {person_key(message.author): Role(author=True) for message in revision.own_messages}
    if relayed := _relayed_authors(revision):
        found[person_key(revision.root.author)] = Role(author=True, relayed=relayed)
    for follow_up in revision.follow_ups:
        message = follow_up.message
        person = message.accepted.committer if message.accepted and message.accepted.committer else message.author
        if message.bot and person == message.author:
            continue
        own = authors.include(person.name, person.email)
        weight = 0 if own or follow_up.of else _weight(message)
        claims = is_claim(message)
        if weight or claims:
            key = person_key(person)
            role = found.get(key, Role())
            most = max(weight, role.weight)
            what = (area, revision.root.date) if most else ("", 0)
            found[key] = Role(most, role.author, claims or role.claims, *what, role.relayed)
    return found


def is_relayer(batches: Collection[Set[str]]) -> bool:
    """True for a person who posted patches of others, given the authors of each such batch.

    The large series of a company has many authors, too, in each of its versions: no batch has most of them.
    """
    authors = frozenset().union(*batches)
    return len(authors) >= AUTHORS and all(2 * len(batch) <= len(authors) for batch in batches)


def _relayed_authors(revision: Revision) -> tuple[str, ...]:
    """The authors whose patches a posting passes on; none of a backport, which any tree may get."""
    if revision.names_stable_tree or any(message.upstream for message in revision.patches):
        return ()
    relayed = relayed_patches(revision, patches_of_others(revision))
    return tuple(sorted({person_key(m.patch_author) for m in relayed if m.patch_author}))


def is_by_form(message: Message) -> bool:
    """True if a mail reports a patch as applied in a way that is enough from anybody."""
    if message.accepted and message.accepted.form != thanks.COMMITS:
        return True
    return any(s.kind == SignalKind.APPLIED and (message.bot or names_tree(s.text)) for s in message.signals)


def is_claim(message: Message) -> bool:
    """True if a mail applies a patch, or holds it up, in words that are enough only from a committer."""
    kinds = {signal.kind for signal in message.signals}
    if message.bot or not kinds:
        return False
    if SignalKind.ELSEWHERE in kinds and any(signal.detail == INSTEAD for signal in message.signals):
        return True
    return not kinds.isdisjoint(_CLAIMS) or (SignalKind.APPLIED in kinds and not is_by_form(message))


def gives_role(message: Message) -> bool:
    """True if a mail says something of who applies patches."""
    return _weight(message) > 0 or is_claim(message)


def _weight(message: Message) -> int:
    if is_by_form(message):
        return BY_FORM
    return IN_WORDS if any(signal.kind == SignalKind.APPLIED for signal in message.signals) else 0
