"""What people are called in a sentence."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Person
from patchwatch.series.names import Names

JUN = Person("Jun Harada", "jun@example.org")
OTHER = Person("Jun Sato", "jun.sato@example.org")


@pytest.mark.parametrize(
    ("names", "person", "words"),
    [
        (Names(frozenset()), JUN, ("Jun", "Jun Harada", "Jun's", "Jun’s turn")),
        (
            Names(frozenset(), frozenset({"Jun Sato"})),
            JUN,
            ("Jun Harada", "Jun Harada", "Jun Harada's", "Jun Harada’s turn"),
        ),
        (Names(frozenset({"jun@example.org"})), JUN, ("you", "you", "your", "your turn")),
        (Names(frozenset({"jun@example.org"})), OTHER, ("Jun", "Jun Sato", "Jun's", "Jun’s turn")),
        (
            Names(frozenset({"jun@example.org"})),
            Person("", "Jun@Example.org"),
            ("you", "you", "your", "your turn"),
        ),
        (
            Names(frozenset()),
            Person("", "kim@example.org"),
            ("kim", "kim@example.org", "kim's", "kim’s turn"),
        ),
    ],
    ids=["another", "two with the first name", "me", "one with my first name", "my address alone", "an address alone"],
)
def test_people_are_called_by_name_and_the_user_is_you(
    names: Names, person: Person, words: tuple[str, str, str, str]
) -> None:
    found = (names.name(person), names.whole(person), names.possessive(person), names.turn(person))
    assert found == words
