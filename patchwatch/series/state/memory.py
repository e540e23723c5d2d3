"""What has to be known of a revision to read one more reply to it, besides what is stored for other reasons."""

from __future__ import annotations

from msgspec import Struct

from patchwatch.mail.message import Person, Signal, person_key
from patchwatch.series.outcome import Heard
from patchwatch.series.requests import Requests
from patchwatch.series.state.judgment import Review
from patchwatch.series.state.types import Reason


class Seen(Struct):
    """What the state machine keeps of the replies that it processed, besides the review."""

    completion: Reason | None  # the mail with whose tag every patch has a review
    partly: str = ""  # see RevisionState
    partly_reason: Reason | None = None  # the last mail that reported some patches as applied
    obsolete: Signal | None = None  # somebody said that the patch is not needed
    withdrawn: tuple[int, ...] = ()  # patches that the author withdrew one by one
    reviewer_mails: dict[str, str] = {}  # message-ids of replies by others than the author and bots: by whom
    promised_to: str = ""  # whom the author answered when they promised another version
    reviewed: tuple[int, ...] = ()  # patches with a review so far; 0: all of them

    handed_on: tuple[str, ...] = ()  # patches that people left to other trees, as signals say

    def wrote(self, message_id: str) -> bool:
        """True if a reply was written by somebody other than the author and bots."""
        return message_id in self.reviewer_mails

    def has_reviewed(self, person: Person) -> bool:
        """True if a person wrote a reply as somebody other than the author."""
        return person_key(person) in self.reviewer_mails.values()


class Memory(Struct):
    """All of it; the points of the review are left out, because they are stored with the state."""

    newest: tuple[int, str]  # what the place of a further reply must be above: see newest_of
    seen: Seen
    review: Review
    heard: Heard
    requests: Requests
    people: dict[str, str]  # who gave tags: patchwatch.series.tags.People
