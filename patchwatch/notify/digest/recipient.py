"""For whom a digest is composed: whose eyes it looks through, and at what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DigestRecipient:
    """Somebody who reads a digest."""

    addresses: frozenset[str] = frozenset()  # who he is on the lists, in lower case
    inboxes: frozenset[str] = frozenset()  # empty: all
    views: tuple[str, ...] = ()  # patchwatch.series.views.View.key; empty: everything watched, followed, or his own
