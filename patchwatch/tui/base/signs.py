"""Whether the terminal gets signs or ASCII, for the whole process, and what is written to it then."""

from __future__ import annotations

import os

from textual.keys import KEY_DISPLAY_ALIASES, format_key

from patchwatch.series import signs

PROBE = f"\r{signs.AMBIGUOUS}\x1b[6n\r  \r"
"""Asks a terminal where the cursor is after a sign; two blanks remove it again."""

_ascii = False
_encoding = "utf-8"


def choose(choice: str, encoding: str) -> None:
    """Decide by the setting `[tui] signs`, the locale, and the character set of the terminal's stream."""
    global _encoding
    _encoding = encoding or "utf-8"
    use_ascii(signs.uses_ascii(choice, os.environ, _encoding))


def use_ascii(chosen: bool) -> None:
    """Draw ASCII from now on, or signs."""
    global _ascii
    _ascii = chosen
    KEY_DISPLAY_ALIASES["enter"] = enter()
    format_key.cache_clear()


def enter() -> str:
    """The name of the Enter key."""
    return "Enter" if _ascii else "⏎"


def ascii_only() -> bool:
    """True if ASCII is drawn."""
    return _ascii


def drawable(text: str) -> str:
    """What the terminal gets for a text."""
    if not _ascii or text.isascii():
        return text
    return signs.encodable(signs.in_ascii(text), _encoding)
