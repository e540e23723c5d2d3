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
