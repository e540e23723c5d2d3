"""Hooks that work, fail, hang, crash, print garbage or leave children behind; none of it blocks the poller."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest

from patchwatch.config import Hook
from patchwatch.daemon import log
from patchwatch.daemon.hooks import Hooks
from patchwatch.notify.events import Event
from tests.daemon.sample_event import EVENT

URL = "https://lore.kernel.org/netdev/r1@example.net/"
PATIENCE = 30.0


class HookRun:
    """A hook, and what was logged."""

    def __init__(self, program: str, directory: Path, seconds: float = 20.0) -> None:
        self.file = directory / "out"
        script = directory / "hook"
        script.write_text(f"#!/bin/sh\n{program}\n")
        script.chmod(0o700)
        self._log = io.StringIO()
        hook = Hook("mine", (), (str(script), str(self.file)), seconds)
        log.configure("json", lambda: 0.0, self._log)
        self.hooks = Hooks((hook,))
        self.started: list[str] = []

    def submit(self, event: Event = EVENT) -> None:
        assert self.hooks.submit("hook mine", event, URL, lambda: self.started.append(event.id))

    @property
    def log(self) -> list[str]:
        return [json.loads(entry)["text"] for entry in self._log.getvalue().splitlines()]


def test_hook_gets_the_event_as_json(tmp_path: Path) -> None:
    run = HookRun('cat > "$1"', tmp_path)
    run.submit()
    assert run.hooks.finish(PATIENCE)
    assert json.loads(run.file.read_text()) == {
        "schema": 1,
        "id": "e1",
        "event": "reply",
        "at": "2023-11-14T22:13:20Z",
        "text": "Rita replied",
        "series": {
            "id": 7,
            "title": "net: free the socket once",
            "version": 2,
            "state": "under-review",
            "turn": "author",
            "inboxes": ["netdev"],
        },
        "evidence": {
            "message_id": "r1@example.net",
            "commit": None,
            "text": "Why once? “Twice” was `$(fine)`.",
            "by": {"name": "Rita Reviewer", "email": "rita@example.net"},
            "url": URL,
        },
    }
    assert (run.started, run.log) == (["e1"], [])


FAILING = {
    "it fails": ("echo one >&2; echo two >&2; exit 3", ["mine: exit status 3 (reply of #7): two"]),
    "it crashes": ("kill -SEGV $$", ["mine: exit status -11 (reply of #7)"]),
    "it reads nothing": ("exit 0", []),
    "it prints garbage": (r"head -c 300000 /dev/urandom; printf '\033[31mred\n' >&2; exit 1", ["red"]),
}


@pytest.mark.parametrize(("program", "logged"), FAILING.values(), ids=FAILING)
def test_hook_failure_is_logged_on_one_line(tmp_path: Path, program: str, logged: list[str]) -> None:
    run = HookRun(program, tmp_path)
    run.submit()
    assert run.hooks.finish(PATIENCE)
    assert len(run.log) == len(logged)
    for line, part in zip(run.log, logged, strict=True):
        assert part in line
        assert "\033" not in line


def test_hanging_hook_is_killed_with_its_children_and_the_next_event_runs(tmp_path: Path) -> None:
    run = HookRun('sleep 300 & echo $! >> "$1"; wait', tmp_path, seconds=0.5)
    run.submit()
    run.submit()
    assert run.started == [] or run.started[0] == "e1"  # `submit` does not wait
    assert run.hooks.finish(PATIENCE)
    assert run.log == ["mine: killed after 0.5 s (reply of #7)"] * 2
    children = [int(pid) for pid in run.file.read_text().split()]
    assert len(children) == 2
    assert all(map(_dies, children))


def test_children_left_behind_are_killed(tmp_path: Path) -> None:
    run = HookRun('sleep 300 & echo $! > "$1"', tmp_path)
    run.submit()
    assert run.hooks.finish(PATIENCE)
    assert _dies(int(run.file.read_text()))


def test_hook_that_prints_without_end_is_killed(tmp_path: Path) -> None:
    run = HookRun("yes >&2", tmp_path, seconds=60)
    run.submit()
    assert run.hooks.finish(PATIENCE)
    assert run.log == ["mine: killed for too much output on stderr (reply of #7): y"]


def test_missing_program_is_logged(tmp_path: Path) -> None:
    text = io.StringIO()
    log.configure("text", lambda: 0.0, text)
    hooks = Hooks((Hook("gone", (), (str(tmp_path / "gone"), "a b"), 5.0),))
    started: list[bool] = []
    assert hooks.submit("hook gone", EVENT, URL, lambda: started.append(True))
    assert hooks.finish(PATIENCE)
    assert f"hook: gone: can't run {tmp_path}/gone 'a b': No such file or directory" in text.getvalue()
    assert started == [True]  # running it again would not help


def test_event_for_a_removed_hook_is_not_taken(tmp_path: Path) -> None:
    assert not HookRun("exit 0", tmp_path).hooks.submit("hook other", EVENT, URL, lambda: None)


def test_finish_kills_running_hooks(tmp_path: Path) -> None:
    run = HookRun('echo $$ > "$1"; exec sleep 300', tmp_path, seconds=300)
    run.submit()
    while not (run.file.exists() and run.file.read_text().strip()):
        time.sleep(0.01)
    assert not run.hooks.finish(0)
    assert _dies(int(run.file.read_text()))


def _dies(pid: int) -> bool:
    """Wait until a process has ended; a zombie has."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False
