"""Lists on which the judge of revisions is trained and measured: what was said about a version, and what came next.

Nobody labels kernel mail, but history does.  After people have answered a version, its author posts another one, or it
is applied as it was.  Versions that ended otherwise, or not yet, are left out.  Only what was said before that is read.
"""

from __future__ import annotations

import collections
import dataclasses
import pickle
import re
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import stated_links

from patchwatch.mail import body
from patchwatch.mail.headers import Headers
from patchwatch.mail.message import Message, SignalKind
from patchwatch.mail.mime import text_of
from patchwatch.mail.outlook import features
from patchwatch.mail.parse import parse
from patchwatch.series.conversation import thread_keys
from patchwatch.series.posting import AUTHOR_WINDOW, PostingFacts, author_keys, posting_facts, posting_keys
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.states import APPLIED
from patchwatch.series.tags import authors_of
from patchwatch.series.version_links import predecessor

NEWEST = 24_000
"""Mails of an archive that are taken, the newest."""

_DAY = 86_400
_TAKEN = (SignalKind.APPLIED, SignalKind.MAINLINED, SignalKind.CLAIMED)


@dataclass(frozen=True)
class Outcome:
    """A version that people answered, with the mails before what happened next."""

    revision: Revision
    again: bool  # its author posted another version; False: it was applied as it was
    moments: tuple[int, ...]  # how many of the replies there were at each silence of a day; the last: all
    words: Mapping[str, array[int]]  # patchwatch.mail.outlook.features of people's replies, by message-id

    @property
    def root(self) -> str:
        """The message-id of its root."""
        return self.revision.root.message_id

    @property
    def change(self) -> tuple[str, str]:
        """What all versions of it have in common."""
        return self.revision.root.author.email, self.revision.root.parts.title.lower()

    def at(self, replies: int) -> Revision:
        """The version when it had so many replies."""
        return dataclasses.replace(self.revision, follow_ups=self.revision.follow_ups[:replies])


@dataclass(frozen=True)
class OutcomeList:
    """A list, and the outcomes on it."""

    name: str
    outcomes: tuple[Outcome, ...]


def prepare(archive: Path, newest: int = NEWEST, cache: Path | None = None) -> OutcomeList:
    """Read the newest mails of an epoch or bundle; `cache` is a directory that keeps what was found."""
    name = re.sub(r"[^\w.-]", "-", archive.stem if archive.stem.strip("0123456789") else archive.resolve().parent.name)
    kept = cache / f"{name}.{newest}.pickle" if cache else None
    if kept and kept.exists():
        return OutcomeList(name, pickle.loads(kept.read_bytes()))
    with tempfile.TemporaryDirectory(prefix="patchwatch-outcomes-") as directory:
        epoch = archive
        if archive.is_file():
            epoch = Path(directory) / f"{name}.git"
            subprocess.run(["git", "clone", "-q", "--bare", archive, epoch], check=True)
        found = tuple(outcomes(stated_links.mails(epoch, f"-{newest}", "--all")))
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(found))
    return OutcomeList(name, found)


def outcomes(raws: Iterable[bytes]) -> Iterator[Outcome]:
    """The outcomes of the versions in these mails, oldest first."""
    messages: dict[str, Message] = {}
    words: dict[str, array[int]] = {}
    for raw in raws:
        message = parse(raw)
        if message.message_id in messages:
            continue
        messages[message.message_id] = message
        if message.kind == "reply" and not message.bot:
            passages = body.of_reply(text_of(Headers(raw), raw).inline)[1]
            words[message.message_id] = array("I", sorted(features(passages, message.trailers)))
    found = [revision for conversation in conversations(messages.values()) for revision in find_revisions(conversation)]
    found.sort(key=lambda revision: (revision.root.date, revision.root.message_id))
    following, _ = next_versions(found)
    for revision in found:
        if (outcome := _outcome(revision, following.get(revision.root.message_id), words)) is not None:
            yield outcome


