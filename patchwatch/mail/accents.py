"""Letters without their accents: mail programs, and people who type their own name, drop and restore them."""

from __future__ import annotations

import unicodedata


def without_accents(text: str) -> str:
    """The text with "a" for "á"; other letters stay as they are."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
