"""When a digest is due: at a local time, on certain days, once a day.

Pure; times are UTC seconds, days are in the recipient's time zone.  If the machine was asleep at that time, the digest
is sent late; of several missed days only the newest, since it covers the others.  A time that the change to summer time
skips comes later by as much as the clocks went forward; of a time that occurs twice, it is the first.
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
    """The time and days of a digest."""

    at: datetime.time
    days: str = "daily"  # patchwatch.config.DIGEST_DAYS
    zone: datetime.tzinfo | None = None  # None: the system's

    def today(self, now: int) -> datetime.date:
        """The local date."""
        return datetime.datetime.fromtimestamp(now, self.zone).date()

    def moment(self, day: datetime.date) -> int:
        """When the digest of a day is due."""
        return int(datetime.datetime.combine(day, self.at, self.zone).timestamp())

    def includes(self, day: datetime.date) -> bool:
        """True if there is a digest on this day."""
        weekday = day.weekday()
        return self.days == "daily" or weekday == _MONDAY or (self.days == "weekdays" and weekday < _SATURDAY)

    def due(self, last: datetime.date | None, now: int) -> datetime.date | None:
        """The day whose digest is due; `last` is the day of the previous one.

        Without a previous one, only today's can be due.
        """
        today = self.today(now)
        for n in range(_WEEK + 1):
            day = today - n * _DAY
            if self.includes(day) and self.moment(day) <= now:
                return day if (day > last if last else day == today) else None
        return None

    def next_at(self, last: datetime.date | None, now: int) -> int:
        """When the next digest is due; in the past if one is due already."""
        if due := self.due(last, now):
            return self.moment(due)
        first = max(self.today(now), last + _DAY) if last else self.today(now)
        days = (first + n * _DAY for n in range(_WEEK + 1))
        return next(moment for day in days if self.includes(day) and (moment := self.moment(day)) > now)


def schedule_of(recipient: Recipient) -> Schedule:
    """The schedule in a recipient's configuration."""
    zone = zoneinfo.ZoneInfo(recipient.zone) if recipient.zone else None
    return Schedule(datetime.time.fromisoformat(recipient.at), recipient.days, zone)