def _outcome(revision: Revision, following: int | None, words: Mapping[str, array[int]]) -> Outcome | None:
    taken = applied_at(revision, following)
    if following is None and taken is None:
        return None
    end = taken if taken is not None else following
    before = tuple(f for f in revision.follow_ups if f.message.date < (end or 0))
    if taken is not None:
        before = before[: next((n for n, f in enumerate(before) if _is_taken(f.message)), len(before))]
    cut = dataclasses.replace(revision, follow_ups=before)
    moments = tuple(n for n in _silences(cut) if any(_is_others(cut, n)))
    if revision.kind not in ("cover", "patch") or not moments:
        return None
    own = {f.message.message_id: words[f.message.message_id] for f in before if f.message.message_id in words}
    return Outcome(cut, taken is None, moments, own)


def _is_others(revision: Revision, replies: int) -> Iterator[bool]:
    """Whether each of the replies is somebody else's than the author's or a robot's."""
    authors = authors_of(revision)
    for follow_up in revision.follow_ups[:replies]:
        message = follow_up.message
        by_author = authors.include(message.author.name, message.author.email)
        yield not (message.bot or follow_up.notice or by_author)


def _silences(revision: Revision) -> Iterator[int]:
    dates = [f.message.date for f in revision.follow_ups]
    yield from (n for n in range(1, len(dates)) if dates[n] - dates[n - 1] >= _DAY)
    if dates:
        yield len(dates)


def _is_taken(message: Message) -> bool:
    return message.accepted is not None or any(signal.kind in _TAKEN for signal in message.signals)


def applied_at(revision: Revision, before: int | None) -> int | None:
    """When all of a version had been applied, according to its replies; None if it was not."""
    for number, follow_up in enumerate(revision.follow_ups, 1):
        if before is not None and follow_up.message.date >= before:
            return None
        if _is_taken(follow_up.message):
            cut = dataclasses.replace(revision, follow_ups=revision.follow_ups[:number])
            if revision_state(cut).state in APPLIED:
                return follow_up.message.date
    return None


def conversations(messages: Iterable[Message]) -> list[list[Message]]:
    """The messages that share thread keys, directly or by others."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    messages = list(messages)
    for message in messages:
        first, *others = thread_keys(message)
        for other in others:
            leader[find(other)] = find(first)
    found: dict[str, list[Message]] = collections.defaultdict(list)
    for message in messages:
        found[find(message.message_id)].append(message)
    return list(found.values())


def next_versions(revisions: Sequence[Revision]) -> tuple[dict[str, int], dict[str, int]]:
    """The dates of the next version of each that has one, and of its first resend, by root."""
    home = {m.message_id: r.root.message_id for r in revisions for m in r.own_messages}
    home |= {f.message.message_id: r.root.message_id for r in revisions for f in r.follow_ups}
    near = _Neighbours([posting_facts(revision, home) for revision in revisions])
    after: dict[str, tuple[int, str]] = {}
    resends: dict[str, str] = {}
    for posting in near.postings:
        link = predecessor(posting, near.of(posting))
        if link is not None and link.resend:
            resends[posting.root] = link.predecessor
        elif link is not None:
            after[link.predecessor] = min(
                after.get(link.predecessor, (posting.date, posting.root)), (posting.date, posting.root)
            )
    dates: dict[str, int] = {}
    for posting in near.postings:
        if first := resends.get(posting.root):
            dates[first] = min(dates.get(first, posting.date), posting.date)
    for again, first in resends.items():
        if again in after:
            after.setdefault(first, after[again])
    return {root: date for root, (date, _) in after.items()}, dates


class _Neighbours:
    """The postings that share a key with one."""

    def __init__(self, postings: Sequence[PostingFacts]) -> None:
        self.postings = postings
        self._by_key: dict[str, list[PostingFacts]] = collections.defaultdict(list)
        self._by_author: dict[str, list[PostingFacts]] = collections.defaultdict(list)
        for posting in postings:
            for key in posting_keys(posting):
                self._by_key[key].append(posting)
            for key in author_keys(posting):
                self._by_author[key].append(posting)

    def of(self, one: PostingFacts) -> list[PostingFacts]:
        found = {p.root: p for key in posting_keys(one) for p in self._by_key[key]}
        for key in author_keys(one):
            found |= {p.root: p for p in self._by_author[key] if abs(p.date - one.date) <= AUTHOR_WINDOW}
        return [found[root] for root in sorted(found)]


if __name__ == "__main__":
    sys.exit("used by train_outcomes.py and outcomes.py")
