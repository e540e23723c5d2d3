"""Counts and numbers in words."""

from __future__ import annotations

from collections.abc import Iterable


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return `1 patch` or `3 patches`: `nouns` is the plural form, by default `noun` with an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or noun + 's'}"


def joined(numbers: Iterable[int]) -> str:
    """Return `1`, `1 and 3`, or `1, 2 and 4`."""
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last
