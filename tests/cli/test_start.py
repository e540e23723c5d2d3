"""What the start of a command does not do: import what it does not need, compile patterns that it may not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import copy_database

SLOW = ["b4", "difflib", "httpx", "liblore", "patchwatch.mail.parse", "pygit2", "requests", "textual"]
"""Modules that read mail, talk to the network or draw screens; each takes longer to import than the command line."""


def slow_imports_of(arguments: list[str], environment: dict[str, str], *, also: list[str]) -> list[str]:
    """Run a command in a new process; return which of the slow modules it imported."""
    code = (
        "import sys; from patchwatch.cli.main import run; status = run(sys.argv[1:])\n"
        f"print([name for name in {[*SLOW, *also]} if name in sys.modules], status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    *_, last = done.stdout.splitlines()
    names, _, status = last.rpartition(" ")
    assert int(status) in (0, 1), done.stderr
    return [name.strip("' ") for name in names.strip("[]").split(",") if name.strip()]


@pytest.mark.parametrize(
    ("command", "also"),
    [
        ("--help", ["sqlalchemy"]),
        ("list", []),
        ("list --all", []),
        ("show 1", []),
        ("next", []),
        ("doctor --offline", []),
        ("mark 1 deferred", []),
        ("mute 1", []),
    ],
)
def test_commands_that_read_no_mail_import_no_slow_module(
    command: str, also: list[str], environment: dict[str, str], xdp: Path
) -> None:
    copy_database(xdp, Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db")
    assert slow_imports_of(command.split(), environment, also=also) == []


def test_slow_imports_are_noticed(environment: dict[str, str]) -> None:
    mbox = Path(environment["XDG_DATA_HOME"]) / "empty.mbox"
    mbox.parent.mkdir(parents=True)
    mbox.write_bytes(b"")
    assert "patchwatch.mail.parse" in slow_imports_of(["import", str(mbox), "--inbox", "x"], environment, also=[])


def test_importing_compiles_no_pattern_of_ours() -> None:
    """Modules use `patchwatch.pattern.Pattern`, which compiles on first use."""
    code = """
import importlib, pkgutil, re, sys, patchwatch
compiled = []
compile_pattern = re._compile
def recorded(pattern, flags):
    caller = sys._getframe(1)
    while caller.f_code.co_filename == re.__file__:
        caller = caller.f_back
    name = caller.f_globals["__name__"]
    if name.startswith("patchwatch."):
        compiled.append(f"{name}:{caller.f_lineno}")
    return compile_pattern(pattern, flags)
re._compile = recorded
for module in pkgutil.walk_packages(patchwatch.__path__, "patchwatch."):
    if not module.name.startswith(("patchwatch.db.migrations", "patchwatch.__main__")):
        importlib.import_module(module.name)
print(compiled)
from patchwatch.pattern import Pattern
Pattern("a").search("a")
print(compiled)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    while_importing, later = done.stdout.splitlines()
    assert while_importing == "[]"
    assert later.startswith("['patchwatch.pattern:")  # so that it would have been noticed
