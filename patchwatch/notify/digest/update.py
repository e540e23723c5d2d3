"""What is new about a series since the previous digest.

Pure.  patchwatch.series.queue decides its section, patchwatch.notify.digest.entry writes its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from patchwatch.series import finding_labels
from patchwatch.series.model import CheckRow, MessageRow, SeriesRow
from patchwatch.series.queue import ASKS, Place, Section
from patchwatch.series.states import ReasonKind, Turn

_REPLIED_OR_WATCHES = 2  # a `SeriesUpdate.relevance`


@dataclass(frozen=True)
class SeriesUpdate:
    """A series, its place in the recipient's queue, their next action (`row.next_action`), and the new mails."""

    row: SeriesRow
    place: Place
    before: Place | None = None  # its place at `since`, given the same mails
    thread: tuple[MessageRow, ...] = ()  # all mails, where they are needed
    new_ids: frozenset[str] = frozenset()  # message-ids (and commits) that the previous digest did not know
    since: int = 0  # when the previous digest was made, UTC seconds
    addresses: frozenset[str] = frozenset()  # the recipient's: their own mail is not news to them
    changes: str = ""  # the author's changelog, if the newest revision is new

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

    @property
    def section(self) -> Section:
        """Its section of the queue."""
        return self.place.section

    @cached_property
    def new(self) -> bool:
        """True if it changed: by a mail or commit, or because time passed (a week without a reply: ping)."""
        if self.new_version or self.replies or self.bot_reports or self.closed:
            return True
        return self.section in ASKS and (self.before is None or self.before.section is not self.section)

    @property
    def became_overdue(self) -> bool:
        """True if it was not overdue yet at `since`."""
        return self.place.overdue and not (self.before and self.before.overdue)

    def _new_mails(self) -> Iterator[MessageRow]:
        mails = [
            m for m in self.thread if m.message_id in self.new_ids and m.author_email.lower() not in self.addresses
        ]
        return iter(sorted(mails, key=lambda m: (m.date, m.message_id)))
