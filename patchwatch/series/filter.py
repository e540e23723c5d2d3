"""A few words that limit a list of series, in the manner of mutt and b4: `s:refault f:kairui st:under-review age:>7d`.

Pure.  Every word must hold.  A word that can't be understood is said to be so and limits nothing, so that the rest
works while it is being typed.  The words are documented in docs/limits.md; `KEYS` is where they are defined.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from patchwatch.series.model import SeriesSummary
from patchwatch.series.states import SETTABLE, Turn
from patchwatch.series.views import is_my_turn, is_open

Holds = Callable[[SeriesSummary, int], bool]
"""Whether a word holds of a series, at a time (UTC seconds)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A word that can't be understood, why, and what is possible."""

    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Words that were understood, and those that were not."""

    text: str
    holds: tuple[Holds, ...]
    problems: tuple[Problem, ...]

    def keep(self, lines: Sequence[SeriesSummary], now: int) -> list[SeriesSummary]:
        """The series of which every word holds, in the order in which they came."""
        kept = list(lines)
        for holds in self.holds:
            kept = [line for line in kept if holds(line, now)]
        return kept


class _FilterSyntaxError(Exception):
    """Why a value can't be understood, and what is possible."""


# ---- values --------------------------------------------------------------------------------------------------------

_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}
_COMPARED: dict[str, Callable[[int, int], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
}


def _text(of: Callable[[SeriesSummary], str]) -> Callable[[str], Holds]:
    def understand(value: str) -> Holds:
        wanted = value.lower()
        return lambda line, now: wanted in of(line).lower()

    return understand


def _number(of: Callable[[SeriesSummary], int]) -> Callable[[str], Holds]:
    def understand(value: str) -> Holds:
        found = re.fullmatch(r"(>=|<=|>|<|=|)v?#?(\d{1,9})", value)
        if not found:
            raise _FilterSyntaxError("write a number: 3, >3, >=3, <3 or <=3")
        compare, number = _COMPARED[found[1] or "="], int(found[2])
        return lambda line, now: compare(of(line), number)

    return understand


def _span(since: Callable[[SeriesSummary], int]) -> Callable[[str], Holds]:
    def understand(value: str) -> Holds:
        found = re.fullmatch(r"(>=|<=|>|<|)(\d{1,6})([mhdwy])", value)
        if not found:
            raise _FilterSyntaxError("write a span: >7d, <12h, >3w, >1y")
        compare, seconds = _COMPARED[found[1] or ">="], int(found[2]) * _UNITS[found[3]]
        return lambda line, now: compare(now - since(line), seconds)

    return understand


def _names(known: Sequence[str], of: Callable[[str], Holds]) -> Callable[[str], Holds]:
    """One of a few names, or what they begin with; several with commas between them."""

    def understand(value: str) -> Holds:
        wanted: list[str] = []
        for part in value.lower().split(","):
            begun = [part] if part in known else [name for name in known if part and name.startswith(part)]
            if part and not begun:
                near = difflib.get_close_matches(part, known, n=1)
                also = f"did you mean {near[0]}? " if near else ""
                raise _FilterSyntaxError(f"{also}possible: {', '.join(known)}")
            wanted += begun
        holding = [of(name) for name in wanted]
        return lambda line, now: any(holds(line, now) for holds in holding)

    return understand


def _waits(understand: Callable[[str], Holds]) -> Callable[[str], Holds]:
    """Of what waits for somebody: what is closed waits for nobody, however long."""

    def of_some(value: str) -> Holds:
        holds = understand(value)
        return lambda line, now: line.turn != Turn.NOBODY and holds(line, now)

    return of_some


def _author(line: SeriesSummary) -> str:
    return f"{line.author_name} {line.author_email}"


def _in_state(name: str) -> Holds:
    if name in ("open", "closed"):
        return lambda line, now: is_open(line) == (name == "open")
    return lambda line, now: line.state == name


def _in_turn(name: str) -> Holds:
    if name == "me":
        return lambda line, now: is_my_turn(line)
    return lambda line, now: line.turn == name


_ATTRIBUTES: dict[str, Callable[[SeriesSummary], bool]] = {
    "overdue": lambda line: line.overdue,
    "unread": lambda line: line.unread > 0,
    "rfc": lambda line: line.rfc,
    "incomplete": lambda line: line.incomplete,
    "reviewed": lambda line: 0 < line.patches <= line.reviewed,
    "mine": lambda line: line.mine,
    "for-me": lambda line: line.for_me,
    "watched": lambda line: line.watched,
    "followed": lambda line: line.followed,
    "muted": lambda line: line.muted,
    "snoozed": lambda line: line.snoozed_until is not None,
    "stale": lambda line: line.stale_since is not None,
    "open": is_open,
    "closed": lambda line: not is_open(line),
}


def _attribute(name: str) -> Holds:
    has = _ATTRIBUTES[name]
    return lambda line, now: has(line)


@dataclass(frozen=True, slots=True)
class FilterKey:
    """What may stand before a colon: what it looks at, and how its value is understood."""

    about: str
    understand: Callable[[str], Holds]


KEYS: Mapping[str, FilterKey] = {
    "s": FilterKey("in the title", _text(lambda line: line.title)),
    "f": FilterKey("in the author's name or address", _text(_author)),
    "l": FilterKey("in the name of a list", _text(lambda line: " ".join(line.inboxes))),
    "m": FilterKey("in the message-id of a posting", _text(lambda line: line.roots)),
    "st": FilterKey("the state", _names((*SETTABLE, "open", "closed"), _in_state)),
    "t": FilterKey("whose turn it is", _names((*Turn, "me"), _in_turn)),
    "is": FilterKey("what holds of it", _names(tuple(_ATTRIBUTES), _attribute)),
    "age": FilterKey("since its last mail", _span(lambda line: line.last_activity)),
    "wait": FilterKey("since the turn was passed", _waits(_span(lambda line: line.turn_since))),
    "v": FilterKey("the version", _number(lambda line: line.version)),
    "p": FilterKey("how many patches", _number(lambda line: line.expected)),
    "n": FilterKey("the number that `list` prints", _number(lambda line: line.id)),
}

# ---- words ---------------------------------------------------------------------------------------------------------

_LINK = re.compile(r"https?://\S+")


def parse(text: str) -> Filter:
    """The limit that `text` says."""
    holds: list[Holds] = []
    problems: list[Problem] = []
    for word in _words(text):
        try:
            found = _understood(word)
        except _FilterSyntaxError as reason:
            problems.append(Problem(word, str(reason)))
        else:
            if found is not None:
                holds.append(found)
    return Filter(text.strip(), tuple(holds), tuple(problems))


def _words(text: str) -> list[str]:
    """Cut at spaces that are not between quotes; a quote that is still open ends with the text."""
    return re.findall(r'(?:"[^"]*(?:"|$)|[^\s"])+', text)


def _understood(word: str) -> Holds | None:
    """What a word asks; None while it asks nothing yet (`s:`, `-`, `age:>`)."""
    bare = word[1:] if word[0] in "-!" else word
    negated = bare is not word
    if _LINK.match(bare):
        part = next((part for part in bare.split("/") if "@" in part), bare)
        holds: Holds | None = _free(part)
    else:
        name, colon, value = bare.partition(":")
        value = value.replace('"', "")
        if colon and re.fullmatch("[A-Za-z]+", name) and (name.lower() in KEYS or value):
            if name.lower() not in KEYS:
                near = difflib.get_close_matches(name.lower(), KEYS, n=1)
                also = f"did you mean {near[0]}:? " if near else ""
                raise _FilterSyntaxError(f"{also}possible: {', '.join(KEYS)}; in quotes it is looked for as it is")
            holds = KEYS[name.lower()].understand(value) if value.strip("<>=") else None
        else:
            holds = _free(bare.replace('"', ""))
    if holds is None or not negated:
        return holds
    asked = holds
    return lambda line, now: not asked(line, now)


def _free(word: str) -> Holds | None:
    wanted = word.strip("<>").lower()
    return (lambda line, now: wanted in line.words) if wanted else None
