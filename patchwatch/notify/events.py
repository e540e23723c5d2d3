"""The events of a series between two scans.

Pure: compares a row with its snapshot of the previous scan, and looks at the new mails.  An event has an `EventKind`
and its evidence: the mail or commit, and a quote from it.  Its `id` depends only on what happened, so that duplicates
can be recognized.  patchwatch.daemon.dispatch notifies the subscribers.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from patchwatch.db.event_queue import SeriesSnapshot
from patchwatch.mail.short_name import short_name
from patchwatch.sanitize import line
from patchwatch.series import finding_labels, labels, point_labels
from patchwatch.series.model import Event as Event
from patchwatch.series.model import Evidence, MessageRow, NextAction, SeriesRow
from patchwatch.series.patch_numbers import format_patches
from patchwatch.series.point_list import listed_points
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.states import APPLIED, State, Turn

_LATE = 3 * 86_400  # a mail older than this at the last scan is history that was fetched late, not news
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
class Subscriber:
    """A hook or recipient that is notified of events."""

    name: str
    kinds: frozenset[str]  # empty: all
    addresses: frozenset[str]  # in lower case; the subscriber's own mails are not news
    inboxes: frozenset[str] = frozenset()  # empty: all

    def wants(self, event: Event) -> bool:
        """True if the subscriber is notified of an event."""
        if self.kinds and event.kind not in self.kinds:
            return False
        if self.inboxes and self.inboxes.isdisjoint(event.inboxes):
            return False
        if event.whom:
            return event.whom == audience(self.addresses)
        return event.by_email.lower() not in self.addresses


def audience(addresses: Iterable[str]) -> str:
    """A key for a person's addresses; `your_turn` is per audience."""
    return " ".join(sorted(addresses))


def snapshot(row: SeriesRow, actions: Mapping[str, NextAction | None]) -> SeriesSnapshot:
    """What the next scan compares a series with; `actions` are the next actions by audience."""
    own = {audience: _action_key(action) for audience, action in actions.items() if _is_own(audience, action)}
    return SeriesSnapshot(row.state, row.turn, _partly_applied(row), own)


def events(
    before: SeriesSnapshot,
    row: SeriesRow,
    actions: Mapping[str, NextAction | None],
    mails: Sequence[MessageRow],
    new_ids: Collection[str],
    *,
    last_scan: int,
    now: int,
    parser_changed: bool = False,
) -> list[Event]:
    """The events of a series since `before`, the snapshot of `last_scan`, by time.

    `mails` are all of its mails, `new_ids` the message-ids of the new ones.  Muted and snoozed series have no events.
    If a new version of patchwatch understands mail differently (`parser_changed`), a change of state is not an event.
    """
    if row.muted or row.snoozed_until is not None:
        return []
    roots = {root for revision in row.revisions for root in revision.postings}
    new = [m for m in mails if m.message_id in new_ids and m.date >= last_scan - _LATE]
    result = [event for m in new if (event := _mail_event(row, m, roots, new_ids))]
    if not parser_changed:
        result += _status_events(before, row, now)
    for audience, action in actions.items():
        if action and _is_own(audience, action) and before.actions.get(audience) != _action_key(action):
            result.append(_your_turn(row, action, audience, now))
    return sorted(result, key=lambda e: (e.at, _ORDER[e.kind], e.id))


def event_message(event: Event, url: str) -> tuple[str, str]:
    """Subject and text of a mail about one event; `url` is the URL of its evidence."""
    lines = textwrap.wrap(line(event.title), _COLUMNS, subsequent_indent="  ")
    lines += textwrap.wrap(event.text, _COLUMNS, initial_indent="  ", subsequent_indent="  ")
    if event.words:
        lines += textwrap.wrap(f"“{line(event.words)}”", _COLUMNS, initial_indent="  ", subsequent_indent="  ")
    return f"[patchwatch] {event.text}: {line(event.title)}", "\n".join([*lines, url, ""])


# ---- events of mails -----------------------------------------------------------------------------------------------


