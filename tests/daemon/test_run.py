"""`patchwatch run` as a process: signals, the lock, a slow server, hooks, the log; and `poll` at the same time."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patchwatch.cli.main import run as run_here
from patchwatch.db.database import Database
from tests.support.lore_server import LoreServer
from tests.support.mails import mail

PATIENCE = 60.0
Start = Callable[..., "Program"]


class Program:
    """A running `patchwatch run --json`, and its log so far."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.lines: list[dict[str, object]] = []
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for raw in self.process.stderr:
            with self._came:
                self.lines.append(json.loads(raw))
                self._came.notify_all()

    def until(self, kind: str, text: str = "") -> dict[str, object]:
        """Wait for an event of this kind with this text in any field."""

        def match() -> dict[str, object] | None:
            return next(
                (
                    one
                    for one in self.lines
                    if one["event"] == kind and any(text in str(value) for value in one.values())
                ),
                None,
            )

        with self._came:
            assert self._came.wait_for(lambda: match() is not None, PATIENCE), self.lines
            line = match()
        assert line is not None
        return line

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; returns its exit status."""
        self.process.send_signal(how)
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    Database(f"sqlite:///{tmp_path}/pw.db").close()  # sooner than a new process creates it
    config = tmp_path / "pw.toml"
    config.write_text("[lore]\ndeadline_seconds = 60\n[poll]\ninterval_minutes = 0.02\n")
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PATCHWATCH_", "XDG_"))},
        "PATCHWATCH_CONFIG": str(config),
        "PATCHWATCH_DATABASE": str(tmp_path / "pw.db"),
        "PATCHWATCH_LORE_URL": "http://127.0.0.1:9",  # the discard port: nothing listens
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PYTHONWARNINGS": "error",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    started: list[Program] = []

    def call(**extra: str) -> Program:
        command = [sys.executable, "-m", "patchwatch", "run", "--json"]
        process = subprocess.Popen(command, env=environment | extra, stderr=subprocess.PIPE)
        started.append(Program(process))
        return started[-1]

    yield call
    for program in started:
        if program.process.poll() is None:
            program.process.kill()
        program.process.wait()
        program._reader.join()
        assert program.process.stderr is not None
        program.process.stderr.close()


@pytest.fixture
def patchwatch(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run another command, in this process."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        with monkeypatch.context() as changed:
            for name, value in environment.items():
                changed.setenv(name, value)
            status = run_here([*arguments])
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return call


@pytest.fixture
def silent_server() -> Iterator[tuple[str, threading.Event]]:
    """A server that never responds; the event is set on the first request."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = threading.Event()
    held: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            if connection.recv(1):
                asked.set()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    server.join()
    for connection in held:
        connection.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_it(start: Start, how: signal.Signals) -> None:
    program = start()
    assert program.until("start", "polls 0 inboxes")["pid"] == program.process.pid
    assert program.end(how) == 0
    assert program.lines[-1]["text"] == "stopped"


def test_stops_during_a_poll_of_an_unresponsive_server(
    start: Start,
    patchwatch: Callable[..., subprocess.CompletedProcess[str]],
    environment: dict[str, str],
    silent_server: tuple[str, threading.Event],
) -> None:
    url, asked = silent_server
    Path(environment["PATCHWATCH_CONFIG"]).write_text("[lore]\ntimeout_seconds = 600\ndeadline_seconds = 3600\n")
    assert patchwatch("follow", "bpf").returncode == 0
    program = start(PATCHWATCH_LORE_URL=url)
    assert asked.wait(PATIENCE)
    assert program.end() == 0  # without waiting for the timeout of ten minutes
    assert "in the middle of a poll" in str(program.lines[-1]["text"])
    again = start()  # the lock is free, the database intact
    again.until("start")
    assert again.end() == 0


