"""The systemd user units: contents, validity, and that only ours are replaced or removed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from patchwatch.config import systemd_unit_directory
from patchwatch.daemon.systemd import install, needed_environment, remove, status, units
from patchwatch.errors import InvalidInputError, NotFoundError

PROGRAM = ("/usr/bin/python3", "-m", "patchwatch")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty home directory, without a systemd user manager."""
    for name in [n for n in os.environ if n.startswith(("PATCHWATCH_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


@pytest.mark.parametrize(
    ("timer", "files", "unit"),
    [
        (False, {"patchwatch.service"}, "patchwatch.service"),
        (True, {"patchwatch-poll.service", "patchwatch-poll.timer"}, "patchwatch-poll.timer"),
    ],
)
def test_units_are_installed_listed_and_removed(home: Path, timer: bool, files: set[str], unit: str) -> None:
    done = install(15, timer=timer)
    assert systemd_unit_directory() == home / ".config" / "systemd" / "user"
    assert names(systemd_unit_directory()) == files
    assert "systemctl --user daemon-reload" in done.commands
    assert f"systemctl --user enable --now {unit}" in done.commands
    assert {(path.name, state) for path, state in status()} == {(name, "unknown") for name in files}
    install(30, timer=timer)  # again, with another interval
    remove()
    assert names(systemd_unit_directory()) == set()
    with pytest.raises(NotFoundError):
        remove()


def test_command_names_the_files_and_the_next_commands(home: Path) -> None:
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "patchwatch", "service", *arguments]
        return subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False)

    path = f"{home}/.config/systemd/user/patchwatch.service"
    installed = call("install")
    assert (installed.returncode, installed.stdout) == (0, f"wrote {path}\n")
    assert "  systemctl --user enable --now patchwatch.service\n" in installed.stderr
    assert call("status").stdout == f"{path}: unknown\n"
    assert call("remove").stdout == f"removed {path}\n"
    nothing = call("status")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "patchwatch service install" in nothing.stderr


def test_foreign_unit_is_kept() -> None:
    path = systemd_unit_directory() / "patchwatch.service"
    path.parent.mkdir(parents=True)
    path.write_text("[Service]\nExecStart=/bin/true\n")
    with pytest.raises(InvalidInputError, match="was not written by patchwatch"):
        install(15, timer=False)
    with pytest.raises(NotFoundError):
        remove()
    assert path.read_text() == "[Service]\nExecStart=/bin/true\n"


def test_only_one_variant_can_be_installed() -> None:
    install(15, timer=False)
    with pytest.raises(InvalidInputError, match="installed already"):
        install(15, timer=True)


def test_links_of_enable_are_removed() -> None:
    install(15, timer=False)
    link = systemd_unit_directory() / "default.target.wants" / "patchwatch.service"
    link.parent.mkdir()
    link.symlink_to(systemd_unit_directory() / "patchwatch.service")
    remove()
    assert not link.is_symlink()


def test_service_gets_the_variables_of_the_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = needed_environment(
        {"PATCHWATCH_DATABASE": "here.db", "PATCHWATCH_LORE_URL": "http://127.0.0.1:8090", "EDITOR": "vi"}
    )
    assert found == {"PATCHWATCH_DATABASE": f"{tmp_path}/here.db", "PATCHWATCH_LORE_URL": "http://127.0.0.1:8090"}


def test_password_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="password"):
        needed_environment({"PATCHWATCH_DATABASE": "postgresql://ann:secret@db/pw"})


def test_words_are_quoted() -> None:
    text = units(("/opt/my python", "$x%h"), {"PATCHWATCH_DATABASE": '/home/a b/"$x%h".db'}, 15, timer=False)
    lines = text["patchwatch.service"].splitlines()
    assert 'ExecStart="/opt/my python" "$$x%%h" run' in lines
    assert 'Environment="PATCHWATCH_DATABASE=/home/a b/\\"$x%%h\\".db"' in lines


def test_line_break_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        units(PROGRAM, {"PATCHWATCH_CONFIG": "/a\nExecStart=/bin/evil"}, 15, timer=False)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("timer", [False, True])
def test_units_pass_systemd_analyze(tmp_path: Path, timer: bool) -> None:
    texts = units((sys.executable, "-m", "patchwatch"), {"PATCHWATCH_CONFIG": "/home/a b/c.toml"}, 2.5, timer=timer)
    paths = [tmp_path / name for name in texts]
    for path in paths:
        path.write_text(texts[path.name])
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    checked = subprocess.run(
        ["systemd-analyze", "--user", "verify", *map(str, paths)],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "Failed to initialize manager" in checked.stderr:
        pytest.skip(f"systemd-analyze does not work here: {checked.stderr.strip()}")
    complaints = [line for line in checked.stderr.splitlines() if "patchwatch" in line]
    assert (checked.returncode, complaints) == (0, [])
