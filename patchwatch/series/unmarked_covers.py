"""Find cover letters that are not marked as such."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from msgspec import structs

from patchwatch.mail.message import Message
from patchwatch.pattern import Pattern
from patchwatch.series.postings import RUN_SECONDS
from patchwatch.series.senders import same_sender

_SETS = Pattern(r"(?i)\s*\[patch ?sets?\b")


def unmarked_covers(known: Mapping[str, Message]) -> list[Message]:
    """Cover letters without `0/n`: mails without a diff that the patches of one run reply to.

    Christoph Hellwig's have no prefix at all ("add a helper"), others have `[PATCH v6] x`, `[RFC] x`, or count the
    cover as patch 1.  `[PATCHSET 2/3]` counts sets: its patches have a total of their own.
    """
    answered: dict[str, list[Message]] = defaultdict(list)
    for message in known.values():
        if message.kind in ("patch", "cover") and message.parent is not None and message.parent in known:
            answered[message.parent].append(message)
    sets = {i for i, m in known.items() if m.kind in ("patch", "cover") and m.parts.counter and _counts_sets(m)}
    found: list[Message] = []
    for message_id in answered.keys() | sets:
        above = known[message_id]
        own = [m for m in answered[message_id] if _could_cover(above, m)]
        numbers = {m.parts.counter for m in own}
        if message_id in sets:
            expected = max((m.parts.expected for m in own if m.parts.expected is not None), default=None)
            parts = structs.replace(above.parts, counter=None if expected is None else 0, expected=expected)
            found.append(structs.replace(above, kind="cover", parts=parts))
        elif not own or 0 in numbers or (None in numbers and len(own) > 1):
            continue
        elif above.parts.counter is None:
            found.append(structs.replace(above, kind="cover"))
        elif above.parts.counter in numbers:
            found.append(structs.replace(above, kind="cover", parts=structs.replace(above.parts, counter=0)))
    return found


def _counts_sets(message: Message) -> bool:
    return not (message.files or message.patch_id) and _SETS.match(message.subject) is not None


def _could_cover(above: Message, patch: Message) -> bool:
    one, other = above.parts, patch.parts
    return (
        above.kind in ("other", "proposal", "patch", "cover")
        and not (above.files or above.patch_id or above.bot or one.reply)
        and one.counter != 0
        and same_sender(above, patch)
        and abs(above.date - patch.date) <= RUN_SECONDS
        # `[PATCH v2]` below `[PATCH]` is the next version; maybe only the cover states a version.
        and (one.version == other.version or not other.stated_version or above.kind == "other")
    )
