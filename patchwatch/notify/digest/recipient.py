"""The recipient of a digest: their addresses, and which series they follow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DigestRecipient:
    """A recipient of a digest."""

    addresses: frozenset[str] = frozenset()  # on the lists, in lower case
    inboxes: frozenset[str] = frozenset()  # empty: all
    views: tuple[str, ...] = ()  # patchwatch.series.views.CHOICES; empty: watched, followed and their own series
