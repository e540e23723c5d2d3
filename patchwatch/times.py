"""Times as text, both ways: written in UTC digits or as ages, and read as people type them.

All times are seconds since the epoch.  A day begins at midnight UTC.  Pure: the current time is passed in.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import lru_cache

from patchwatch.counts import plural
from patchwatch.errors import InvalidInputError
from patchwatch.pattern import Pattern

_MINUTE, _HOUR, _DAY, _WEEK, _YEAR = 60, 3600, 86_400, 7 * 86_400, 365 * 86_400
_MONTH = 30.44 * _DAY
_SPAN = Pattern(r"(\d{1,4})\s*([hdwm])(?:ours?|ays?|eeks?|onths?)?")
_SECONDS = {"h": 3600, "d": _DAY, "w": 7 * _DAY, "m": 30 * _DAY}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LATEST = 253_402_300_799  # the end of 9999, the last year of the datetime module

FUTURE_FORMATS = "2026-12-01, 2026-12-01T08:00Z, tomorrow, monday, 12h, 3d, 2w, or 1m (a month)"
"""What `parse_future` accepts, for messages and help."""


@lru_cache(maxsize=10_000)  # JSON has the time of a mail many times, one after the other
def format_time(seconds: int) -> str:
    """Return `2023-08-02T21:40:23Z` (RFC 3339), for programs: JSON, logs, hooks."""
    days, left = divmod(seconds, _DAY)
    return f"{_day(days)}T{left // _HOUR:02}:{left // _MINUTE % 60:02}:{left % 60:02}Z"


@lru_cache(maxsize=10_000)
def _day(days: int) -> str:
    """Return `2023-08-02`: a list prints the times of a few years a hundred thousand times."""
    return datetime.datetime.fromtimestamp(days * _DAY, datetime.UTC).date().isoformat()


def format_day(seconds: int) -> str:
    """Return `2023-08-02`."""
    return _strftime(seconds, "%Y-%m-%d")


def format_minute(seconds: int) -> str:
    """Return `2023-08-02 21:40 UTC`."""
    return _strftime(seconds, "%Y-%m-%d %H:%M UTC")


def format_future(seconds: int) -> str:
    """Return a time such as the end of a snooze: the day alone if it is midnight UTC, else as `format_minute`."""
    return format_minute(seconds) if seconds % _DAY else format_day(seconds)


def format_age(since: int, now: int) -> str:
    """Return how long ago `since` is, in one number: `now`, `5m`, `3h`, `12d`, `8w` or `2y`.

    A time more than a day in the future, as in the Date of real mails, is shown by its year.
    """
    seconds = now - since
    if seconds < -_DAY:
        return _strftime(since, "%Y")
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h"
    if seconds < 3 * _WEEK:
        return f"{seconds // _DAY}d"
    if seconds < _YEAR:
        return f"{seconds // _WEEK}w"
    return f"{seconds // _YEAR}y"


def format_ago(since: int, now: int) -> str:
    """Return `3h ago`, or `just now`."""
    age = format_age(since, now)
    return "just now" if age == "now" else age if age.isdigit() else f"{age} ago"


def format_span(seconds: int) -> str:
    """Return a span in words, rounded down: `5 hours`, `15 days`, `7 months`, `2 years`; at least a minute."""
    for unit, size, least in (("year", 12 * _MONTH, 2), ("month", _MONTH, 2), ("day", _DAY, 1), ("hour", _HOUR, 1)):
        if seconds >= least * size:
            return plural(int(seconds // size), unit)
    return plural(max(seconds // 60, 1), "minute")


def _strftime(seconds: int, template: str) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime(template)


def parse_time(text: str) -> int:
    """Return the time that `2023-09-20T08:00Z` or `2023-09-20` names; UTC unless the text has a zone.

    Raises:
        InvalidInputError: the text is not a time.
    """
    try:
        found = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInputError(f"{text!r} is not a valid time; use 2023-09-20T08:00Z or 2023-09-20.") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=datetime.UTC)
    return int(found.timestamp())


def parse_future(text: str, now: int) -> int:
    """Return the future time that `text` names: a date, `tomorrow`, a weekday (the next one), or a span from `now`.

    Raises:
        InvalidInputError: the text is not a time, or the time has passed.
    """
    words = " ".join(text.lower().split())
    if span := _SPAN.fullmatch(words):
        when = now + int(span[1]) * _SECONDS[span[2]]
    elif words == "tomorrow":
        when = _midnight(now) + _DAY
    elif (days := _days_until(words, now)) is not None:
        when = _midnight(now) + days * _DAY
    else:
        try:
            when = parse_time(text)
        except InvalidInputError:
            raise InvalidInputError(f"{text!r} is not a valid time; use {FUTURE_FORMATS}.") from None
    if not now < when <= _LATEST:
        raise InvalidInputError(f"{text} has passed; use a later time, such as 3d or monday.")
    return when


def _midnight(now: int) -> int:
    return now - now % _DAY


def _days_until(name: str, now: int) -> int | None:
    """Return the days until the next weekday of that name (or its first three letters), 1 to 7; None for other text."""
    for number, weekday in enumerate(_WEEKDAYS):
        if name in (weekday, weekday[:3]):
            today = datetime.datetime.fromtimestamp(now, datetime.UTC).weekday()
            return (number - today - 1) % 7 + 1
    return None


def first_change(state: Callable[[int], object], now: int, end: int) -> int:
    """Return when a state that depends on the time changes first, at the latest `end`; it never changes back."""
    before = state(now)
    if state(end - 1) == before:
        return end
    same, other = now, end - 1
    while other - same > 1:
        middle = (same + other) // 2
        if state(middle) == before:
            same = middle
        else:
            other = middle
    return other
