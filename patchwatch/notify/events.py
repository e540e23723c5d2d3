"""What happened to a series between two looks at it, as events.

Pure: rows as they are, what was known of them before, and the mails that are new.  An event is of one `EventKind`
and carries its evidence: the mail (or commit) and the words in it.  Whoever has seen an event knows it again by its
`id`, which depends on what happened alone.  Who is told, and how, is decided elsewhere.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from patchwatch.mail.short_name import short_name
from patchwatch.sanitize import line
from patchwatch.series.model import Evidence, MessageRow, NextAction, SeriesRow
from patchwatch.series.patch_numbers import format_patches
from patchwatch.series.states import APPLIED, State, Turn

_LATE = 3 * 86_400  # a mail older than the last look by more was fetched as history, and is no news
_COLUMNS = 72


class EventKind(StrEnum):
    """What can happen to a series; of events at the same time, the first kind is reported first."""

    NEW_VERSION = "new_version"
    REPLY = "reply"  # without a tag
    TAG = "tag"
    CI_FAILURE = "ci_failure"  # found by a build bot or CI
    APPLIED = "applied"  # all of it, or a part
    STATE_CHANGED = "state_changed"  # to any other state
    TURN_CHANGED = "turn_changed"  # to somebody else
    YOUR_TURN = "your_turn"  # I have to act


_ORDER: dict[str, int] = {kind: place for place, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a series.  Times are UTC seconds."""

    id: str
    kind: str  # the value of an EventKind
    at: int
    series_id: int
    title: str
    version: int
    state: str
    turn: str
    inboxes: tuple[str, ...]
    text: str  # what happened, in one line
    words: str  # the evidence
    message_id: str  # that the words are in; empty where a commit says it
    commit: str = ""
    by_name: str = ""
    by_email: str = ""
    whom: str = ""  # of your_turn: whose, as `audience` writes it


