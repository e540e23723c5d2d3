"""A day of a reviewer, in a real terminal: tmux renders the output of patchwatch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.tmux import NEEDS_TMUX, Tmux

pytestmark = NEEDS_TMUX

XDP = "bpf, xdp: Add tracepoint to xdp attaching failure"
APPLIED = "This series was applied to bpf/bpf-next.git (master)"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Tmux]:
    """The demo: three threads."""
    tmux = Tmux(tmp_path, "demo")
    yield tmux
    tmux.close()


def test_day_of_a_reviewer(terminal: Tmux) -> None:
    # A question by name, and a new version of what Rita reviewed.
    screen = terminal.shows("Now 1", "answer Rex", "Review 1", "review v3", "⏎ Open")

    # All three series, with state and turn.
    terminal.press("6")
    screen = terminal.shows("3 series", "60 unread", "⏎ Open")
    rows = [next(line for line in screen.splitlines() if text in line) for text in ("Refault", "tcp_ca_", "bpf, xdp")]
    assert "new" in rows[0]
    assert "12h" in rows[0]
    assert "deferred" in rows[1]
    assert "accepted" in rows[2]

    # Find the applied one with a limit.
    terminal.press("/")
    terminal.shows("esc Clear")
    terminal.press("-l", "s:xdp")
    terminal.shows("bpf, xdp", not_any_more="Refault distance")
    terminal.press("Enter")
    terminal.shows("⏎ Open")
    terminal.press("Enter")
    terminal.shows(XDP, "v1–v3 missing", "[v5", "0/2", "linked to v4: same title")

    # Go to the first unread mail, a patch, which marks it as read.
    terminal.press("n")
    terminal.shows("v5 1/2]", "11 unread")  # of 13: the cover letter was read first

    # Why accepted?  Go to the sentence in the mail.
    terminal.press("e")
    screen = terminal.shows("git-patchwork-notify@kernel.o", "Here is the summary with links:")
    assert sum(APPLIED in line for line in screen.splitlines()) == 2  # in the history and in the mail

    # What changed since v4?
    terminal.press("d")
    terminal.shows("v4 → v5", "2 changed", "Zero the extack before use.", "struct netlink_ext_ack ack = {};")
    terminal.press("q")
    terminal.shows("git-patchwork-notify@kernel.o", not_any_more="2 changed")
    terminal.press("q")
    terminal.shows("bpf, xdp", "unread", not_any_more="linked to v4: same title")

    # Snooze until someone replies.
    terminal.press("Z")
    terminal.shows("until someone replies", "until next Monday")
    terminal.press("Enter")
    terminal.shows("Snoozed until someone replies", not_any_more="until next Monday")

    terminal.press("C-q")
    assert terminal.status() == 0
