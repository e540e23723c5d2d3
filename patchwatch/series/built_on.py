"""Find later patches of other people that are made on files as a posting left them: it is in the tree that they use.

Pure.  The diff of a patch names the content of each file before and after it, by git's ids.  Somebody whose patch
begins with the content that another one ended with has that one in their tree, and people make patches for the trees of
maintainers.  So this shows what was applied without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
) -> dict[int, list[Proof]]:
    """The patches that other people made on each patch of a posting, by place: the first and, if several, the last.

    `patches` are its own, in order; `beginning` and `ending` are all that begin and end with the contents that its own
    end with.
    """
    found: dict[int, list[Proof]] = {}
    for place, changes in enumerate(patches):
        if _RESTORES.match(one.titles[place]):
            continue
        proofs = [
            Proof(later, change.after)
            for change in changes
            for later in _made_on(one, beginning.get(change.after, ()), ending.get(change.after, ()))
        ]
        if proofs:
            proofs.sort(key=lambda p: (p.patch.date, p.patch.message_id, p.content))
            found[place] = [proofs[0], proofs[-1]] if len(proofs) > 1 else proofs
    return _with_those_below(patches, found)


def _made_on(one: PostingFacts, beginning: Sequence[SentPatch], ending: Sequence[SentPatch]) -> list[SentPatch]:
    """The later patches of other people that begin with a content; none if it was there before the posting."""
    if any(other.date < one.date - _SKEW and not is_author(other.by, one) for other in (*beginning, *ending)):
        return []
    makers = {known for other in ending for known in _known_as(other.by)}  # their patches are made on their own
    return [
        later
        for later in beginning
        if later.date >= one.date + _WAIT and makers.isdisjoint(_known_as(later.by)) and not is_author(later.by, one)
    ]


def _known_as(person: Person) -> tuple[str, str]:
    """A person's address, and their full name, if they give one."""
    return person.email, person_key(person)


def _with_those_below(
    patches: Sequence[Iterable[FileChange]], found: Mapping[int, list[Proof]]
) -> dict[int, list[Proof]]:
    """Add the patches of which other patches in `found` changed the result."""
    everything = dict(found)
    for place in reversed(range(len(patches))):
        if place not in everything:
            continue
        contents = {change.before for change in patches[place]} - {NO_CONTENT}
        for earlier in range(place):
            if any(change.after in contents for change in patches[earlier]):
                everything.setdefault(earlier, everything[place])
    return everything
