"""Tests of patchwatch.mail.same_name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from patchwatch.mail.same_name import is_same_name


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Ann Author", "ann  AUTHOR"),
        ("Ann Author (Frob)", "Ann Author"),
        ("Author, Ann (Frob)", "Ann Author"),
        ("Author, Ann", "Ann B. Author"),
        ("Ann O'Hara", "O'Hara, Ann"),
        ("Žofie Čápová", "Zofie Capova"),
        ("Ana Nuñez", "Ana Nun\u0303ez"),
        ("Nuñez, Ana (Frob)", "Ana Nunez"),
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
        ("李明", "李鸣"),
    ],
)
def test_other_names_are_other_persons(one: str, two: str) -> None:
    assert not is_same_name(one, two)
    assert not is_same_name(two, one)


def test_comparing_names_imports_no_http_client() -> None:
    code = """
import sys
from patchwatch.mail.same_name import is_same_name
assert is_same_name("Author, Ann", "Ann Author")
assert not [name for name in sys.modules if name.partition(".")[0] in ("requests", "urllib3")]
import liblore.node, requests
assert liblore.node.requests.Session is requests.Session
"""
    subprocess.run([sys.executable, "-c", code], check=True)
