"""Mails as they are stored (patchwatch.db.packing): each with a digest of its content.

Apart from patchwatch.sync.read_mail, so that a command that only shows a mail does not import the parser.
"""

from __future__ import annotations

import hashlib

from patchwatch.db.packing import unpack
from patchwatch.errors import DamagedError

_WHITE_SPACE = b" \t\n\r\x0b\x0c"


def content_digest(raw: bytes) -> bytes:
    """Return a digest of the body, apart from line ends and trailing white space."""
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n")
    begin = raw.find(b"\n\n")
    content = memoryview(raw)[begin + 2 if begin >= 0 else len(raw) :]  # not copied: it can be 40 MB
    end = len(content)
    while end and content[end - 1] in _WHITE_SPACE:
        end -= 1
    return hashlib.sha1(content[:end], usedforsecurity=False).digest()


def is_damaged(packed: bytes) -> bool:
    """True if a stored mail does not decompress."""
    try:
        unpack(packed)
    except DamagedError:
        return True
    return False
