"""Run the user's hooks on events, each hook in its own thread and process group.

A hook gets the event as one JSON object on stdin.  It may fail, hang, print without end or leave children behind: the
whole group is killed at its time limit, all output but the last line of stderr is dropped, and polls never wait for it.
"""

from __future__ import annotations

import contextlib
import json
import logging
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
from patchwatch.daemon import log
from patchwatch.notify.events import Event
from patchwatch.sanitize import line
from patchwatch.times import format_time

_log = logging.getLogger(__name__)
_CHECK_SECONDS = 0.05  # between two checks whether a hook has ended
_TAIL = 4096  # bytes of stderr in which the last line is looked for
_MAX_STDERR = 1 << 20  # bytes; a hook that writes more is killed


@dataclass(frozen=True, slots=True)
class _Job:
    event: Event
    url: str
    started: Callable[[], None]


class Hooks:
    """The hooks in the config, each with its queue."""

    def __init__(self, hooks: tuple[Hook, ...]) -> None:
        """Threads start with the first event."""
        self._queues = {f"hook {hook.name}": _HookQueue(hook) for hook in hooks}

    def submit(self, subscriber: str, event: Event, url: str, started: Callable[[], None]) -> bool:
        """Queue a run of a hook; `started` is called when it has started.  Returns False if there is no such hook.

        `url` is the URL of the event's evidence.
        """
        queue = self._queues.get(subscriber)
        if queue is None:
            return False
        queue.put(_Job(event, url, started))
        return True

    def finish(self, seconds: float) -> bool:
        """Wait up to `seconds` for the queued runs, then kill what is left; True if all have ended."""
        until = time.monotonic() + seconds
        done = [queue.drain(max(until - time.monotonic(), 0)) for queue in self._queues.values()]
        for queue in self._queues.values():
            queue.stop()
        return all(done)


class _HookQueue:
    """One hook: one thread, one run at a time."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook
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
        about = f"({job.event.kind} of #{job.event.series_id})"
        command = [os.path.expanduser(self._hook.command[0]), *self._hook.command[1:]]
        with TemporaryFile() as stdin, TemporaryFile() as errors:
            stdin.write(as_json(job.event, job.url).encode())
            stdin.seek(0)
            try:
                # Files, not pipes: a hook that reads nothing or prints much can't block us.
                process = subprocess.Popen(
                    command,
                    stdin=stdin,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    cwd=Path.home(),
                    start_new_session=True,
                )
            except OSError as error:
                job.started()
                self._warn(f"can't run {shlex.join(command)}: {error.strerror}")
                return
            with self._changed:
                self._process = process
                if self._stopped:
                    _kill(process)
            job.started()
            in_time = self._in_time(process, errors.fileno())
            with self._changed:
                self._process = None
                _kill(process)  # and its children; before it is reaped, because then its pid may be reused
            status = process.wait()
            message = _last_line(errors.fileno())
            flooded = os.fstat(errors.fileno()).st_size >= _MAX_STDERR
        if flooded:
            self._warn(f"killed for too much output on stderr {about}: {message}")
        elif not in_time:
            self._warn(f"killed after {self._hook.seconds:g} s {about}")
        elif status and not self._stopped:
            self._warn(f"exit status {status} {about}{f': {message}' if message else ''}")

    def _warn(self, text: str) -> None:
        _log.warning(f"{self._hook.name}: {text}", extra=log.event("hook", hook=self._hook.name))

    def _in_time(self, process: subprocess.Popen[bytes], errors: int) -> bool:
        """Wait until the hook ends or has to be killed; True if it ended.  It is not reaped yet."""
        until = time.monotonic() + self._hook.seconds
        while time.monotonic() < until and os.fstat(errors).st_size < _MAX_STDERR:
            if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
                return True
            time.sleep(_CHECK_SECONDS)
        return False


def as_json(event: Event, url: str) -> str:
    """The JSON object for a hook, as in docs/running.md."""
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
    with contextlib.suppress(ProcessLookupError, PermissionError):  # no process is left, or one that changed its user
        os.killpg(process.pid, signal.SIGKILL)


def _last_line(errors: int) -> str:
    size = os.fstat(errors).st_size
    tail = os.pread(errors, _TAIL, max(size - _TAIL, 0)).decode("utf-8", "replace")
    return line(next((text.strip() for text in reversed(tail.splitlines()) if text.strip()), ""))[:200]
