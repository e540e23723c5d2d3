"""Regular expressions are compiled when they are first used."""

from __future__ import annotations

import ast
import re

import pytest

from patchwatch.pattern import Pattern
from tests.support.paths import ROOT


def _compiled_on_import(module: ast.Module) -> list[int]:
    """The lines outside functions that call `re.compile`."""
    found: list[int] = []
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
            found.append(node.lineno)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


def test_no_module_compiles_a_pattern_while_it_is_imported() -> None:
    assert _compiled_on_import(ast.parse("import re\nX = [re.compile('x')]\ndef f():\n    re.compile('y')\n")) == [2]
    modules = {path: ast.parse(path.read_text()) for path in (ROOT / "patchwatch").rglob("*.py")}
    assert {str(path): lines for path, module in modules.items() if (lines := _compiled_on_import(module))} == {}


def test_a_pattern_finds_what_re_finds() -> None:
    lazy, compiled = Pattern(r"(a)(b)?", re.IGNORECASE), re.compile(r"(a)(b)?", re.IGNORECASE)
    for _ in range(2):  # before and after it was compiled
        for text in ("", "xABa", "ba"):
            assert lazy.findall(text) == compiled.findall(text)
            assert lazy.split(text) == compiled.split(text)
            assert lazy.sub("-", text) == compiled.sub("-", text)
            assert [m.span() for m in lazy.finditer(text)] == [m.span() for m in compiled.finditer(text)]
            for name in ("search", "match", "fullmatch"):
                found, wanted = getattr(lazy, name)(text), getattr(compiled, name)(text)
                assert (found and found.span()) == (wanted and wanted.span())


def test_an_invalid_pattern_is_an_error_when_it_is_used() -> None:
    pattern = Pattern("(")
    with pytest.raises(re.error):
        pattern.search("x")
