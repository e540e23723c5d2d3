"""Hooks that work, fail, hang, crash, print garbage and leave children behind: nothing of it reaches the poller."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest

from patchwatch.config import Hook
from patchwatch.daemon.hooks import Hooks
from patchwatch.daemon.log import Log
from patchwatch.notify.events import Event
from tests.daemon.sample_event import EVENT

URL = "https://lore.kernel.org/netdev/r1@example.net/"
PATIENCE = 30.0


class Told:
    """Hooks of one program, and what was logged."""

    def __init__(self, program: str, directory: Path, seconds: float = 20.0) -> None:
        self.file = directory / "out"
        script = directory / "hook"
        script.write_text(f"#!/bin/sh\n{program}\n")
        script.chmod(0o700)
        self._log = io.StringIO()
        hook = Hook("mine", (), (str(script), str(self.file)), seconds)
        self.hooks = Hooks((hook,), Log("json", lambda: 0.0, self._log))
        self.begun: list[str] = []

    def tell(self, event: Event = EVENT) -> None:
        assert self.hooks.tell("hook mine", event, URL, lambda: self.begun.append(event.id))

    @property
    def log(self) -> list[str]:
        return [json.loads(one)["text"] for one in self._log.getvalue().splitlines()]


def test_a_hook_reads_the_event_as_json(tmp_path: Path) -> None:
    told = Told('cat > "$1"', tmp_path)
    told.tell()
    assert told.hooks.finish(PATIENCE)
    assert json.loads(told.file.read_text()) == {
        "schema": 1,
        "id": "e1",
        "event": "reply",
        "at": "2023-11-14T22:13:20Z",
        "text": "Rita answered",
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
    assert (told.begun, told.log) == (["e1"], [])


FAILING = {
    "it fails": ("echo one >&2; echo two >&2; exit 3", ["mine: exit status 3, at reply of #7: two"]),
    "it crashes": ("kill -SEGV $$", ["mine: exit status -11, at reply of #7"]),
    "it reads nothing": ("exit 0", []),
    "it prints garbage": (r"head -c 300000 /dev/urandom; printf '\033[31mred\n' >&2; exit 1", ["red"]),
}


@pytest.mark.parametrize(("program", "said"), FAILING.values(), ids=FAILING)
def test_what_a_hook_does_wrong_is_logged_in_one_line(tmp_path: Path, program: str, said: list[str]) -> None:
    told = Told(program, tmp_path)
    told.tell()
    assert told.hooks.finish(PATIENCE)
    assert len(told.log) == len(said)
    for line, part in zip(told.log, said, strict=True):
        assert part in line
        assert "\033" not in line


def test_a_hook_that_hangs_is_killed_with_its_children_and_the_next_event_is_told(tmp_path: Path) -> None:
    told = Told('sleep 300 & echo $! >> "$1"; wait', tmp_path, seconds=0.5)
    told.tell()
    told.tell()
    assert told.begun == [] or told.begun[0] == "e1"  # `tell` waits for nothing
    assert told.hooks.finish(PATIENCE)
    assert told.log == ["mine: killed after 0.5 s, at reply of #7"] * 2
    children = [int(pid) for pid in told.file.read_text().split()]
    assert len(children) == 2
    assert all(map(_dies, children))


def test_children_that_a_hook_leaves_behind_are_killed(tmp_path: Path) -> None:
    told = Told('sleep 300 & echo $! > "$1"', tmp_path)
    told.tell()
    assert told.hooks.finish(PATIENCE)
    assert _dies(int(told.file.read_text()))


def test_a_hook_that_talks_without_end_is_killed(tmp_path: Path) -> None:
    told = Told("yes >&2", tmp_path, seconds=60)
    told.tell()
    assert told.hooks.finish(PATIENCE)
    assert told.log == ["mine: killed, because it complained without end, at reply of #7: y"]


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    log = io.StringIO()
    hooks = Hooks((Hook("gone", (), (str(tmp_path / "gone"), "a b"), 5.0),), Log("text", lambda: 0.0, log))
    begun: list[bool] = []
    assert hooks.tell("hook gone", EVENT, URL, lambda: begun.append(True))
    assert hooks.finish(PATIENCE)
    assert f"hook: gone: can't run {tmp_path}/gone 'a b': No such file or directory" in log.getvalue()
    assert begun == [True]  # telling it again would not help


def test_an_event_for_a_hook_that_is_no_longer_there_is_nobodys(tmp_path: Path) -> None:
    assert not Told("exit 0", tmp_path).hooks.tell("hook other", EVENT, URL, lambda: None)


def test_at_the_end_nothing_is_left_running(tmp_path: Path) -> None:
    told = Told('echo $$ > "$1"; exec sleep 300', tmp_path, seconds=300)
    told.tell()
    while not (told.file.exists() and told.file.read_text().strip()):
        time.sleep(0.01)
    assert not told.hooks.finish(0)
    assert _dies(int(told.file.read_text()))


def _dies(pid: int) -> bool:
    """Wait until a process runs no longer; one that nobody has buried yet does not."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False
