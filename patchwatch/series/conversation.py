"""Group messages into conversations.

A conversation is the set of messages connected by shared thread keys: their message-ids, those they reply to, and, for
patches sent without In-Reply-To, what the mails of a posting have in common (the stem that git send-email and b4 give
to the message-ids of one run; or author, version and count within two hours).  Revisions are found within a
conversation: joining too much only costs time, joining too little loses patches.
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
_MAX_REFERENCES = 60  # of one mail that are joined, the first and the last ones; those lead to the rest


def stem(message_id: str) -> str:
    """The part that the message-ids of one run of git send-email or b4 share; empty for other message-ids."""
    for pattern in _STEMS:
        found = pattern.fullmatch(message_id)
        if found:
            return found[1] + found[2]
    return ""


def thread_keys(message: Message) -> tuple[str, ...]:
    """The thread keys of a message; messages that share one are in one conversation."""
    references = message.references
    if len(references) > _MAX_REFERENCES:
        references = (references[0], *references[-_MAX_REFERENCES + 1 :])
    found = [message.message_id, *references, *message.about]
    parts = message.parts
    if message.is_submission and parts.counter is not None:
        posting = f"{message.author.email}|{parts.version}.{parts.minor}|{parts.expected}"
        run = stem(message.message_id)
        if run:
            # No message-id begins with a space.  The version is left out, as only the cover may state it.
            found.append(f" stem|{message.author.email}|{run}")
        if not references:
            slot = message.date // _NEAR_SECONDS
            found += [f" near|{posting}|{slot}", f" near|{posting}|{slot + 1}"]
    return tuple(dict.fromkeys(found))
