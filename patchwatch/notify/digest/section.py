"""A series and what happened to it since the digest before: what is new, and in which part it stands.

Pure.  A series stands in one part only, the most urgent of those it could be in.  How it is worded is decided in
patchwatch.notify.digest.entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from patchwatch.series.model import CheckRow, MessageRow, NextAction, SeriesRow
from patchwatch.series.model import Involvement as Role
from patchwatch.series.states import Turn

_CYCLE = (
    70 * 86_400
)  # of releases: what was not applied in one is hardly waited for (patchwatch.series.state.next_action)
_SPOKE = 2  # of `Story.concern`


class DigestSection(Enum):
    """The parts of a digest, in their order; the value is the heading."""

    MY_TURN = "Your turn"
    MY_REVIEW = "Awaiting your review"
    MY_WAITING = "Your patches waiting for others"
    VERSIONS = "New versions"
    REPLIES = "Tags and replies"
    ROBOTS = "CI and bots"
    CLOSED = "Applied, rejected, closed"
    WAITING = "Still waiting"


@dataclass(frozen=True)
class Story:
    """A series, with what its reader has to do about it in `row.next_action`, and the mails that are new."""

    row: SeriesRow
    thread: tuple[MessageRow, ...] = ()  # all its mails, where they are asked for
    fresh: frozenset[str] = frozenset()  # message-ids (and commits) that the digest before did not know
    begin: int = 0  # when that was, UTC seconds
    me: frozenset[str] = frozenset()  # the reader's addresses: what he wrote himself is no news to him
    changes: str = ""  # what the author says has changed, where the newest revision is new
    applies: bool = False  # the reader applies what others post to these lists
    was: NextAction | None = None  # the next move at the time of the digest before, had the mails been the same

    @cached_property
    def version(self) -> bool:
        """Whether the newest revision, or a resend of it, is new, and somebody else's."""
        postings = self.row.revisions[-1].postings
        return any(m.message_id in postings for m in self._news() if m.submission)

    @cached_property
    def said(self) -> tuple[MessageRow, ...]:
        """What people said that is new, by date."""
        return tuple(m for m in self._news() if not m.submission and not m.bot)

    @cached_property
    def found(self) -> tuple[tuple[MessageRow, CheckRow | None], ...]:
        """What robots said that is new, by date, and what they found; good news only about the reader's own patches."""
        checks = {check.message_id: check for revision in self.row.revisions for check in revision.checks}
        ending = self.row.state_evidence.message_id if self.row.state_evidence else ""
        told = [
            (m, checks.get(m.message_id)) for m in self._news() if m.bot and not m.submission and m.message_id != ending
        ]
        mine = self.row.involvement is not None and self.row.involvement.posted
        return tuple((m, check) for m, check in told if mine or check is None or check.verdict != "success")

    @cached_property
    def ended(self) -> bool:
        """Whether it was applied, rejected or closed otherwise since then, by somebody else."""
        return self._ended and not self.ended_by_me

    @cached_property
    def ended_by_me(self) -> bool:
        """Whether the reader did it himself, and needs not be told."""
        why = self.row.state_evidence
        return self._ended and why is not None and why.by_email.lower() in self.me

    @property
    def _ended(self) -> bool:
        why = self.row.state_evidence
        if self.row.turn != Turn.NOBODY:
            return False
        if why is None or why.by_hand:
            return self.row.turn_since > self.begin
        return why.message_id in self.fresh or why.commit in self.fresh

    @property
    def concern(self) -> int:
        """How much it is the reader's: 3 his own, 2 what he spoke about or watches, 1 what was sent to him, 0."""
        mine = self.row.involvement
        if mine and mine.posted:
            return 3
        if self.row.watched or (mine and (mine.spoke or mine.earlier)):
            return 2
        return 1 if mine and mine.asked else 0

    @cached_property
    def part(self) -> DigestSection | None:
        """Where it stands; None where there is nothing to be said of it."""
        return _part(self)

    @cached_property
    def new(self) -> bool:
        """Whether it moved: by a mail or commit, or because time passed (a week of silence: ping)."""
        if self.version or self.said or self.found or self.ended:
            return True
        return self.part is not None and self.part is not _part(
            replace(self, row=replace(self.row, next_action=self.was))
        )

    def _news(self) -> Iterator[MessageRow]:
        fresh = [m for m in self.thread if m.message_id in self.fresh and m.author_email.lower() not in self.me]
        return iter(sorted(fresh, key=lambda m: (m.date, m.message_id)))


def _part(story: Story) -> DigestSection | None:
    row = story.row
    move, mine = row.next_action, row.involvement
    if move and move.by == "me" and move.until is None:
        reviews = mine is not None and not mine.author and not mine.answer
        return DigestSection.MY_REVIEW if reviews else DigestSection.MY_TURN
    if story.applies and mine and _to_be_applied(story, mine):
        return DigestSection.MY_REVIEW
    if move and mine and mine.author:
        return DigestSection.MY_WAITING
    if row.revisions[-1].backport and story.concern < _SPOKE:
        return None  # stable's reviews are sent to everybody, patch by patch
    if story.ended_by_me:
        return DigestSection.REPLIES if any(m.date > row.turn_since for m in story.said) else None
    if story.ended:
        return DigestSection.CLOSED
    if story.version:
        return DigestSection.VERSIONS
    if story.said:
        return DigestSection.REPLIES
    if story.found:
        return DigestSection.ROBOTS
    return DigestSection.WAITING if row.watched and move else None


def _to_be_applied(story: Story, mine: Role) -> bool:
    """Whether a reviewed series of somebody else waits for the reader to apply it; not for ever."""
    move = story.row.next_action
    to_me = move is not None and move.by == Turn.MAINTAINER and mine.asked and not mine.author
    return to_me and story.row.turn_since > story.begin - _CYCLE
