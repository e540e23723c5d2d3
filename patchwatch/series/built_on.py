"""Find later patches of other people that are made on files as a posting left them: it is in the tree that they use.

Pure.  The diff of a patch names the content of each file before and after it, by git's ids.  Somebody whose patch
begins with the content that another one ended with has that one in their tree, and people make patches for the trees of
maintainers.  So this shows what was applied without a word.  Of a patch that was applied itself, it does not matter
whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from zlib import crc32

from patchwatch.mail.diff import BLOB
from patchwatch.mail.message import Message, Person, person_key
from patchwatch.pattern import Pattern
from patchwatch.series.posting import PostingFacts, is_author
from patchwatch.series.pull_requests import KIND as PULL

NO_CONTENT = 0
"""The key of a file that does not exist, or of which the content is not stated."""
_WAIT = 14 * 86_400
"""Seconds from which on nobody but its author works on a posting that is in no tree; colleagues do for some days."""
_WAIT_FOR_APPLIED = 86_400  # the same of a patch that was applied: the two may have been sent for the same tree
_SKEW = 3_600  # clocks are wrong
_NAME = (1 << 20) - 1  # bits of a file's name in a key; the others are the digits of its content
_RESTORES = Pattern(r"(?i)re(?:vert|apply)\b")


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a patch does to a file: the keys of its content before and after."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class SentPatch:
    """A patch that begins or ends with a content."""

    message_id: str
    date: int
    by: Person  # who sent it
    subject: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A patch that is made on another one, and the content that shows it."""

    patch: SentPatch
    content: int
    applied: bool = False  # the patch was applied itself
    own: bool = False  # it is of the same author, whose tree may have more patches than those that were applied


def changes_of(message: Message) -> list[FileChange]:
    """The changes of files by a patch; none for other mails."""
    if message.kind != "patch":
        return []
    return [FileChange(before, after) for _, before, after in _contents(message) if before != after]


def names_of_contents(message: Message) -> list[tuple[int, str]]:
    """The contents that a patch leaves, each with the name of its file."""
    return [(after, name) for name, _, after in _contents(message)]


def _contents(message: Message) -> Iterator[tuple[str, int, int]]:
    """The names of the files that a patch changes, each with its content before and after."""
    blobs = message.blobs
    for name, middle in zip(message.files, range(BLOB, len(blobs), 2 * BLOB), strict=False):
        before, after = blobs[middle - BLOB : middle], blobs[middle : middle + BLOB]
        yield name, content_key(name, before), content_key(name, after)


def content_key(name: str, blob: str) -> int:
    """The key of a file's content, given by the first digits of git's id."""
    content = int(blob, 16)
    return (crc32(name.encode()) & _NAME) << 4 * BLOB | content if content else NO_CONTENT


def can_be_built_on(one: PostingFacts) -> bool:
    """False for a posting whose changes were in some tree before."""
    return one.kind != PULL and not one.trees and not one.upstream


def find_proofs(
    one: PostingFacts,
    patches: Sequence[Iterable[FileChange]],
    beginning: Mapping[int, Sequence[SentPatch]],
    ending: Mapping[int, Sequence[SentPatch]],
    applied: Set[str] = frozenset(),
) -> dict[int, list[Proof]]:
    """The patches that show that those of a posting are in a tree, by place: the first and, if several, the last.

    `patches` are its own, in order; `beginning` and `ending` are all that begin and end with the contents that its own
    end with; `applied` are the message-ids of those that were applied.
    """
    found: dict[int, list[Proof]] = {}
    for place, changes in enumerate(patches):
        if _RESTORES.match(one.titles[place]):
            continue
        proofs = [
            Proof(later, change.after, later.message_id in applied, is_author(later.by, one))
            for change in changes
            for later in _made_on(one, beginning.get(change.after, ()), ending.get(change.after, ()), applied)
        ]
        proofs = [proof for proof in proofs if not proof.own] or proofs
        if proofs:
            proofs.sort(key=lambda p: (p.patch.date, p.patch.message_id, p.content))
            found[place] = [proofs[0], proofs[-1]] if len(proofs) > 1 else proofs
    return _with_those_below(patches, found)


def _made_on(
    one: PostingFacts, beginning: Sequence[SentPatch], ending: Sequence[SentPatch], applied: Set[str]
) -> list[SentPatch]:
    """The later patches that begin with a content and show something; none if it was there before the posting."""
    if any(other.date < one.date - _SKEW and not is_author(other.by, one) for other in (*beginning, *ending)):
        return []
    makers = {known for other in ending for known in _known_as(other.by)}  # their patches are made on their own
    found = []
    for later in beginning:
        own = is_author(later.by, one)
        if later.message_id in applied:
            shows = later.date >= one.date + (_WAIT if own else _WAIT_FOR_APPLIED)
        else:
            shows = later.date >= one.date + _WAIT and not own and makers.isdisjoint(_known_as(later.by))
        if shows and later.message_id not in one.message_ids:
            found.append(later)
    return found


def _known_as(person: Person) -> tuple[str, str]:
    """A person's address, and their full name, if they give one."""
    return person.email, person_key(person)


def _with_those_below(
    patches: Sequence[Iterable[FileChange]], found: Mapping[int, list[Proof]]
) -> dict[int, list[Proof]]:
    """Add the patches of which others in `found` changed the result, unless only the author shows those."""
    everything = dict(found)
    for place in reversed(range(len(patches))):
        if _is_shown_by_author_alone(everything.get(place, ())):
            continue
        contents = {change.before for change in patches[place]} - {NO_CONTENT}
        for earlier in range(place):
            if any(change.after in contents for change in patches[earlier]) and _is_shown_by_author_alone(
                everything.get(earlier, ())
            ):
                everything[earlier] = everything[place]
    return everything


def _is_shown_by_author_alone(proofs: Iterable[Proof]) -> bool:
    return all(proof.own for proof in proofs)
