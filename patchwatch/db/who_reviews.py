"""Who is expected to review a patch, learned from which series people replied to of those that were sent to them.

Scripts put everybody into To and Cc who once changed a file.  Of the series of an area (patchwatch.series.areas) that
were sent to a person, the share that they replied to is what they do with the next one; where few were sent, the larger
area around it counts, and then all of them.  People who got an earlier version and did not reply do so half as often.
Whether the address is in To or in Cc says little besides that.  Of those who replied to an earlier version, some come
back to each, and some leave the rest to others, whatever the series: what they did with others is counted as well.
The more versions of this one they did not reply to since, the less likely they reply to the next.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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
_BEFORE = 4.0  # how many series it counts as that nothing is known of whether a person comes back
_PASSED_OVER = 0.7  # how likely they still are to come back after each version that they did not reply to
_END = "-"  # the line between those who replied to a series and the others it was sent to
_CAME_BACK, _STAYED_AWAY = "+", "~"  # before the address of who did, or did not, reply to a version after theirs

_COUNTS = """
SELECT area, COUNT(*), SUM(CASE WHEN {replied} THEN 1 ELSE 0 END), SUM(CASE WHEN {came_back} THEN 1 ELSE 0 END),
SUM(CASE WHEN {stayed_away} THEN 1 ELSE 0 END) FROM series
WHERE last_activity >= :since AND last_activity < :until AND ({sent}) AND people LIKE :known AND NOT ({own})
GROUP BY area
"""


class Posting(NamedTuple):
    """A series that was sent to a person, and of which they did not reply to the newest version."""

    area: str
    sent_before: bool  # an earlier version was sent to them, too
    replied_before: bool = False  # they replied to an earlier version
    passed_over: int = 0  # versions between that one and the newest, to which they did not reply


class Replies(NamedTuple):
    """Who replied to a version of a series, by address."""

    people: set[str]
    content: set[str]  # those of them who gave their tag


def people_lines(replied: Sequence[Replies], others: Iterable[set[str]]) -> str:
    """Return the column `series.people`: those who replied, and the others that a series was sent to, one per line.

    Last come those who replied to a version, gave no tag, and replied to a later one, or did not; `replied` has the
    versions, oldest first.
    """
    first = set().union(*(one.people for one in replied)) - {""}
    after = sorted((not back, person) for person, back in came_back(replied).items() if person)
    lines = [(_STAYED_AWAY if away else _CAME_BACK) + person for away, person in after]
    return "\n".join(["", *sorted(first), _END, *sorted(set().union(*others) - first - {""}), *lines, ""])


def came_back(replied: Iterable[Replies]) -> dict[str, bool]:
    """Whether people who replied without a tag, and before the newest version, replied to half of the later ones.

    `replied` has the versions, oldest first.
    """
    waiting: set[str] = set()
    found: dict[str, list[bool]] = defaultdict(list)
    for one in replied:
        for person in waiting:
            found[person].append(person in one.people)
        waiting = (waiting | one.people) - one.content
    return {person: 2 * sum(after) >= len(after) for person, after in found.items()}


def review_records(
    execute: Execute, postings: Mapping[int, Posting], me: Collection[str], now: int
) -> dict[int, ReviewRecord]:
    """Return what a person with the addresses `me` did with series such as each of these, which wait for reviewers."""
    if not postings:
        return {}
    counts = list(_counts(execute, me, now))
    came_back, stayed_away = sum(row[3] for row in counts), sum(row[4] for row in counts)
    replied = Replied((row[:3] for row in counts), came_back, came_back + stayed_away)
    return {number: replied.record(posting) for number, posting in postings.items()}


class Replied:
    """How many series of each area were sent to a person, and to how many they replied."""

    def __init__(self, counts: Iterable[tuple[str, int, int]], came_back: int = 0, asked_again: int = 0) -> None:
        """`counts` has them for each innermost area.

        They replied to a version of `asked_again` series that was followed by another, and to that of `came_back`.
        """
        self._came_back, self._asked_again = came_back, asked_again
        self._sent: Counter[str] = Counter()
        self._replied: Counter[str] = Counter()
        for area, sent, replied in counts:
            for one in _around(area):
                self._sent[one] += sent
                self._replied[one] += replied

    def record(self, posting: Posting) -> ReviewRecord:
        """Return what the person did with others of the area, and how likely it is that they reply to this one."""
        if posting.replied_before:
            return self._record_of_reviewer(posting.passed_over)
        chance, shown = _UNKNOWN, ""
        for area in _around(posting.area):
            sent, replied = self._sent[area], self._replied[area]
            chance = (replied + _AROUND * chance) / (sent + _AROUND)
            shown = area if sent >= _AROUND else shown
        if self._sent[""] < _AROUND:
            chance = _UNKNOWN  # too little was sent to them to say anything
        chance = chance / 2 if posting.sent_before else chance
        return ReviewRecord(_expected(chance), shown, self._sent[shown], self._replied[shown])

    def _record_of_reviewer(self, passed_over: int) -> ReviewRecord:
        """Return what the person did with other versions after those that they replied to.

        `passed_over`: how many versions of this series they did not reply to since.
        """
        chance = (self._came_back + _BEFORE * _UNKNOWN) / (self._asked_again + _BEFORE) * _PASSED_OVER**passed_over
        sent, replied = self._asked_again, self._came_back
        return ReviewRecord(_expected(chance), sent=sent, replied=replied, again=True, passed_over=passed_over)


def _expected(chance: float) -> bool | None:
    return True if chance >= EXPECTED else False if chance >= SOMETIMES else None


def _around(area: str) -> list[str]:
    """The areas around an area, from all that there is to itself."""
    found = [area]
    while found[-1]:
        found.append(larger(found[-1]))
    return found[::-1]


def _counts(execute: Execute, me: Collection[str], now: int) -> Iterable[tuple[str, int, int, int, int]]:
    values: dict[str, object] = {"since": now - MEMORY, "until": now - UNDECIDED, "known": f"%\n{_END}\n%"}
    conditions: dict[str, list[str]] = {"sent": [], "replied": [], "came_back": [], "stayed_away": [], "own": []}
    for number, address in enumerate(sorted(me)):
        line = f"\n{address}\n"
        values |= {f"sent{number}": containing(line), f"replied{number}": f"{containing(line)}{_END}\n%"}
        for name, sign in (("came_back", _CAME_BACK), ("stayed_away", _STAYED_AWAY)):
            values[f"{name}{number}"] = containing(f"\n{sign}{address}\n")
        values[f"own{number}"] = address
        for name in ("sent", "replied", "came_back", "stayed_away"):
            conditions[name].append(f"people LIKE :{name}{number} ESCAPE '/'")
        conditions["own"].append(f"author_email = :own{number}")
    joined = {name: " OR ".join(each) for name, each in conditions.items()}
    return execute(_COUNTS.format(**joined), values)
