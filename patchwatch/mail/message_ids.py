"""Find the message-ids in Message-ID, In-Reply-To and References, as mail programs write them.

RFC 5322 (3.6.4) wants ids in angle brackets, with comments at most; RFC 822 also allowed phrases: `Your message of
"Mon, 3 Jul 2023" <a@b>`.  Found on lists besides: ids without brackets, folded or with blanks inside, as links, escaped
for URLs or HTML, and ids that are cut off.  The same spelling of an id always gives the same id.
"""

from __future__ import annotations

import re

from patchwatch.pattern import Pattern

_IN_BRACKETS = Pattern(r"<([^<>]*)>")
# Comments and quoted phrases can name people: (Ann <ann@example.org>).  Brackets come first: ids can contain both.
_ID_OR_REMARK = Pattern(r'<([^<>]*)>|\([^()]*\)|"[^"]*"')
_BETWEEN = Pattern(r"[\s<>(),;\"]+")
_SCHEME = Pattern(r"(?:mailto|mid|news|nntp|message-?id|msg-?id|id):/{0,2}", re.IGNORECASE)
_MAX_PIECES = 4  # of an id that was folded; a phrase in brackets has more words


def find_ids(value: str) -> list[str]:
    """The message-ids in a header's value, in order, without brackets; encoded words must be decoded already.

    Ids without brackets count only if none has any.
    """
    if "&" in value:
        value = value.replace("&lt;", "<").replace("&gt;", ">")
    found = [one for text in _bracketed(value) if (one := _clean(text))]
    if found or not value:
        return found
    pieces = (piece for piece in _BETWEEN.split(value) if "@" in piece or "%40" in piece)
    return [one for piece in pieces if (one := _clean(piece.strip(".:'[]")))]


def _bracketed(value: str) -> list[str]:
    found = _IN_BRACKETS.findall(value)
    if found and ("(" in value or '"' in value):
        return [match[1] for match in _ID_OR_REMARK.finditer(value) if match[1] is not None] or found
    return found


def _clean(text: str) -> str:
    """An id without blanks, schemes and escapes; empty if the text is a phrase."""
    pieces = text.split()
    if not pieces:
        return ""
    if len(pieces) > 1:
        if text.count("@") == 1 and len(pieces) <= _MAX_PIECES:
            pieces = ["".join(pieces)]
        else:
            pieces = [piece for piece in pieces if "@" in piece][:1]
            if not pieces:
                return ""
    one = pieces[0]
    if ":" in one:
        one = _SCHEME.sub("", one, count=1) if _SCHEME.match(one) else one
        if one[:8].lower().startswith(("http://", "https://")):
            one = next((part for part in reversed(one.split("/")) if "@" in part or "%40" in part), one)
    return one if "@" in one else one.replace("%40", "@")
