"""Who applied a patch, and who was expected to (patchwatch.db.who_applies).

    python bench/who_applies.py ARCHIVE... [--since DATE] [--until DATE]

ARCHIVE is a public-inbox epoch (a git repository with one mail per commit).  Its postings are gone through by date.  Of
the last 60 %, each that somebody reported as applied is judged with what had been accepted before it was posted: for
everybody who commits to one of its lists then, and was among its recipients, whether they were expected to apply it,
and whether they did.  The second table has their own patches, of which nobody else may have to apply anything.

What is applied without a mail to the list is not seen, nor what was never applied.
"""

from __future__ import annotations

import collections
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from expectations import TRAINING, Counted, areas_in, by_date, measure
from outcome_lists import conversations
from turns import committers_of

from patchwatch.db.who_applies import HALF_YEAR, SOMETIMES, Accepted, Sent
from patchwatch.mail.message import Message, person_key
from patchwatch.series.committers import ENOUGH, Committers, lists_of, roles
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.states import APPLIED

_EXPECTED = {True: "expected", False: "perhaps", None: "not expected"}
_OWN = {True: "own, expected", False: "own, not expected"}


class Past:
    """What was accepted so far, as the database has it."""

    def __init__(self) -> None:
        """Nothing."""
        self._rows: collections.Counter[tuple[str, str, str, int]] = collections.Counter()
        self._weights: collections.Counter[tuple[str, str]] = collections.Counter()

    def add(self, revision: Revision) -> None:
        """Learn from a posting."""
        for person, role in roles(revision).items():
            for name in lists_of(revision) if role.weight else ():
                self._rows[name, person, role.area, role.date // HALF_YEAR] += role.weight
                self._weights[name, person] += role.weight

    def committers(self, lists: Sequence[str]) -> set[str]:
        """The people who commit to one of these lists."""
        return {person for (name, person), weight in self._weights.items() if weight >= ENOUGH and name in lists}

    def commits_to_all(self, person: str, lists: Sequence[str]) -> bool:
        """True if a person commits to all these lists."""
        return all(self._weights[name, person] >= ENOUGH for name in lists)

    def accepted(self, lists: Sequence[str]) -> Accepted:
        """The acceptances of these lists."""

        def execute(_: str, names: Mapping[str, Any]) -> list[tuple[str, str, str, int, int]]:
            wanted = set(names.values())
            return [(*row, weight) for row, weight in self._rows.items() if row[0] in wanted]

        return Accepted(execute, lists)


def main() -> int:
    """Run the measurement."""
    return measure(__doc__, judge, (*_EXPECTED.values(), *_OWN.values()))


def judge(messages: Collection[Message]) -> Counted:
    """How often those who were expected to apply a posting, and those who were not, did."""
    addresses: dict[str, set[str]] = collections.defaultdict(set)
    for message in messages:
        addresses[person_key(message.author)].add(message.author.email)
    everything = [r for one in conversations(messages) for r in find_revisions(one)]
    found = by_date(everything)
    past, committers = Past(), committers_of(everything)
    counted: Counted = collections.Counter()
    for number, revision in enumerate(found):
        if number >= TRAINING * len(found):
            counted.update(of_colleagues(revision, past, addresses))
            counted.update(of_author(revision, past, committers))
        past.add(revision)
    return counted


def of_colleagues(revision: Revision, past: Past, addresses: Mapping[str, set[str]]) -> Iterator[tuple[str, bool]]:
    """What was expected of each committer, and whether they applied it; nothing if nobody is known to have done so."""
    took, lists = takers(revision), lists_of(revision)
    recipients = {address for message in revision.own_messages for address in message.recipients}
    people = past.committers(lists) - {person_key(revision.root.author)} if took else ()
    for person in people:
        if addresses[person] & recipients:
            further = not past.commits_to_all(person, lists)
            expected = past.accepted(lists).expects({person}, sent_to(revision), further=further)
            yield _EXPECTED[expected], person in took


def of_author(revision: Revision, past: Past, committers: Committers) -> Iterator[tuple[str, bool]]:
    """Whether a committer was expected to apply their own patch, and whether they did; nothing if nobody did."""
    lists, author, took = lists_of(revision), person_key(revision.root.author), takers(revision)
    commits = bool(lists) and past.commits_to_all(author, lists)
    if commits and (took or revision_state(revision, committers).state in APPLIED):
        expected = past.accepted(lists).share({author}, sent_to(revision)) >= SOMETIMES
        yield _OWN[expected], not took


def takers(revision: Revision) -> set[str]:
    """The people other than its author who reported it as applied."""
    return {person for person, role in roles(revision).items() if role.weight}


def sent_to(revision: Revision) -> Sent:
    """The lists and areas of a posting."""
    return lists_of(revision), areas_in(revision)


if __name__ == "__main__":
    sys.exit(main())