def _mail_event(row: SeriesRow, m: MessageRow, roots: Collection[str], new_ids: Collection[str]) -> Event | None:
    who = short_name(m.author_name, m.author_email)
    if m.submission:
        if m.message_id not in roots:
            return None
        revision = next(r for r in row.revisions if m.message_id in r.postings)
        if m.message_id != revision.message_id:
            what = f"{labels.revision_name(revision)} was resent"
            return _event_of_mail(EventKind.NEW_VERSION, row, m, what, m.subject)
        taken = {t.message_id for t in revision.taken}
        if any(message_id not in new_ids for message_id in revision.patch_message_ids if message_id not in taken):
            return None  # only the cover letter came late
        what = "asks to pull" if revision.kind == PULL else f"posted v{revision.version}"
        return _event_of_mail(EventKind.NEW_VERSION, row, m, f"{who} {what}", m.subject)
    if m.bot:
        checks = [c for r in row.revisions for c in r.checks if c.message_id == m.message_id]
        check = next(iter(finding_labels.worst_first(checks)), None)
        if check is None or not (check.verdict == "failure" or finding_labels.is_critical(check)):
            return None
        what = "a failure" if check.verdict == "failure" else "a critical finding"
        return _event_of_mail(EventKind.CI_FAILURE, row, m, f"{line(check.name)} reported {what}", check.text)
    if m.tags:
        tag = next((t for r in row.revisions for t in r.trailers if t.message_id == m.message_id), None)
        quote = f"{tag.name}: {tag.value}" if tag else m.tags[0]
        return _event_of_mail(EventKind.TAG, row, m, f"{' and '.join(map(line, m.tags))} from {who}", quote)
    return _event_of_mail(EventKind.REPLY, row, m, f"{who} replied", m.excerpt.partition("\n")[0] or m.subject)


def _event_of_mail(kind: EventKind, row: SeriesRow, m: MessageRow, text: str, quote: str) -> Event:
    evidence = Evidence(m.message_id, quote, by_name=m.author_name, by_email=m.author_email, date=m.date)
    return _event(kind, row, text, evidence, m.date)


# ---- events of state and turn --------------------------------------------------------------------------------------


def _status_events(before: SeriesSnapshot, row: SeriesRow, now: int) -> Iterable[Event]:
    newest = row.revisions[-1]
    why, turn = row.state_evidence, row.turn_evidence
    if row.state != before.state and why is not None and not why.by_hand:
        if row.state in APPLIED:
            yield _event(EventKind.APPLIED, row, row.state, why, why.date or now, row.state)
        elif row.state != State.NEW:  # a new version is an event of its own
            yield _event(EventKind.STATE_CHANGED, row, f"{before.state} → {row.state}", why, why.date or now, row.state)
    if (partly := _partly_applied(row)) and partly != before.applied and newest.applied and newest.applied.evidence:
        which = format_patches(newest.applied.patches) if newest.applied.patches else "part of it"
        yield _event(
            EventKind.APPLIED, row, f"{which} applied", newest.applied.evidence, newest.applied.evidence.date or now
        )
    changed = row.turn not in (before.turn, Turn.NOBODY) and turn is not None and not turn.by_hand
    if changed and turn is not None and turn.message_id not in newest.postings:  # a new version is an event of its own
        yield _event(EventKind.TURN_CHANGED, row, f"now waiting on the {row.turn}", turn, turn.date or now, row.turn)


def _your_turn(row: SeriesRow, action: NextAction, audience: str, now: int) -> Event:
    newest = row.revisions[-1]
    known = (*newest.owed, row.turn_evidence)
    why = next((e for e in known if e and e.message_id == action.message_id), None)
    why = why or Evidence(action.message_id, newest.subject, by_name=newest.author_name, by_email=newest.author_email)
    points = point_labels.news(listed_points(row, now), frozenset(audience.split()))
    text = f"{line(action.text)}; {points}" if points else line(action.text)
    return _event(EventKind.YOUR_TURN, row, text, why, now, f"{_action_key(action)} {audience}", audience)


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


def _is_own(audience: str, action: NextAction | None) -> bool:
    """True if it is this audience that has to act."""
    return bool(audience) and action is not None and action.by == "me"


def _action_key(action: NextAction | None) -> str:
    """The verb and mail of an action, without the number of days, which changes every day."""
    return f"{action.text.split()[0].rstrip(':')} {action.message_id}" if action else ""


def _partly_applied(row: SeriesRow) -> str:
    applied = row.revisions[-1].applied
    return applied.evidence.message_id if applied and applied.evidence else ""
