"""Sizes that one can read in a sitting: modules of at most 400 lines, functions of at most 60."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import patchwatch
from tests.support.paths import ROOT

MODULE_LINES = 400
FUNCTION_LINES = 60

LONGER = {
    "patchwatch/db/migrations/versions/v0001_first.py:upgrade": "a list of tables, and migrations never change",
}
"""Exceptions, as `path` or `path:function`, each with the reason."""

SOURCE = Path(patchwatch.__file__).parent


@cache
def modules() -> tuple[tuple[str, str], ...]:
    """Path below the checkout and text of each module."""
    paths = sorted(SOURCE.rglob("*.py"))
    return tuple((str(path.relative_to(SOURCE.parent)), path.read_text(encoding="utf-8")) for path in paths)


@cache
def all_long_functions() -> frozenset[str]:
    """The functions that are too long, as in `LONGER`."""
    return frozenset(name for path, text in modules() for name in long_functions(path, text))


def long_functions(path: str, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{path}:{node.name}"


def test_no_module_is_longer_than_400_lines() -> None:
    long = {path for path, text in modules() if len(text.splitlines()) > MODULE_LINES}
    assert sorted(long - LONGER.keys()) == []


def test_no_function_is_longer_than_60_lines() -> None:
    long = all_long_functions()
    assert sorted(long - LONGER.keys()) == []


def test_every_exception_is_still_needed() -> None:
    long = {path for path, text in modules() if len(text.splitlines()) > MODULE_LINES}
    long |= all_long_functions()
    assert sorted(LONGER.keys() - long) == []


def test_every_test_directory_mirrors_a_package() -> None:
    extra = {"support", "faults", "hostile"}  # shared code, and tests of the whole program under attack
    directories = {
        str(path.relative_to(ROOT / "tests"))
        for path in (ROOT / "tests").rglob("*")
        if path.is_dir() and not {"__pycache__", "__snapshots__"} & set(path.parts)
    }
    assert sorted(d for d in directories - extra if not (SOURCE / d).is_dir()) == []
