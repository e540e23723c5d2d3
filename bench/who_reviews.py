"""Who replied to a patch, and who was expected to review it (patchwatch.db.who_reviews).

    python bench/who_reviews.py ARCHIVE... [--since DATE] [--until DATE]

ARCHIVE is a public-inbox epoch (a git repository with one mail per commit).  Its postings are gone through by date.  Of
the last 60 %, each is judged with what was known when it was posted: for everybody among its recipients who had replied
to five series by then, whether they were expected to review it, and whether they replied to it.  Those who had replied
to an earlier version of it, without a tag, stand in columns of their own; those who had given one are left out.

What people say off the list, or with a commit, is not seen.
"""

from __future__ import annotations

import collections
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence

from expectations import TRAINING, Counted, areas_in, by_date, measure
from outcome_lists import conversations, next_versions

from patchwatch.db.who_reviews import MEMORY, UNDECIDED, Posting, Replied, Replies, came_back
from patchwatch.mail.list_address import is_list_address
from patchwatch.mail.message import Message, person_key
from patchwatch.series.reviewers import reviewers_of
from patchwatch.series.revision import Revision, find_revisions

_ACTIVE = 5  # series that somebody replied to who is judged
_KINDS = {True: "expected", False: "perhaps", None: "not expected"}
_AGAIN = {True: "again, expected", False: "again, perhaps", None: "again, not expected"}


class Past:
    """To which series people replied so far, of those that were sent to them."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` has what people are known as, by address."""
        self.names = names
        self._series: dict[str, dict[str, tuple[int, str, bool]]] = collections.defaultdict(dict)
        self.active: collections.Counter[str] = collections.Counter()
        self._versions: dict[str, list[Replies]] = collections.defaultdict(list)  # by series
        self._again: dict[str, dict[str, tuple[int, bool]]] = collections.defaultdict(dict)
        self._content: dict[str, set[str]] = collections.defaultdict(set)  # who gave a tag, by series

    def add(self, revision: Revision, series: str) -> None:
        """Learn from a version of a series."""
        date, area = revision.root.date, "".join(areas_in(revision)[-1:])
        replied = repliers(revision)
        for person in recipients(revision, self.names) | replied:
            before = series in self._series[person] and self._series[person][series][2]
            self._series[person][series] = (date, area, before or person in replied)
            self.active[person] += person in replied and not before
        content = {person_key(one.person) for one in reviewers_of(revision) if one.satisfied}
        self._versions[series].append(Replies(replied, content))
        for person, back in came_back(self._versions[series]).items():
            self._again[person][series] = (date, back)
        self._content[series] = (self._content[series] - replied) | content

    def is_content(self, person: str, series: str) -> bool:
        """True if a person gave a tag to an earlier version, and asked nothing since."""
        return person in self._content[series]

    def knows(self, person: str, series: str) -> bool | None:
        """Whether a person replied to an earlier version; None: none was sent to them."""
        found = self._series[person].get(series)
        return found[2] if found else None

    def passed_over(self, person: str, series: str) -> int:
        """How many versions of a series came since the last one that a person replied to."""
        replied = [person in version.people for version in self._versions[series]]
        return replied[::-1].index(True) if True in replied else 0

    def replied(self, person: str, now: int) -> Replied:
        """What the database has of a person at a time."""
        sent: collections.Counter[str] = collections.Counter()
        replied: collections.Counter[str] = collections.Counter()
        for date, area, reply in self._series[person].values():
            if now - MEMORY <= date < now - UNDECIDED:
                sent[area] += 1
                replied[area] += reply
        again = [back for date, back in self._again[person].values() if now - MEMORY <= date < now - UNDECIDED]
        return Replied(((area, number, replied[area]) for area, number in sent.items()), sum(again), len(again))


def main() -> int:
    """Run the measurement."""
    return measure(__doc__, judge, (*_KINDS.values(), *_AGAIN.values()))


def judge(messages: Collection[Message]) -> Counted:
    """How often those who were expected to review a posting, and those who were not, replied to it."""
    found = by_date(r for one in conversations(messages) for r in find_revisions(one))
    series = series_of(found)
    past = Past({message.author.email: person_key(message.author) for message in messages})
    counted: Counted = collections.Counter()
    for number, revision in enumerate(found):
        name = series[revision.root.message_id]
        if number >= TRAINING * len(found):
            counted.update(judged(revision, name, past))
        past.add(revision, name)
    return counted


def judged(revision: Revision, series: str, past: Past) -> Iterator[tuple[str, bool]]:
    """What was expected of each recipient, and whether they replied."""
    replied, area = repliers(revision), "".join(areas_in(revision)[-1:])
    for person in recipients(revision, past.names):
        if past.active[person] < _ACTIVE:
            continue
        before = past.knows(person, series)
        if before and past.is_content(person, series):
            continue
        posting = Posting(area, before is not None, bool(before), past.passed_over(person, series))
        record = past.replied(person, revision.root.date).record(posting)
        yield (_AGAIN if before else _KINDS)[record.expected], person in replied


def series_of(revisions: Sequence[Revision]) -> dict[str, str]:
    """The root of the first version of each series, by that of each of its versions."""
    following, _ = next_versions(revisions)
    by_date = {(r.root.author.email, r.root.date): r.root.message_id for r in revisions}
    first: dict[str, str] = {}
    for revision in revisions:
        root = revision.root.message_id
        name = first.setdefault(root, root)
        later = by_date.get((revision.root.author.email, following.get(root, 0)))
        if later:
            first.setdefault(later, name)
    return first


def recipients(revision: Revision, names: Mapping[str, str]) -> set[str]:
    """The people that a posting was sent to, besides its author, of those who ever wrote."""
    addresses = {address for message in revision.own_messages for address in message.recipients}
    people = {names[address] for address in addresses if address in names and not is_list_address(address)}
    return people - {person_key(revision.root.author)}


def repliers(revision: Revision) -> set[str]:
    """The people who replied to a posting."""
    return {person_key(reviewer.person) for reviewer in reviewers_of(revision)}


if __name__ == "__main__":
    sys.exit(main())
