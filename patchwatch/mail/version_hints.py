"""What a posting says of its own past: change-id, base-commit, links to earlier versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_FROM_TO = re.compile(r"(?i)\bv\d+\s*(?:->|=>|→|to|\.\.+)\s*v?\d+\s*:?\s*$")
_EARLIER_WORDS = re.compile(
    r"(?i)\b(?:previous(?:ly)?|earlier|last|old(?:er)?|first|prior|initial|original|RFC|supersedes?|replac(?:es|ing)|"
    r"follow-?up (?:of|to)|continu(?:es|ation)|respin|resend|rework|take over|took over|picked up)\b"
)
_OTHER_WORK = re.compile(
    r"(?i)\b(?:depends? on|prerequisite|applies (?:on top|to)|on top of|based on|along with|together with|companion|"
    r"see also)\b"
)
_FOOTNOTE = re.compile(r"\s*\[(\d{1,2})\][: ]*")
_MAX_LINE = 1_000  # characters of a line that are read
_AFTER = 30  # characters: what stands behind a link is about it only if the line ends soon
_REFERENCE = 80  # characters before a "[1]" that say what it is


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

    Marked is a link whose line, or the two lines before it, or the place of its footnote, name a version or say
    "previous", "earlier", "RFC".  A link that the text gives as a dependency or a bug report is not marked.
    """
    if "://" not in words and "essage" not in words and "id:" not in words:
        return ()
    lines = [line[:_MAX_LINE] for line in words.split("\n")]
    found: dict[str, EarlierLink] = {}
    for number, one in enumerate(lines):
        if "://" not in one and "id" not in one.lower():
            continue
        for match in list(_LINK.finditer(one)) or list(_SPELT.finditer(one)):
            message_id = unquote(match[1]).rstrip(".")
            if message_id in found:
                continue
            for text in _told_by(lines, number, match):
                if _OTHER_WORK.search(text):
                    break
                version, marked = _stated(text)
                if marked:
                    found[message_id] = EarlierLink(message_id, version)
                    break
    return tuple(found.values())


def _told_by(lines: list[str], number: int, link: re.Match[str]) -> Iterator[str]:
    """The pieces of text that may say what a link is, the nearest first."""
    one = lines[number]
    before = one[: link.start()]
    yield before
    if len(one) - link.end() < _AFTER:
        yield one[link.end() :]
    if note := _FOOTNOTE.fullmatch(before):
        places = ((line, line.find(f"[{note[1]}]")) for line in lines[:number])
        yield from (line[max(at - _REFERENCE, 0) : at] for line, at in places if at > 0)
    else:
        yield from [line for line in lines[max(0, number - 3) : number] if line.strip()][:-3:-1]


def _stated(text: str) -> tuple[int | None, bool]:
    """The version that a piece of text names last, and whether it speaks of an earlier posting at all."""
    versions = _VERSION.findall(text)
    if versions and _FROM_TO.search(text):
        return None, True  # "v1 -> v2: <link>" is put before the link to either
    if versions:
        return int(versions[-1]), True
    return None, bool(_EARLIER_WORDS.search(text))


def links(words: str) -> tuple[str, ...]:
    """Every message linked in the author's own words, in order."""
    return tuple(dict.fromkeys(unquote(found).rstrip(".") for found in _LINK.findall(words)))
