"""Group messages into conversations.

A conversation is the set of messages connected by shared thread keys: their message-ids, those they reply to, and what
the mails of a posting have in common wherever they were threaded: the stem that git send-email and b4 give to the
message-ids of one run; author, version and count within hours, for what is sent later; version and title, for what is
sent again and for answers that name no mail.  Revisions are found within a conversation: joining too much only costs
time, joining too little loses patches.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.mail.message import Message, NamedPosting, person_key
from patchwatch.mail.subject import title_key, title_words
from patchwatch.pattern import Pattern

_STEMS = (
    Pattern(r"(\d{14}\.\d+)-\d+-(.+)"),  # git send-email: <time>.<pid>-<n>-<user>@<host>
    Pattern(r"(\d{8}-.+-v\d+)-\d+-([0-9a-f]{12}@.+)"),  # b4: <date>-<slug>-v<version>-<n>-<hash>@<host>
    Pattern(r"(?:cover|[0-9a-f]{40})(\.\d{9,11}\.git\.)(.+)"),  # git format-patch --thread
)
_SLOT_SECONDS = 24 * 3600  # mails of one slot share a key; the slots do not chain an author's postings of weeks
_NEAR_SECONDS = 2 * 3600  # mails that are this near share one as well, at the end of a slot
_DISTINCTIVE = 3  # significant words of a title, from which on it is hardly another author's, too
_LONG = 4  # all its words, which suffice as well: "frob: make it faster"
_MAX_TITLE = 200  # characters of it in a key
_MAX_RECIPIENTS = 10  # of a bot's mail, one of whom is the author
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
    if message.is_submission and message.kind != "pull":
        found += _posting_keys(message)
    elif message.tested is not None:
        found += _tested_keys(message.tested, message.recipients)
    elif names_title_only(message):
        found.append(_title_key("", f"{message.parts.version}.{message.parts.minor}", title_key(message.parts.title)))
    return tuple(dict.fromkeys(found))


def _tested_keys(tested: NamedPosting, recipients: Sequence[str]) -> list[str]:
    """What a bot's results have in common with the posting that they name, whose author they are sent to."""
    title = title_key(tested.title)
    people = [""] if _is_distinctive(title) else recipients[:_MAX_RECIPIENTS]
    return [*tested.message_ids, *(_title_key(one, f"{tested.version or 1}.0", title) for one in people if title)]


def _title_key(whose: str, version: str, title: str) -> str:
    return f" title|{whose}|{version}|{title[:_MAX_TITLE]}"


def _is_distinctive(title: str) -> bool:
    title = title[:_MAX_TITLE]
    return len(title_words(title)) >= _DISTINCTIVE or len(title.split()) >= _LONG


def _posting_keys(message: Message) -> list[str]:
    """What the mails of a posting have in common; no message-id begins with a space."""
    parts, author, person = message.parts, message.author.email, person_key(message.author)
    version = f"{parts.version}.{parts.minor}"
    found: list[str] = []
    if parts.counter is not None:
        if run := stem(message.message_id):
            # The version is left out, as only the cover may state it.
            found.append(f" stem|{author}|{run}")
        slots = {message.date // _SLOT_SECONDS, (message.date + _NEAR_SECONDS) // _SLOT_SECONDS}
        if parts.counter > 1 and not message.references:  # begins in the middle: the rest of what was sent before
            slots.add(message.date // _SLOT_SECONDS - 1)
        found += [f" near|{person}|{version}|{parts.expected}|{slot}" for slot in sorted(slots)]
    if not message.references or message.kind == "cover" or parts.counter is None:
        title = title_key(parts.title)
        found.append(_title_key("" if _is_distinctive(title) else author, version, title))
    return found


def names_title_only(message: Message) -> bool:
    """True for an answer to a patch without In-Reply-To and References; its subject says which patch it answers."""
    answers = message.kind == "reply" and not message.references and not message.about
    return answers and (message.parts.patch or message.parts.rfc) and _is_distinctive(title_key(message.parts.title))
