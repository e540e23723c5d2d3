"""Plan what is due: which inboxes to poll, whether to deliver mail, and when to plan again.

Pure.  An inbox is polled once per interval, give or take some percent, so that inboxes and users spread out.  One that
fails is retried with backoff, and not before its server allows.  There are no polls in quiet hours; digests are sent
then, too.
"""

from __future__ import annotations

import datetime
import hashlib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

_MINUTE = 60
_HOUR = 3600
_MAX_BACKOFF = 6 * _HOUR
_MAX_SERVER_WAIT = 24 * _HOUR  # a server's mistake must not stop the polls of an inbox permanently
_JITTER = 0.1  # of the interval, earlier or later
_NETWORK_SECONDS = 20  # that the network needs after the machine wakes up
_CLOCK_JUMP = 120  # seconds; a larger difference means that the machine slept or the clock was set
_MAX_WAIT = 30  # seconds; timers stop while a machine sleeps, so the clock is checked often
_MOST_DOUBLINGS = 20  # of a pause: more would be too large a number to compute with
RETRY_SECONDS = 60
"""Time to wait after a failure on this machine, rather than at a server."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours without polls, in minutes after local midnight; if `end` is earlier than `begin`, it is on the next day."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to poll."""

    interval: float  # seconds
    quiet: QuietHours | None = None
    zone: datetime.tzinfo | None = None  # of the quiet hours; None: the system's


@dataclass(frozen=True, slots=True)
class PollState:
    """The last polls of an inbox.  Times are UTC seconds."""

    name: str
    tried: int | None = None  # the last poll, successful or not; None: never
    failures: int = 0  # in a row
    not_before: int = 0  # when the server allows the next poll


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now, and when to plan again."""

    polls: tuple[str, ...]
    deliver: bool
    wake_at: int  # UTC seconds; now, if there is anything to do


def plan(
    polls: Iterable[PollState],
    pace: Pace,
    deliver_at: int | None,
    now: int,
    *,
    resume_at: int = 0,
    requested: bool = False,
) -> Plan:
    """What is due at `now`.

    `deliver_at` is when the next digest or retry is due.  Nothing is due before `resume_at`, when the network is back
    after a sleep.  With `requested`, all inboxes are polled, unless their server does not allow it yet.
    """
    if now < resume_at:
        return Plan((), deliver=False, wake_at=resume_at)
    times = {poll.name: max(now, _allowed_at(poll, now)) if requested else next_poll(poll, pace, now) for poll in polls}
    due = tuple(name for name, at in times.items() if at <= now)
    deliver = deliver_at is not None and deliver_at <= now
    later = [at for at in times.values() if at > now]
    if deliver_at is not None and not deliver:
        later.append(deliver_at)
    return Plan(due, deliver, now if due or deliver else min(later, default=now + _HOUR))


def next_poll(poll: PollState, pace: Pace, now: int) -> int:
    """When to poll an inbox, UTC seconds; at most `now` if it is due."""
    if poll.tried is None or poll.tried > now + _CLOCK_JUMP:
        at = float(now)  # never polled, or the clock was wrong then
    elif poll.failures:
        backoff = min(pace.interval * 2.0 ** min(poll.failures, _MOST_DOUBLINGS), max(_MAX_BACKOFF, pace.interval))
        at = poll.tried + backoff * _jitter(poll.name, poll.tried)
    else:
        at = poll.tried + pace.interval * _jitter(poll.name, poll.tried)
    return quiet_until(math.ceil(max(at, now, _allowed_at(poll, now))), pace)


def quiet_until(moment: int, pace: Pace) -> int:
    """`moment`, or the end of the quiet hours if it is in them."""
    if pace.quiet is None or pace.quiet.begin == pace.quiet.end:
        return moment
    local = datetime.datetime.fromtimestamp(moment, pace.zone)
    minutes = local.hour * _MINUTE + local.minute
    begin, end = pace.quiet.begin, pace.quiet.end
    over_midnight = begin > end
    within = minutes >= begin or minutes < end if over_midnight else begin <= minutes < end
    if not within:
        return moment
    day = local.date() + datetime.timedelta(days=over_midnight and minutes >= begin)
    clock = datetime.time(end // _MINUTE, end % _MINUTE, tzinfo=pace.zone)
    # A time that daylight saving skips is read with the offset before it, and so comes after the gap (PEP 495).
    return max(int(datetime.datetime.combine(day, clock).timestamp()), moment)


def quiet_hours(text: str) -> QuietHours | None:
    """Parse `23:00-06:00`, as checked by patchwatch.config_file; None if empty."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if len(numbers) != 4:
        return None
    return QuietHours(numbers[0] * _MINUTE + numbers[1], numbers[2] * _MINUTE + numbers[3])


def database_retry(unreachable: int) -> int:
    """Seconds until the database is tried again, after its server could not be reached this often in a row."""
    return min(2 ** min(unreachable, _MOST_DOUBLINGS), RETRY_SECONDS) if unreachable else RETRY_SECONDS


def clock_jumped(before: int, now: int, waited: float) -> bool:
    """True if the clock did not move by the seconds waited: the machine slept, or the clock was set."""
    return abs(now - before - waited) > _CLOCK_JUMP


def resume_at(now: int) -> int:
    """When to continue after a sleep."""
    return now + _NETWORK_SECONDS


def wait_seconds(wake_at: int, now: int) -> float:
    """How long to wait before checking the clock again."""
    return float(min(max(wake_at - now, 0), _MAX_WAIT))


def _allowed_at(poll: PollState, now: int) -> int:
    return min(poll.not_before, now + _MAX_SERVER_WAIT)


def _jitter(name: str, tried: int) -> float:
    """A factor around 1 that depends on inbox and poll, so that it stays the same when asked again."""
    digest = hashlib.blake2b(f"{name} {tried}".encode(), digest_size=4).digest()
    return 1 + _JITTER * (2 * int.from_bytes(digest, "big") / 0xFFFFFFFF - 1)
