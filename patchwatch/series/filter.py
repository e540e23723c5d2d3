"""The search language for lists of series, similar to mutt's and b4's: `s:refault f:kairui st:under-review age:>7d`.

Pure.  Every term must match.  An invalid term is reported and otherwise ignored, so that the rest works while it is
being typed.  `KEYS` defines the terms; docs/limits.md documents them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from patchwatch.pattern import Pattern
from patchwatch.series.model import SeriesSummary
from patchwatch.series.states import SETTABLE, Turn
from patchwatch.series.views import is_my_turn, is_open

Predicate = Callable[[SeriesSummary, int], bool]
"""True if a series matches, at a time (UTC seconds)."""


class Problem(Struct, frozen=True):
    """An invalid term."""

    word: str
    text: str  # what is wrong, and what is possible


class Filter(Struct, frozen=True):
    """A parsed filter: the predicates of its valid terms, and the problems of the others."""

    text: str
    predicates: tuple[Predicate, ...]
    problems: tuple[Problem, ...]

    def keep(self, lines: Sequence[SeriesSummary], now: int) -> list[SeriesSummary]:
        """The series that match, in the same order."""
        matching = list(lines)
        for matches in self.predicates:
            matching = [line for line in matching if matches(line, now)]
        return matching


class _FilterSyntaxError(Exception):
    """A value is invalid; the message is what is possible."""


# ---- values --------------------------------------------------------------------------------------------------------

_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}
_COMPARED: dict[str, Callable[[int, int], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
}


def _text(of: Callable[[SeriesSummary], str]) -> Callable[[str], Predicate]:
    def parse_value(value: str) -> Predicate:
        wanted = value.lower()
        return lambda line, now: wanted in of(line).lower()

    return parse_value


def _beginning(of: Callable[[SeriesSummary], Sequence[str]]) -> Callable[[str], Predicate]:
    def parse_value(value: str) -> Predicate:
        wanted = value.lower()
        return lambda line, now: any(name.startswith(wanted) for name in of(line))

    return parse_value


def _number(of: Callable[[SeriesSummary], int]) -> Callable[[str], Predicate]:
    def parse_value(value: str) -> Predicate:
        found = re.fullmatch(r"(>=|<=|>|<|=|)v?#?(\d{1,9})", value)
        if not found:
            raise _FilterSyntaxError("write a number: 3, >3, >=3, <3 or <=3")
        compare, number = _COMPARED[found[1] or "="], int(found[2])
        return lambda line, now: compare(of(line), number)

    return parse_value


def _span(since: Callable[[SeriesSummary], int]) -> Callable[[str], Predicate]:
    def parse_value(value: str) -> Predicate:
        found = re.fullmatch(r"(>=|<=|>|<|)(\d{1,6})([mhdwy])", value)
        if not found:
            raise _FilterSyntaxError("write a span: >7d, <12h, >3w, >1y")
        compare, seconds = _COMPARED[found[1] or ">="], int(found[2]) * _UNITS[found[3]]
        return lambda line, now: compare(now - since(line), seconds)

    return parse_value


def _names(known: Sequence[str], of: Callable[[str], Predicate]) -> Callable[[str], Predicate]:
    """Parse names separated by commas; the beginning of a name is enough."""

    def parse_value(value: str) -> Predicate:
        wanted: list[str] = []
        for part in value.lower().split(","):
            begun = [part] if part in known else [name for name in known if part and name.startswith(part)]
            if part and not begun:
                also = _nearest(part, known, sign="")
                raise _FilterSyntaxError(f"{also}possible: {', '.join(known)}")
            wanted += begun
        predicates = [of(name) for name in wanted]
        return lambda line, now: any(matches(line, now) for matches in predicates)

    return parse_value


def _waits(parser: Callable[[str], Predicate]) -> Callable[[str], Predicate]:
    """Match only series that wait for somebody."""

    def parse_value(value: str) -> Predicate:
        matches = parser(value)
        return lambda line, now: line.turn != Turn.NOBODY and matches(line, now)

    return parse_value


def _author(line: SeriesSummary) -> str:
    return f"{line.author_name} {line.author_email}"


def _in_state(name: str) -> Predicate:
    if name in ("open", "closed"):
        return lambda line, now: is_open(line) == (name == "open")
    return lambda line, now: line.state == name


def _in_turn(name: str) -> Predicate:
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
    "pinned": lambda line: line.pinned,
    "not-mine": lambda line: line.is_left,
    "lapsed": lambda line: line.has_lapsed,
    "snoozed": lambda line: line.snoozed_until is not None,
    "stale": lambda line: line.stale_since is not None,
    "open": is_open,
    "closed": lambda line: not is_open(line),
}


def _attribute(name: str) -> Predicate:
    has = _ATTRIBUTES[name]
    return lambda line, now: has(line)


class FilterKey(Struct, frozen=True):
    """A key of the search language: its help text, and the parser of its values."""

    about: str
    parse_value: Callable[[str], Predicate]


KEYS: Mapping[str, FilterKey] = {
    "s": FilterKey("in the title", _text(lambda line: line.title)),
    "f": FilterKey("in the author's name or address", _text(_author)),
    "l": FilterKey("in the name of a list", _text(lambda line: " ".join(line.inboxes))),
    "m": FilterKey("in the message-id of a posting", _text(lambda line: line.roots)),
    "label": FilterKey("the beginning of a label of yours", _beginning(lambda line: line.labels)),
    "st": FilterKey("the state", _names((*SETTABLE, "open", "closed"), _in_state)),
    "t": FilterKey("whose turn it is", _names((*Turn, "me"), _in_turn)),
    "is": FilterKey("an attribute", _names(tuple(_ATTRIBUTES), _attribute)),
    "age": FilterKey("time since its last mail", _span(lambda line: line.last_activity)),
    "wait": FilterKey("time since the turn changed", _waits(_span(lambda line: line.turn_since))),
    "v": FilterKey("the version", _number(lambda line: line.version)),
    "p": FilterKey("the number of patches", _number(lambda line: line.expected)),
    "n": FilterKey("the number that `list` prints", _number(lambda line: line.id)),
}

_OTHER_NAMES = {
    "title": "s",
    "subject": "s",
    "author": "f",
    "from": "f",
    "list": "l",
    "inbox": "l",
    "state": "st",
    "status": "st",
    "turn": "t",
    "version": "v",
    "patches": "p",
}
"""What people write for a key."""

# ---- terms ---------------------------------------------------------------------------------------------------------

_LINK = Pattern(r"https?://\S+")


def parse(text: str) -> Filter:
    """Parse a filter."""
    predicates: list[Predicate] = []
    problems: list[Problem] = []
    for word in _words(text):
        try:
            predicate = _parse_term(word)
        except _FilterSyntaxError as reason:
            problems.append(Problem(word, str(reason)))
        else:
            if predicate is not None:
                predicates.append(predicate)
    return Filter(text.strip(), tuple(predicates), tuple(problems))


def _words(text: str) -> list[str]:
    """Split at spaces outside quotes; an open quote ends with the text."""
    return re.findall(r'(?:"[^"]*(?:"|$)|[^\s"])+', text)


def _parse_term(word: str) -> Predicate | None:
    """The predicate of a term; None while it is incomplete (`s:`, `-`, `age:>`)."""
    bare = word[1:] if word[0] in "-!" else word
    negated = bare is not word
    if _LINK.match(bare):
        part = next((part for part in bare.split("/") if "@" in part), bare)
        predicate: Predicate | None = _free(part)
    else:
        name, colon, value = bare.partition(":")
        value = value.replace('"', "")
        if colon and re.fullmatch("[A-Za-z]+", name) and (name.lower() in KEYS or value):
            predicate = _parse_value(name.lower(), value) if name.lower() in KEYS else _unknown(name.lower(), value)
        else:
            predicate = _free(bare.replace('"', ""))
    if predicate is None or not negated:
        return predicate
    matches = predicate
    return lambda line, now: not matches(line, now)


def _parse_value(name: str, value: str) -> Predicate | None:
    """The predicate of a known key with a value; None without one."""
    if not value.strip("<>="):
        return None
    try:
        return KEYS[name].parse_value(value)
    except _FilterSyntaxError as reason:
        if name != "t":
            raise
        # People take it for the title.
        title = f"t: is {KEYS[name].about}, not the title; to search titles, write s:{_quoted(value)}"
        raise _FilterSyntaxError(f"{title}; {reason}") from None


def _unknown(name: str, value: str) -> Predicate:
    if key := _OTHER_NAMES.get(name):
        raise _FilterSyntaxError(f"write {key}:{_quoted(value)} ({KEYS[key].about})")
    also = _nearest(name, KEYS, sign=":")
    raise _FilterSyntaxError(f"{also}possible: {', '.join(KEYS)}; quote it to search for it literally")


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _nearest(name: str, known: Iterable[str], *, sign: str) -> str:
    """The question whether a known name was meant, if one is similar."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}{sign}? " if near else ""


def _free(word: str) -> Predicate | None:
    wanted = word.strip("<>").lower()
    return (lambda line, now: wanted in line.search_text) if wanted else None
