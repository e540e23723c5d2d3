"""What goes through the pager, and what does not."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.command_line import Run

ARGUMENTS = ("show", "1", "--now", "2023-08-03T08:00Z")


def in_terminal(environment: Mapping[str, str], *arguments: str, **extra: str) -> tuple[int, str]:
    """Run a command whose stdout is a terminal; return its status and what the terminal shows."""
    controller, terminal = pty.openpty()
    settings = {"TERM": "xterm", "GIT_PAGER": "", **extra}
    for name in ("LESS", "PAGER", "NO_COLOR"):
        settings.setdefault(name, "")
    command = [sys.executable, "-m", "patchwatch", *arguments]
    found = {name: value for name, value in {**environment, **settings}.items() if value}
    process = subprocess.Popen(command, stdout=terminal, stderr=subprocess.STDOUT, env=found)
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(controller)
    return process.wait(), shown.decode()


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that copies its input to a file, and says so."""
    program = tmp_path / "my pager"
    program.write_text(f"#!/bin/sh\ncat >'{tmp_path}/paged'\necho paged with LESS=$LESS\n")
    program.chmod(0o755)
    return f"'{program}'"


def test_the_pager_shows_all_of_it_in_color(
    with_xdp: Run, environment: dict[str, str], pager: str, tmp_path: Path
) -> None:
    status, shown = in_terminal(environment, *ARGUMENTS, PAGER=pager)
    assert (status, shown.strip()) == (0, "paged with LESS=FRX")
    paged = (tmp_path / "paged").read_text()
    assert paged.startswith("\x1b[1m#1  bpf, xdp: Add tracepoint")
    assert "Thread of v5" in paged


def test_the_pager_is_gits(with_xdp: Run, environment: dict[str, str], pager: str, tmp_path: Path) -> None:
    (tmp_path / "gitconfig").write_text(f'[core]\n\tpager = "{pager}"\n')
    extra = {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"), "PAGER": "false"}
    assert "paged with" in in_terminal(environment, *ARGUMENTS, **extra)[1]


@pytest.mark.parametrize("pager", ["cat", "no-such-pager --color"])
def test_without_a_pager_the_terminal_shows_it(with_xdp: Run, environment: dict[str, str], pager: str) -> None:
    status, shown = in_terminal(environment, *ARGUMENTS, PAGER=pager)
    assert status == 0
    assert "Thread of v5" in shown


def test_what_is_not_printed_on_a_terminal_is_not_paged(process: Run, with_xdp: Run, pager: str) -> None:
    shown = process(*ARGUMENTS, PAGER=pager, GIT_PAGER=pager, TERM="xterm").stdout
    assert shown.startswith("#1  bpf")
    assert "\x1b" not in shown


def test_a_pager_that_is_left_early_is_no_error(with_xdp: Run, environment: dict[str, str]) -> None:
    assert in_terminal(environment, *ARGUMENTS, PAGER="true") == (0, "")


def test_no_color_is_honored(with_xdp: Run, environment: dict[str, str], pager: str, tmp_path: Path) -> None:
    in_terminal(environment, *ARGUMENTS, PAGER=pager, NO_COLOR="1")
    assert "\x1b" not in (tmp_path / "paged").read_text()
