"""Times as people write them: a moment, a day, a span from now.

A day is one of UTC and begins at its midnight, as everywhere in patchwatch.  Pure: `now` is passed in.
"""

from __future__ import annotations

import datetime
import re

from patchwatch.errors import InvalidInputError

_DAY = 86_400
_SPAN = re.compile(r"(\d{1,4})\s*([hdwm])(?:ours?|ays?|eeks?|onths?)?")
_SECONDS = {"h": 3600, "d": _DAY, "w": 7 * _DAY, "m": 30 * _DAY}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LATEST = 253_402_300_799  # the end of 9999, where the datetime module ends too

SPELLINGS = "2026-12-01, 2026-12-01T08:00Z, tomorrow, monday, 12h, 3d, 2w or 1m"
"""How a time to come can be written, for messages and help."""


def moment(text: str) -> int:
    """`2023-09-20T08:00Z`, `2023-09-20`: UTC unless it says otherwise; in seconds.

    Raises:
        InvalidInputError: it is no time.
    """
    try:
        found = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInputError(f"{text!r} is no time: write it as 2023-09-20T08:00Z or 2023-09-20.") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=datetime.UTC)
    return int(found.timestamp())


def until(text: str, now: int) -> int:
    """The time to come that `text` names, in UTC seconds: a date, `tomorrow`, a weekday (the next one), or a span.

    Raises:
        InvalidInputError: it names none, or one that has passed.
    """
    said = " ".join(text.lower().split())
    if span := _SPAN.fullmatch(said):
        when = now + int(span[1]) * _SECONDS[span[2]]
    elif said == "tomorrow":
        when = _midnight(now) + _DAY
    elif (ahead := _days_until(said, now)) is not None:
        when = _midnight(now) + ahead * _DAY
    else:
        try:
            when = moment(text)
        except InvalidInputError:
            raise InvalidInputError(f"{text!r} is no time to come: write it as {SPELLINGS}.") from None
    if not now < when <= _LATEST:
        raise InvalidInputError(f"{text} has passed: name a later time, such as 3d or monday.")
    return when


def _midnight(now: int) -> int:
    return now - now % _DAY


def _days_until(name: str, now: int) -> int | None:
    """Days to the next such weekday, 1 to 7; None where `name` is no weekday, in full or by its first three letters."""
    for number, weekday in enumerate(_WEEKDAYS):
        if name in (weekday, weekday[:3]):
            today = datetime.datetime.fromtimestamp(now, datetime.UTC).weekday()
            return (number - today - 1) % 7 + 1
    return None
