"""What readers of a list would mind in a mail that is about to be sent.

Sources: Documentation/process/submitting-patches.rst ("Use trimmed interleaved replies in email discussions") and
email-clients.rst in Linux's tree; RFC 3676, 4.2, for the width of lines.
"""

from __future__ import annotations

import re

from patchwatch.counts import plural
from patchwatch.pattern import Pattern

COLUMNS = 75
"""So that a line that is quoted a few times still fits on 80 columns."""
_CODE = Pattern(r"[\t+\-@#|]|  |\S+://|[A-Z][\w-]*: ?\S")  # code, a diff, a table, a link, a tag or other header
_ATTACHED = Pattern(r"(?i)\b(?:attach(?:ed|ing|ment)|see attach\w*)\b")


def faults(body: str) -> tuple[str, ...]:
    """What is wrong with the text, each in a few words: "2 lines over 75 columns"; empty if nothing is."""
    lines = body.rstrip("\n").split("\n")
    own = [text for text in lines if not text.startswith(">")]
    long = sum(len(text) > COLUMNS and not _CODE.match(text) and " " in text.strip() for text in own)
    found = [f"{plural(long, 'line')} over {COLUMNS} columns"] if long else []
    if _is_above_the_quote(lines):
        found.append("the answer is above the quote")
    if any(_ATTACHED.search(text) for text in own):
        found.append("no attachment is sent")
    return tuple(found)


def _is_above_the_quote(lines: list[str]) -> bool:
    """True if all of the sender's words stand above what they quote; a line that says who wrote it does not count."""
    quoted = [number for number, text in enumerate(lines) if text.startswith(">")]
    if not quoted:
        return False
    above = [text for text in lines[: quoted[0]] if text.strip() and not re.search(r"\bwrote:\s*$", text)]
    signature = next((number for number, text in enumerate(lines) if text.rstrip() == "--"), len(lines))
    below = [text for text in lines[quoted[0] : signature] if text.strip() and not text.startswith(">")]
    return bool(above) and not below