@dataclass(frozen=True, slots=True)
class SeriesSnapshot:
    """What was known of a series at the last look."""

    state: str
    turn: str
    applied: str  # where a part of it was: the mail that says so
    moves: Mapping[str, str]  # audience: what it had to do


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who is told of events."""

    name: str
    kinds: frozenset[str]  # empty: all
    addresses: frozenset[str]  # his own, in lower case: what he does himself is no news to him
    inboxes: frozenset[str] = frozenset()  # empty: all

    def wants(self, event: Event) -> bool:
        """Whether he is told of an event."""
        if self.kinds and event.kind not in self.kinds:
            return False
        if self.inboxes and self.inboxes.isdisjoint(event.inboxes):
            return False
        if event.whom:
            return event.whom == audience(self.addresses)
        return event.by_email.lower() not in self.addresses


def audience(addresses: Iterable[str]) -> str:
    """Those for whom the same is `your_turn`: their addresses in a line."""
    return " ".join(sorted(addresses))


def seen(row: SeriesRow, moves: Mapping[str, NextAction | None]) -> SeriesSnapshot:
    """What is to be remembered of a series until the next look; `moves` is the next move as each audience sees it."""
    mine = {whom: _errand(move) for whom, move in moves.items() if whom and move and move.by == "me"}
    return SeriesSnapshot(row.state, row.turn, _partly(row), mine)


def events(
    before: SeriesSnapshot,
    row: SeriesRow,
    moves: Mapping[str, NextAction | None],
    mails: Sequence[MessageRow],
    fresh: Collection[str],
    *,
    last_look: int,
    now: int,
    judged_anew: bool = False,
) -> list[Event]:
    """What happened to a series since `before`, at `last_look`, in order of time.

    `mails` are all of it, `fresh` the message-ids of those that came since.  A series that somebody muted or put aside
    is silent.  When this program understands mail otherwise than the one before (`judged_anew`), what it says of the
    same mails is no event.
    """
    if row.muted or row.snoozed_until is not None:
        return []
    roots = {root for revision in row.revisions for root in revision.postings}
    new = [m for m in mails if m.message_id in fresh and m.date >= last_look - _LATE]
    found = [event for m in new if (event := _of_mail(row, m, roots, fresh))]
    if not judged_anew:
        found += _of_status(before, row, now)
    for whom, move in moves.items():
        if whom and move and move.by == "me" and before.moves.get(whom) != _errand(move):
            found.append(_your_turn(row, move, whom, now))
    return sorted(found, key=lambda e: (e.at, _ORDER[e.kind], e.id))


def event_message(event: Event, url: str) -> tuple[str, str]:
    """Subject and text of a mail about one event; `url` is where its evidence is read."""
    parts = textwrap.wrap(line(event.title), _COLUMNS, subsequent_indent="  ")
    parts += textwrap.wrap(event.text, _COLUMNS, initial_indent="  ", subsequent_indent="  ")
    if event.words:
        parts += textwrap.wrap(f"“{line(event.words)}”", _COLUMNS, initial_indent="  ", subsequent_indent="  ")
    return f"[patchwatch] {event.text}: {line(event.title)}", "\n".join([*parts, url, ""])


# ---- what mails do -------------------------------------------------------------------------------------------------


def _of_mail(row: SeriesRow, m: MessageRow, roots: Collection[str], fresh: Collection[str]) -> Event | None:
    who = short_name(m.author_name, m.author_email)
    if m.submission:
        if m.message_id not in roots:
            return None
        revision = next(r for r in row.revisions if m.message_id in r.postings)
        if m.message_id != revision.message_id:
            return _mail_event(EventKind.NEW_VERSION, row, m, f"v{revision.version} was resent", m.subject)
        if any(message_id not in fresh for message_id in revision.patch_message_ids):
            return None  # its patches were here, and only the cover letter came late
        return _mail_event(EventKind.NEW_VERSION, row, m, f"{who} posted v{revision.version}", m.subject)
    if m.bot:
        check = next((c for r in row.revisions for c in r.checks if c.message_id == m.message_id), None)
        if check is None or check.verdict != "failure":
            return None
        return _mail_event(EventKind.CI_FAILURE, row, m, f"{line(check.name)} reported a failure", check.text)
    if m.tags:
        tag = next((t for r in row.revisions for t in r.trailers if t.message_id == m.message_id), None)
        words = f"{tag.name}: {tag.value}" if tag else m.tags[0]
        return _mail_event(EventKind.TAG, row, m, f"{' and '.join(map(line, m.tags))} from {who}", words)
    return _mail_event(EventKind.REPLY, row, m, f"{who} replied", m.excerpt.partition("\n")[0] or m.subject)


def _mail_event(kind: EventKind, row: SeriesRow, m: MessageRow, text: str, words: str) -> Event:
    said = Evidence(m.message_id, words, by_name=m.author_name, by_email=m.author_email, date=m.date)
    return _event(kind, row, text, said, m.date)


# ---- what follows from them ----------------------------------------------------------------------------------------


def _of_status(before: SeriesSnapshot, row: SeriesRow, now: int) -> Iterable[Event]:
    newest = row.revisions[-1]
    why, turn = row.state_evidence, row.turn_evidence
    if row.state != before.state and why is not None and not why.by_hand:
        if row.state in APPLIED:
            yield _event(EventKind.APPLIED, row, row.state, why, why.date or now, row.state)
        elif row.state != State.NEW:  # a new version begins anew, and says so itself
            yield _event(EventKind.STATE_CHANGED, row, f"{before.state} → {row.state}", why, why.date or now, row.state)
    if (part := _partly(row)) and part != before.applied and newest.applied and newest.applied.evidence:
        which = format_patches(newest.applied.patches) if newest.applied.patches else "part of it"
        yield _event(
            EventKind.APPLIED, row, f"{which} applied", newest.applied.evidence, newest.applied.evidence.date or now
        )
    passed = row.turn not in (before.turn, Turn.NOBODY) and turn is not None and not turn.by_hand
    if passed and turn is not None and turn.message_id not in newest.postings:  # a new version says so itself
        yield _event(EventKind.TURN_CHANGED, row, f"now waiting on the {row.turn}", turn, turn.date or now, row.turn)


def _your_turn(row: SeriesRow, move: NextAction, whom: str, now: int) -> Event:
    newest = row.revisions[-1]
    said = (*newest.owed, row.turn_evidence)
    why = next((e for e in said if e and e.message_id == move.message_id), None)
    why = why or Evidence(move.message_id, newest.subject, by_name=newest.author_name, by_email=newest.author_email)
    return _event(EventKind.YOUR_TURN, row, line(move.text), why, now, f"{_errand(move)} {whom}", whom)


def _event(
    kind: EventKind, row: SeriesRow, text: str, why: Evidence, at: int, detail: str = "", whom: str = ""
) -> Event:
    identity = "\n".join((kind, str(row.id), why.message_id, why.commit, detail))
    return Event(
        id=hashlib.sha256(identity.encode()).hexdigest()[:20],
        kind=kind,
        at=at,
        series_id=row.id,
        title=row.title,
        version=row.version,
        state=row.state,
        turn=row.turn,
        inboxes=row.inboxes,
        text=text,
        words=why.text,
        message_id=why.message_id,
        commit=why.commit,
        by_name=why.by_name,
        by_email=why.by_email,
        whom=whom,
    )


def _errand(move: NextAction) -> str:
    """A move without the days in it, which would make it another one each day: its verb and its mail."""
    return f"{move.text.split()[0].rstrip(':')} {move.message_id}"


def _partly(row: SeriesRow) -> str:
    applied = row.revisions[-1].applied
    return applied.evidence.message_id if applied and applied.evidence else ""
