"""When a digest is due: at a local hour, on its days, once a day.

Pure; times are UTC seconds, days are those of the recipient's zone.  A day that was slept over is told late, and of
several only the newest: that digest covers the others too.  An hour that a change to summer time leaves out comes as
much later as the clocks went forward; of one that comes twice it is the first.
"""

from __future__ import annotations

import datetime
import zoneinfo
from dataclasses import dataclass

from patchwatch.config import Recipient

_DAY = datetime.timedelta(days=1)
_WEEK = 7
_MONDAY = 0
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """The hour and the days of a digest."""

    at: datetime.time
    days: str = "daily"  # patchwatch.config.DIGEST_DAYS
    zone: datetime.tzinfo | None = None  # None: the system's

    def today(self, now: int) -> datetime.date:
        """The local day."""
        return datetime.datetime.fromtimestamp(now, self.zone).date()

    def moment(self, day: datetime.date) -> int:
        """When the digest of a day is due."""
        return int(datetime.datetime.combine(day, self.at, self.zone).timestamp())

    def has(self, day: datetime.date) -> bool:
        """Whether there is a digest on this day."""
        weekday = day.weekday()
        return self.days == "daily" or weekday == _MONDAY or (self.days == "weekdays" and weekday < _SATURDAY)

    def due(self, told: datetime.date | None, now: int) -> datetime.date | None:
        """The day whose digest is due; `told` is the last that was dealt with, None before the first.

        Somebody new gets today's, if its hour has passed, and none of days before.
        """
        today = self.today(now)
        for n in range(_WEEK + 1):
            day = today - n * _DAY
            if self.has(day) and self.moment(day) <= now:
                return day if (day > told if told else day == today) else None
        return None

    def next_at(self, told: datetime.date | None, now: int) -> int:
        """When the next digest is due; a time that has passed where one is due already."""
        if due := self.due(told, now):
            return self.moment(due)
        first = max(self.today(now), told + _DAY) if told else self.today(now)
        coming = (first + n * _DAY for n in range(_WEEK + 1))
        return next(moment for day in coming if self.has(day) and (moment := self.moment(day)) > now)


def schedule_of(recipient: Recipient) -> Schedule:
    """The schedule that the config gives a recipient."""
    zone = zoneinfo.ZoneInfo(recipient.zone) if recipient.zone else None
    return Schedule(datetime.time.fromisoformat(recipient.at), recipient.days, zone)
