"""Counts in words."""

from __future__ import annotations


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return `1 patch` or `3 patches`: `nouns` is the plural form, by default `noun` with an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or noun + 's'}"
