"""What a fault is, and the requests that it can spoil."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tests.faults.server import Behavior

QUERY = r"^/faulty/\?q="
FEED = r"^/faulty/new\.atom"
THREAD = r"^/faulty/.*/t\.mbox\.gz"
EVERYWHERE = r"^/all/"


class Outcome(Enum):
    """What becomes of the list while the fault lasts."""

    FAILED = "the list fails, and is retried with backoff"
    WAITS = "the server is left alone for as long as it asks"
    READ = "the mail is read"
    EMPTY = "nothing is read, which the next poll makes up for"
    PARTLY = "the usable mail is read, the rest is reported"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: which requests it spoils, how, and the outcome."""

    name: str
    behave: Behavior
    outcome: Outcome = Outcome.FAILED
    reported: str = ""  # in the failure: a regular expression
    where: str = QUERY
    slow: bool = False  # takes as long as it is allowed to
