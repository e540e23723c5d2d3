"""What storing mails changed: how many are new, which series moved, and which versions were posted.

Polls without news report it, too, so this imports nothing of what derives.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A series whose state or turn changed; `before` is empty for a new one."""

    series_id: int
    title: str
    before: str
    after: str
    turn_before: str
    turn: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an ingest."""

    new_mails: int
    known_mails: int
    changes: tuple[Change, ...]
    revisions: tuple[str, ...]  # roots of new revisions
    too_large: tuple[str, ...] = ()  # message-ids of mails that were not stored
    unread: tuple[str, ...] = ()  # mails that a git repository lacks, each with the reason

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.new_mails + other.new_mails,
            self.known_mails + other.known_mails,
            self.changes + other.changes,
            self.revisions + other.revisions,
            self.too_large + other.too_large,
            self.unread + other.unread,
        )


NOTHING = Outcome(0, 0, (), ())
