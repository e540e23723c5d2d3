"""Index keys of postings: any two postings that are linked as versions share one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchwatch.mail.message import Person
from patchwatch.series.link_rules import likely_link
from patchwatch.series.posting import AUTHOR_WINDOW, PostingFacts, author_keys, posting_keys
from tests.series.test_version_links import posted, postings

_few = st.sampled_from
_titles = _few(["", "frob: turn it once", "frob: turn it twice", "frob: turn it", "grob the wheel"])
_ids = _few([f"{n}@x" for n in range(6)])
_people = {"ann@a": "Ann Author", "ann@b": "Ann Author", "ben@a": "Ben Builder", "ben@b": "ben"}


@st.composite
def any_posting(draw: st.DrawFn) -> PostingFacts:
    """A posting from few words, files and ids, so that two often have something in common."""
    address = draw(_few(sorted(_people)))
    own = draw(st.lists(_ids, min_size=1, max_size=3, unique=True))
    return PostingFacts(
        root=own[0],
        author=Person(_people[address], address),
        people=(address,),
        date=draw(st.integers(0, AUTHOR_WINDOW)),
        version=draw(st.integers(1, 3)),
        minor=0,
        stated=draw(st.booleans()),
        rfc=draw(st.booleans()),
        resend=draw(st.booleans()),
        kind=draw(_few(["cover", "patch", "proposal", "pull"])),
        title=draw(_titles),
        titles=tuple(draw(st.lists(_titles, max_size=3))),
        patch_ids=tuple(draw(st.lists(_few(["a", "b", "c"]), max_size=2, unique=True))),
        files=tuple(draw(st.lists(_few(["a.c", "b.c", "c.c"]), max_size=2, unique=True))),
        trees=(),  # backports have no author key
        change_id=draw(_few(["", "one", "two"])),
        earlier=tuple((i, draw(_few([None, 1, 2]))) for i in draw(st.lists(_ids, max_size=2, unique=True))),
        answered=tuple(draw(st.lists(_ids, max_size=2, unique=True))),
        message_ids=tuple(own),
        recipients=("netdev@vger.kernel.org",),
    )


@given(one=any_posting(), other=any_posting())
@settings(max_examples=300, deadline=None)
def test_any_two_linked_postings_share_a_key(one: PostingFacts, other: PostingFacts) -> None:
    if one.root != other.root and likely_link(one, other) is not None:
        assert (posting_keys(one) | author_keys(one)) & (posting_keys(other) | author_keys(other))


def bare(root: str, version: int, **facts: Any) -> PostingFacts:
    """A posting with a unique person, title, file and ids, apart from `facts`."""
    own: dict[str, Any] = {
        "root": root,
        "author": Person(f"Ann {root}", f"ann@{root}"),
        "people": (f"ann@{root}",),
        "date": version * 1_000_000,
        "version": version,
        "minor": 0,
        "stated": version > 1,
        "rfc": False,
        "resend": False,
        "kind": "cover",
        "title": f"{root} {root}1",
        "titles": (f"{root}2", f"{root}3"),
        "patch_ids": (),
        "files": (),
        "trees": (),
        "change_id": "",
        "earlier": (),
        "answered": (),
        "message_ids": (root, f"{root}-p"),
        "recipients": (),
    }
    return PostingFacts(**own | facts)


ANN_ELSEWHERE = {"author": Person("Ann Author", "ann@home"), "people": ("ann@home",)}
ANN_HERE = {"author": Person("Author, Ann", "ann@work"), "people": ("ann@work",)}

# The only key that two postings have in common.
ONE_KEY: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "change-id": ({"change_id": "frob-1"}, {"change_id": "frob-1"}),
    "link to the root": (
        {"earlier": (("vone", 1),), "files": ("a.c",), "patch_ids": (), "title": "vone vone9"},
        {"files": ("a.c",)},
    ),
    "link to a patch": (
        {"earlier": (("vone-p", None),), "files": ("a.c",), "title": "vone vone9"},
        {"files": ("a.c",)},
    ),
    "title and patch titles": (
        {"title": "frob it", "titles": ("one", "two"), "files": ("a.c",)},
        {"title": "frob it", "titles": ("one", "two"), "files": ("a.c",)},
    ),
    "patch titles": (
        {"titles": ("one", "two"), "files": ("a.c",)},
        {"titles": ("one", "two"), "files": ("a.c",)},
    ),
    "patches": (
        {"patch_ids": ("p",), "files": ("a.c",), "title": "vone vone9"},
        {"patch_ids": ("p",), "files": ("a.c",)},
    ),
    "name": (
        ANN_ELSEWHERE | {"title": "frob the wheel", "files": ("a.c",)},
        ANN_HERE | {"title": "frob a wheel", "files": ("a.c",)},
    ),
    "address": (
        {"title": "frob the wheel", "files": ("a.c",), "people": ("new@x", "ann@vone")},
        {"title": "frob a wheel", "files": ("a.c",)},
    ),
}


@pytest.mark.parametrize("name", ONE_KEY)
def test_each_kind_of_evidence_has_its_key(name: str) -> None:
    later, earlier = ONE_KEY[name]
    one, other = bare("vtwo", 2, **later), bare("vone", 1, **earlier)
    assert likely_link(one, other) is not None
    assert (posting_keys(one) | author_keys(one)) & (posting_keys(other) | author_keys(other))


def test_backports_have_no_author_key() -> None:
    (one,) = postings([posted("b", "[PATCH 5.10] net: frob the queue once")]).values()
    assert author_keys(one) == frozenset()
    assert posting_keys(one)
