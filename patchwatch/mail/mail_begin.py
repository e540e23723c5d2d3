"""Find the banner that a mail gateway puts above a reply: "CAUTION: This email originated from outside …".

It asks not to open attachments, which is no request of the sender's.  Only the first paragraph is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.mail.sentences.split import has_any
from patchwatch.pattern import Pattern

_MAX_LINES = 6
# One of these is in the first paragraph of every banner.
_HINTS = ("mail", "attachment", "sender", "outside")
_BEGINS = Pattern(
    r"(?i)\W*(?:(?:caution|warning|attention|achtung|vorsicht|notice|alert|ext(?:ernal)?|be careful|do not click)\b|"
    r"you (?:don't|don’t|do not) often get e-?mail\b|this (?:e-?mail|message|mail) (?:\w+ ){1,3}(?:from )?outside\b)"
)
_OF_MAIL = Pattern(
    r"(?i)\b(?:this|external|suspicious) (?:e-?)?mail\b|\bemails?\b|\battachments?\b|"
    r"\b(?:unknown|unverified) senders?\b|\brecogni[sz]e the sender\b|"
    r"\boutside (?:of )?(?:the|your|our) (?:\w+ )?(?:organi[sz]ation|company|network)\b"
)
_TALK = Pattern(r"\bI(?:'\w+)?\b|\?|\w\(\)|\w_\w|->|(?i:\bpatch(?:es)?\b|\bseries\b|-by:)")


def banner(lines: Sequence[str], kinds: Sequence[str]) -> range:
    """The lines of the banner that a reply begins with; `kinds` are those of patchwatch.mail.body."""
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    last = first
    while last < len(lines) and last - first < _MAX_LINES and lines[last].strip() and kinds[last] == "prose":
        last += 1
    if last == first:
        return range(0)
    text = " ".join(lines[first:last])
    if not has_any(_HINTS, text.lower()) or not _BEGINS.match(text):
        return range(0)
    return range(first, last) if _OF_MAIL.search(text) and not _TALK.search(text) else range(0)
