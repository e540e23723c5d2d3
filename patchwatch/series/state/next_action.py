"""What is to be done next about a series, in one line: by me, or by those whose turn it is.

Pure: whose turn it is, what was asked of the author and what I have to do with the series are known
(patchwatch.series.state.status, patchwatch.db.involvement); here is what follows.  The manners are those of
Documentation/process/submitting-patches.rst, "Don't get discouraged - or impatient": a week before a ping, longer in a
merge window, RESEND after some weeks; and those of Documentation/process/maintainer-netdev.rst: what came while
net-next was closed is sent again when it reopens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchwatch.mail.message import SignalKind
from patchwatch.mail.short_name import short_name
from patchwatch.series.model import Evidence, Involvement, NextAction, SeriesRow
from patchwatch.series.state.merge_window import LONGEST, Window, reopened, waited, waited_by
from patchwatch.series.states import ReasonKind, State, Turn
from patchwatch.times import format_span as span

_HOUR = 3600
_DAY = 86_400
_RESEND = 30 * _DAY  # without any answer: then it is rather sent again than asked after
_CYCLE = 70 * _DAY  # of releases: what is older was made for another tree, and reviewers have gone on
_DEAD = 180 * _DAY
_LATE = 6 * _HOUR  # lists deliver late now and then
_LISTED = 8  # patches by their numbers: more are only counted

# What the author was asked or said, most urgent first: a question is answered before a promise is kept.
_ASKS = (SignalKind.NAK, SignalKind.CHANGES, SignalKind.WISH, SignalKind.QUESTION, SignalKind.DOUBT)
_URGENT = (
    SignalKind.NAK,
    SignalKind.CHANGES,
    SignalKind.UNAPPLIED,
    SignalKind.FAILURE,
    SignalKind.WISH,
    SignalKind.QUESTION,
    SignalKind.DOUBT,
    SignalKind.PROMISE,
    SignalKind.WILL_REVIEW,
    SignalKind.WITHDRAWN,
    SignalKind.APPLIED,
    ReasonKind.MARKED,
)
_CLOSED_TREE = re.compile(r"(?i)\b([\w.]*[a-z][\w.]*(?:-next)?)(?: is (?:\w+ ){0,2}|-)closed\b")
_BUILD = re.compile(r"(?i)\b(?:errors?|warnings?|undefined|build|compil\w+)\b")


def next_action(row: SeriesRow, now: int, *, ping_days: int = 7, windows: Sequence[Window] = ()) -> NextAction | None:
    """The next move, as of `now` (UTC seconds); None where nobody has to move, or I want to hear nothing of it.

    `ping_days` is how long I wait for an answer to what I posted; time in the merge `windows` does not count.
    """
    if row.muted or row.snoozed_until is not None or row.turn == Turn.NOBODY or row.revisions[-1].backport:
        return None  # a backport to a stable tree goes in unless somebody objects
    if row.state == State.AWAITING_UPSTREAM:
        return _for_others(row, now, windows, Turn.MAINTAINER)
    if row.involvement is not None and row.involvement.author:
        if row.turn == Turn.AUTHOR:
            return _move(row, *_owed(row, now, windows, me=True), by="me")
        if row.turn == Turn.MAINTAINER:
            return _wait_for_maintainer(row, now, ping_days * _DAY, windows)
        return _wait_for_reviewers(row, now, ping_days * _DAY, windows)
    if row.involvement is not None and row.turn == Turn.REVIEWERS and now - row.turn_since < _CYCLE:
        mine = _review(row, row.involvement, now)
        if mine is not None:
            return mine
    return _for_others(row, now, windows, row.turn)


# ---- my own patch --------------------------------------------------------------------------------------------------


def _wait_for_reviewers(row: SeriesRow, now: int, patience: int, windows: Sequence[Window]) -> NextAction:
    newest, silence = row.revisions[-1], now - row.turn_since
    if row.state == State.NEW and newest.missing and silence >= _LATE:
        return _move(row, _missing(newest.missing, newest.expected), newest.message_id, by="me")
    whom = _awaited(row)
    if waited(row.turn_since, now, windows) < patience:
        ping = waited_by(row.turn_since, patience, windows)
        return _move(row, f"wait for {whom or 'reviewers'}: {span(silence)} so far", until=ping, by=Turn.REVIEWERS)
    if window := _open(now, windows):
        return _move(row, "wait: merge window, ping after it", until=window.closed or 0, by=Turn.REVIEWERS)
    if silence >= _DEAD:
        return _move(row, f"resend or drop: silent for {span(silence)}", by="me")
    if row.state == State.CHANGES_REQUESTED:  # he answered, and nobody insisted or gave in
        return _move(
            row, f"send v{row.version + 1} or ping{' ' + whom if whom else ''}: silent for {span(silence)}", by="me"
        )
    if silence >= (_RESEND if row.state == State.NEW else _CYCLE):
        return _move(row, f"resend: no answer for {span(silence)}", by="me")
    if row.reviewed and not whom:
        return _move(row, f"ping: {row.reviewed}/{row.patches} reviewed, silent for {span(silence)}", by="me")
    return _move(row, f"ping{' ' + whom if whom else ''}: no answer for {span(silence)}", by="me")


def _wait_for_maintainer(row: SeriesRow, now: int, patience: int, windows: Sequence[Window]) -> NextAction:
    silence = now - row.turn_since
    if row.rfc:
        return _move(row, f"send it without RFC: reviewed {span(silence)} ago", by="me")
    if waited(row.turn_since, now, windows) < 2 * patience:
        ping = waited_by(row.turn_since, 2 * patience, windows)
        return _move(row, f"wait for the maintainer: reviewed {span(silence)} ago", until=ping, by=Turn.MAINTAINER)
    if window := _open(now, windows):
        text = "wait: merge window, ping the maintainer after it"
        return _move(row, text, until=window.closed or 0, by=Turn.MAINTAINER)
    if silence >= _CYCLE:  # maintainers do not always say that they applied it
        return _move(row, f"resend, or mark it applied: reviewed {span(silence)} ago", by="me")
    return _move(row, f"ping the maintainer: reviewed, not applied for {span(silence)}", by="me")


def _missing(numbers: Sequence[int], expected: int) -> str:
    if len(numbers) == 1:
        return f"resend: patch {numbers[0]}/{expected} never came"
    return f"resend: {len(numbers)} of {expected} patches never came"


# ---- the author's turn ---------------------------------------------------------------------------------------------


def _owed(row: SeriesRow, now: int, windows: Sequence[Window], *, me: bool) -> tuple[str, str, int | None]:
    """What the author has to do, the mail that says so, and when, unless it is now (`Move.until`)."""
    turn = row.turn_evidence
    if row.state == State.DEFERRED:
        return _deferred(row, now, windows)
    owed = row.revisions[-1].owed if turn is not None and not turn.by_hand else ()
    asked = sorted(owed or ((turn,) if turn else ()), key=lambda e: (_urgency(e), e.date))
    if not asked:
        return f"send v{row.version + 1}", row.revisions[-1].message_id, None
    first = asked[0]
    age = now - (first.date or row.turn_since)
    if age >= _DEAD:
        return f"revive or drop: {'your turn' if me else 'silent'} for {span(age)}", first.message_id, None
    others = {e.by_email for e in asked[1:] if e.kind in _ASKS} - {first.by_email}
    more = f", and {len(others)} more" if others and first.kind in _ASKS else ""
    return _demand(row, first, f"{span(age)} ago", me=me) + more, first.message_id, None


def _urgency(evidence: Evidence) -> int:
    return _URGENT.index(evidence.kind) if evidence.kind in _URGENT else len(_URGENT)


def _demand(row: SeriesRow, said: Evidence, ago: str, *, me: bool) -> str:
    who, version = _called(row, said.by_name, said.by_email), f"v{row.version + 1}"
    rest = _rest(row)
    if said.kind == SignalKind.NAK:
        return f"rework or drop: NAKed by {who} {ago}"
    if said.kind == SignalKind.CHANGES:
        return f"send {version}: {who} asked for changes {ago}"
    if said.kind == SignalKind.UNAPPLIED:
        return f"rework: {who} dropped it {ago}"
    if said.kind == SignalKind.FAILURE:
        return f"mend {'the build' if _BUILD.search(said.text) else 'it'}: {who}, {ago}"
    if said.kind == SignalKind.WISH:
        return f"send {version}, or answer {who}'s wish of {ago}"
    if said.kind in (SignalKind.QUESTION, SignalKind.DOUBT):
        return f"answer {who}'s {said.kind} of {ago}"
    if said.kind == SignalKind.WILL_REVIEW:
        return f"look into it: {'you said so' if me else 'promised'} {ago}"
    if said.kind == SignalKind.PROMISE:
        return f"send {version}: {'you said so' if me else 'promised'} {ago}"
    if said.kind == SignalKind.WITHDRAWN:
        return f"send {version}: {'you took' if me else 'took'} a patch back {ago}"
    if said.kind == ReasonKind.MARKED:
        return f"send {version}: marked {row.state} {ago}"
    if rest:
        many = len(rest) > _LISTED
        return f"resend the rest: {f'{len(rest)} patches' if many else _patches(rest)}"
    return f"answer {who}'s comment of {ago}"


def _patches(numbers: Sequence[int]) -> str:
    return f"patch{'es' * (len(numbers) != 1)} {','.join(map(str, numbers))}"


def _rest(row: SeriesRow) -> list[int]:
    """The patches that are left where some were applied."""
    newest = row.revisions[-1]
    applied = newest.applied.patches if newest.applied else ()
    return [n for n in range(1, min(newest.expected, 999) + 1) if n not in applied] if applied else []


def _deferred(row: SeriesRow, now: int, windows: Sequence[Window]) -> tuple[str, str, int | None]:
    said = [e for e in (row.turn_evidence, row.state_evidence) if e is not None]
    since = said[0].date if said and said[0].date else row.turn_since
    message_id = said[0].message_id if said else ""
    tree = next((short_name(found[1], "") for e in said if (found := _CLOSED_TREE.search(e.text))), "")
    if not tree:
        return f"resend or drop: deferred {span(now - since)} ago", message_id, None
    again = reopened(since, windows)
    if again is not None and again <= now:
        return f"resend: {tree} reopened {span(now - again)} ago", message_id, None
    if window := _open(now, windows):
        return f"wait: {tree} closed, reopens after the merge window", message_id, window.closed or 0
    if now - since >= LONGEST:
        return f"resend: {tree} reopened", message_id, None
    return f"resend when {tree} reopens", message_id, 0


# ---- somebody else's patch -----------------------------------------------------------------------------------------


def _review(row: SeriesRow, part: Involvement, now: int) -> NextAction | None:
    """What I owe it as a reviewer: nothing after my tag, or after I spoke and was not answered."""
    if part.content:
        return None
    if part.answer:
        who = _called(row, row.author_name, row.author_email)
        return _move(row, f"see {who}'s answer of {span(now - part.answered)} ago", part.answer, by="me")
    newest = row.revisions[-1]
    if part.spoke:
        return None
    if part.earlier:
        before = part.earlier if part.earlier != f"v{row.version}" else "the one before"
        return _move(row, f"review v{row.version}: you reviewed {before}", newest.message_id, by="me")
    if part.asked and not newest.awaited:  # what the author answered waits for whom he answered
        verb = "pull" if newest.pull else "review"
        return _move(row, f"{verb}: waits for {span(now - row.turn_since)}", newest.message_id, by="me")
    return None


def _for_others(row: SeriesRow, now: int, windows: Sequence[Window], turn: str) -> NextAction:
    """What they have to do whose turn it is, said to somebody who looks on."""
    if row.state == State.AWAITING_UPSTREAM:
        return _move(row, "maintainer: send it on to the tree above", by=Turn.MAINTAINER)
    if turn == Turn.AUTHOR:
        text, message_id, until = _owed(row, now, windows, me=False)
        return _move(row, f"author: {text.replace(': ', ', ', 1)}", message_id, until, by=Turn.AUTHOR)
    since = span(now - row.turn_since)
    if turn == Turn.MAINTAINER and row.rfc:
        return _move(row, f"author: send it without RFC, reviewed {since} ago", by=Turn.AUTHOR)
    if turn == Turn.MAINTAINER:
        return _move(row, f"maintainer: apply or answer, reviewed {since} ago", by=Turn.MAINTAINER)
    if whom := _awaited(row):
        who = _called(row, row.author_name, row.author_email)
        return _move(row, f"{whom}: see {who}'s answer of {since} ago", by=Turn.REVIEWERS)
    return _move(row, f"reviewers: waits for {since}", by=Turn.REVIEWERS)


# ---- parts ---------------------------------------------------------------------------------------------------------


def _move(row: SeriesRow, text: str, message_id: str | None = None, until: int | None = None, *, by: str) -> NextAction:
    if message_id is None:
        message_id = row.turn_evidence.message_id if row.turn_evidence else ""
    return NextAction(text, message_id, by, until)


def _awaited(row: SeriesRow) -> str:
    """Whom the author answered last, if it waits for that one."""
    awaited = row.revisions[-1].awaited
    return _called(row, awaited[-1], "") if awaited else ""


def _called(row: SeriesRow, name: str, address: str) -> str:
    return short_name(name, address, (*row.revisions[-1].reviewers, row.author_name))


def _open(now: int, windows: Sequence[Window]) -> Window | None:
    return next((window for window in windows if window.opened <= now < window.end), None)
