"""Times as patchwatch writes them in digits: always UTC, always saying so where there is an hour.

How long ago something was, and a day in a sentence, are words: those say it who speak (the screen, the digest).
"""

from __future__ import annotations

import datetime

_DAY = 86_400


def stamp(seconds: int) -> str:
    """`2023-08-02T21:40:23Z`, for programs: JSON, logs, hooks (RFC 3339)."""
    return _written(seconds, "%Y-%m-%dT%H:%M:%SZ")


def day(seconds: int) -> str:
    """`2023-08-02`."""
    return _written(seconds, "%Y-%m-%d")


def minute(seconds: int) -> str:
    """`2023-08-02 21:40 UTC`."""
    return _written(seconds, "%Y-%m-%d %H:%M UTC")


def moment(seconds: int) -> str:
    """A time to come: as `minute` has it, or the day alone where it is its beginning."""
    return minute(seconds) if seconds % _DAY else day(seconds)


def _written(seconds: int, form: str) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime(form)
