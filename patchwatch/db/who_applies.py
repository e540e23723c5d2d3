"""Who applies the patches of a part of the kernel, learned from who accepted others of the same lists and areas.

One list often has the trees of several people: GPIO and pin control, core and drivers.  What decides is who accepted
patches of the same driver; where few were accepted, who did of the subsystem around it (patchwatch.series.areas); and
where few were of that, who did of the lists.  There it counts for how many drivers a person accepts patches, more than
how many patches: people who take all of one driver need not take another.  Half a year counts 1.4 times as much as the
one before, because people take over from each other.  Commits in the git trees of the config count as well, by the area
in their titles, so that people are known who apply without a mail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.revision_codec import RevisionSummary
from patchwatch.mail.message import person_key
from patchwatch.series.areas import areas_of, larger
from patchwatch.series.recipient_lists import lists_among

MOSTLY, MOSTLY_ELSEWHERE = 0.4, 0.6
"""People who accepted this share of an area are expected to apply what is sent to them, or to further lists as well."""
SOMETIMES = 0.15
"""People who accepted less than this share are not expected to apply anything."""

Sent = tuple[tuple[str, ...], tuple[str, ...]]
"""The lists that a posting was sent to, and its areas, the larger one first."""

HALF_YEAR = 15_778_800  # seconds

_ACCEPTED = """
SELECT list, person, area, date / :half_year, SUM(weight) FROM acceptance
WHERE weight > 0 AND list IN ({values}) GROUP BY 1, 2, 3, 4
"""
_IN_TREES = """
SELECT '', committer, CASE inner_area WHEN '' THEN area ELSE inner_area END, committed / :half_year, COUNT(*) * 2
FROM tree_commit WHERE area IN ({values}) GROUP BY 2, 3, 4
"""
_TREES = ""  # stands for a list: whatever list a patch was sent to, it is in a tree
_AGEING = 0.5**0.5  # in half a year
_AGEING_OF_LATE = 0.5  # the same, between people who share a tree
_AROUND = 4.0  # how much the larger area counts: as two patches that were accepted by form
_WITHIN = 4.0  # how much the patches of one area count at most in the larger one

_Weights = dict[tuple[str, str], dict[str, float]]  # by list and area, and by person


class Accepted:
    """The acceptances of some lists, and of some areas in git trees."""

    def __init__(self, execute: Execute, lists: Iterable[str], areas: Iterable[str] = ()) -> None:
        """Read them; `areas` are the larger ones."""
        rows = list(rows_among(execute, _ACCEPTED, sorted(set(lists)), {"half_year": HALF_YEAR}))
        rows += rows_among(execute, _IN_TREES, sorted(set(areas)), {"half_year": HALF_YEAR})
        self._rows, self._weights = rows, _weights(rows, _AGEING)

    @classmethod
    def of(cls, execute: Execute, postings: Collection[Sent]) -> Accepted:
        """Return what decides about some postings."""
        lists = {name for names, _ in postings for name in names}
        return cls(execute, lists, {areas[0] for _, areas in postings if areas})

    @cached_property
    def _of_late(self) -> _Weights:
        """Needed only where several people share a tree."""
        return _weights(self._rows, _AGEING_OF_LATE)

    def share(self, people: Collection[str], sent: Sent, *, of_late: bool = False) -> float:
        """The share of a person in what was accepted of the lists and areas of a posting.

        `people` are what they are known as (patchwatch.series.committers).
        """
        found, (lists, areas) = 0.0, sent
        known = self._of_late if of_late else self._weights
        for area in ("", *areas):
            names = (*lists, _TREES) if area else lists
            weights = [known[name, area] for name in names if (name, area) in known]
            total = sum(sum(accepted.values()) for accepted in weights)
            own = sum(accepted.get(person, 0.0) for accepted in weights for person in people)
            before = _AROUND if area else 0.0
            if total + before:
                found = (own + before * found) / (total + before)
        return found

    def expects(self, people: Collection[str], sent: Sent, *, further: bool, own: bool = False) -> bool | None:
        """True if a person is expected to apply a posting that was sent to them; False: perhaps; None: no.

        `further`: it was sent to lists that they do not apply for, too.  Then it goes in there if nothing of its area
        was accepted before.  Of several people who share a tree, it is the one who accepted most of late, except that
        each applies their `own`.  On eight lists, they applied 87 in 100 of what they are expected to, and 11 of the
        others.
        """
        share = self.share(people, sent)
        if share < SOMETIMES:
            return None
        known = any((name, area) in self._weights for name in (*sent[0], _TREES) for area in sent[1])
        sure = share >= MOSTLY_ELSEWHERE and known if further else share >= MOSTLY
        return sure and (own or self._leads(people, sent))

    def _leads(self, people: Collection[str], sent: Sent) -> bool:
        """True if nobody else accepted as much of late, of those who accepted enough to be expected to."""
        keys = [(name, area) for area in ("", *sent[1]) for name in ((*sent[0], _TREES) if area else sent[0])]
        others = {person for key in keys for person in self._weights.get(key, ())} - set(people)
        rivals = [person for person in others if self.share({person}, sent) >= MOSTLY]
        own = self.share(people, sent, of_late=True) if rivals else 0.0
        return all(self.share({person}, sent, of_late=True) < own for person in rivals)


def _weights(rows: Sequence[tuple[str, str, str, int, int]], ageing: float) -> _Weights:
    """How much each person accepted, by list and area, with the areas around each."""
    newest = max((row[3] for row in rows), default=0)
    weights: _Weights = defaultdict(lambda: defaultdict(float))
    for name, person, area, half_year, weight in rows:
        weights[name, area][person] += float(weight) * ageing ** (newest - half_year)
    for inner in (True, False):  # the inner areas first
        for name, area in [key for key in weights if key[1] and bool(larger(key[1])) == inner]:
            for person, accepted in weights[name, area].items():
                weights[name, larger(area)][person] += min(accepted, _WITHIN)
    return weights


def sent_to(summary: RevisionSummary) -> Sent:
    """Return the lists and areas of a posting."""
    titles = [patch.title for patch in summary.patch_facts]
    return lists_among(summary.recipients), areas_of(summary.title, titles)


def applied_by_author(execute: Execute, postings: Mapping[int, RevisionSummary]) -> set[int]:
    """Return which of these postings, by number, are of areas that their authors accept patches of.

    Of their own patches to lists that they apply all patches of, people applied 240 of 276 themselves if they accept
    patches of that area, and 21 of 143 if they do not (bench/who_applies.py).
    """
    sent = {number: sent_to(summary) for number, summary in postings.items()}
    accepted = Accepted.of(execute, sent.values())
    authors = {number: {person_key(summary.author)} for number, summary in postings.items()}
    return {number for number, where in sent.items() if accepted.share(authors[number], where) >= SOMETIMES}
