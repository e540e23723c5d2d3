"""Mail made harmless for a terminal: plain printable text and nothing else.

Headers and bodies come from strangers.  A terminal obeys escape sequences, control characters and bidirectional
overrides; a mail must not be able to move the cursor, retitle the window, or show a name that reads differently from
what it is (Unicode TR 36, CVE-2021-42574 "Trojan Source").  Whatever is not printable is shown as a visible stand-in,
so a reader sees that something was there.  Everything that prints mail goes through here; markup-like brackets are
plain characters and are left alone: it is for the printer to not interpret them.
"""

from __future__ import annotations

import re
import unicodedata

# C0, DEL and C1 controls; zero-width and bidi format characters; line and paragraph separators; surrogates (8-bit
# debris of the email package); variation selectors and tags, which can hide text; private use; non-characters.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e"
    "\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_CONTROL_PICTURES = {c: chr(0x2400 + c) for c in range(0x20)} | {0x7F: "␡"}
_REPLACEMENT = "\ufffd"
_COMBINING_LIMIT = 4  # marks on one character: more is "zalgo" text that runs over its neighbours


def line(text: str) -> str:
    """`text` as one printable line: white space folded to single spaces, everything unsafe made visible."""
    return _harmless(" ".join(text.split())) if text else ""


def block(text: str) -> str:
    """`text` as printable lines: newlines are kept, tabs are spread to 8 columns, everything unsafe made visible."""
    lines = text.replace("\r\n", "\n").replace("\f", "\n").split("\n")
    return "\n".join(_harmless(one.expandtabs(8).rstrip("\r")) for one in lines)


def content(text: str) -> str:
    """`text` as lines to be kept or sent: as `block`, but tabs stay what they are, for a patch is spoiled without."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(_harmless, one.rstrip("\r").split("\t"))) for one in lines)


def escaped(text: str) -> str:
    """JSON `text` that means the same, with everything unsafe in its strings as an escape (RFC 8259, 7)."""
    return "\n".join(one if one.isascii() and one.isprintable() else _escaped(one) for one in text.split("\n"))


def _escaped(text: str) -> str:
    return "".join(one if one.isprintable() and not _UNSAFE.match(one) else _escape(one) for one in text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _harmless(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = _UNSAFE.sub(_stand_in, text)
    if not text.isascii():
        text = _limit_combining(text)
    return text


def _stand_in(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _CONTROL_PICTURES.get(code, _REPLACEMENT)


def _limit_combining(text: str) -> str:
    kept: list[str] = []
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
        kept.append(character)
    return "".join(kept)
