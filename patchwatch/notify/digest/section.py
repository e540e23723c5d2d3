"""What is new about a series since the previous digest, and which section it goes into.

Pure.  A series goes into one section only: the most urgent that fits.  patchwatch.notify.digest.entry writes its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from patchwatch.series import finding_labels
from patchwatch.series.model import CheckRow, Involvement, MessageRow, NextAction, SeriesRow
from patchwatch.series.states import ReasonKind, Turn

_RELEASE_CYCLE = 70 * 86_400  # a patch that was not applied within one will hardly be (see next_action)
_REPLIED_OR_WATCHES = 2  # a `SeriesUpdate.relevance`


class DigestSection(Enum):
    """The sections of a digest, in order; the value is the heading."""

    MY_TURN = "Your turn"
    MY_REVIEW = "Awaiting your review"
    MY_WAITING = "Your patches waiting for others"
    VERSIONS = "New versions"
    REPLIES = "Tags and replies"
    BOTS = "CI and bots"
    CLOSED = "Applied, rejected, closed"
    WAITING = "Still waiting"


@dataclass(frozen=True)
class SeriesUpdate:
    """A series, the recipient's next action (`row.next_action`), and the new mails."""

    row: SeriesRow
    thread: tuple[MessageRow, ...] = ()  # all mails, where they are needed
    new_ids: frozenset[str] = frozenset()  # message-ids (and commits) that the previous digest did not know
    since: int = 0  # when the previous digest was made, UTC seconds
    addresses: frozenset[str] = frozenset()  # the recipient's: their own mail is not news to them
    changes: str = ""  # the author's changelog, if the newest revision is new
    recipient_applies: bool = False  # the recipient applies other people's patches to these lists
    previous_action: NextAction | None = None  # the next action at `since`, given the same mails

    @cached_property
    def new_version(self) -> bool:
        """True if somebody else posted the newest revision, or a resend of it."""
        postings = self.row.revisions[-1].postings
        return any(m.message_id in postings for m in self._new_mails() if m.submission)

    @cached_property
    def replies(self) -> tuple[MessageRow, ...]:
        """New mails from people, by date."""
        return tuple(m for m in self._new_mails() if not m.submission and not m.bot)

    @cached_property
    def bot_reports(self) -> tuple[tuple[MessageRow, CheckRow | None], ...]:
        """New mails from bots with their verdicts, by date; success only for the recipient's own patches."""
        ordered = [c for r in self.row.revisions for c in finding_labels.worst_first(r.checks)]
        checks = {check.message_id: check for check in reversed(ordered)}
        closing = self.row.state_evidence.message_id if self.row.state_evidence else ""
        reports = [
            (m, checks.get(m.message_id))
            for m in self._new_mails()
            if m.bot and not m.submission and m.message_id != closing
        ]
        mine = self.row.involvement is not None and self.row.involvement.posted
        return tuple((m, check) for m, check in reports if mine or check is None or check.verdict != "success")

    @cached_property
    def closed(self) -> bool:
        """True if somebody else applied, rejected or otherwise closed it since the previous digest."""
        return self._closed and not self.closed_by_me

    @cached_property
    def closed_by_me(self) -> bool:
        """True if the recipient closed it."""
        why = self.row.state_evidence
        cited = why is not None and why.kind == ReasonKind.CITED  # who names a commit need not have applied it
        return self._closed and why is not None and not cited and why.by_email.lower() in self.addresses

    @property
    def _closed(self) -> bool:
        why = self.row.state_evidence
        if self.row.turn != Turn.NOBODY:
            return False
        if why is None or why.by_hand:
            return self.row.turn_since > self.since
        return why.message_id in self.new_ids or why.commit in self.new_ids

    @property
    def relevance(self) -> int:
        """3: the recipient's own series, 2: they watch it or replied to it, 1: it was sent to them, 0: otherwise."""
        mine = self.row.involvement
        if mine and mine.posted:
            return 3
        if self.row.watched or (mine and (mine.replied or mine.reviewed_before)):
            return _REPLIED_OR_WATCHES
        return 1 if mine and mine.recipient else 0

    @cached_property
    def section(self) -> DigestSection | None:
        """The section of this series; None: it is left out."""
        return _section(self)

    @cached_property
    def new(self) -> bool:
        """True if it changed: by a mail or commit, or because time passed (a week without a reply: ping)."""
        if self.new_version or self.replies or self.bot_reports or self.closed:
            return True
        before = replace(self, row=replace(self.row, next_action=self.previous_action))
        return self.section is not None and self.section is not _section(before)

    def _new_mails(self) -> Iterator[MessageRow]:
        mails = [
            m for m in self.thread if m.message_id in self.new_ids and m.author_email.lower() not in self.addresses
        ]
        return iter(sorted(mails, key=lambda m: (m.date, m.message_id)))


def _section(update: SeriesUpdate) -> DigestSection | None:
    row = update.row
    action, mine = row.next_action, row.involvement
    if action and action.by == "me" and action.until is None:
        reviews = mine is not None and not mine.author and not mine.answer
        return DigestSection.MY_REVIEW if reviews else DigestSection.MY_TURN
    if update.recipient_applies and mine and _ready_to_apply(update, mine):
        return DigestSection.MY_REVIEW
    if action and mine and mine.author:
        return DigestSection.MY_WAITING
    if row.revisions[-1].backport and update.relevance < _REPLIED_OR_WATCHES:
        return None  # stable review is sent to everybody, patch by patch
    if update.closed_by_me:
        return DigestSection.REPLIES if any(m.date > row.turn_since for m in update.replies) else None
    if update.closed:
        return DigestSection.CLOSED
    if update.new_version:
        return DigestSection.VERSIONS
    if update.replies:
        return DigestSection.REPLIES
    if update.bot_reports:
        return DigestSection.BOTS
    return DigestSection.WAITING if row.watched and action else None


def _ready_to_apply(update: SeriesUpdate, mine: Involvement) -> bool:
    """True if somebody else's reviewed series has waited for the recipient to apply it, for a release cycle at most."""
    action = update.row.next_action
    to_me = action is not None and action.by == Turn.MAINTAINER and mine.recipient and not mine.author
    return to_me and update.row.turn_since > update.since - _RELEASE_CYCLE
