"""Every message that a person can get: all are plain, and can be read in one sitting.

`python -m tests.test_messages` prints them; braces stand for what is filled in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parent.parent / "patchwatch"
# Odd words of earlier versions, and machines that act like people.
ODD = re.compile(r"(?i)\b(?:whoever|anew|by itself|for good|hand(?:ed)? over|mend|he|his|him)\b")


def messages() -> dict[str, list[str]]:
    """The texts by module: those of errors, of `print_error`, and of notices of the TUI."""
    found: dict[str, list[str]] = {}
    for path in sorted(PROGRAM.rglob("*.py")):
        texts = [text for call in calls(path) for text in of_call(call) if " " in text]
        if texts:
            found[str(path.relative_to(PROGRAM.parent))] = sorted(set(texts))
    return found


def calls(path: Path) -> Iterator[ast.Call]:
    """The calls in a module."""
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def of_call(call: ast.Call) -> Iterator[str]:
    """The texts that a call shows to a person; none if it shows nothing."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "show" and len(call.args) == 3:  # a notice: its key, its tone, its text
        yield from texts_of(call.args[2])
    elif name.endswith("Error") or name in ("print_error", "fail"):
        for argument in call.args:
            yield from texts_of(argument)


def texts_of(node: ast.expr) -> Iterator[str]:
    """The texts that an expression can have."""
    if isinstance(node, ast.IfExp):
        yield from (*texts_of(node.body), *texts_of(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{" + short(part) + "}" for part in node.values
        )
    elif isinstance(node, ast.BinOp):
        for left in texts_of(node.left):
            yield from (left + right for right in texts_of(node.right))


def short(part: ast.expr) -> str:
    """A name for what is filled in."""
    words = re.findall(r"[a-z_]{3,}", ast.unparse(part))
    return words[-1] if words else "…"


def test_messages_are_plain() -> None:
    texts = {text: module for module, found in messages().items() for text in found}
    assert len(texts) > 250
    assert [place for place in texts.items() if ODD.search(place[0])] == []
    assert [place for place in texts.items() if "!" in place[0] or re.search(r"\S  \S", place[0])] == []
    # A sentence that names no value of the config begins with a capital only in the TUI; the command line has a prefix.
    commands = {text for text, module in texts.items() if module.startswith("patchwatch/cli/")}
    assert [text for text in commands if re.match(r"[A-Z][a-z]+ ", text) and not text.startswith("If it ")] == []


@pytest.mark.parametrize("text", ["the robot waits for good", "he has to mend it"])
def test_odd_words_are_found(text: str) -> None:
    assert ODD.search(text)


if __name__ == "__main__":
    for module, texts in messages().items():
        print(module, *(f"    {' '.join(text.split())}" for text in texts), "", sep="\n")
