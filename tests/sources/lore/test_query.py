"""The text of search queries; what a server makes of them is in test_lore_server.py."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.sources.lore.query import arrived_since, by_people, by_titles

JANUARY = (date(2024, 1, 1), date(2024, 1, 31))


def test_times_are_written_so_that_they_are_seconds() -> None:
    assert arrived_since(1_704_204_245) == "rt:1704204245.."
    assert arrived_since(1) == "rt:0000000001.."
    assert arrived_since(-1) == "rt:0000000000.."


def test_nobody_and_nothing_is_no_query() -> None:
    assert by_people([], *JANUARY) == by_people(["", '"', "@"], *JANUARY) == ()
    assert by_titles([], *JANUARY) == by_titles(["fix", "a b c", "R&D C++"], *JANUARY) == ()


def test_people_are_asked_for_in_one_query() -> None:
    assert by_people(["a@x.org", "b@x.org", "a@x.org"], *JANUARY) == (
        '(f:"a@x.org" OR f:"b@x.org") d:20240101..20240131',
    )


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("mm: fix a thing", ["mm", "fix", "thing"]),
        ("tcp:tcp_ca_event trace", ["tcp", "tcp_ca_event", "trace"]),
        ("don't use foo.bar v6.1 in R&D, C++ or C# code.", ["use", "in", "or", "code"]),
        ('fix fix the (quoted) `words` in "it"', ["fix", "the", "quoted", "words", "in", "it"]),
        ("für naïve 中文字", ["für", "naïve", "中文字"]),
        ("ends in " + "x" * 70, ["ends", "in"]),
    ],
)
def test_of_a_title_only_sure_words_are_asked_for(title: str, words: list[str]) -> None:
    (query,) = by_titles([title], *JANUARY)
    assert query == f"(({' '.join(f's:{chr(34)}{word}{chr(34)}' for word in words)})) d:20240101..20240131"


@given(st.lists(st.text(max_size=40), max_size=5))
def test_what_is_quoted_stays_quoted(texts: list[str]) -> None:
    for query in (*by_people(texts, *JANUARY), *by_titles(texts, *JANUARY)):
        parts = query.split('"')
        outside = "".join(parts[::2])
        assert set(outside.replace(" OR ", "")) <= set("()fs: d:20240101..20240131")
        assert not any(".." in inside or "“" in inside for inside in parts[1::2])


def test_many_people_are_spread_over_queries_that_fit_into_a_request() -> None:
    crowd = [f"person.number.{number}@example.org" for number in range(500)]
    queries = by_people(crowd, *JANUARY)
    assert all(len(query) < 4000 for query in queries)
    assert [email for email in crowd if not any(f'"{email}"' in query for query in queries)] == []
