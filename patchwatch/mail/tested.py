"""Find which posting a bot's results are for, as the mail names it; where it was threaded can be another version.

graphics' Patchwork writes `failure for TITLE (rev2)` and `Series: TITLE (rev2)`, 0-day `patch link:` and
`patch subject:`, syzbot ci links to what it tested; others repeat the subject with its version, or the message-id.
"""

from __future__ import annotations

import re

from patchwatch.mail.message import NamedPosting
from patchwatch.mail.subject import parse_subject
from patchwatch.mail.version_hints import links
from patchwatch.pattern import Pattern

_READ = 20_000  # characters: megabytes of logs may follow
_MAX_IDS = 8
_RESULT = Pattern(
    r"\b(?:success|fail(?:ure|ed|s)?|pass(?:ed)?|warn(?:ing|ings)?|errors?|results?|report)\b"
    r"[^\[\n]{0,40}?\b(?:for|of|on)\b[ :]+(.+)$",
    re.IGNORECASE,
)
_NAMED = Pattern(
    r"^[ \t>*-]{0,4}(?:series|patch(?:set)?(?: subject| title| series)?|subject|title|submission)"
    r"[ \t]*:[ \t]*(\S.{2,300})$",
    re.IGNORECASE | re.MULTILINE,
)
_IN_BRACKETS = Pattern(r"\[[^\]\n]{0,40}\b(?:v ?\d{1,3}|rev ?\d{1,3}|patch|rfc)\b[^\]\n]{0,40}\] ?\S.+", re.IGNORECASE)
_REVISION = Pattern(r"(?i)\s*[(\[](?:series )?(?:rev(?:ision)?|v(?:ersion)?)[ .#]?(\d{1,3})[)\]]\s*$")
_ID = Pattern(r"(?im)^[ \t>*-]{0,4}(?:message-?id|msg-?id|patch(?: id)?|tested)[ \t]*:[ \t]*<([^<>\s]+@[^<>\s]+)>")


def named_posting(subject: str, text: str, message_id: str) -> NamedPosting | None:
    """What a mail with results names as tested; None if it names nothing."""
    begin = text[:_READ]
    ids = dict.fromkeys((*_ID.findall(begin), *links(begin)))
    ids.pop(message_id, None)
    named = [_titled(words) for words in _candidates(subject, begin)]
    named = [(title, version) for title, version in named if title]
    title, version = next((one for one in named if one[1]), next(iter(named), ("", 0)))
    if not (ids or title):
        return None
    return NamedPosting(tuple(ids)[:_MAX_IDS], title, version)


def _candidates(subject: str, text: str) -> list[str]:
    """The texts that may be a title with its version, the most reliable first."""
    found: list[str] = []
    if result := _RESULT.search(subject):
        found.append(result[1])
    elif bracket := _IN_BRACKETS.search(subject):
        found.append(bracket[0])
    found += _NAMED.findall(text)[:3]
    if bracket := _IN_BRACKETS.search(text):
        found.append(bracket[0])
    return found


def _titled(words: str) -> tuple[str, int]:
    """A title and the version that is stated with it; 0 if none is."""
    revision = _REVISION.search(words)
    parts = parse_subject(words[: revision.start()] if revision else words)
    if revision:
        return parts.title, int(revision[1])
    return parts.title, parts.version if parts.stated_version else 0
