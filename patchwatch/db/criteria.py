"""Criteria by which series are selected."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Among: TypeAlias = Literal["all", "known", "live", "watched"]
"""Which series are summarized: known ones can have a place in my queue; live ones have one, and are not dormant."""


class Criteria(Struct, frozen=True):
    """Criteria by which series are selected; empty fields match everything."""

    everything: bool = False  # not only the watched ones
    ids: frozenset[int] | None = None
    state: str = ""
    inbox: str = ""
    author: str = ""  # part of a name or address
    mine: frozenset[str] = frozenset()  # posted from one of these addresses
    for_me: frozenset[str] = frozenset()  # sent to one of these addresses, or replied to from one
    awaiting_review: bool = False
