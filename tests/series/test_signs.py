"""Signs, and what stands in for them where a terminal has only ASCII."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from patchwatch.series.signs import SIGNS, encodable, in_ascii, sign_of, uses_ascii
from patchwatch.series.states import State
from patchwatch.text_width import cell_len
from tests.support.paths import ROOT

DRAWING = (
    "tui",
    "series/signs.py",
    "series/labels.py",
    "series/point_labels.py",
    "cli/queue_lines.py",
    "text_width.py",
)


@pytest.mark.parametrize("state", State)
def test_each_state_has_a_letter_of_its_own(state: State) -> None:
    letter = sign_of(state, ascii_only=True)
    assert (len(letter), letter.isascii()) == (1, True)
    assert [plain for _, plain in SIGNS.values()].count(letter) == 1


def drawn_characters() -> set[str]:
    """Every character beyond ASCII in the strings of the modules that draw."""
    package = ROOT / "patchwatch"
    files = [
        file
        for name in DRAWING
        for file in ([package / name] if name.endswith(".py") else package.glob(f"{name}/**/*.py"))
    ]
    return {character for file in files for text in strings(file) for character in text if not character.isascii()}


def strings(file: Path) -> list[str]:
    """The strings in a module, without docstrings and patterns."""
    tree = ast.parse(file.read_text())
    hidden = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    hidden |= {one for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) for one in node.args}
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in hidden)
    return [node.value for node in nodes if isinstance(node.value, str)]


def called(node: ast.Call) -> bool:
    """True if it compiles a pattern."""
    return isinstance(node.func, ast.Name) and node.func.id == "Pattern"


def test_every_sign_that_is_drawn_has_an_ascii_form_of_its_width() -> None:
    found = drawn_characters()
    assert "…" in found
    for character in sorted(found):
        plain = in_ascii(character)
        if not cell_len(character):
            continue  # a mark of direction
        assert plain.isascii(), f"{character!r} {ord(character):#x}"
        assert len(plain) == cell_len(character)


def test_letters_stay() -> None:
    assert in_ascii("○ “José” … 更新") == 'o "José" ~ 更新'


def test_what_a_character_set_lacks_is_a_question_mark_for_each_cell() -> None:
    assert encodable("José 更新", "ascii") == "Jos? ????"
    assert encodable("José 更新", "latin-1") == "José ????"
    assert encodable("e\u0301", "ascii") == "e"
    assert encodable("更新", "utf-8") == encodable("更新", "no-such-set") == "更新"


@pytest.mark.parametrize(
    ("choice", "variables", "encoding", "ascii_only"),
    [
        ("auto", {}, "utf-8", False),
        ("auto", {"LANG": "en_US.UTF-8"}, "utf-8", False),
        ("auto", {"LANG": "de_DE.utf8"}, "UTF-8", False),
        ("auto", {"LANG": "en_US.UTF-8", "LC_ALL": "C"}, "utf-8", True),
        ("auto", {"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, "utf-8", False),
        ("auto", {"LANG": "ja_JP.eucJP"}, "euc-jp", True),
        ("auto", {"LANG": "en_US"}, "utf-8", True),
        ("auto", {"LANG": "en_US.UTF-8", "LC_ALL": ""}, "utf-8", False),
        ("auto", {}, "ascii", True),
        ("auto", {}, "", False),
        ("ascii", {"LANG": "en_US.UTF-8"}, "utf-8", True),
        ("unicode", {"LC_ALL": "C"}, "ascii", False),
    ],
)
def test_the_choice_follows_config_locale_and_stream(
    choice: str, variables: dict[str, str], encoding: str, ascii_only: bool
) -> None:
    assert uses_ascii(choice, variables, encoding) is ascii_only
