"""What is due: which inboxes to poll, whether to post, and when to look again.

Pure: `now` is given, and so is all that went before.  An inbox is polled once in an interval, some percent more or
less, so that the inboxes of one program and the programs of many users spread out; one that fails is left alone for
twice as long each time, and for as long as its server says.  In quiet hours nothing is polled; digests keep their own
hours.
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
_LONGEST = 6 * _HOUR  # between two tries of what fails
_MOST_WAIT = 24 * _HOUR  # for a server's word: a mistaken one must not silence an inbox for good
_SPREAD = 0.1  # of the interval, to both sides
_SETTLE = 20  # seconds after a sleep: the network comes back later than the clock
_JUMP = 120  # seconds by which the clock passed us: the machine slept, or somebody set it
AGAIN = 60
"""Seconds until something that failed here, not at a server, is tried again."""
_STEP = 30  # seconds of waiting at most: a machine that sleeps stops timers, and wakes at another hour


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours without polls, local time: minutes after midnight; past midnight where `end` is the earlier."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How often."""

    interval: float  # seconds
    quiet: QuietHours | None = None
    zone: datetime.tzinfo | None = None  # of the quiet hours; None: the system's


@dataclass(frozen=True, slots=True)
class Round:
    """One inbox, and how its last poll went.  Times are UTC seconds."""

    name: str
    tried: int | None = None  # the last time, for better or worse; None: never
    failures: int = 0  # in a row, up to now
    wait: int = 0  # do not ask before then: the server said so


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now, and when to look again."""

    polls: tuple[str, ...]
    post: bool
    wake: int  # UTC seconds; now, where there is something to do


def plan(
    rounds: Iterable[Round], pace: Pace, post_at: int | None, now: int, *, settled: int = 0, asked: bool = False
) -> Plan:
    """What is due at `now`.

    `post_at` is when the next digest, or the next try of one, is due.  Before `settled` nothing goes out, for the
    machine has just woken up.  When somebody `asked`, every inbox is polled but those that their server holds back.
    """
    if now < settled:
        return Plan((), post=False, wake=settled)
    times = {one.name: max(now, _held(one, now)) if asked else next_poll(one, pace, now) for one in rounds}
    polls = tuple(name for name, at in times.items() if at <= now)
    post = post_at is not None and post_at <= now
    ahead = [at for at in times.values() if at > now]
    if post_at is not None and not post:
        ahead.append(post_at)
    return Plan(polls, post, now if polls or post else min(ahead, default=now + _HOUR))


def next_poll(one: Round, pace: Pace, now: int) -> int:
    """When an inbox is to be polled, UTC seconds; not after `now` where that is due."""
    if one.tried is None or one.tried > now + _JUMP:
        at = float(now)  # never, or by a clock that was wrong
    elif one.failures:
        patience = min(pace.interval * 2.0 ** min(one.failures, 20), max(_LONGEST, pace.interval))
        at = one.tried + patience * _spread(one.name, one.tried)
    else:
        at = one.tried + pace.interval * _spread(one.name, one.tried)
    return quiet_until(math.ceil(max(at, now, _held(one, now))), pace)


def quiet_until(moment: int, pace: Pace) -> int:
    """`moment`, or the end of the quiet hours that it falls into."""
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
    # An hour that daylight saving skips is read by the offset before it, and so comes after the gap (PEP 495).
    return max(int(datetime.datetime.combine(day, clock).timestamp()), moment)


def quiet_hours(text: str) -> QuietHours | None:
    """`23:00-06:00`, as the config has checked it; None where it is empty."""
    found = [int(number) for number in re.findall(r"\d+", text)]
    if len(found) != 4:
        return None
    return QuietHours(found[0] * _MINUTE + found[1], found[2] * _MINUTE + found[3])


def slept(before: int, now: int, waited: float) -> bool:
    """Whether the clock moved otherwise than we waited (seconds): the machine slept, or the clock was set."""
    return abs(now - before - waited) > _JUMP


def settle(now: int) -> int:
    """When things go on after a sleep."""
    return now + _SETTLE


def step(wake: int, now: int) -> float:
    """How long to wait before looking at the clock again, seconds."""
    return float(min(max(wake - now, 0), _STEP))


def _held(one: Round, now: int) -> int:
    return min(one.wait, now + _MOST_WAIT)


def _spread(name: str, tried: int) -> float:
    """A factor about 1, another one for each inbox and poll, and the same whenever it is asked for."""
    digest = hashlib.blake2b(f"{name} {tried}".encode(), digest_size=4).digest()
    return 1 + _SPREAD * (2 * int.from_bytes(digest, "big") / 0xFFFFFFFF - 1)
