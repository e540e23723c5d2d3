"""Find the revisions in a conversation: which messages are one posting of a change, and which reply to it.

Messages are grouped by their own headers (author, version, n/m, parent, message-id stem), never by arrival: the result
depends only on the set of messages.  patchwatch.series.version_links links the versions of a change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from patchwatch.mail.message import Kind, Message
from patchwatch.series.conversation import stem

_NO_REPLIES = ("notice", "unreadable")
_RUN_SECONDS = 2 * 3600  # most between patches of one run that have no In-Reply-To


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A reply to a revision."""

    message: Message
    patch: int  # that it replies to; 0: the cover, or the whole posting
    notice: bool = False  # not a reply: a mail about it by a bot or maintainer in another thread, or an unreadable one


@dataclass(frozen=True, slots=True)
class Revision:
    """One posting of a change."""

    root: Message  # cover letter, or patch 1, or the lowest patch seen, or the single mail
    cover: Message | None
    patches: tuple[Message, ...]  # by number, each once: replaced ones are not among them
    replaced: tuple[Message, ...]  # by a later mail of the same revision
    follow_ups: tuple[FollowUp, ...]  # by date

    @property
    def kind(self) -> Kind:
        """The kind of its root; a pull request with its patches below is one, whatever its subject."""
        return "pull" if self.root.pull else self.root.kind

    @property
    def version(self) -> int:
        """The stated version, or 1; sometimes only the cover states it."""
        return max(m.parts.version for m in self.own_messages)

    @property
    def stated_version(self) -> bool:
        """True if any of its mails states a version."""
        return any(m.parts.stated_version for m in self.own_messages)

    @property
    def expected(self) -> int:
        """How many patches the posting states; 0 for a proposal or pull request."""
        if self.root.kind == "pull" and not self.patches:
            return 0  # "[GIT PULL 2/4]" counts requests
        return max(
            (m.parts.expected for m in self.own_messages if m.parts.expected is not None and not m.parts.inserted),
            default=len(self.patches),
        )

    @property
    def rfc(self) -> bool:
        """True if it is posted only for comments."""
        return any(m.parts.rfc for m in self.own_messages)

    @property
    def own_messages(self) -> tuple[Message, ...]:
        """Cover, patches and replaced patches."""
        return (*((self.cover,) if self.cover else ()), *self.patches, *self.replaced) or (self.root,)


def number_of(message: Message) -> int:
    """The number of a patch in its revision; a single patch is 1, a cover or proposal 0."""
    if message.kind == "patch":
        return message.parts.counter if message.parts.counter is not None and not message.parts.inserted else 1
    return 0


def find_revisions(messages: Iterable[Message]) -> list[Revision]:
    """Find the revisions of a conversation, oldest first."""
    known = {m.message_id: m for m in messages}
    known.update({cover.message_id: cover for cover in _unmarked_covers(known)})
    groups = _groups(sorted((m for m in known.values() if m.is_submission), key=_order))
    if not groups:
        return []  # most long threads are discussions without a patch
    home = {m.message_id: number for number, group in enumerate(groups) for m in group}
    answers: dict[int, list[FollowUp]] = defaultdict(list)
    anchors = _anchors(known, home)
    for message in known.values():
        if message.is_submission:
            continue
        if message.kind == "notice":
            anchor = next((i for i in message.about if i in home), None)
        else:
            anchor = anchors.get(message.message_id)
        if anchor is not None:
            answers[home[anchor]].append(FollowUp(message, number_of(known[anchor]), message.kind in _NO_REPLIES))
    revisions = [_revision(group, answers[number]) for number, group in enumerate(groups)]
    return sorted(revisions, key=lambda r: _order(r.root))


def _unmarked_covers(known: Mapping[str, Message]) -> list[Message]:
    """Cover letters without `0/n`: mails without a diff that the patches of one run reply to.

    Christoph Hellwig's have no prefix at all ("add a helper"), others have `[PATCH v6] x`, `[RFC] x`, or count the
    cover as patch 1.
    """
    answered: dict[str, list[Message]] = defaultdict(list)
    for message in known.values():
        if message.kind in ("patch", "cover") and message.parent is not None and message.parent in known:
            answered[message.parent].append(message)
    found: list[Message] = []
    for message_id, answers in answered.items():
        above = known[message_id]
        own = [m for m in answers if _could_cover(above, m)]
        numbers = {m.parts.counter for m in own}
        if not own or 0 in numbers or (None in numbers and len(own) > 1):
            continue
        if above.parts.counter is None:
            found.append(structs.replace(above, kind="cover"))
        elif above.parts.counter in numbers:
            found.append(structs.replace(above, kind="cover", parts=structs.replace(above.parts, counter=0)))
    return found


