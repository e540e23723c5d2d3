"""Which messages belong in one conversation.

A conversation is the set of messages connected by shared nodes: their message-ids, the ones they answer, and, for
patches that were sent without In-Reply-To, what else a posting has in common (the stem that git send-email and b4 give
to all message-ids of one run; or author, version and count within two hours).  It is the unit in which revisions are
recognised, so joining too much costs time, and joining too little loses patches; neither decides anything.
"""

from __future__ import annotations

import re

from patchwatch.mail.message import Message

_STEMS = (
    re.compile(r"(\d{14}\.\d+)-\d+-(.+)"),  # git send-email: <time>.<pid>-<n>-<user>@<host>
    re.compile(r"(\d{8}-.+-v\d+)-\d+-([0-9a-f]{12}@.+)"),  # b4: <date>-<slug>-v<version>-<n>-<hash>@<host>
    re.compile(r"(?:cover|[0-9a-f]{40})(\.\d{9,11}\.git\.)(.+)"),  # git format-patch --thread
)
_NEAR_SECONDS = 2 * 3600
_MAX_REFERENCES = 60  # of one mail that are joined: the first and the last ones; the rest is reached through those


def stem(message_id: str) -> str:
    """What the message-ids of one sending run share, or empty where they are made otherwise."""
    for pattern in _STEMS:
        found = pattern.fullmatch(message_id)
        if found:
            return found[1] + found[2]
    return ""


def thread_keys(message: Message) -> tuple[str, ...]:
    """The nodes that connect a message with others; messages that share one are in one conversation."""
    references = message.references
    if len(references) > _MAX_REFERENCES:
        references = (references[0], *references[-_MAX_REFERENCES + 1 :])
    found = [message.message_id, *references, *message.about]
    parts = message.parts
    if message.is_submission and parts.counter is not None:
        posting = f"{message.author.email}|{parts.version}.{parts.minor}|{parts.expected}"
        run = stem(message.message_id)
        if run:
            # The blank keeps it apart from every message-id.  Without the version: it may stand on the cover only.
            found.append(f" stem|{message.author.email}|{run}")
        if not references:
            slot = message.date // _NEAR_SECONDS
            found += [f" near|{posting}|{slot}", f" near|{posting}|{slot + 1}"]
    return tuple(dict.fromkeys(found))
