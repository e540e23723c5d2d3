"""What a posting states about its earlier versions: change-id, base-commit, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from patchwatch.mail.message import EarlierLink
from patchwatch.pattern import Pattern

LINK = Pattern(
    r"https?://(?:lore\.kernel\.org|patch\.msgid\.link|lkml\.kernel\.org)/(?:r/|[\w.-]+/)?"
    r"([^\s/<>\"#?]+(?:@|%40)[^\s/<>\"#?)\],]+)"
)
"""A link to a message; group 1 is its message-id, quoted for URLs."""
_SPELT = Pattern(r"(?i)(?:message-?id:?\s*|\bid:|\bmid:)<?([^\s<>@]+@[^\s<>]+)>?")
_CHANGE_ID = Pattern(r"^(?:X-)?change-id:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
_BASE_COMMIT = Pattern(r"^base-commit:\s*([0-9a-f]{12,64})\b", re.MULTILINE | re.IGNORECASE)
_GERRIT_CHANGE_ID = Pattern(r"I[0-9a-f]{40}")
_VERSION = Pattern(
    r"(?<![A-Za-z0-9_])(?:v|V|version |rev |patch ?v)\s?(\d{1,2})(?:\.\d+)?(?![\w/.-]*\.(?:c|h|git)\b)(?!\d)"
)
_FROM_TO = Pattern(r"(?i)\bv\d+\s*(?:->|=>|→|to|\.\.+)\s*v?\d+\s*:?\s*$")
_EARLIER_WORDS = Pattern(
    r"(?i)\b(?:previous(?:ly)?|earlier|last|old(?:er)?|first|prior|initial|original|RFC|supersedes?|replac(?:es|ing)|"
    r"continu(?:es|ation)|respin|resend|rework|take over|took over|picked up)\b"
)
_OTHER_WORK = Pattern(
    r"(?i)\b(?:depend(?:s|ed|ing|ent)?[- ](?:up)?on|dependenc(?:y|ies)|prerequisites?|on top of|based[- ](?:up)?on|"
    r"(?:applies|apply|applied) (?:cleanly )?(?:on|to|after|over)|builds? (?:up)?on|along with|together with|companion|"
    r"see also|follow(?:s|ing)?[- ]?up (?:of|to|on|for)(?! (?:my )?v\d+(?:\W|$)))\b"
)
_FOOTNOTE = Pattern(r"\s*\[(\d{1,2})\][: ]*")
_MAX_LINE = 1_000  # characters of a line that are read
_AFTER = 30  # characters: text after a link is about it only if the line ends soon
_REFERENCE = 80  # characters before a "[1]" that describe it


def change_id(text: str) -> str:
    """The b4 change-id, or empty.  Gerrit's (`I` and 40 digits) is per patch and is ignored."""
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


def earlier_links(text: str) -> tuple[EarlierLink, ...]:
    """The links that the author marks as an earlier version of this posting; `text` is without quotes.

    A link is marked if its line, the two lines before it, or the place that refers to its footnote mention a version or
    a word such as "previous", "earlier", "RFC".  A link to a dependency or a bug report is not.
    """
    if "://" not in text and "essage" not in text and "id:" not in text:
        return ()
    lines = [line[:_MAX_LINE] for line in text.split("\n")]
    found: dict[str, EarlierLink] = {}
    for number, line in enumerate(lines):
        if "://" not in line and "id" not in line.lower():
            continue
        for match in list(LINK.finditer(line)) or list(_SPELT.finditer(line)):
            message_id = linked_id(match[1])
            if message_id in found:
                continue
            for context in _contexts(lines, number, match):
                if _OTHER_WORK.search(context):
                    break
                version, marked = _stated(context)
                if marked:
                    found[message_id] = EarlierLink(message_id, version)
                    break
    return tuple(found.values())


def _contexts(lines: list[str], number: int, link: re.Match[str]) -> Iterator[str]:
    """The pieces of text that may describe a link, the nearest first."""
    line = lines[number]
    before = line[: link.start()]
    yield before
    if len(line) - link.end() < _AFTER:
        yield line[link.end() :]
    if note := _FOOTNOTE.fullmatch(before):
        references = ((above, above.find(f"[{note[1]}]")) for above in lines[:number])
        yield from (above[max(at - _REFERENCE, 0) : at] for above, at in references if at > 0)
    else:
        yield from [line for line in lines[max(0, number - 3) : number] if line.strip()][:-3:-1]


def _stated(text: str) -> tuple[int | None, bool]:
    """The last version that a piece of text names, and True if it mentions an earlier posting at all."""
    versions = _VERSION.findall(text)
    if versions and _FROM_TO.search(text):
        return None, True  # "v1 -> v2: <link>" may link to either
    if versions:
        return int(versions[-1]), True
    return None, bool(_EARLIER_WORDS.search(text))


def linked_id(found: str) -> str:
    """The message-id in a match of LINK, without escapes and the full stop of its sentence."""
    return unquote(found).rstrip(".")


def links(text: str) -> tuple[str, ...]:
    """The message-ids of all linked messages, in order."""
    return tuple(dict.fromkeys(map(linked_id, LINK.findall(text))))