def _could_cover(above: Message, patch: Message) -> bool:
    one, other = above.parts, patch.parts
    return (
        above.kind in ("other", "proposal", "patch", "cover")
        and not (above.files or above.patch_id or above.bot or one.reply)
        and one.counter != 0
        and above.author.email == patch.author.email
        and abs(above.date - patch.date) <= _RUN_SECONDS
        # `[PATCH v2]` below `[PATCH]` is the next version; maybe only the cover states a version.
        and (one.version == other.version or not other.stated_version or above.kind == "other")
    )


def _order(message: Message) -> tuple[int, int, str]:
    return message.date, number_of(message), message.message_id


def _anchors(known: Mapping[str, Message], home: Mapping[str, int]) -> dict[str, str]:
    """The nearest submission above each message, following its references and theirs.

    Every reference is followed once, however long the thread.  Messages are visited in the order of their ids, so that
    nothing else decides where references in a circle lead.
    """
    found: dict[str, str | None] = {message_id: message_id for message_id in home}
    circle = False
    for start in sorted(known):
        path = [] if start in found else [(start, reversed(known[start].references))]
        visiting = {start}
        while path:
            message_id, references = path[-1]
            # The references of a known message are more reliable than those of the mails below it.
            reference = next(references, None)
            if reference is None:
                found[message_id] = None
                path.pop()
            elif anchor := found.get(reference):
                found.update((above, anchor) for above, _ in path)
                path = []
            elif reference in known and reference not in found:
                if reference in visiting:
                    circle = True
                    continue
                visiting.add(reference)
                path.append((reference, reversed(known[reference].references)))
    if circle:
        _leave_circles(found, known)
    return {message_id: anchor for message_id, anchor in found.items() if anchor}


def _leave_circles(found: dict[str, str | None], known: Mapping[str, Message]) -> None:
    """Set what the visits of messages in a circle missed, because another message of it was being visited."""
    below: dict[str, list[str]] = defaultdict(list)
    for message_id in sorted(i for i, anchor in found.items() if anchor is None):
        for reference in known[message_id].references:
            below[reference].append(message_id)
    queue = [reference for reference in below if found.get(reference)]
    for reference in queue:  # grows
        for message_id in below.get(reference, ()):
            if found[message_id] is None:
                found[message_id] = found[reference]
                queue.append(message_id)


def _revision(group: Sequence[Message], answers: list[FollowUp]) -> Revision:
    # A pull request with its patches below it is their cover ("[pull request][net-next V2 00/15]").
    cover = next((m for m in group if m.kind == "cover" or (m.kind == "pull" and len(group) > 1)), None)
    by_number: dict[int, Message] = {}
    replaced: list[Message] = []
    for message in sorted((m for m in group if m.kind == "patch"), key=lambda m: (m.parts.minor, *_order(m))):
        number = number_of(message)
        if number in by_number:
            replaced.append(by_number[number])
        by_number[number] = message
    patches = tuple(by_number[n] for n in sorted(by_number))
    root = cover or (
        min(replaced + list(patches), key=lambda m: (number_of(m), m.parts.minor, *_order(m))) if patches else group[0]
    )
    return Revision(
        root=root,
        cover=cover,
        patches=patches,
        replaced=tuple(sorted(replaced, key=_order)),
        follow_ups=tuple(sorted(answers, key=lambda f: (f.message.date, f.message.message_id))),
    )


def _groups(submissions: Sequence[Message]) -> list[list[Message]]:
    """Group submissions into postings."""
    alone: list[list[Message]] = []
    numbered: dict[tuple[str, int, int, int], list[Message]] = defaultdict(list)
    for message in submissions:
        parts = message.parts
        # "[GIT PULL 2/4]" is a separate request with its own shortlog.
        if parts.counter is None or parts.inserted or (message.kind == "pull" and parts.counter > 0):
            alone.append([message])
        else:
            numbered[message.author.email, parts.version, parts.minor, parts.expected or 0].append(message)
    runs = [run for bucket in numbered.values() for part in _connected(bucket) for run in _without_repeats(part)]
    runs = _replacements(_version_on_cover_only(runs))
    return _with_their_covers(alone, runs)


def _connected(bucket: list[Message]) -> list[list[Message]]:
    """Split messages of one author, version and count by threading, message-id stem, or gaps in time."""
    if len(bucket) == 1:
        return [bucket]
    leader = list(range(len(bucket)))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    ids = {m.message_id for m in bucket}
    holders: dict[str, int] = {}
    for position, message in enumerate(bucket):
        # Patches below a cover that was not seen share it as parent; so do later patches of a deep thread.
        marks = {message.message_id, *message.references[-1:], *ids.intersection(message.references)}
        if run := stem(message.message_id):
            marks.add(" " + run)
        for mark in marks:
            leader[find(position)] = find(holders.setdefault(mark, position))
    parts: dict[int, list[Message]] = defaultdict(list)
    for position, message in enumerate(bucket):
        parts[find(position)].append(message)
    loose = [part[0] for part in parts.values() if len(part) == 1 and not part[0].references]
    return [part for part in parts.values() if part[0] not in loose] + _near_in_time(loose)


