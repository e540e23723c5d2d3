"""Join the patches of one posting that several people sent: a colleague posts their part in the thread of the first.

Some programs put a patch's author into its From: header, and people who work together post their own patches.  What
others send in a thread is an answer to the posting, or a new version of it, unless the numbers show that it is the
rest: with the same version and total, each number is there once, and none is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from patchwatch.mail.message import Message
from patchwatch.series.conversation import stem
from patchwatch.series.postings import RUN_SECONDS, number_of
from patchwatch.series.senders import sender_keys
from patchwatch.series.sendings import may_be_a_part, posting_key


def join_colleagues(groups: Sequence[list[Message]]) -> list[list[Message]]:
    """Join groups of messages that were sent together, where several senders complete each other in one thread."""
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        if may_be_a_part(group) and _counts_several(group):
            alike[posting_key(group)].append(place)
    joined: dict[int, list[Message]] = {}
    gone: set[int] = set()
    for places in alike.values():
        for thread in _threads(groups, places):
            if _are_one(parts := [groups[place] for place in thread]):
                joined[thread[0]] = [m for part in parts for m in part]
                gone.update(thread[1:])
    return [joined.get(place, group) for place, group in enumerate(groups) if place not in gone]


def _counts_several(group: Sequence[Message]) -> bool:
    return all((m.parts.expected or 0) > 1 and not m.parts.inserted for m in group)


def _threads(groups: Sequence[Sequence[Message]], places: Sequence[int]) -> list[list[int]]:
    """The places of groups of which mails reply to each other, or to the same mail, or that one run sent."""
    if len(places) == 1:
        return []
    threads: list[tuple[set[str], list[int]]] = []
    for place in places:
        marks = {mark for m in groups[place] for mark in (m.message_id, m.parent, stem(m.message_id)) if mark}
        near = [thread for thread in threads if not thread[0].isdisjoint(marks)]
        threads = [thread for thread in threads if thread not in near]
        threads.append((marks.union(*(t[0] for t in near)), [*(i for t in near for i in t[1]), place]))
    return [sorted(members) for _, members in threads if len(members) > 1]


def _are_one(parts: Sequence[Sequence[Message]]) -> bool:
    """True if groups by several senders have each number up to their total once, and were sent one after the other."""
    messages = [m for part in parts for m in part]
    if len(set(sender_keys(messages).values())) == 1:
        return False  # patchwatch.series.sendings joins what one person sent
    numbers = sorted(number_of(m) for m in messages)
    total = messages[0].parts.expected or 0
    if numbers not in (list(range(total + 1)), list(range(1, total + 1))):
        return False
    dates = sorted(m.date for m in messages)
    return all(later - earlier <= RUN_SECONDS for earlier, later in pairwise(dates))
