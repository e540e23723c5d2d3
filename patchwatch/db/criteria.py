"""Which series a reader wants."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which series are wanted; empty fields do not limit."""

    everything: bool = False  # not only the watched ones
    ids: frozenset[int] | None = None
    state: str = ""
    inbox: str = ""
    author: str = ""  # part of a name or address
    mine: frozenset[str] = frozenset()  # posted from one of these addresses
    for_me: frozenset[str] = frozenset()  # sent to, or answered from, one of these addresses
    awaiting_review: bool = False
