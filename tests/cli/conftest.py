"""Fixtures that run commands, in this process or in a new one, on an empty or a prepared database."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from patchwatch.cli.main import run as run_here
from patchwatch.db.database import Database
from tests.support.command_line import Run, add_to_config, copy_database
from tests.support.mails import mail, mbox, patch_with_question
from tests.support.paths import DEMO, ROOT


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    config = tmp_path / "config" / "patchwatch" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[lore]\ndeadline_seconds = 1\n[database]\nbusy_seconds = 0.2\n")
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PATCHWATCH_", "XDG_"))},
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PATCHWATCH_LORE_URL": "http://127.0.0.1:9",  # the discard port: nothing listens
        "GIT_PAGER": "cat",
        "PYTHONWARNINGS": "error",
        "COLUMNS": "80",
    }


@pytest.fixture
def process(environment: dict[str, str]) -> Run:
    """Run a command in a new process, for what only that can show."""
    file = Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db"

    def call(*arguments: str | Path, stdin: bytes = b"", **extra: str) -> subprocess.CompletedProcess[str]:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            Database(f"sqlite:///{file}").close()  # sooner than a new process creates it
        done = subprocess.run(
            [sys.executable, "-m", "patchwatch", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env=environment | extra,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, which is faster."""
    for name in os.environ.keys() - environment.keys():
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str | Path, stdin: bytes = b"", **extra: str) -> subprocess.CompletedProcess[str]:
        line = [*map(str, arguments)]
        capsys.readouterr()
        with pytest.MonkeyPatch.context() as changed:
            changed.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name, value in extra.items():
                changed.setenv(name, value)
            status = run_here(line)
        return subprocess.CompletedProcess(line, status, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def xdp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the mails of one series, to be copied."""
    file = tmp_path_factory.mktemp("xdp") / "patchwatch.db"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PATCHWATCH_DATABASE", str(file))
        environment.setenv("PATCHWATCH_CONFIG", str(ROOT / "config.example.toml"))
        assert run_here(["import", str(DEMO / "xdp.mbox"), "--inbox", "bpf"]) == 0
    return file


@pytest.fixture
def with_xdp(run: Run, xdp: Path, environment: dict[str, str]) -> Run:
    """Run a command in this process, on a database with the xdp series."""
    copy_database(xdp, Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db")
    return run


@pytest.fixture
def with_question(run: Run, tmp_path: Path) -> Run:
    """Patches: one by Ann, the user, with a question from Rita; one by Bo, sent to Ann; one by Cy."""
    add_to_config(tmp_path, '[me]\naddresses = ["Ann@Example.org"]\n')
    raws = [
        *patch_with_question(),
        mail(
            message_id="b@x",
            subject="[PATCH] quux: say quux",
            sender="Bo Author <bo@example.net>",
            date="Wed, 5 Jul 2023 10:00:00 +0000",
            cc="Ann Author <ann@example.org>",
            body="Why.\n---\n",
        ),
        mail(message_id="c@x", subject="[PATCH] blip: fix it", sender="Cy <cy@example.com>", body="Why.\n---\n"),
    ]
    for number, raw in enumerate(raws):
        (tmp_path / f"{number}.eml").write_bytes(raw)
    (tmp_path / "box").write_bytes(mbox(raws))
    assert run("import", tmp_path / "box", "--inbox", "x").returncode == 0
    return run