def _near_in_time(messages: list[Message]) -> list[list[Message]]:
    """Group messages without references into runs without long gaps."""
    runs: list[list[Message]] = []
    for message in messages:  # by date
        if runs and message.date - runs[-1][-1].date <= _RUN_SECONDS:
            runs[-1].append(message)
        else:
            runs.append([message])
    return runs


def _without_repeats(part: list[Message]) -> list[list[Message]]:
    """Split a run in which a number occurs twice (a resend in the same thread) into postings."""
    count = Counter(m.parts.counter or 0 for m in part)
    most = max(count.values())
    if most == 1:
        return [part]
    seed = min(number for number in count if count[number] == most)
    runs = [[m] for m in part if m.parts.counter == seed]
    for message in part:
        if message.parts.counter == seed:
            continue
        fitting = [run for run in runs if all(m.parts.counter != message.parts.counter for m in run)]
        max(fitting, key=lambda run: _closeness(message, run)).append(message)
    return runs


def _closeness(message: Message, run: list[Message]) -> tuple[bool, bool, int]:
    own = stem(message.message_id)
    return (
        bool(own) and any(stem(m.message_id) == own for m in run),
        any(m.message_id in message.references or message.message_id in m.references for m in run),
        -min(abs(m.date - message.date) for m in run),
    )


def _version_on_cover_only(runs: list[list[Message]]) -> list[list[Message]]:
    """Join patches without a version with their cover that has one: `[PATCH v2 0/5]`, `[PATCH 1/5]`."""
    stated: dict[tuple[str, int, str], int] = {}
    for number, run in enumerate(runs):
        if run[0].parts.stated_version:
            for mark in _sending_marks(run):
                stated[run[0].author.email, run[0].parts.expected or 0, mark] = number
    joined = set[int]()
    for number, run in enumerate(runs):
        if run[0].parts.stated_version:
            continue
        for mark in sorted(_sending_marks(run) | {m.parent for m in run if m.parent}):
            target = stated.get((run[0].author.email, run[0].parts.expected or 0, mark))
            if target is not None and not {m.parts.counter for m in run} & {m.parts.counter for m in runs[target]}:
                runs[target].extend(run)
                joined.add(number)
                break
    return [run for number, run in enumerate(runs) if number not in joined]


def _sending_marks(run: list[Message]) -> set[str]:
    return {m.message_id for m in run} | {" " + found for m in run if (found := stem(m.message_id))}


def _replacements(runs: list[list[Message]]) -> list[list[Message]]:
    """Join replacement patches (`[PATCH v5.1 10/12]`, or another 3/5 below 3/5) with the revision they fix."""
    owner = {m.message_id: number for number, run in enumerate(runs) for m in run}
    joined = set[int]()
    for number, run in enumerate(runs):
        first = run[0]
        whole = first.parts.expected or 0
        if len({m.parts.counter for m in run}) > max(1, whole // 2) or any(m.parts.counter == 0 for m in run):
            continue
        for message in run:
            targets = [owner[r] for r in reversed(message.references) if r in owner and owner[r] != number]
            target = next(
                (
                    t
                    for t in targets
                    if t not in joined
                    and runs[t][0].author.email == first.author.email
                    and runs[t][0].parts.expected == whole
                    and runs[t][0].parts.version == first.parts.version
                    and len(runs[t]) > len(run)
                ),
                None,
            )
            if target is not None:
                owner.update((m.message_id, target) for m in run)  # a fix of the fix may reference only this one
                runs[target].extend(run)
                joined.add(number)
                break
    return [run for number, run in enumerate(runs) if number not in joined]


def _with_their_covers(alone: list[list[Message]], runs: list[list[Message]]) -> list[list[Message]]:
    """Join covers without a number with the run that replies to them, and `[PATCH] x` with its `[PATCH 0/1] x`."""
    below: dict[str, list[Message]] = {}
    for run in runs:
        if all(m.parts.counter != 0 for m in run):
            below.update({m.parent: run for m in run if m.parent})
    singles: dict[str, list[Message]] = {}
    for single in alone:
        message = single[0]
        if message.kind == "patch" and message.parent:
            singles[message.parent] = single
    lone_covers = [run for run in runs if len(run) == 1 and run[0].kind == "cover" and run[0].parts.expected == 1]
    joined: list[list[Message]] = []
    for group in [*(single for single in alone if single[0].kind == "cover"), *lone_covers]:
        cover = group[0]
        numbered = below.get(cover.message_id) if cover.parts.counter is None else None
        other = numbered or singles.get(cover.message_id)
        if other and other[0].author.email == cover.author.email and _same_version(cover, other[0]):
            other.append(cover)
            joined.append(group)
    return [group for group in alone + runs if group not in joined]


def _same_version(cover: Message, patch: Message) -> bool:
    one, other = cover.parts, patch.parts
    return (one.version, one.minor) == (other.version, other.minor) or not (one.stated_version and other.stated_version)
