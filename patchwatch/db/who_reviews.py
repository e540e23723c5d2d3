"""Who is expected to review a patch, learned from which series people replied to of those that were sent to them.

Scripts put everybody into To and Cc who once changed a file.  Of the series of an area (patchwatch.series.areas) that
were sent to a person, the share that they replied to is what they do with the next one; where few were sent, the larger
area around it counts, and then all of them.  People who got an earlier version and did not reply do so half as often.
Whether the address is in To or in Cc says little besides that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from patchwatch.db.execute import Execute, containing
from patchwatch.series.areas import larger
from patchwatch.series.review_record import ReviewRecord

EXPECTED, SOMETIMES = 0.3, 0.15
"""People who are this likely to reply are expected to review what is sent to them; or perhaps; or not."""
MEMORY = 730 * 86_400
"""Seconds after which it no longer counts what was sent to a person."""
UNDECIDED = 21 * 86_400
"""Seconds for which it does not count yet: as long as it stands in Review."""

_UNKNOWN = 0.35  # the chance that a person replies if nothing is known of them
_AROUND = 6.0  # how many series the larger area counts as
_END = "-"  # the line between those who replied to a series and the others it was sent to

_COUNTS = """
SELECT area, COUNT(*), SUM(CASE WHEN {replied} THEN 1 ELSE 0 END) FROM series
WHERE last_activity >= :since AND last_activity < :until AND ({sent}) AND people LIKE :known AND NOT ({own})
GROUP BY area
"""


class Posting(NamedTuple):
    """A series that was sent to a person, and that they did not reply to."""

    area: str
    sent_before: bool  # an earlier version was sent to them, too


def people_lines(replied: Iterable[set[str]], others: Iterable[set[str]]) -> str:
    """Return the column `series.people`: those who replied, and the others that a series was sent to, one per line."""
    first = set().union(*replied) - {""}
    return "\n".join(["", *sorted(first), _END, *sorted(set().union(*others) - first - {""}), ""])


def review_records(
    execute: Execute, postings: Mapping[int, Posting], me: Collection[str], now: int
) -> dict[int, ReviewRecord]:
    """Return what a person with the addresses `me` did with series such as each of these, which wait for reviewers."""
    if not postings:
        return {}
    replied = Replied(_counts(execute, me, now))
    return {number: replied.record(posting) for number, posting in postings.items()}


class Replied:
    """How many series of each area were sent to a person, and to how many they replied."""

    def __init__(self, counts: Iterable[tuple[str, int, int]]) -> None:
        """`counts` has them for each innermost area."""
        self._sent: Counter[str] = Counter()
        self._replied: Counter[str] = Counter()
        for area, sent, replied in counts:
            for one in _around(area):
                self._sent[one] += sent
                self._replied[one] += replied

    def record(self, posting: Posting) -> ReviewRecord:
        """Return what the person did with others of the area, and how likely it is that they reply to this one."""
        chance, shown = _UNKNOWN, ""
        for area in _around(posting.area):
            sent, replied = self._sent[area], self._replied[area]
            chance = (replied + _AROUND * chance) / (sent + _AROUND)
            shown = area if sent >= _AROUND else shown
        if self._sent[""] < _AROUND:
            chance = _UNKNOWN  # too little was sent to them to say anything
        chance = chance / 2 if posting.sent_before else chance
        expected = True if chance >= EXPECTED else False if chance >= SOMETIMES else None
        return ReviewRecord(expected, shown, self._sent[shown], self._replied[shown])


def _around(area: str) -> list[str]:
    """The areas around an area, from all that there is to itself."""
    found = [area]
    while found[-1]:
        found.append(larger(found[-1]))
    return found[::-1]


def _counts(execute: Execute, me: Collection[str], now: int) -> Iterable[tuple[str, int, int]]:
    values: dict[str, object] = {"since": now - MEMORY, "until": now - UNDECIDED, "known": f"%\n{_END}\n%"}
    conditions: dict[str, list[str]] = {"sent": [], "replied": [], "own": []}
    for number, address in enumerate(sorted(me)):
        line = f"\n{address}\n"
        values |= {f"sent{number}": containing(line), f"replied{number}": f"{containing(line)}{_END}\n%"}
        values[f"own{number}"] = address
        for name in ("sent", "replied"):
            conditions[name].append(f"people LIKE :{name}{number} ESCAPE '/'")
        conditions["own"].append(f"author_email = :own{number}")
    joined = {name: " OR ".join(each) for name, each in conditions.items()}
    return execute(_COUNTS.format(**joined), values)
