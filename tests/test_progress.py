"""Progress of long work: a line on a terminal, nothing elsewhere."""

from __future__ import annotations

import re

import pytest

from patchwatch import output
from patchwatch.progress import in_words
from tests.tui.pseudo_terminal import Terminal

SEQUENCES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PROGRAM = """
import time
from patchwatch import output
with output.progress_line() as progress:
    for done in range(4):
        progress("reading {text}", done, {total})
        time.sleep(0.15)
    output.print_error("one is unreadable")
    progress("reading {text}", 4, {total})
output.print_line("all read")
"""


def shown(text: str = "the list", total: int = 4, **size: str) -> str:
    """What a terminal gets."""
    terminal = Terminal(PROGRAM.format(text=text, total=total), **({"COLUMNS": "80", "LINES": "24"} | size))
    try:
        terminal.wait_for("all read")
        return terminal.seen.decode()
    finally:
        terminal.close()


def test_progress_has_words_a_bar_and_percent_and_is_gone_in_the_end() -> None:
    text = shown()
    plain = SEQUENCES.sub("", text)
    assert re.search(r"reading the list +[━╺╸]+ +50%", plain)
    end = text[text.rindex("100%") :]
    assert "\x1b[2K" in end[: end.index("all read")]  # the line is erased
    assert "one is unreadable\r\n" in plain


def test_a_narrow_terminal_has_no_bar_and_the_words_are_cut() -> None:
    plain = SEQUENCES.sub("", shown("a list with a name that is very long", COLUMNS="40"))
    lines = re.split(r"[\r\n]+", plain)
    assert all(len(line) <= 40 for line in lines)
    assert any(re.search(r"^reading a list with.*… +50%", line) for line in lines)
    assert "━" not in plain


def test_without_a_total_there_are_only_words() -> None:
    plain = SEQUENCES.sub("", shown(total=0))
    assert "reading the list" in plain
    assert "%" not in plain


def test_names_from_strangers_are_sanitized() -> None:
    assert "owned" in SEQUENCES.sub("", text := shown(r"\x1b]0;owned\x07 \u202eabc [red]x"))
    assert "\x1b]" not in text
    assert "\u202e" not in text
    assert "[red]x" in SEQUENCES.sub("", text)  # no markup


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress_line() as progress:
        progress("reading", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_progress_in_words() -> None:
    assert in_words("polling netdev", 3, 12) == "polling netdev, 3 of 12"
    assert in_words("polling netdev", 0, 1) == "polling netdev"
    assert in_words("fetching", 0, 0) == "fetching"
