"""The next action on a series, in one line: mine, or that of those whose turn it is.

Pure: derived from the turn, the requests to the author (patchwatch.series.state.status) and my involvement
(patchwatch.db.involvement).  The rules are those of Documentation/process/submitting-patches.rst, "Don't get
discouraged - or impatient": a week before a ping, longer in a merge window, RESEND after some weeks; and those of
Documentation/process/maintainer-netdev.rst: patches sent while net-next was closed are sent again when it reopens.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.counts import plural
from patchwatch.mail.message import Person, SignalKind
from patchwatch.mail.short_name import short_name
from patchwatch.pattern import Pattern
from patchwatch.series.answers import Answers, answer_shown, answers_to_me
from patchwatch.series.labels import blocked, revision_name
from patchwatch.series.model import Evidence, Involvement, NextAction, SeriesRow
from patchwatch.series.names import Names
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.queue import is_to_apply
from patchwatch.series.request import Request
from patchwatch.series.state.merge_window import LONGEST, Window, reopened, waited, waited_by
from patchwatch.series.states import ReasonKind, State, Turn
from patchwatch.series.verbs import TO_APPLY, ready, to_apply_since
from patchwatch.times import format_span as span

_DAY = 86_400
_RESEND = 30 * _DAY  # without any answer: from then on a resend is better than a ping
_PATIENCE = 7 * _DAY  # of others' patches, as `[review] ping_days` by default
_CYCLE = 70 * _DAY  # of releases: older patches are based on another tree, and reviewers have moved on
_DEAD = 180 * _DAY
_LATE = _DAY // 4  # lists sometimes deliver late
_LISTED = 8  # more patches than this are counted, not listed

OWN_WORDS = frozenset({ReasonKind.POSTED, ReasonKind.MARKED})
"""Evidence of these kinds has nobody to quote."""

# Requests to the author, and their promises, the most urgent first.
_REQUESTS = (
    SignalKind.NAK,
    SignalKind.CHANGES,
    SignalKind.HOLD,
    SignalKind.WISH,
    SignalKind.QUESTION,
    SignalKind.DOUBT,
)
_BY_URGENCY = (
    SignalKind.NAK,
    SignalKind.CHANGES,
    SignalKind.HOLD,
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
_CLOSED_TREE = Pattern(r"(?i)\b([\w.]*[a-z][\w.]*(?:-next)?)(?: is (?:\w+ ){0,2}|-)closed\b")
_OFFER = Pattern(r"(?i)\b(?:immutable|shared|stable) (?:topic )?(?:branch|tag)\b")
_BUILD = Pattern(r"(?i)\b(?:errors?|warnings?|undefined|build|compil\w+)\b")


def next_action(row: SeriesRow, now: int, *, ping_days: int = 7, windows: Sequence[Window] = ()) -> NextAction | None:
    """The next action as of `now` (UTC seconds); None if nobody has to act, or the series is muted or snoozed.

    `ping_days` is how long I wait for an answer before a ping; time in the merge `windows` does not count.
    """
    if row.muted or row.snoozed_until is not None or row.turn == Turn.NOBODY or row.revisions[-1].backport:
        return None  # a backport to a stable tree goes in unless somebody objects
    answers, asked = answers_to_me(row, now), row.involvement and (row.involvement.asked or row.involvement.pulls)
    if answers and not asked:  # what somebody asks of me by name comes first
        return _see(row, answers, now)
    if row.state == State.AWAITING_UPSTREAM:
        return _for_others(row, now, windows, Turn.MAINTAINER)
    if row.blocked_by and row.turn != Turn.AUTHOR:
        newest = row.depends_on[0]
        return _action(row, f"wait: {blocked(row)}", newest.message_id, until=0, by=row.turn)
    if row.kind == PULL and row.turn == Turn.MAINTAINER:
        return _pull(row, now, ping_days * _DAY, windows)
    if row.involvement is not None and row.involvement.author:
        if row.turn == Turn.AUTHOR:
            return _action(row, *_owed(row, now, windows, me=True), by="me")
        if row.revisions[-1].commits and not row.rfc:
            return _apply_own(row, now, ping_days * _DAY, windows)
        if row.turn == Turn.MAINTAINER:
            return _wait_for_maintainer(row, now, ping_days * _DAY, windows)
        return _wait_for_reviewers(row, now, ping_days * _DAY, windows)
    if row.involvement is not None and row.involvement.asked is not None:
        return _answer(row, row.involvement.asked, now)
    if row.involvement is not None and row.turn == Turn.REVIEWERS and now - row.turn_since < _CYCLE:
        mine = _review(row, row.involvement, now)
        if mine is not None:
            return mine
    return _for_others(row, now, windows, row.turn)


def to_apply(row: SeriesRow, now: int) -> NextAction | None:
    """The next action on a series of somebody else, if I apply the patches of its list; None: it is not to apply."""
    aside = row.muted or row.snoozed_until is not None or bool(row.blocked_by) or row.revisions[-1].backport
    if aside or not is_to_apply(row, now):
        return None
    text = to_apply_since(row.state, left_patches(row), f"{span(max(now - row.turn_since, 0))} ago")
    return _action(row, text, by="me")


def asks_for_it(row: SeriesRow) -> Evidence | None:
    """What asks for the next action: a request to me by name, an answer to me, or else what the turn follows from."""
    asked, action = row.involvement.asked if row.involvement else None, row.next_action
    if asked is not None and action is not None and action.message_id == asked.message_id:
        by = asked.by
        return Evidence(asked.message_id, asked.text, by_name=by.name, by_email=by.email, date=asked.date)
    if action is None:
        return row.turn_evidence
    owed = (evidence for evidence in row.revisions[-1].owed if evidence.message_id == action.message_id)
    answer = answer_shown(row, action.message_id) if action.by == "me" else None
    return answer or next(owed, row.turn_evidence)


def _see(row: SeriesRow, answers: Answers, now: int) -> NextAction:
    """The next action on a series of somebody who answered points of mine."""
    whose, ago = _names(row).possessive(answers.by), f"{span(max(now - answers.last, 0))} ago"
    several = f"s to {answers.points} points, the last" if answers.points > 1 else ""
    return _action(row, f"see {whose} answer{several} from {ago}", answers.message_id, by="me")


def _answer(row: SeriesRow, asked: Request, now: int) -> NextAction:
    """The next action on a patch of somebody else that I am asked about."""
    who, ago = _names(row).name(asked.by), f"{span(max(now - asked.date, 0))} ago"
    test = asked.kind == "test"
    text = f"test {revision_name(row)}: {who} asked you {ago}" if test else f"answer {who}, who asked you {ago}"
    return _action(row, text, asked.message_id, by="me")


# ---- my own patch --------------------------------------------------------------------------------------------------


def _wait_for_reviewers(row: SeriesRow, now: int, patience: int, windows: Sequence[Window]) -> NextAction:
    newest, silence = row.revisions[-1], now - row.turn_since
    if row.state == State.NEW and newest.missing and silence >= _LATE:
        return _action(row, _missing(newest.missing, newest.expected), newest.message_id, by="me")
    reviewer = _awaited(row)
    if waited(row.turn_since, now, windows) < patience:
        ping = waited_by(row.turn_since, patience, windows)
        return _action(
            row, f"wait for {reviewer or 'reviewers'}: {span(silence)} so far", until=ping, by=Turn.REVIEWERS
        )
    if window := _open(now, windows):
        return _action(row, "wait: merge window, ping after it", until=window.closed or 0, by=Turn.REVIEWERS)
    if silence >= _DEAD:
        return _action(row, f"resend or drop: silent for {span(silence)}", by="me")
    if row.state == State.CHANGES_REQUESTED:  # the author answered, and nobody insisted or gave in
        return _action(
            row,
            f"send v{row.version + 1} or ping{' ' + reviewer if reviewer else ''}: silent for {span(silence)}",
            by="me",
        )
    if silence >= (_RESEND if row.state == State.NEW else _CYCLE):
        return _action(row, f"resend: no answer for {span(silence)}", by="me")
    if row.reviewed and not reviewer:
        part = f"{row.reviewed} of {plural(row.patches, 'patch', 'patches')}"
        return _action(row, f"ping: {part} reviewed, silent for {span(silence)}", by="me")
    return _action(row, f"ping{' ' + reviewer if reviewer else ''}: no answer for {span(silence)}", by="me")


def _apply_own(row: SeriesRow, now: int, patience: int, windows: Sequence[Window]) -> NextAction:
    """The next action on a patch that its author can apply: nobody needs a ping."""
    silence = now - row.turn_since
    if row.turn == Turn.MAINTAINER:
        return _action(row, f"{TO_APPLY}: reviewed {span(silence)} ago", by="me")
    if waited(row.turn_since, now, windows) < patience:
        wait = f"wait for {_awaited(row) or 'reviewers'}: {span(silence)} so far, then yours to apply"
        return _action(row, wait, until=waited_by(row.turn_since, patience, windows), by=Turn.REVIEWERS)
    return _action(row, f"{TO_APPLY}: no answer for {span(silence)}", by="me")


def _wait_for_maintainer(row: SeriesRow, now: int, patience: int, windows: Sequence[Window]) -> NextAction:
    silence = now - row.turn_since
    if row.rfc:
        return _action(row, f"send it without RFC: reviewed {span(silence)} ago", by="me")
    left, ago = left_patches(row), f"{span(silence)} ago"
    whose, why = (f" of {left}", f"the others were applied {ago}") if left else ("", f"{ready(row.state)} {ago}")
    ping = waited_by(row.turn_since, 2 * patience, windows)
    promised = None if left else _promised(row)
    if promised and silence < _CYCLE:
        return _action(row, f"wait for {promised} to apply it: {span(silence)} so far", until=ping, by=Turn.MAINTAINER)
    if waited(row.turn_since, now, windows) < 2 * patience:
        return _action(row, f"wait for the maintainer{whose}: {why}", until=ping, by=Turn.MAINTAINER)
    if window := _open(now, windows):
        text = "wait: merge window, ping the maintainer after it"
        return _action(row, text, until=window.closed or 0, by=Turn.MAINTAINER)
    if left:
        return _action(row, f"ping the maintainer{whose}: {why}", by="me")
    if silence >= _CYCLE:  # maintainers do not always report that they applied a patch
        return _action(row, f"resend, or mark it applied: {why}", by="me")
    return _action(row, f"ping the maintainer: {ready(row.state)}, not applied for {span(silence)}", by="me")


def _pull(row: SeriesRow, now: int, patience: int, windows: Sequence[Window]) -> NextAction:
    """The next action on a pull request that waits for the one who pulls."""
    me, asked = row.involvement, row.revisions[-1].pull
    puller = _names(row).name(asked.puller) if asked and asked.puller.email else "the maintainer"
    silence = now - row.turn_since
    if me is not None and me.pulls and silence < _CYCLE:
        return _action(row, f"pull: waits for {span(silence)}", by="me")
    if me is None or not me.author:
        return _action(row, f"waits for {puller} to pull: {span(silence)}", by=Turn.MAINTAINER)
    # Those who need the commits of an offer pull them, and few report it.
    if _OFFER.search(row.title) or row.revisions[-1].pulled_since:
        return _action(row, f"wait for {puller} to pull: {span(silence)} so far", by=Turn.MAINTAINER)
    if silence >= _CYCLE:  # not everybody reports that they pulled
        return _action(row, f"mark it merged, or send it again: sent {span(silence)} ago", by="me")
    if waited(row.turn_since, now, windows) < 2 * patience or _open(now, windows):
        until = waited_by(row.turn_since, 2 * patience, windows)
        return _action(row, f"wait for {puller} to pull: {span(silence)} so far", until=until, by=Turn.MAINTAINER)
    return _action(row, f"ask {puller} whether they pulled it: {span(silence)}", by="me")


def _missing(numbers: Sequence[int], expected: int) -> str:
    if len(numbers) == 1:
        return f"resend: patch {numbers[0]}/{expected} never arrived"
    return f"resend: {len(numbers)} of {expected} patches never arrived"


# ---- the author's turn ---------------------------------------------------------------------------------------------


def _owed(row: SeriesRow, now: int, windows: Sequence[Window], *, me: bool) -> tuple[str, str, int | None]:
    """What the author has to do, the mail that asks for it, and when (`NextAction.until`)."""
    turn = row.turn_evidence
    if row.state == State.DEFERRED:
        return _deferred(row, now, windows)
    if row.revisions[-1].likely and turn is not None:
        return f"likely: send v{row.version + 1}", turn.message_id, None
    owed = row.revisions[-1].owed if turn is not None and not turn.by_hand else ()
    asked = sorted(owed or ((turn,) if turn else ()), key=lambda e: (_urgency(e), e.date))
    if not asked:
        what = "the request again" if row.kind == PULL else f"v{row.version + 1}"
        return f"send {what}", row.revisions[-1].message_id, None
    first = asked[0]
    age = now - (first.date or row.turn_since)
    if age >= _DEAD:
        return f"revive or drop: {'your turn' if me else 'silent'} for {span(age)}", first.message_id, None
    others = {e.by_email for e in asked[1:] if e.kind in _REQUESTS} - {first.by_email}
    more = f", and {len(others)} more" if others and first.kind in _REQUESTS else ""
    return _demand(row, first, f"{span(age)} ago", me=me) + more, first.message_id, None


def _urgency(evidence: Evidence) -> int:
    return _BY_URGENCY.index(evidence.kind) if evidence.kind in _BY_URGENCY else len(_BY_URGENCY)


def _demand(row: SeriesRow, reason: Evidence, ago: str, *, me: bool) -> str:
    by = Person(reason.by_name, reason.by_email)
    who, whose = _names(row).name(by), _names(row).possessive(by)
    version = "the request again" if row.kind == PULL else f"v{row.version + 1}"
    if reason.kind == SignalKind.NAK:
        return f"rework or drop: NAKed by {who} {ago}"
    if reason.kind == SignalKind.CHANGES:
        return f"send {version}: {who} asked for changes {ago}"
    if reason.kind == SignalKind.HOLD:
        return f"answer {whose} request from {ago} to hold off"
    if reason.kind == SignalKind.UNAPPLIED:
        return f"rework: {who} dropped it {ago}"
    if reason.kind == SignalKind.FAILURE:
        return f"fix {'the build' if _BUILD.search(reason.text) else 'it'}: {who}, {ago}"
    if reason.kind == SignalKind.WISH:
        return f"send {version}, or answer {whose} suggestion from {ago}"
    if reason.kind in (SignalKind.QUESTION, SignalKind.DOUBT):
        return f"answer {whose} {reason.kind} from {ago}"
    if reason.kind == SignalKind.WILL_REVIEW:
        return f"look into it: {'you promised' if me else 'promised'} {ago}"
    if reason.kind == SignalKind.PROMISE:
        return f"send {version}: {'you promised' if me else 'promised'} {ago}"
    if reason.kind == SignalKind.WITHDRAWN:
        return f"send {version}: {'you withdrew' if me else 'withdrew'} a patch {ago}"
    if reason.kind == ReasonKind.MARKED:
        return f"send {version}: marked {row.state} {ago}"
    return f"answer {whose} comment from {ago}"


def left_patches(row: SeriesRow) -> str:
    """The patches that are left after most were applied, if they wait for who takes them."""
    newest, turn = row.revisions[-1], row.turn_evidence
    if not newest.applied or not newest.applied.patches or turn is None or turn.kind != SignalKind.APPLIED:
        return ""
    numbers = [n for n in range(1, min(newest.expected, 999) + 1) if n not in newest.applied.patches]
    if len(numbers) > _LISTED:
        return f"{len(numbers)} patches"
    return f"patch{'es' * (len(numbers) != 1)} {','.join(map(str, numbers))}"


def _deferred(row: SeriesRow, now: int, windows: Sequence[Window]) -> tuple[str, str, int | None]:
    reasons = [e for e in (row.turn_evidence, row.state_evidence) if e is not None]
    since = reasons[0].date if reasons and reasons[0].date else row.turn_since
    message_id = reasons[0].message_id if reasons else ""
    tree = next((short_name(found[1], "") for e in reasons if (found := _CLOSED_TREE.search(e.text))), "")
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


def _review(row: SeriesRow, me: Involvement, now: int) -> NextAction | None:
    """My next action as a reviewer: none after my tag or reply until that is answered, or if all was applied."""
    if me.satisfied:
        return None
    if me.answer:
        whose = _names(row).possessive(_author(row))
        return _action(row, f"see {whose} answer from {span(now - me.answered)} ago", me.answer, by="me")
    newest = row.revisions[-1]
    if me.replied or not me.is_reviewer or (newest.applied and newest.applied.all_seen):
        return None
    if me.reviewed_before:
        before = me.reviewed_before if me.reviewed_before != f"v{row.version}" else "the one before"
        return _action(row, f"review v{row.version}: you reviewed {before}", newest.message_id, by="me")
    if not newest.awaited:  # an author's answer waits for the reviewer it answers
        return _action(row, f"review: waits for {span(now - row.turn_since)}", newest.message_id, by="me")
    return None


def _for_others(row: SeriesRow, now: int, windows: Sequence[Window], turn: str) -> NextAction:
    """The next action of those whose turn it is, for somebody who only watches."""
    if row.state == State.AWAITING_UPSTREAM:
        return _action(row, "maintainer: send it to the upstream tree", by=Turn.MAINTAINER)
    if turn == Turn.AUTHOR:
        text, message_id, until = _owed(row, now, windows, me=False)
        return _action(row, f"author: {text.replace(': ', ', ', 1)}", message_id, until, by=Turn.AUTHOR)
    since = span(now - row.turn_since)
    if turn == Turn.MAINTAINER and row.rfc:
        return _action(row, f"author: send it without RFC, reviewed {since} ago", by=Turn.AUTHOR)
    who = _names(row).name(_author(row))
    if row.revisions[-1].commits and turn == Turn.MAINTAINER:
        return _action(row, f"waits for {who} to apply it: reviewed {since} ago", by=Turn.MAINTAINER)
    if turn == Turn.MAINTAINER and (promised := _promised(row)):
        return _action(row, f"waits for {promised} to apply it: {since}", by=Turn.MAINTAINER)
    if turn == Turn.MAINTAINER and (left := left_patches(row)):
        others = f"the others were applied {since} ago"
        return _action(row, f"maintainer of {left}: apply or answer, {others}", by=Turn.MAINTAINER)
    if turn == Turn.MAINTAINER:
        return _action(row, f"maintainer: apply or answer, {ready(row.state)} {since} ago", by=Turn.MAINTAINER)
    if reviewer := _awaited(row):
        return _action(
            row, f"{reviewer}: see {_names(row).possessive(_author(row))} answer from {since} ago", by=Turn.REVIEWERS
        )
    if row.revisions[-1].commits and now - row.turn_since >= _PATIENCE:
        return _action(row, f"waits for {who} to apply it: no answer for {since}", by=Turn.REVIEWERS)
    return _action(row, f"reviewers: waits for {since}", by=Turn.REVIEWERS)


# ---- details ---------------------------------------------------------------------------------------------------------


def _action(
    row: SeriesRow, text: str, message_id: str | None = None, until: int | None = None, *, by: str
) -> NextAction:
    if message_id is None:
        message_id = row.turn_evidence.message_id if row.turn_evidence else ""
    return NextAction(text, message_id, by, until)


def _awaited(row: SeriesRow) -> str:
    """The reviewer whom the author answered last, if they have not replied since."""
    awaited = row.revisions[-1].awaited
    return _names(row).name(awaited[-1]) if awaited else ""


def _promised(row: SeriesRow) -> str:
    """Who promised to apply it, if that passed the turn to them."""
    turn = row.turn_evidence
    promised = turn is not None and turn.kind == SignalKind.WILL_APPLY
    return _names(row).name(Person(turn.by_name, turn.by_email)) if turn and promised else ""


def _author(row: SeriesRow) -> Person:
    return Person(row.author_name, row.author_email)


def _names(row: SeriesRow) -> Names:
    """What the people in the newest version are called to me."""
    me = row.involvement.me if row.involvement else frozenset()
    return Names(me, frozenset((*row.revisions[-1].reviewers, row.author_name)))


def _open(now: int, windows: Sequence[Window]) -> Window | None:
    return next((window for window in windows if window.opened <= now < window.end), None)
