"""The postings that prose names other than by a link: by a footnote such as `[1]`, or a title in quotes.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchwatch.mail.subject import title_key, title_words
from patchwatch.mail.version_hints import LINK, linked_id
from patchwatch.pattern import Pattern

_NOTE = Pattern(r"\s*(?:[-*]\s)?(?:Link:\s*)?\[(\w{1,3})\]\s*:?\s*(\S.*)?$")
_NOTE_BEHIND = Pattern(r"\s*(?:Link:\s*)?(https?://\S+)\s+#?\s?\[(\w{1,3})\]\s*$")
# "frob: mend it", also with its brackets: a title has a prefix.
_TITLE = Pattern(
    r"[\"“‘'](?:(?:re: )?\[[^\]\n]{1,60}\]\s*)?(?P<title>[\w/.,&+*\[\]()-]{2,40}:\s[^\"“”\n]{6,160}?)[\"”’'](?!\w)",
    re.IGNORECASE,
)
_WORDS = 3  # significant words of a title that only one posting has


def footnotes(text: str) -> dict[str, str]:
    """The messages that `[1]` and the like stand for."""
    if "[" not in text:
        return {}
    found: dict[str, str] = {}
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "[" not in line:
            continue
        if (note := _NOTE.match(line[:1000])) is not None:
            value = note[2] or ""
            link = LINK.search(value) or (number + 1 < len(lines) and LINK.match(lines[number + 1].strip()[:1000]))
            if link and note[1] not in found:
                found[note[1]] = linked_id(link[1])
        elif (behind := _NOTE_BEHIND.match(line[:1000])) and (link := LINK.match(behind[1])):
            found.setdefault(behind[2], linked_id(link[1]))
    return found


def named_titles(text: str) -> Iterator[tuple[int, int, str]]:
    """The titles that a text has in quotes, with their places, as patchwatch.mail.subject.title_key."""
    for found in _TITLE.finditer(text):
        if len(title_words(found["title"])) >= _WORDS:
            yield found.start(), found.end(), title_key(found["title"])
