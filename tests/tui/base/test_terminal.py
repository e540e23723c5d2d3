"""The TUI on a pseudo-terminal: quitting, SIGTERM and hangup end the process."""

from __future__ import annotations

import pytest

from patchwatch.tui.base.terminal import STATUS, TERMINATED
from tests.tui.pseudo_terminal import SIZE, Terminal

PROGRAM = """
import sys
import threading
from tests.tui.fake_tracker import FakeTracker
from patchwatch.tui.app import run_tui
tracker = FakeTracker()
tracker.gates["poll"] = threading.Event()
sys.exit(run_tui(tracker))
"""


@pytest.mark.parametrize("keys", ["q", "\x11"])
def test_quitting_does_not_wait_for_a_stuck_poll(keys: str) -> None:
    terminal = Terminal(PROGRAM, **SIZE)
    try:
        terminal.wait_for("zswap")
        terminal.press("r")
        terminal.wait_for("polling netdev")
        terminal.press(keys)
        assert terminal.ends_within(30) == 0  # the poll never ends
        assert b"Traceback" not in terminal.seen
    finally:
        terminal.close()


@pytest.mark.parametrize("keys", ["", "r", "jk" * 300], ids=["idle", "polling", "drawing"])
def test_process_exits_after_a_hangup(keys: str) -> None:
    terminal = Terminal(PROGRAM, **SIZE)
    try:
        terminal.wait_for("zswap")
        terminal.press(keys)  # nobody reads the output
        terminal.hang_up()
        assert terminal.ends_within(30) == STATUS  # not by SIGALRM, which arrives ten seconds after the hangup
    finally:
        terminal.close()


@pytest.mark.parametrize("keys", ["", "r"], ids=["idle", "polling"])
def test_sigterm_restores_the_terminal(keys: str) -> None:
    terminal = Terminal(PROGRAM, **SIZE)
    try:
        terminal.wait_for("zswap")
        terminal.press(keys)
        terminal.process.terminate()
        assert terminal.ends_within(30) == TERMINATED
        assert terminal.seen.rfind(b"\x1b[?1049l") > terminal.seen.rfind(b"\x1b[?1049h") > -1  # the alternate screen
        assert b"Traceback" not in terminal.seen
    finally:
        terminal.close()


def test_terminal_without_a_size_is_drawn_once() -> None:
    terminal = Terminal(PROGRAM)
    try:
        terminal.wait_for("zswap")
        terminal.wait_for_silence()
        terminal.press("q")
        assert terminal.ends_within(30) == 0
    finally:
        terminal.close()


SIGNS = """
import sys
from tests.tui.fake_tracker import FakeTracker
from patchwatch.config import Config, Tui
from patchwatch.tui.app import run_tui
sys.exit(run_tui(FakeTracker(), Config(tui=Tui(signs={signs!r}))))
"""
ASKS_WHERE_THE_CURSOR_IS = "\x1b[6n"


def drawn(terminal: Terminal) -> str:
    """What was drawn since the last call."""
    terminal.wait_for_silence()
    text = terminal.seen.decode()
    terminal.seen = b""
    return text


def test_a_terminal_with_wide_signs_gets_ascii() -> None:
    terminal = Terminal(SIGNS.format(signs="auto"), **SIZE, LC_ALL="C.UTF-8")
    try:
        terminal.wait_for(ASKS_WHERE_THE_CURSOR_IS)
        terminal.wait_for("zswap")
        before = drawn(terminal)
        assert "◐" in before
        terminal.press("\x1b[1;3R")  # the sign took two cells
        terminal.wait_for("a accepted")
        terminal.press("j")
        after = drawn(terminal)
        assert not set("○◐✓▌…─●") & set(after)
        terminal.press("q")
        assert terminal.ends_within(30) == 0
    finally:
        terminal.close()


def test_a_terminal_with_narrow_signs_keeps_them() -> None:
    terminal = Terminal(SIGNS.format(signs="auto"), **SIZE, LC_ALL="C.UTF-8")
    try:
        terminal.wait_for(ASKS_WHERE_THE_CURSOR_IS)
        terminal.press("\x1b[1;2R")
        terminal.wait_for("◐")
        terminal.press("q")
        assert terminal.ends_within(30) == 0
        assert b"a accepted" not in terminal.seen
    finally:
        terminal.close()


@pytest.mark.parametrize(("signs", "locale"), [("ascii", "C.UTF-8"), ("auto", "C")])
def test_signs_are_ascii_by_choice_or_locale(signs: str, locale: str) -> None:
    terminal = Terminal(SIGNS.format(signs=signs), **SIZE, LC_ALL=locale)
    try:
        terminal.wait_for("a accepted")
        assert not set("○◐✓▌…─●⏎") & set(drawn(terminal))
        assert ASKS_WHERE_THE_CURSOR_IS not in terminal.seen.decode()
        terminal.press("q")
        assert terminal.ends_within(30) == 0
    finally:
        terminal.close()
