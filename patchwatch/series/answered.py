"""Find the submission that each message of a conversation replies to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from patchwatch.mail.message import Message
from patchwatch.mail.subject import title_key
from patchwatch.series.conversation import names_title_only

_SKEW = 3_600  # seconds: clocks are wrong
_LONG = 90 * 86_400  # after which such an answer is rather about something else


def nearest_submissions(known: Mapping[str, Message], home: Iterable[str]) -> dict[str, str]:
    """The nearest submission above each message, following its references and theirs.

    An answer without references is below the newest submission before it with its title and version.

    Every reference is followed once, however long the thread.  Messages are visited in the order of their ids, so that
    nothing else decides where references in a circle lead.
    """
    found: dict[str, str | None] = {message_id: message_id for message_id in home}
    found.update(_named_by_title(known, list(found)))
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


def _named_by_title(known: Mapping[str, Message], home: Iterable[str]) -> dict[str, str]:
    """The submission whose title and version each answer without references repeats."""
    answers = [message for message in known.values() if names_title_only(message)]
    if not answers:
        return {}
    posted: dict[tuple[str, int, int], list[Message]] = defaultdict(list)
    for message in sorted((known[i] for i in home if i in known), key=lambda m: (m.date, m.message_id)):
        posted[_name(message)].append(message)
    found: dict[str, str] = {}
    for answer in answers:
        before = [m for m in posted[_name(answer)] if -_SKEW <= answer.date - m.date <= _LONG]
        if before:
            found[answer.message_id] = before[-1].message_id
    return found


def _name(message: Message) -> tuple[str, int, int]:
    return title_key(message.parts.title), message.parts.version, message.parts.minor


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


def has_circle(known: Mapping[str, Message]) -> bool:
    """True if some messages of a conversation refer to each other in a circle; one that names itself leads nowhere."""
    below: dict[str, list[str]] = defaultdict(list)
    above: dict[str, int] = {}
    for message_id, message in known.items():
        references = {reference for reference in message.references if reference in known} - {message_id}
        above[message_id] = len(references)
        for reference in references:
            below[reference].append(message_id)
    free = [message_id for message_id, count in above.items() if not count]
    for message_id in free:  # grows
        for other in below.get(message_id, ()):
            above[other] -= 1
            if not above[other]:
                free.append(other)
    return len(free) < len(above)
