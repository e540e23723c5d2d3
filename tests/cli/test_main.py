"""Exit status and error messages of the command line."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from patchwatch.cli.main import COMMANDS
from patchwatch.cli.main import run as run_here
from patchwatch.config import Config
from patchwatch.config_file import parse_config
from tests.support.command_line import Run
from tests.support.paths import ROOT


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("show", "99"), 1, "there is no series 99"),
        (("show", "what"), 1, "does not name a series"),
        (("watch", "nothing-here"), 1, "neither a file, nor a link"),
        (("import", "/nowhere", "--inbox", "x"), 1, "/nowhere"),
        (("list", "--mine"), 1, "[me]"),
        (("list", "--nonsense"), 2, "No such option"),
        (("lst",), 2, "Did you mean 'list'?"),
        (("--now", "soon", "list"), 2, "use 2023-09-20T08:00Z"),
        (("snooze", "1"), 1, "there is no series 1"),
        (("snooze", "1", "--until", "soon"), 1, "use 2026-12-01"),
        (("tui",), 1, "needs a terminal"),
    ],
)
def test_errors_go_to_stderr_with_an_exit_status(
    run: Run, arguments: tuple[str, ...], status: int, message: str
) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr


def test_a_process_prints_no_traceback_and_exits_with_the_status(process: Run) -> None:
    done = process("show", "99")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("patchwatch: there is no series 99")
    assert "Traceback" not in done.stderr


def test_a_config_error_names_file_line_and_the_nearest_key(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "config" / "patchwatch" / "config.toml"
    path.write_text('[lore]\nurl = "https://lore.kernel.org"\ntimout_seconds = 3\n')
    done = run("list")
    assert done.returncode == 1
    assert f"{path}:3: unknown key lore.timout_seconds; did you mean timeout_seconds?" in done.stderr


def test_the_example_config_has_the_defaults(run: Run) -> None:
    path = ROOT / "config.example.toml"
    assert run("list", PATCHWATCH_CONFIG=str(path)).returncode == 0
    parsed = parse_config(path.read_text(), path)
    assert (parsed.lore, parsed.poll, parsed.me) == (Config().lore, Config().poll, Config().me)
    assert (parsed.review, parsed.database) == (Config().review, Config().database)


def test_the_example_config_names_every_key(run: Run) -> None:
    tables = tomllib.loads((ROOT / "config.example.toml").read_text())
    defaults = {name: getattr(Config(), name) for name in Config.__struct_fields__ if name not in ("source", "keys")}
    sections = {name: default for name, default in defaults.items() if default != ()}  # several: tests/test_config.py
    assert tables.pop("keys") == {}  # tests/tui/test_tui_keys.py
    assert {name: set(table) for name, table in tables.items()} == {
        name: set(default.__struct_fields__) for name, default in sections.items()
    }


@pytest.mark.sqlite
def test_a_newer_database_is_refused(with_xdp: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data" / "patchwatch" / "patchwatch.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    done = with_xdp("list")
    assert done.returncode == 1
    assert "newer patchwatch" in done.stderr


@pytest.mark.sqlite
def test_a_locked_database_is_readable_and_a_write_fails(with_xdp: Run, tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "data" / "patchwatch" / "patchwatch.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert with_xdp("list", "--all").returncode == 0  # reading goes on
        done = with_xdp("mute", "1")
    finally:
        holder.close()
    assert done.returncode == 1
    assert "locked by another program" in done.stderr


def test_a_closed_pipe_is_not_an_error(with_xdp: Run, environment: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "patchwatch", "show", "1"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment,
        check=False,
    )
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here([name, "--help"]) == 0
    words = capsys.readouterr().out.split("\n")
    at = next(number for number, text in enumerate(words) if text in ("  Example:", "  Examples:"))
    shown = [text.strip() for text in words[at + 1 : words.index("", at)]]
    assert shown
    assert all(f"patchwatch {name}" in text for text in shown), shown
