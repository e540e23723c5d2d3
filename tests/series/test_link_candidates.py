"""Which postings are offered for a manual link, and in which order."""

from __future__ import annotations

from patchwatch.mail.message import Message
from patchwatch.series.link_candidates import rank
from patchwatch.series.link_rules import likely_link
from tests.series.test_version_links import BEN, posted, postings


def offered(messages: list[Message], oldest: str, newest: str) -> list[tuple[str, str]]:
    known = postings(messages)
    others = [p for root, p in known.items() if root not in (oldest, newest)]
    return [(c.root.removesuffix("@x"), c.place) for c in rank(known[oldest], known[newest], others)]


def test_a_weak_link_is_offered_with_its_evidence() -> None:
    """Renamed altogether: the common file, the author and the number are not enough for a link."""
    messages = [
        posted("v1", "[PATCH] net: frob the quux"),
        posted("v2", "[PATCH v2] net: teach ethtool about quuxes", day=3),
    ]
    known = postings(messages)
    assert likely_link(known["v2"], known["v1"]) is None
    (candidate,) = rank(known["v2"], known["v2"], [known["v1"]])
    assert candidate.place == "earlier"
    assert candidate.evidence == ("same-author", "same-files", "next-version")


def test_the_likeliest_comes_first() -> None:
    messages = [
        posted("v2", "[PATCH v2] net: frob it", day=5),
        posted("other", "[PATCH] net: unrelated", day=1),
        posted("v1", "[PATCH] net: frob it", day=0),
    ]
    assert offered(messages, "v2", "v2") == [("v1", "earlier"), ("other", "earlier")]


def test_a_later_posting_is_offered_as_the_next_version() -> None:
    messages = [
        posted("v1", "[PATCH] net: frob it"),
        posted("v2", "[PATCH v2] net: frob it", day=2),
        posted("v3", "[PATCH v3] net: frob it", day=4, sender=BEN),
    ]
    assert offered(messages, "v1", "v2") == [("v3", "later")]


def test_a_posting_with_only_the_author_in_common_is_not_offered() -> None:
    messages = [
        posted("v2", "[PATCH v2] net: frob it", day=2),
        posted("v1", "[PATCH] mm: something else", file="mm/slab.c"),
    ]
    assert offered(messages, "v2", "v2") == []


def test_an_impossible_link_is_not_offered() -> None:
    """A backport repeats the title of what it backports; a later number is no earlier version."""
    messages = [
        posted("v2", "[PATCH v2] net: frob it", day=2),
        posted("stable", "[PATCH 5.10] net: frob it", day=1),
        posted("v3", "[PATCH v3] net: frob it", day=1),
    ]
    assert offered(messages, "v2", "v2") == []
