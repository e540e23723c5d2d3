"""Patch numbers in words."""

from __future__ import annotations

import pytest

from patchwatch.series.patch_numbers import parse_patches


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1-3, 5", {1, 2, 3, 5}),
        ("2 to 9", {2, 3, 4, 5}),
        ("1-2, last", {1, 2, 5}),
        ("1-2, last, 4", {1, 2, 4, 5}),  # two sentences say it
        ("not 4", {1, 2, 3, 5}),
        ("not 1-2", {3, 4, 5}),
        ("not 9", {1, 2, 3, 4, 5}),
        ("some", set()),
    ],
)
def test_parse_patches(text: str, numbers: set[int]) -> None:
    assert parse_patches(text, 5) == numbers
