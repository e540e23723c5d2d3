"""What needs a person: each series is in one section of their queue, with what to do, why, and when it is due.

Pure: the current time is passed in.  `place` decides, `in_order` sorts, for the command line, the TUI and the digest
alike.  The next action (patchwatch.series.state.next_action), the people a series waits for
(patchwatch.series.points) and what came since the person looked (News) are found before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from patchwatch.counts import plural
from patchwatch.series import verbs
from patchwatch.series.model import NextAction, SeriesRow
from patchwatch.series.state.merge_window import Window, reopened, waited_by
from patchwatch.series.states import CLOSED, State, Turn
from patchwatch.times import format_age
from patchwatch.times import format_span as span

_DAY = 86_400
_CYCLE = 70 * _DAY  # of releases: what was not applied in one goes in elsewhere, or never
# Days of silence after which a person no longer does it, by what it is.  In the week that follows, they write 1 in 100
# of the reviews that are three weeks old (linux-iio), reply to 12 of 925 answers of authors that are a week old (four
# lists), and post none of the new versions that are eight weeks old.
_LAPSES, _LAPSES_OF = 56, {"answer": 21, "check": 10, "pull": 21, "review": 21, "test": 21}
# How long something is overdue before it is no longer what to begin with.  On linux-iio and linux-gpio, 2 in 3 of the
# series to apply are dealt with in the first week, half of the others in the second, a quarter in the third, and of
# those that are older 2 in 54 in a week.
_LATE = 14 * _DAY
_UNSURE_LAPSES = 21
_BY_NAME = ("answer ", "pull")  # what somebody asks of me in my own series, or with a request to pull
_NOT_TO_APPLY = (State.AWAITING_UPSTREAM, State.CHANGES_REQUESTED)
_NEVER = 1 << 62
LATELY = 30 * _DAY
"""Seconds after which a closed series is in no section."""
WAITS_FOR: Mapping[str, str] = {
    Turn.AUTHOR: "its author",
    Turn.MAINTAINER: "a maintainer",
    "upstream": "another tree",
    "merge window": "the merge window",
}
"""Who or what a series waits for, in a sentence, by its verb in Waiting; other verbs are these words already."""


class Section(StrEnum):
    """A section of the queue; a series is in the first that fits."""

    NOW = "now"
    REVIEW = "review"
    NEW = "new"
    WAITING = "waiting"
    DORMANT = "dormant"
    CLOSED = "closed"

    @property
    def heading(self) -> str:
        """`Now`."""
        return self.value.capitalize()


ASKS = frozenset({Section.NOW, Section.REVIEW})
"""Sections of what a person has to do, in which a series can be overdue."""


class Rules(Struct, frozen=True):
    """What a person calls too long, and the merge windows, which do not count."""

    overdue_days: int = 7
    ping_days: int = 7
    dormant_days: int = 120
    windows: tuple[Window, ...] = ()


class News(NamedTuple):
    """What others sent since the person last looked at a series, without what is silent."""

    at: int  # of the last of it
    version: str = ""  # v3, if that was posted
    replies: int = 0
    tags: tuple[str, ...] = ()  # names, from mails that give nothing but tags
    failures: int = 0  # that robots reported
    closed: bool = False  # it was applied, rejected, …


class Case(NamedTuple):
    """What the place of a series depends on."""

    state: str
    turn: str
    turn_since: int
    last_activity: int
    version: str = "v1"
    rfc: bool = False
    mine: bool = False  # I posted it
    author: bool = False  # I posted its newest version
    replied: bool = False  # I replied to a version of it
    known: bool = True  # I watch or follow it, it is mine, or was sent to me, or I replied to it
    muted: bool = False
    pinned: bool = False
    not_mine: int = 0  # when I said that it is not mine to do, having written nothing in it since; 0: I did not
    snoozed_until: int | None = None  # None: not snoozed; 0: until somebody replies
    woken: int = 0  # when a snooze of it ended
    blocked: str = ""  # `blocked by #12`
    backport: bool = False  # to a stable tree: sent to everybody, patch by patch
    action: NextAction | None = None
    pulls: bool = False  # it asks me to pull
    applies: bool = False  # I apply patches of its list, and it was sent to me; or I said that I will apply it
    asked: int = 0  # when somebody asked me for `action`, although the patch is not mine; 0: nobody did
    asker: str = ""  # who
    answerer: str = ""  # who answered points of mine that are not settled
    answered: int = 0  # when
    answers: int = 0  # how many points
    likely: bool = False  # whose turn it is is not certain
    news: News | None = None
    rarely: str = ""  # `you replied to 3 of 20 series of pci`: why it is not sure that I am to review it
    left: str = ""  # `patch 9`: what waits for a maintainer, since the others were applied


class Place(NamedTuple):
    """Where a series stands in the queue."""

    section: Section
    verb: str  # what to do, what happened, or whom it waits for: `apply v3`
    reason: str  # a sentence without its full stop
    since: int  # since when it waits, or when it happened
    due: int | None = None  # the day to act, or to ping; None: none
    overdue: bool = False
    sure: bool = True
    late: bool = False  # overdue for so long that it is not what to begin with
    mine: bool = False  # in Waiting: it stands in a row of its own
    pinned: bool = False  # it stands first in its section
    named: bool = False  # a person asked me, and waits for the answer
    not_mine: bool = False  # I said that it is not mine to do, and that still holds
    moved: int = 0  # when somebody wrote last, if it is asked of me: perhaps a ping

    def when(self, now: int) -> str:
        """`9d!`: its age, and whether it is overdue; of what waits for others the day to ping."""
        if self.section is Section.WAITING:
            return verbs.short_day(self.due) if self.due else ""
        return f"{format_age(self.since, now)}{'!' if self.overdue else ''}"


def place(case: Case, now: int, rules: Rules) -> Place | None:
    """The place of a series at `now` (UTC seconds); None: it is in no section."""
    found = _place(case, now, rules) if case.known else None
    if found and (case.pinned or case.not_mine):
        left = case.not_mine > 0 and found.section not in ASKS
        return found._replace(pinned=case.pinned, not_mine=left)
    return found


def _place(case: Case, now: int, rules: Rules) -> Place | None:
    if case.state in CLOSED:
        return _closed(case, now)
    silent = now - _active(case, now) >= rules.dormant_days * _DAY
    if silent and case.snoozed_until is None and not case.pinned:
        return _dormant(case, now)
    if case.muted or case.snoozed_until is not None:
        return _set_aside(case)
    asked = _now(case, now, rules) or _review(case, now, rules)
    if asked is not None and _is_others(case, asked):
        return _new(case, now) or _disowned(case, now)
    if asked is not None and _lapsed(case, asked, now, rules):
        return _new(case, now) or _left(case, asked, now)
    return asked or _new(case, now) or _waiting(case, now)


def in_order(places: Mapping[int, Place]) -> dict[Section, list[int]]:
    """The numbers of the series of each section, in order."""
    found: dict[Section, list[int]] = {section: [] for section in Section}
    for number in sorted(places, key=lambda number: rank(number, places[number])):
        found[places[number].section].append(number)
    return found


def first(sections: Mapping[Section, Sequence[int]], places: Mapping[int, Place]) -> int | None:
    """The one series to begin with: of Now, or else of Review; an unsure one only if there is no other."""
    asked = [number for section in (Section.NOW, Section.REVIEW) for number in sections[section]]
    return min(asked, key=lambda number: not places[number].sure, default=None)


def rank(number: int, place: Place) -> tuple[bool, bool, int, bool, int, int, int]:
    """Pinned first; then overdue, that in which somebody wrote last leading; then what somebody asked me by name; then
    by the day it is due; then what is overdue for more than two weeks; what is not sure last.
    """
    later = not place.pinned
    if place.section in ASKS and place.overdue:
        return (later, not place.sure, 2 if place.late else 0, False, -place.moved, -place.since, number)
    if place.section in ASKS:
        return (later, not place.sure, 1, not place.named, place.since, 0, number)
    if place.section is Section.WAITING:
        return (later, not place.sure, not place.mine, False, place.due or _NEVER, place.since, number)
    return (later, False, place.section is Section.NEW and not place.mine, False, -place.since, 0, number)


def is_to_apply(row: Case | SeriesRow, now: int) -> bool:
    """True if it waits for a maintainer, not yet for too long."""
    reviewed = row.turn == Turn.MAINTAINER and row.state not in _NOT_TO_APPLY
    return reviewed and not row.rfc and now - row.turn_since < _CYCLE


# ---- sections ------------------------------------------------------------------------------------------------------


def _active(case: Case, now: int) -> int:
    """The last sign of life; a date that is still to come is none."""
    at = max(case.last_activity if case.last_activity <= now + _DAY else 0, case.woken)
    return at or (case.turn_since if case.turn_since <= now + _DAY else 0)


def _closed(case: Case, now: int) -> Place | None:
    """The place of a closed series: in New if it was closed, or answered afterwards, since I looked."""
    news, outcome = case.news, _outcome(case)
    closing = f"{outcome} {_ago(case.turn_since, now)}"
    if news is not None and (case.mine or case.replied) and not case.muted and now - news.at < LATELY:
        came = plural(news.replies, "reply", "replies") if news.replies else "fails" if news.failures else ""
        coming = f"{came}, {_ago(news.at, now)}"
        if news.closed:
            return Place(Section.NEW, outcome, f"{closing}; {coming}" if came else closing, news.at, mine=True)
        if came:
            return Place(Section.NEW, came, f"{coming}; {closing}", news.at, mine=True)
    if now - case.turn_since >= LATELY:
        return None
    return Place(Section.CLOSED, outcome, closing, case.turn_since)


def _outcome(case: Case) -> str:
    return "applied" if case.state == State.ACCEPTED else case.state.replace("-", " ")


def _dormant(case: Case, now: int) -> Place:
    silent = now - _active(case, now)
    verb = verbs.ready(case.state) if case.turn == Turn.MAINTAINER else _awaited(case)  # the maintainer may be me
    return Place(Section.DORMANT, verb, f"open, silent for {span(silent)}", _active(case, now))


def _set_aside(case: Case) -> Place:
    if case.snoozed_until is None:
        return Place(Section.WAITING, "muted", "you muted it", case.turn_since)
    if not case.snoozed_until:
        return Place(Section.WAITING, "snoozed", "you snoozed it until somebody replies", case.turn_since)
    reason = f"you snoozed it until {verbs.long_day(case.snoozed_until)}"
    return Place(Section.WAITING, "snoozed", reason, case.turn_since, case.snoozed_until)


def _is_others(case: Case, asked: Place) -> bool:
    """True if I said that it is not mine: no longer that of a role; what somebody asks me later is mine again."""
    to_me = case.author or case.pulls or asked.named or case.answers
    return bool(case.not_mine) and (max(asked.since, case.asked) <= case.not_mine or not to_me)


def _disowned(case: Case, now: int) -> Place:
    """The place of what I said is not mine to do: with those that wait."""
    found = _waiting(case._replace(applies=False), now)
    verb = "you" if case.author else found.verb
    return found._replace(verb=verb, reason=f"not yours, as you said; {found.reason}")


def _lapsed(case: Case, asked: Place, now: int, rules: Rules) -> bool:
    """True if it has been asked for so long, with nobody writing since, that it is not for today."""
    days = _LAPSES_OF.get(asked.verb.partition(" ")[0], _LAPSES)
    since = max(asked.since, _active(case, now))
    patience = (days if asked.sure else _UNSURE_LAPSES) * _DAY
    return not case.pinned and waited_by(since, patience, rules.windows) <= now


def _left(case: Case, asked: Place, now: int) -> Place:
    """The place of what lapsed: with those that wait, until somebody writes."""
    asked_for = asked.reason.partition("; ")[0]
    reason = f"{asked_for}; not in {asked.section.heading}, because nobody wrote for {span(now - _active(case, now))}"
    return Place(Section.WAITING, "you", reason, asked.since, mine=case.author)


def _now(case: Case, now: int, rules: Rules) -> Place | None:
    """What is asked of me by name or role."""
    action = case.action
    mine = action is not None and action.by == "me" and action.until is None
    if action is not None and mine and (case.author or case.pulls):
        verb = verbs.verb_of(action.text, case.version)
        place = _asked(Section.NOW, verb, action.text, _since(case, verb, now, rules), case, now, rules)
        return place._replace(named=verb.startswith(_BY_NAME))
    elsewhere = case.blocked or case.backport or case.author
    if case.applies and is_to_apply(case, now) and not elsewhere:
        why = f"; {case.asker} asked you {_ago(case.asked, now)}" if case.asked else ""
        reason = verbs.to_apply_since(case.state, case.left, _ago(case.turn_since, now)) + why
        place = _asked(Section.NOW, f"apply {case.version}", reason, case.turn_since, case, now, rules, sure=bool(why))
        return place._replace(named=bool(why))
    if action is not None and mine and case.asked:
        verb = verbs.verb_of(action.text, case.version)
        return _asked(Section.NOW, verb, action.text, case.asked, case, now, rules, sure=True)._replace(named=True)
    return None


def _review(case: Case, now: int, rules: Rules) -> Place | None:
    """What waits for my review: of a posting, or of the author's answers to my points."""
    if case.author:
        return None
    action = case.action
    if case.answers:
        points = "a point" if case.answers == 1 else f"{case.answers} points"
        reason = f"{case.answerer} answered {points} of yours {_ago(case.answered, now)}"
        verb = "check answers" if case.answers > 1 else "check answer"
        return _asked(Section.REVIEW, verb, reason, case.answered, case, now, rules, sure=True)
    if action is not None and action.by == "me" and action.until is None:
        verb, since = verbs.verb_of(action.text, case.version), case.answered or case.turn_since
        plain = action.text.startswith("review: waits")
        reason = f"{verb}: sent to you {_ago(since, now)}" if plain else action.text
        place = _asked(Section.REVIEW, verb, reason, since, case, now, rules)
        return place._replace(reason=f"{place.reason}; {case.rarely}") if case.rarely else place
    return None


