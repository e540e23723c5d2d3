"""Take in patches that are numbered between others, `2.5/3`, or behind the last, `4/3`.

The others keep their numbers, because people refer to them; an inserted patch has the next free one above the total,
and stands where its author put it.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from patchwatch.mail.message import Message
from patchwatch.series.postings import RUN_SECONDS, number_of, posted_order
from patchwatch.series.senders import same_sender

_DAY = 86_400
_THOUSAND = 1000


def position(patch: Message) -> tuple[int, int]:
    """Sort the patches of a posting as their author meant it: an inserted one behind the one that it follows."""
    parts = patch.parts
    if _is_placed(patch):
        return divmod(parts.inserted, _THOUSAND)
    return number_of(patch), 0


def _is_placed(patch: Message) -> bool:
    """True for inserted patches of which the posting was found; `inserted` then holds the counter, too."""
    return bool(patch.parts.inserted) and (patch.parts.counter or 0) > (patch.parts.expected or 0)


def placed(patches: Sequence[Message]) -> int:
    """How many of the patches of a posting, each once, its author inserted."""
    return sum(_is_placed(patch) for patch in patches)


def take_in(groups: Sequence[list[Message]]) -> list[list[Message]]:
    """Join inserted patches with the group of messages that they belong to; `groups` are what was sent together."""
    loose = [group[0] for group in groups if len(group) == 1 and group[0].parts.inserted]
    if not loose:
        return list(groups)
    rest = [group for group in groups if not (len(group) == 1 and group[0].parts.inserted)]
    owner = {m.message_id: group for group in rest for m in group}
    found: dict[int, list[Message]] = {}
    alone: list[list[Message]] = []
    for patch in sorted(loose, key=posted_order):
        target = next((owner[i] for i in reversed(patch.references) if i in owner and _fits(patch, owner[i])), None)
        target = target or _latest([group for group in rest if _fits(patch, group) and _is_near(patch, group)])
        if target is None:
            alone.append([patch])
        else:
            owner[patch.message_id] = target
            found.setdefault(id(target), []).append(patch)
    return [*([*group, *_numbered(group, found.get(id(group), []))] for group in rest), *alone]


def _fits(patch: Message, group: Sequence[Message]) -> bool:
    first, parts = group[0], patch.parts
    return (
        same_sender(first, patch)
        and parts.version in {m.parts.version for m in group}
        and parts.expected in {m.parts.expected for m in group}
    )


def _is_near(patch: Message, group: Sequence[Message]) -> bool:
    dates = [m.date for m in group]
    return not patch.references and min(dates) - RUN_SECONDS <= patch.date <= max(dates) + _DAY


def _latest(groups: Sequence[list[Message]]) -> list[Message] | None:
    return max(groups, key=lambda group: max(posted_order(m) for m in group), default=None)


def _numbered(group: Sequence[Message], patches: Sequence[Message]) -> list[Message]:
    """The inserted patches with numbers of their own; those at the same place replace each other."""
    total = max((m.parts.expected or 0 for m in group), default=0)
    numbers: dict[tuple[int, int], int] = {}
    places = sorted({(m.parts.counter or 0, m.parts.inserted) for m in patches})
    for counter, inserted in places:
        if inserted % _THOUSAND == 0:  # 4/3
            numbers[counter, inserted] = counter + inserted // _THOUSAND
    for place in places:
        numbers.setdefault(place, max([total, *numbers.values()]) + 1)
    return [
        structs.replace(
            m,
            parts=structs.replace(
                m.parts,
                counter=numbers[m.parts.counter or 0, m.parts.inserted],
                inserted=_THOUSAND * (m.parts.counter or 0) + m.parts.inserted,
            ),
        )
        for m in patches
    ]
