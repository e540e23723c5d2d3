"""Find which patches and cover letters of a conversation were sent together.

Messages are grouped by their own headers (author, version, n/m, parent, message-id stem), never by arrival: the result
depends only on the set of messages.  patchwatch.series.sendings joins what was sent in several runs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from msgspec import structs

from patchwatch.mail.message import Message
from patchwatch.mail.subject import title_key
from patchwatch.series.conversation import stem
from patchwatch.series.senders import same_sender, sender_keys

RUN_SECONDS = 2 * 3600
"""Most between the mails of one run."""

_PAUSE_SECONDS = 600  # most between patches without In-Reply-To for nothing but the time to join them


def number_of(message: Message) -> int:
    """The number of a patch in its revision; a single patch is 1, a cover or proposal 0."""
    if message.kind == "patch":
        parts = message.parts
        # Those of inserted patches are above the total (patchwatch.series.inserted_patches).
        known = parts.counter is not None and (not parts.inserted or parts.counter > (parts.expected or 0))
        return parts.counter if known and parts.counter is not None else 1
    return 0


def posted_order(message: Message) -> tuple[int, int, str]:
    """Sort messages by date, those of one second by number."""
    return message.date, number_of(message), message.message_id


def sent_together(submissions: Sequence[Message]) -> list[list[Message]]:
    """Group submissions, in the order of `posted_order`, by what was sent in one go."""
    alone: list[list[Message]] = []
    numbered: dict[tuple[str, int, int, int], list[Message]] = defaultdict(list)
    senders = sender_keys(submissions)
    for message in submissions:
        parts = message.parts
        # "[GIT PULL 2/4]" is a separate request with its own shortlog.
        if parts.counter is None or parts.inserted or (message.kind == "pull" and parts.counter > 0):
            alone.append([message])
        else:
            numbered[senders[message.author.email], parts.version, parts.minor, parts.expected or 0].append(message)
    runs = [run for bucket in numbered.values() for part in _connected(bucket) for run in _without_repeats(part)]
    runs = _replacements(_version_on_cover_only(runs, senders))
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
        if runs and message.date - runs[-1][-1].date <= _PAUSE_SECONDS:
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


def _version_on_cover_only(runs: list[list[Message]], senders: Mapping[str, str]) -> list[list[Message]]:
    """Join patches without a version with their cover that has one: `[PATCH v2 0/5]`, `[PATCH 1/5]`."""
    stated: dict[tuple[str, int, str], int] = {}
    for number, run in enumerate(runs):
        if run[0].parts.stated_version:
            for mark in _sending_marks(run):
                stated[senders[run[0].author.email], run[0].parts.expected or 0, mark] = number
    joined = set[int]()
    for number, run in enumerate(runs):
        if run[0].parts.stated_version:
            continue
        for mark in sorted(_sending_marks(run) | {m.parent for m in run if m.parent}):
            target = stated.get((senders[run[0].author.email], run[0].parts.expected or 0, mark))
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
                    and same_sender(runs[t][0], first)
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
    """Join covers without a number, or with a wrong total, with the run that replies to them.

    So are `[PATCH] x` and its `[PATCH 0/1] x`, which may both reply to the same mail, if one run sent them.
    """
    below: dict[str, list[Message]] = {}
    for run in runs:
        if all(m.parts.counter != 0 for m in run):
            below.update({m.parent: run for m in run if m.parent})
    singles: dict[str, list[Message]] = {}
    for single in alone:
        message = single[0]
        if message.kind == "patch" and message.parts.counter is None:
            if message.parent:
                singles[message.parent] = single
            if sent_by := stem(message.message_id):
                singles[" " + sent_by] = single
    lone_covers = [run for run in runs if len(run) == 1 and run[0].kind == "cover"]
    joined: list[list[Message]] = []
    for group in [*(single for single in alone if single[0].kind == "cover"), *lone_covers]:
        cover = group[0]
        other = _patches_of(cover, below, singles)
        if other and same_sender(other[0], cover) and _same_version(cover, other[0]):
            if cover.parts.counter is not None and (total := other[0].parts.expected):
                cover = structs.replace(cover, parts=structs.replace(cover.parts, expected=total))
            other.append(cover)
            joined.append(group)
    return [group for group in alone + runs if group not in joined]


def _patches_of(
    cover: Message, below: Mapping[str, list[Message]], singles: Mapping[str, list[Message]]
) -> list[Message] | None:
    """The patches that reply to a cover letter, or the only one, which one run sent with it."""
    numbered = below.get(cover.message_id)
    if numbered and (cover.parts.counter is None or _was_sent_with(cover, numbered)):
        return numbered
    if cover.parts.counter is None or cover.parts.expected == 1:
        return singles.get(cover.message_id) or _in_its_run(cover, singles)
    return None


def _was_sent_with(cover: Message, run: Sequence[Message]) -> bool:
    """True for patches below a cover letter that counts them wrongly: `0/4`, `1/11`."""
    return all(m.parent == cover.message_id and 0 <= m.date - cover.date <= _PAUSE_SECONDS for m in run)


def _in_its_run(cover: Message, singles: Mapping[str, list[Message]]) -> list[Message] | None:
    """The patch that `[PATCH 0/1] x` is the cover letter of, if the same run sent it under that title."""
    run = stem(cover.message_id)
    other = singles.get(" " + run) if run and cover.parts.expected == 1 else None
    alike = other is not None and title_key(other[0].parts.title) == title_key(cover.parts.title)
    return other if alike else None


def _same_version(cover: Message, patch: Message) -> bool:
    one, other = cover.parts, patch.parts
    return (one.version, one.minor) == (other.version, other.minor) or not (one.stated_version and other.stated_version)
