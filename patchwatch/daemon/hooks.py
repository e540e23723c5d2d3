"""Hooks: commands of the user's, run for events, each in a thread and a process group of its own.

A hook gets the event as one JSON object on stdin.  Whatever it does (fail, hang, print for ever, leave children behind)
is its own affair: at its time limit the whole group is killed, its output is thrown away but for the last line of
stderr, and the poller never waits for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from patchwatch.config import Hook
from patchwatch.daemon.log import Log
from patchwatch.notify.events import Event
from patchwatch.sanitize import line
from patchwatch.times import format_time

_LOOK_SECONDS = 0.05  # between two looks whether it has ended
_TAIL = 4096  # bytes of stderr that are looked at
_STDERR = 1 << 20  # bytes after which what a hook says is not kept


@dataclass(frozen=True, slots=True)
class _Job:
    event: Event
    url: str
    begun: Callable[[], None]


class Hooks:
    """The hooks of a config, each with its queue."""

    def __init__(self, hooks: tuple[Hook, ...], log: Log) -> None:
        """Nothing is started before there is something to tell."""
        self._lanes = {f"hook {hook.name}": _HookQueue(hook, log) for hook in hooks}

    def tell(self, listener: str, event: Event, url: str, begun: Callable[[], None]) -> bool:
        """Run a hook for an event, after those before it; `begun` is called when it has started.  False: no such hook.

        `url` is where the event's evidence is read.
        """
        lane = self._lanes.get(listener)
        if lane is None:
            return False
        lane.put(_Job(event, url, begun))
        return True

    def finish(self, seconds: float) -> bool:
        """Wait for what is queued, for so long at most, then kill what still runs; whether all was done."""
        until = time.monotonic() + seconds
        done = [lane.drain(max(until - time.monotonic(), 0)) for lane in self._lanes.values()]
        for lane in self._lanes.values():
            lane.stop()
        return all(done)


class _HookQueue:
    """One hook: one thread, one run at a time."""

    def __init__(self, hook: Hook, log: Log) -> None:
        self._hook = hook
        self._log = log
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._busy = False
        self._stopped = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    def put(self, job: _Job) -> None:
        with self._changed:
            self._jobs.append(job)
            if self._thread is None:
                name = f"patchwatch-hook-{self._hook.name}"
                self._thread = threading.Thread(target=self._work, name=name, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def drain(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._busy, seconds)

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._jobs.clear()
            if self._process is not None:
                _kill(self._process)
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._jobs or self._stopped)
                if self._stopped:
                    return
                job = self._jobs.popleft()
                self._busy = True
            self._run(job)

    def _run(self, job: _Job) -> None:
        name, said = self._hook.name, f"{job.event.kind} of #{job.event.series_id}"
        command = [os.path.expanduser(self._hook.command[0]), *self._hook.command[1:]]
        with TemporaryFile() as given, TemporaryFile() as errors:
            given.write(as_json(job.event, job.url).encode())
            given.seek(0)
            try:
                # stdin is a file: a hook that reads nothing can't hold us up.  So is stderr: nor one that says much.
                process = subprocess.Popen(
                    command,
                    stdin=given,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    cwd=Path.home(),
                    start_new_session=True,
                )
            except OSError as error:
                job.begun()
                self._log.warn("hook", f"{name}: can't run {shlex.join(command)}: {error.strerror}", hook=name)
                return
            with self._changed:
                self._process = process
                if self._stopped:
                    _kill(process)
            job.begun()
            in_time = self._in_time(process, errors.fileno())
            with self._changed:
                self._process = None
                _kill(process)  # what it left behind too; before it is reaped, for then its number may be another's
            status = process.wait()
            words = _last_line(errors.fileno())
            flooded = os.fstat(errors.fileno()).st_size >= _STDERR
        if flooded:
            self._log.warn("hook", f"{name}: killed, because it complained without end, at {said}: {words}", hook=name)
        elif not in_time:
            self._log.warn("hook", f"{name}: killed after {self._hook.seconds:g} s, at {said}", hook=name)
        elif status and not self._stopped:
            self._log.warn("hook", f"{name}: exit status {status}, at {said}{f': {words}' if words else ''}", hook=name)

    def _in_time(self, process: subprocess.Popen[bytes], errors: int) -> bool:
        """Wait until it has ended, or is to be killed; it is not reaped yet."""
        until = time.monotonic() + self._hook.seconds
        while time.monotonic() < until and os.fstat(errors).st_size < _STDERR:
            if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
                return True
            time.sleep(_LOOK_SECONDS)
        return False


def as_json(event: Event, url: str) -> str:
    """What a hook is given: docs/running.md."""
    return json.dumps(
        {
            "schema": 1,
            "id": event.id,
            "event": event.kind,
            "at": format_time(event.at),
            "text": event.text,
            "series": {
                "id": event.series_id,
                "title": event.title,
                "version": event.version,
                "state": event.state,
                "turn": event.turn,
                "inboxes": list(event.inboxes),
            },
            "evidence": {
                "message_id": event.message_id or None,
                "commit": event.commit or None,
                "text": event.words,
                "by": {"name": event.by_name, "email": event.by_email},
                "url": url,
            },
        }
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left, or who is gave up our rights
        os.killpg(process.pid, signal.SIGKILL)


def _last_line(errors: int) -> str:
    size = os.fstat(errors).st_size
    tail = os.pread(errors, _TAIL, max(size - _TAIL, 0)).decode("utf-8", "replace")
    return line(next((one.strip() for one in reversed(tail.splitlines()) if one.strip()), ""))[:200]
