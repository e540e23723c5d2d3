"""Sketches of added lines: small, and alike where the lines are."""

from __future__ import annotations

import base64

import pytest

from patchwatch.mail.added_lines import added_lines
from patchwatch.series.line_sketch import SIZE, line_sketch, lines_in_common


def sketch(*names: str, file: str = "a.c") -> str:
    added = "".join(f"+turn_the_wheel_of({name});\n" for name in names)
    return line_sketch(added_lines(f"--- a/{file}\n+++ b/{file}\n@@ -1 +1,{len(names)} @@\n-old\n{added}", (file,)))


def test_the_order_of_the_lines_and_the_file_make_no_difference() -> None:
    assert sketch("alpha", "bravo") == sketch("bravo", "alpha", file="b.c") != sketch("alpha", "charlie")


def test_lines_are_counted_once() -> None:
    assert lines_in_common(sketch("alpha", "alpha", "bravo"), sketch("alpha", "bravo")).alike == 1


def test_lines_in_common_are_those_of_both() -> None:
    found = lines_in_common(sketch("alpha", "bravo", "charlie"), sketch("bravo", "charlie", "delta"))
    assert (found.common, found.fewer, found.all) == (2, 3, 4)


def test_a_posting_without_added_lines_has_nothing_in_common() -> None:
    assert line_sketch(()) == line_sketch((b"", b"")) == ""
    assert lines_in_common("", sketch("alpha")).share == 0


@pytest.mark.parametrize("count", [1, SIZE, 50 * SIZE])
def test_a_sketch_is_small(count: int) -> None:
    assert len(base64.b64decode(sketch(*(f"wheel{n}" for n in range(count))))) == 2 * min(count, SIZE)
