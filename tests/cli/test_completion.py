"""Completion in shells, the man pages, and what an installation brings of both."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from patchwatch.cli.completion import PATHS, script, shared_files
from patchwatch.cli.main import COMMANDS
from patchwatch.cli.manual import pages
from tests.support.command_line import Run
from tests.support.mails import mail, mbox
from tests.support.paths import ROOT

pytestmark = pytest.mark.sqlite  # of a server, nothing is offered

HOSTILE = "frob: $(touch owned) `touch owned` * ; touch owned, one, two: three\x1b]0;x\x07"

_BASH = """
source "$1"
COMP_WORDS=({words}) COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )) COMP_TYPE={kind}
compopt() {{ :; }}  # works only while readline completes
_patchwatch_completion patchwatch
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def on_path(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An environment in which the shell finds `patchwatch`."""
    program = tmp_path / "bin" / "patchwatch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m patchwatch "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    home = {"HOME": str(tmp_path), "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    return {**environment, **home, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def two_series(run: Run, tmp_path: Path) -> Run:
    """Two series, the second with a title that a shell must not touch."""
    raws = [
        mail(message_id="a@x", subject="[PATCH] frob: fix it", body="Why.\n---\n"),
        mail(message_id="b@x", subject=f"[PATCH v2] {HOSTILE}", sender="Bo <bo@example.org>", body="Why.\n---\n"),
    ]
    (tmp_path / "box").write_bytes(mbox(raws))
    assert run("import", tmp_path / "box", "--inbox", "netdev").returncode == 0
    return run


def completed(run: Run, *words: str) -> list[str]:
    """What fish is offered for the last of these words: the value, a tab, and what describes it."""
    done = run(COMP_WORDS=" ".join(("patchwatch", *words)), COMP_CWORD=words[-1], _PATCHWATCH_COMPLETE="fish_complete")
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_a_series_is_completed_with_its_title(with_xdp: Run) -> None:
    number, title = completed(with_xdp, "show", "")[0].split("\t")
    assert number == "1"
    assert title == "bpf, xdp: Add tracepoint to xdp attaching failure"
    assert completed(with_xdp, "mark", "9") == []


@pytest.mark.parametrize("command", ["show", "diff", "mark", "link", "unlink", "mute", "snooze", "unwatch", "tui"])
def test_every_command_on_a_series_completes_it(with_xdp: Run, command: str) -> None:
    assert any(found.startswith("1\t") for found in completed(with_xdp, command, ""))


def test_watched_series_are_offered_if_there_are_any(two_series: Run, tmp_path: Path) -> None:
    assert len(completed(two_series, "show", "")) == 2
    (tmp_path / "a.eml").write_bytes((tmp_path / "box").read_bytes().split(b"From mboxrd", 2)[1].partition(b"\n")[2])
    two_series("watch", tmp_path / "a.eml")
    assert [found.partition("\t")[2] for found in completed(two_series, "show", "")] == ["frob: fix it"]


def test_versions_lists_and_states_are_completed(with_xdp: Run) -> None:
    assert completed(with_xdp, "diff", "1", "v") == ["v1", "v2", "v3", "v4", "v5"]
    assert completed(with_xdp, "diff", "nonsense", "v") == []
    assert completed(with_xdp, "list", "--inbox", "b") == ["bpf"]
    assert completed(with_xdp, "mark", "1", "acc") == ["accepted"]


def test_labels_are_completed_with_their_sign(with_xdp: Run) -> None:
    with_xdp("label", "1", "+todo", "+later")
    assert completed(with_xdp, "list", "--label", "t") == ["todo"]
    assert [found.partition("\t")[0] for found in completed(with_xdp, "label", "1", "+")] == ["+later", "+todo"]
    assert completed(with_xdp, "label", "1", "-t") == ["-todo\tremove this label"]
    assert any(found.startswith("1\t") for found in completed(with_xdp, "label", "-todo", ""))


@pytest.mark.parametrize("broken", ["config", "database", "nothing"])
def test_nothing_is_offered_and_nothing_is_created_if_the_data_cannot_be_read(
    run: Run, environment: dict[str, str], tmp_path: Path, broken: str
) -> None:
    database = Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db"
    if broken == "config":
        (tmp_path / "config" / "patchwatch" / "config.toml").write_text("[nonsense")
    elif broken == "database":
        database.parent.mkdir(parents=True)
        database.write_bytes(b"no database" * 1000)
    done = run(COMP_WORDS="patchwatch show ", COMP_CWORD="", _PATCHWATCH_COMPLETE="fish_complete")
    assert (done.stdout.strip(), done.stderr) == ("", "")
    assert database.exists() == (broken == "database")


def bash(environment: dict[str, str], words: str, tmp_path: Path, *, kind: int = 9) -> list[str]:
    """What bash would offer, or insert if it is one."""
    (tmp_path / "completion.bash").write_text(script("bash"))
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    (work / "a file").touch()
    command = ["bash", "--norc", "-c", _BASH.format(words=words, kind=kind), "bash", tmp_path / "completion.bash"]
    done = subprocess.run(command, env=environment, cwd=work, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert [path.name for path in work.iterdir()] == ["a file"]
    return done.stdout.splitlines()


def test_bash_shows_titles_and_runs_nothing_that_they_contain(
    two_series: Run, on_path: dict[str, str], tmp_path: Path
) -> None:
    plain, hostile = sorted(bash(on_path, "patchwatch show ''", tmp_path))
    assert plain == "1  (frob: fix it)"
    assert hostile.startswith("2  (frob: $(touch owned) `touch owned` * ; touch owned, one, two: three")
    assert "\x1b" not in hostile
    assert len(hostile) < 80


def test_bash_inserts_only_the_number(two_series: Run, on_path: dict[str, str], tmp_path: Path) -> None:
    assert bash(on_path, "patchwatch show 2", tmp_path) == ["2"]
    assert sorted(bash(on_path, "patchwatch show ''", tmp_path, kind=37)) == ["1", "2"]


@pytest.mark.skipif(not shutil.which("fish"), reason="needs fish")
def test_fish_shows_whole_titles(two_series: Run, on_path: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "patchwatch.fish"
    file.write_text(script("fish"))
    command = ["fish", "--no-config", "-c", f"source {file}; complete -C 'patchwatch show '"]
    done = subprocess.run(command, env=on_path, capture_output=True, text=True, check=True)
    assert any("touch owned, one, two: three" in line for line in done.stdout.splitlines())
    assert "1\tfrob: fix it" in done.stdout.splitlines()


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs zsh")
def test_zsh_reads_the_script(tmp_path: Path) -> None:
    file = tmp_path / "_patchwatch"
    file.write_text(script("zsh"))
    subprocess.run(["zsh", "-f", "-n", file], check=True)


def test_the_shell_is_taken_from_the_environment(run: Run) -> None:
    assert run("completion", SHELL="/usr/bin/fish").stdout == script("fish")
    unknown = run("completion", SHELL="/bin/tcsh")
    assert unknown.returncode == 2
    assert "bash, zsh, fish" in unknown.stderr


@pytest.mark.parametrize("shell", list(PATHS))
def test_the_script_and_the_man_pages_can_be_installed_for_one_user(
    run: Run, environment: dict[str, str], shell: str
) -> None:
    done = run("completion", shell, "--install")
    share = Path(environment["XDG_DATA_HOME"])
    assert done.returncode == 0
    assert (share / PATHS[shell]).read_text() == script(shell)
    assert not any((share / path).exists() for other, path in PATHS.items() if other != shell)
    assert (share / "man/man1/patchwatch-list.1").is_file()
    assert len(done.stdout.splitlines()) == len(COMMANDS) + 2


def test_what_an_installation_brings_is_current() -> None:
    share = ROOT / "share"
    written = {path.relative_to(share): path.read_text(encoding="utf-8") for path in share.rglob("*") if path.is_file()}
    assert written == {Path(path): text for path, text in shared_files()}, "run `make share`"


def test_a_man_page_has_the_sections_that_people_expect() -> None:
    found = dict(pages())
    assert found.keys() == {"patchwatch.1", *(f"patchwatch-{name}.1" for name in COMMANDS)}
    for name, text in found.items():
        for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO"):
            assert f"\n.SH {section}\n" in text, (name, section)
    listing = found["patchwatch-list.1"]
    assert "\npatchwatch\\-list \\- list what needs you, and what waits for others\n" in listing
    assert "\n.B \\-\\-awaiting\\-review\n" in listing
    assert "\n.SH EXAMPLES\n.nf\npatchwatch list\n" in listing


@pytest.mark.skipif(not shutil.which("mandoc"), reason="needs mandoc")
def test_mandoc_finds_no_mistake_in_the_man_pages() -> None:
    files = sorted((ROOT / "share/man/man1").iterdir())
    done = subprocess.run(["mandoc", "-T", "lint", *files], capture_output=True, text=True, check=False)
    minor = ("missing date", "longer than 80 bytes")  # the date would change with every build
    assert [line for line in done.stdout.splitlines() if not any(text in line for text in minor)] == []
