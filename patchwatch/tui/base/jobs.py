"""Background work: queues of jobs in daemon threads, whose results go back to the app.

Each of the seven queues runs its jobs in order in a thread: reading what the user opens, reading whole lists (which
must not delay a mail), studying a whole revision (which may take seconds), writing (which another process may block),
polling, watching, and mail (for which git may take its time).  Nothing waits for a queue: if the user quits during a
poll, the poll dies with the process, which is harmless because the database uses transactions.
Textual's own thread workers run in asyncio's executor, whose threads the interpreter joins on exit: quitting would
hang.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, TypeVar

from textual.app import App
from textual.screen import Screen

from patchwatch.errors import PatchwatchError
from patchwatch.tui.base.notices import Notices

Result = TypeVar("Result")
QueueName = Literal["read", "lists", "study", "write", "poll", "watch", "mail", "effect"]
OnError = Callable[[PatchwatchError], None]
_SLOW_SECONDS = 1.5
_WAITING = "waiting to write"  # the notice


class JobQueue:
    """A queue and the daemon thread that works through it."""

    def __init__(self, name: str) -> None:
        """`name` is part of the thread's name, for debuggers and `ps`."""
        self._name = f"patchwatch-{name}"
        self._jobs: deque[tuple[str, Callable[[], None]]] = deque()
        self._changed = threading.Condition()
        self._busy = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def put(self, key: str, job: Callable[[], None]) -> None:
        """Append `job`; it replaces a waiting job of the same key, unless the key is empty."""
        with self._changed:
            if key:
                self._jobs = deque(waiting for waiting in self._jobs if waiting[0] != key)
            self._jobs.append((key, job))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def drain(self, seconds: float) -> bool:
        """Wait up to `seconds` until the queue is empty and idle; True if it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._busy, seconds)

    def close(self) -> None:
        """Let the thread end when the queue is empty: a waiting thread keeps the app in memory."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._jobs or self._closed)
                if not self._jobs:
                    self._thread = None  # a later job starts another
                    return
                _, job = self._jobs.popleft()
                self._busy = True
            job()
            del job  # it refers to the app


class Jobs:
    """The queues of a running app, and the way back into its event loop."""

    def __init__(self, app: App[Any], notices: Notices, on_write: Callable[[], None]) -> None:
        """Results go to `app` and are dropped when it has exited; `on_write` is called after each job that writes."""
        self.notices = notices
        self._on_write = on_write
        self._app = app
        self._queues: dict[QueueName, JobQueue] = {}
        self._writes = self._written = 0  # that were submitted, and that have ended; they end in order

    def submit(
        self,
        queue: QueueName,
        about: str,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: OnError | None = None,
        *,
        screen: Screen[Any] | None = None,
        latest: bool = False,
    ) -> None:
        """Run `work` in `queue`, then call `done` with its result in the app.

        A PatchwatchError goes to `failed`; without one it becomes a notice about `about`, which a later success
        dismisses.  Any other exception is a bug: it ends the app and keeps its traceback.  With a `screen`, the calls
        wait until it is mounted and are dropped once it is closed.  `latest`: drop waiting jobs about the same thing.
        """

        def succeed(result: Result) -> None:
            if failed is None:
                self.notices.dismiss(about)
            done(result)

        def fail(error: PatchwatchError) -> None:
            if failed is None:
                self.notices.show(about, "error", str(error))
            else:
                failed(error)

        def job() -> None:
            try:
                result = work()
            except PatchwatchError as error:
                self.call_in_app(fail, error, screen=screen)
            except Exception as bug:  # noqa: BLE001 (raised again in the app)
                self.call_in_app(_raise, bug)
            else:
                self.call_in_app(succeed, result, screen=screen)
            if queue == "write":
                self.call_in_app(self._end_write)

        if queue == "write":
            self._begin_write()
        self._queues.setdefault(queue, JobQueue(queue)).put(about if latest else "", job)

    def _begin_write(self) -> None:
        """Say so if this write takes long: another process may hold the lock of the database."""
        self._writes += 1
        self._app.set_timer(_SLOW_SECONDS, partial(self._say_waiting, self._writes))

    def _say_waiting(self, number: int) -> None:
        if self._written < number:
            self.notices.show(_WAITING, "progress", "Waiting until another process has written. Reading works.")

    def _end_write(self) -> None:
        self._written += 1
        self.notices.dismiss(_WAITING)
        self._on_write()

    def call_in_app(self, function: Callable[..., None], *arguments: object, screen: Screen[Any] | None = None) -> None:
        """Call `function` in the app, from any thread; with a `screen`, only while it is mounted and open."""
        loop = self._app._loop
        if loop is None:
            return
        pump = screen or self._app
        call = partial(self._deliver, screen, partial(function, *arguments))
        try:
            loop.call_soon_threadsafe(pump.call_later, call)
        except RuntimeError:
            return  # the loop was closed since we looked

    def _deliver(self, screen: Screen[Any] | None, call: Callable[[], None]) -> None:
        if self._app.is_running and not self._app._exit and (screen is None or screen in self._app.screen_stack):
            call()

    @property
    def idle(self) -> bool:
        """True if no queue has anything to do."""
        return all(queue.drain(0) for queue in self._queues.values())

    def close(self) -> None:
        """Let the threads end when they have done their jobs."""
        for queue in self._queues.values():
            queue.close()

    def drain(self, name: QueueName, seconds: float) -> bool:
        """Wait up to `seconds` for a queue to finish; True if it did."""
        queue = self._queues.get(name)
        return queue is None or queue.drain(seconds)


def _raise(bug: Exception) -> None:
    raise bug
