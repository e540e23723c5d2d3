"""What a posting says of its own past: change-id, base-commit, links to earlier versions."""

from __future__ import annotations

import re
from urllib.parse import unquote

from patchwatch.mail.message import EarlierLink

_LINK = re.compile(
    r"https?://(?:lore\.kernel\.org|patch\.msgid\.link|lkml\.kernel\.org)/(?:r/|[\w.-]+/)?"
    r"([^\s/<>\"#?]+(?:@|%40)[^\s/<>\"#?)\],]+)"
)
_SPELT = re.compile(r"(?i)(?:message-?id:?\s*|\bid:|\bmid:)<?([^\s<>@]+@[^\s<>]+)>?")
_CHANGE_ID = re.compile(r"^(?:X-)?change-id:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
_BASE_COMMIT = re.compile(r"^base-commit:\s*([0-9a-f]{12,64})\b", re.MULTILINE | re.IGNORECASE)
_GERRIT_CHANGE_ID = re.compile(r"I[0-9a-f]{40}")
_VERSION = re.compile(
    r"(?<![A-Za-z0-9_])(?:v|V|version |rev |patch ?v)\s?(\d{1,2})(?:\.\d+)?(?![\w/.-]*\.(?:c|h|git)\b)(?!\d)"
)
_EARLIER_WORDS = re.compile(
    r"(?i)\b(?:previous(?:ly)?|earlier|last|old(?:er)?|first|prior|initial|original|RFC|v\d|supersedes?|replac(?:es|ing)|"
    r"follow-?up (?:of|to)|continu(?:es|ation)|respin|resend|rework|take over|took over|picked up|based on)\b"
)
_PREREQUISITE = re.compile(
    r"(?i)\b(?:depends? on|prerequisite|applies on top|on top of|based on top|together with|companion|see also)\b"
)


def change_id(text: str) -> str:
    """The b4 change-id, or empty.  Gerrit's (`I` and 40 digits) is per patch and is left alone."""
    if "hange-" not in text:
        return ""
    for found in _CHANGE_ID.finditer(text):
        if not _GERRIT_CHANGE_ID.fullmatch(found[1]):
            return found[1][:200]
    return ""


def base_commit(text: str) -> str:
    """The commit that `git format-patch --base` recorded, or empty."""
    found = _BASE_COMMIT.search(text) if "-commit:" in text else None
    return found[1] if found else ""


def earlier_links(words: str) -> tuple[EarlierLink, ...]:
    """Links in the author's own words that he marks as an earlier version of this posting.

    Marked is a link whose line, or the two lines before it, name a version or say "previous", "earlier", "RFC".  A link
    that the text gives as a dependency or a bug report is not marked.
    """
    if "://" not in words and "essage" not in words and "id:" not in words:
        return ()
    lines = words.split("\n")
    found: dict[str, EarlierLink] = {}
    for number, one in enumerate(lines):
        matches = list(_LINK.finditer(one)) or list(_SPELT.finditer(one))
        if not matches:
            continue
        for match in matches:
            before = one[: match.start()]
            message_id = unquote(match[1]).rstrip(".")
            version, marked = _stated(before)
            if not marked:
                version, marked = _stated(one[match.end() :]) if len(one) - match.end() < 30 else (None, False)
            if not marked:
                context = [line for line in lines[max(0, number - 3) : number] if line.strip()][-2:]
                if any(_PREREQUISITE.search(line) for line in [*context, before]):
                    continue
                for line in reversed(context):
                    version, marked = _stated(line)
                    if marked:
                        break
            elif _PREREQUISITE.search(before):
                continue
            if marked and message_id not in found:
                found[message_id] = EarlierLink(message_id, version)
    return tuple(found.values())


def _stated(text: str) -> tuple[int | None, bool]:
    """The version that a piece of text names last, and whether it speaks of an earlier posting at all."""
    versions = _VERSION.findall(text)
    if versions:
        return int(versions[-1]), True
    return None, bool(_EARLIER_WORDS.search(text))


def links(words: str) -> tuple[str, ...]:
    """Every message linked in the author's own words, in order."""
    return tuple(dict.fromkeys(unquote(found).rstrip(".") for found in _LINK.findall(words)))