@pytest.mark.sqlite
def test_second_run_and_poll_name_the_lock_owner(
    start: Start, patchwatch: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    program = start()
    program.until("start")
    for command in ("run", "poll"):
        refused = patchwatch(command)
        assert refused.returncode == 1
        assert f"patchwatch run (process {program.process.pid}, since " in refused.stderr
    report = json.loads(patchwatch("doctor", "--json", "--offline").stdout)
    assert (report["holder"]["what"], report["holder"]["pid"]) == ("run", program.process.pid)
    assert program.end() == 0
    assert json.loads(patchwatch("doctor", "--json", "--offline").stdout)["holder"] is None


def test_lock_is_free_after_a_kill(start: Start) -> None:
    program = start()
    program.until("start")
    assert program.end(signal.SIGKILL) == -signal.SIGKILL
    again = start()
    again.until("start")
    assert again.end() == 0


def test_sighup_reloads_the_config_and_refuses_a_broken_one(start: Start, environment: dict[str, str]) -> None:
    program = start()
    program.until("start")
    config = Path(environment["PATCHWATCH_CONFIG"])
    config.write_text("[poll]\nintervall_minutes = 1\n")
    program.process.send_signal(signal.SIGHUP)
    entry = program.until("reload", "not reloaded")
    assert f"{config}:2: unknown key poll.intervall_minutes" in str(entry["text"])
    assert entry["level"] == "warning"
    config.write_text("[poll]\ninterval_minutes = 1\n")
    program.process.send_signal(signal.SIGHUP)
    program.until("reload", f"config reloaded: {config}")
    assert program.end() == 0


def test_reload_refuses_another_database(start: Start, environment: dict[str, str], tmp_path: Path) -> None:
    config = Path(environment["PATCHWATCH_CONFIG"])
    config.write_text(f'[database]\nurl = "{tmp_path}/one.db"\n')
    del environment["PATCHWATCH_DATABASE"]
    program = start()
    program.until("start")
    config.write_text(f'[database]\nurl = "{tmp_path}/two.db"\n')
    program.process.send_signal(signal.SIGHUP)
    program.until("reload", "another database")
    assert program.end() == 0


HOOK = """
[[hook]]
name = "note"
command = ["/bin/sh", "-c", "cat >> {0}; echo >> {0}"]
[[hook]]
name = "hangs"
events = ["reply"]
command = ["sleep", "300"]
seconds = 300
"""


@pytest.mark.lore
def test_hook_gets_replies_while_another_hook_hangs(
    start: Start,
    patchwatch: Callable[..., subprocess.CompletedProcess[str]],
    environment: dict[str, str],
    lore_server: LoreServer,
    tmp_path: Path,
) -> None:
    notes = tmp_path / "notes"
    with Path(environment["PATCHWATCH_CONFIG"]).open("a") as config:
        config.write(HOOK.format(notes))
    environment["PATCHWATCH_LORE_URL"] = lore_server.url
    today = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    patch = mail(
        message_id="spindle-v1@example.org",
        subject="[PATCH] fizz: spindle: turn it once",
        sender="Ann Author <ann-spindle@example.org>",
        date=today,
        body="---\n a.c | 1 +\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+b\n",
    )
    lore_server.deliver("run-hooks", patch)
    assert patchwatch("watch", f"{lore_server.url}/run-hooks/spindle-v1@example.org/").returncode == 0
    program = start()
    program.until("poll")
    for number in (1, 2):
        lore_server.deliver(
            "run-hooks",
            mail(
                message_id=f"spindle-r{number}@example.net",
                subject="Re: [PATCH] fizz: spindle: turn it once",
                sender="Rita Reviewer <rita@example.net>",
                date=today,
                in_reply_to="spindle-v1@example.org",
                body=f"Why {number} times?\n",
            ),
        )
        assert "Rita replied" in str(program.until("reply", f"spindle-r{number}@example.net")["text"])
    wanted = {"spindle-r1@example.net", "spindle-r2@example.net"}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        noted = [json.loads(one) for one in notes.read_text().splitlines() if one] if notes.exists() else []
        replies = [one["evidence"]["message_id"] for one in noted if one["event"] == "reply"]
        if wanted <= set(replies):
            break
        time.sleep(0.05)
    assert sorted(replies) == sorted(wanted)  # each once
    assert program.end() == 0
