"""The text of search queries; test_real_server.py runs them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from patchwatch.sources.lore.query import arrived_since, by_people

JANUARY = (date(2024, 1, 1), date(2024, 1, 31))


def test_times_are_padded_so_that_they_count_as_seconds() -> None:
    assert arrived_since(1_704_204_245) == "rt:1704204245.."
    assert arrived_since(1) == "rt:0000000001.."
    assert arrived_since(-1) == "rt:0000000000.."


def test_no_query_without_people() -> None:
    assert by_people([], *JANUARY) == by_people(["", '"', "@"], *JANUARY) == ()


def test_people_share_one_query() -> None:
    assert by_people(["a@x.org", "b@x.org", "a@x.org"], *JANUARY) == (
        '(f:"a@x.org" OR f:"b@x.org") d:20240101..20240131',
    )


@given(st.lists(st.text(max_size=40), max_size=5))
def test_input_cannot_leave_the_quotes(texts: list[str]) -> None:
    for query in by_people(texts, *JANUARY):
        parts = query.split('"')
        outside = "".join(parts[::2])
        assert set(outside.replace(" OR ", "")) <= set("()f: d:20240101..20240131")
        assert not any(".." in inside or "“" in inside for inside in parts[1::2])


def test_many_people_are_split_into_queries_that_fit_into_a_request() -> None:
    crowd = [f"person.number.{number}@example.org" for number in range(500)]
    queries = by_people(crowd, *JANUARY)
    assert all(len(query) < 4000 for query in queries)
    assert [email for email in crowd if not any(f'"{email}"' in query for query in queries)] == []