def _asked(
    section: Section, verb: str, reason: str, since: int, case: Case, now: int, rules: Rules, *, sure: bool = False
) -> Place:
    due = waited_by(since, rules.overdue_days * _DAY, rules.windows)
    certain = sure or not case.likely
    overdue = certain and due <= now
    if overdue and now - due >= _DAY:
        over = span(now - due)
        # After months, both times are the same in words.
        reason += "; overdue" if over in reason else f"; {over} over your {_week(rules.overdue_days)}"
    reason = reason if certain else verbs.likely(reason)
    moved = max(since, _active(case, now))
    late = overdue and waited_by(moved, rules.overdue_days * _DAY + _LATE, rules.windows) <= now
    verb = verb if certain else f"{verb}?"
    return Place(section, verb, reason, since, due, overdue, certain, late, mine=True, moved=moved)


def _week(days: int) -> str:
    return "week" if days == 7 else plural(days, "day")


def _since(case: Case, verb: str, now: int, rules: Rules) -> int:
    """Since when I have to act on what I posted: since others have to for so long that a ping is due.

    What I apply myself waits for nobody else.
    """
    if case.state == State.DEFERRED:
        again = reopened(case.turn_since, rules.windows)
        return again if again is not None and again <= now else case.turn_since
    if case.turn not in (Turn.REVIEWERS, Turn.MAINTAINER) or case.pulls or verb.startswith("apply "):
        return case.turn_since
    patience = rules.ping_days * _DAY * (2 if case.turn == Turn.MAINTAINER else 1)
    ping = waited_by(case.turn_since, patience, rules.windows)
    return ping if ping <= now else case.turn_since


