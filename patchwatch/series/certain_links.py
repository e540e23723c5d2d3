"""Links between versions that need no weighing: what somebody states, and pull requests that are sent again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from patchwatch.series.posting import PostingFacts, same_person
from patchwatch.series.pull_requests import earlier_request
from patchwatch.series.stated_relations import stated_link

_CERTAIN = 10.0  # twice patchwatch.series.link_rules.ENOUGH


@dataclass(frozen=True, slots=True)
class Link:
    """A revision's predecessor, with the evidence."""

    root: str
    predecessor: str
    evidence: tuple[str, ...]
    score: float
    by_hand: bool = False
    resend: bool = False  # the same version posted again, not a new version


def stated(one: PostingFacts, other: PostingFacts) -> Link | None:
    """The link of two postings of which somebody states that one supersedes the other."""
    words = stated_link(one, other, same_person=same_person(one, other))
    return Link(one.root, other.root, (words,), _CERTAIN) if words else None


def sent_again(one: PostingFacts, others: Iterable[PostingFacts]) -> Link | None:
    """The link of a pull request to the one that it sends again."""
    before = earlier_request(one, others)
    if before is None:
        return None
    same = "same-branch-or-tag" if one.ref and one.ref == before.ref else "same-request"
    evidence = (same, "same-author", "marked-as-resend" if one.resend else "next-version")
    return Link(one.root, before.root, evidence, _CERTAIN, resend=one.version == before.version)
