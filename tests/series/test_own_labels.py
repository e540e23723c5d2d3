"""Labels: what can be one, and how changes are written."""

from __future__ import annotations

import pytest

from patchwatch.errors import InvalidInputError
from patchwatch.series.own_labels import LabelChange, parse_change, parse_label


@pytest.mark.parametrize(
    ("text", "label"),
    [("todo", "todo"), ("Next-Week", "next-week"), ("6.18/fixes_x.y", "6.18/fixes_x.y"), ("überfällig", "überfällig")],
)
def test_a_label_is_stored_in_lower_case(text: str, label: str) -> None:
    assert parse_label(text) == label


@pytest.mark.parametrize(
    "text", ["", "-todo", "_x", "a b", "a,b", "me@example.org", "x" * 41, "a\x1b[31m", "a\u202eb", "a\nb"]
)
def test_what_can_be_something_else_is_no_label(text: str) -> None:
    with pytest.raises(InvalidInputError, match="can't be a label"):
        parse_label(text)


def test_words_with_a_minus_sign_are_removed_and_all_others_added() -> None:
    change = parse_change(["+todo", "-later", "Waiting"])
    assert change == LabelChange(frozenset({"todo", "waiting"}), frozenset({"later"}))
    assert str(change) == "+todo +waiting -later"
    assert not parse_change([])


def test_a_label_cannot_be_both_added_and_removed() -> None:
    with pytest.raises(InvalidInputError, match="'todo' is both added and removed"):
        parse_change(["+todo", "-TODO"])