def _new(case: Case, now: int) -> Place | None:
    """What came since I looked; tags alone are news of my own series only, robots of those of others."""
    news = case.news
    concerned = case.mine or case.replied
    if news is None or (case.backport and not concerned):
        return None
    if news.version:
        verb = f"{news.version} posted"
        words = [verb, *([plural(news.replies, "reply", "replies")] if news.replies else [])]
    elif news.replies:
        words = [verb := plural(news.replies, "reply", "replies")]
    elif news.failures and not case.mine:
        words = [verb := "fails"]
    elif news.tags and case.mine:
        words = [verb := ", ".join(news.tags)]
    else:
        return None
    return Place(Section.NEW, verb, f"{' and '.join(words)}, {_ago(news.at, now)}", news.at, mine=concerned)


def _waiting(case: Case, now: int) -> Place:
    waits = f"waiting for {_whom(case)} for {span(max(now - case.turn_since, 0))}"
    if not case.author:
        return Place(Section.WAITING, _awaited(case), waits, case.turn_since)
    action = case.action
    if action is None:
        return Place(Section.WAITING, _awaited(case), waits, case.turn_since, mine=True)
    ping = f"; ping on {verbs.long_day(action.until)}" if action.until and action.by != "me" else ""
    verb = verbs.whom_of(action.text) or _awaited(case)
    reason = f"{action.text or waits}{ping}"
    return Place(Section.WAITING, verb, reason, case.turn_since, action.until or None, mine=True)


def _awaited(case: Case) -> str:
    if case.blocked or case.state == State.AWAITING_UPSTREAM:
        return case.blocked or "upstream"
    if case.applies and case.turn == Turn.MAINTAINER and not case.backport:  # that is me
        return Turn.AUTHOR if case.rfc or case.state == State.CHANGES_REQUESTED else "you"
    return case.turn


def _whom(case: Case) -> str:
    awaited = _awaited(case)
    return case.blocked.removeprefix("blocked by ") or WAITS_FOR.get(awaited, awaited)


def _ago(at: int, now: int) -> str:
    return f"{span(max(now - at, 0))} ago"
