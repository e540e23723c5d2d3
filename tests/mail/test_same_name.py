"""Tests of patchwatch.mail.same_name."""

from __future__ import annotations

import email.charset
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.same_name import is_same_name


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Ann Author", "ann  AUTHOR"),
        ("Ann Author (Frob)", "Ann Author"),
        ("Author, Ann (Frob)", "Ann Author"),
        ("Author, Ann", "Ann B. Author"),
        ("Ann O'Hara", "O'Hara, Ann"),
    ],
)
def test_spellings_of_one_name_are_the_same_person(one: str, two: str) -> None:
    assert is_same_name(one, two)
    assert is_same_name(two, one)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("", ""),
        ("(Frob)", "(Frob)"),
        ("Ann Author", "Ann B. Author"),
        ("Ann Author", "Author Ann"),
        ("Author, Al", "Alexander Author"),
        ("Author,", "Author Ann"),
        (", ,", ", ."),
        ("Ann Author", ""),
    ],
)
def test_other_names_are_other_persons(one: str, two: str) -> None:
    assert not is_same_name(one, two)
    assert not is_same_name(two, one)


_NAMES = st.lists(st.sampled_from(["Ann", "ann", "Author", "B.", ",", "(", ")", "(Frob)", " ", "é", "-", "İ"])).map(
    "".join
)


@pytest.fixture(scope="module")
def name_matches() -> Callable[[str, str], bool]:
    """liblore's function; importing it changes how the email package encodes mail."""
    before = email.charset.CHARSETS["utf-8"]
    try:
        from liblore.series import name_matches as function
    finally:
        email.charset.CHARSETS["utf-8"] = before
    return function


@given(one=_NAMES, two=_NAMES)
def test_rule_is_the_one_of_liblore(name_matches: Callable[[str, str], bool], one: str, two: str) -> None:
    assert is_same_name(one, two) == name_matches(one, two)
