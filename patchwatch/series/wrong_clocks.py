"""Date postings that seem to be older than what they answer: the clock of their sender was wrong.

A posting that replies to another one was sent after it, whatever its Date header says.  So it counts as sent one second
later, and all its mails with it.  Clocks that are ahead are corrected by the time of arrival (patchwatch.mail.headers).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import structs

from patchwatch.mail.message import Message
from patchwatch.series.postings import posted_order
from patchwatch.series.sendings import Sending


def in_time(postings: Iterable[Sending], nearest: Mapping[str, str]) -> list[Sending]:
    """The postings of a conversation, none of them older than one that it answers.

    `nearest` is the nearest submission above each message (patchwatch.series.answered).
    """
    found = sorted(postings, key=lambda p: (max(m.parts.version for m in p.all_messages), posted_order(p.root)))
    home = {m.message_id: place for place, posting in enumerate(found) for m in posting.all_messages}
    for place, posting in enumerate(found):  # the versions before were dated before
        root = posting.root
        answered = {home.get(nearest.get(reference, ""), place) for reference in root.references} - {place}
        late = max((found[other].root.date for other in answered), default=root.date - 1) + 1 - root.date
        if late > 0:
            found[place] = _later(posting, late)
    return found


def _later(posting: Sending, seconds: int) -> Sending:
    others = [Sending(_all_later(other.messages, seconds)) for other in posting.others]
    return Sending(_all_later(posting.messages, seconds), others)


def _all_later(messages: Iterable[Message], seconds: int) -> list[Message]:
    return [structs.replace(m, date=m.date + seconds) for m in messages]
