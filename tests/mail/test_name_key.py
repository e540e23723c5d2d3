"""By what names people are known, whatever address they write from."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import name_key


@pytest.mark.parametrize("name", ["Ann Author", "Ann B. Author", "Ann B Author", "Author, Ann", "Ann Author (Frob)"])
def test_names_of_one_person(name: str) -> None:
    assert name_key(name) == "ann author"


@pytest.mark.parametrize("name", ["Ann B. C. Author", "Ann A", "B. Ann Author", "Ann Author B", "Ann Bea Author"])
def test_names_that_somebody_else_may_have(name: str) -> None:
    assert name_key(name) != "ann author"
