"""Make text from mails safe to print on a terminal.

Headers and bodies come from strangers.  A mail must not be able to move the cursor, retitle the window, or disguise a
name by escape sequences, control characters or bidirectional overrides (Unicode TR 36, CVE-2021-42574 "Trojan Source").
Characters that are not printable are replaced by visible ones, so that users see that something was there.  All text
from mails is sanitized before it is printed.  Brackets that look like markup are kept; widgets must not interpret them.
"""

from __future__ import annotations

import re
import unicodedata

from patchwatch.pattern import Pattern

# C0, DEL and C1 controls; zero-width and bidi format characters; line and paragraph separators; surrogates (8-bit
# remains of the email package); variation selectors and tags, which can hide text; private use; non-characters.
_UNSAFE = Pattern(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e"
    "\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_CONTROL_PICTURES = {c: chr(0x2400 + c) for c in range(0x20)} | {0x7F: "␡"}
_REPLACEMENT = "\ufffd"
_COMBINING_LIMIT = 4  # marks on one character; more is "zalgo" text that covers its neighbors


def line(text: str) -> str:
    """`text` on one line: white space folded to single spaces, unsafe characters replaced."""
    return _sanitize(" ".join(text.split())) if text else ""


def block(text: str) -> str:
    """`text` with its lines: tabs expanded to 8 columns, unsafe characters replaced."""
    lines = text.replace("\r\n", "\n").replace("\f", "\n").split("\n")
    return "\n".join(_sanitize(row.expandtabs(8).rstrip("\r")) for row in lines)


def content(text: str) -> str:
    """`text` for storing or sending: as `block`, but with tabs, which a patch needs."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(_sanitize, row.rstrip("\r").split("\t"))) for row in lines)


def escaped(text: str) -> str:
    """JSON `text` with unsafe characters of its strings as escapes (RFC 8259, 7)."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "\n".join(row if row.isascii() and row.isprintable() else _escaped(row) for row in text.split("\n"))


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() and not _UNSAFE.match(c) else _escape(c) for c in text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _sanitize(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = _UNSAFE.sub(_visible, text)
    if not text.isascii():
        text = _limit_combining(text)
    return text


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _CONTROL_PICTURES.get(code, _REPLACEMENT)


def _limit_combining(text: str) -> str:
    result: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            marks += 1
            if marks > _COMBINING_LIMIT:
                continue
        elif category[0] == "C":  # unassigned, and format characters of rare scripts
            character = _REPLACEMENT
            marks = 0
        else:
            marks = 0
        result.append(character)
    return "".join(result)
