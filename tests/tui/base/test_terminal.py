"""The program in a terminal of its own: that leaving it ends the process, and so does a terminal that goes away."""

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
def test_the_process_ends_while_a_poll_is_stuck(keys: str) -> None:
    terminal = Terminal(PROGRAM, **SIZE)
    try:
        terminal.wait_for("zswap")
        terminal.press("r")
        terminal.wait_for("polling netdev")
        terminal.press(keys)
        assert terminal.ends_within(30) == 0  # the poll never ends by itself
        assert b"Traceback" not in terminal.seen
    finally:
        terminal.close()


@pytest.mark.parametrize("keys", ["", "r", "jk" * 300], ids=["idle", "polling", "drawing"])
def test_the_process_ends_when_its_terminal_goes_away(keys: str) -> None:
    terminal = Terminal(PROGRAM, **SIZE)
    try:
        terminal.wait_for("zswap")
        terminal.press(keys)  # what is drawn then nobody reads
        terminal.hang_up()
        assert terminal.ends_within(30) == STATUS  # by itself: ten seconds after the hangup it would be a signal
    finally:
        terminal.close()


@pytest.mark.parametrize("keys", ["", "r"], ids=["idle", "polling"])
def test_who_is_told_to_end_gives_the_terminal_back(keys: str) -> None:
    terminal = Terminal(PROGRAM, **SIZE)
    try:
        terminal.wait_for("zswap")
        terminal.press(keys)
        terminal.process.terminate()
        assert terminal.ends_within(30) == TERMINATED
        assert terminal.seen.rfind(b"\x1b[?1049l") > terminal.seen.rfind(b"\x1b[?1049h") > -1  # its own screen
        assert b"Traceback" not in terminal.seen
    finally:
        terminal.close()


def test_a_terminal_without_a_size_is_drawn_once() -> None:
    terminal = Terminal(PROGRAM)
    try:
        terminal.wait_for("zswap")
        terminal.wait_for_silence()
        terminal.press("q")
        assert terminal.ends_within(30) == 0
    finally:
        terminal.close()
