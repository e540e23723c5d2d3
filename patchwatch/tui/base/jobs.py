"""Work that may take time, done away from the interface; what came of it is told to the interface.

Seven lanes, each a daemon thread that takes its jobs in order: reading what was asked for, reading whole lists (which a
mail must not wait for), studying a whole revision (which may take seconds), writing (which another process may hold
up), polling, watching, and mail (which git may take its time for).  Nobody waits for a lane: quitting in the middle of
a poll leaves it to die with the process, which the database's transactions make harmless.
Textual's own thread workers can't do this: they run in asyncio's executor, whose threads the interpreter joins on its
way out.
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
LaneName = Literal["read", "lists", "study", "write", "poll", "watch", "mail"]
Failed = Callable[[PatchwatchError], None]


class JobQueue:
    """One daemon thread and its queue."""

    def __init__(self, name: str) -> None:
        """`name` is the thread's, for whoever looks at the process."""
        self._name = f"patchwatch-{name}"
        self._jobs: deque[tuple[str, Callable[[], None]]] = deque()
        self._changed = threading.Condition()
        self._busy = False
        self._thread: threading.Thread | None = None

    def put(self, key: str, job: Callable[[], None]) -> None:
        """Do `job` after those before it; one of the same key that has not begun is dropped (empty: none is)."""
        with self._changed:
            if key:
                self._jobs = deque(waiting for waiting in self._jobs if waiting[0] != key)
            self._jobs.append((key, job))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def drain(self, seconds: float) -> bool:
        """Wait until nothing is left to do, for `seconds` at most; whether it is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._busy, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._jobs)
                _, job = self._jobs.popleft()
                self._busy = True
            job()


class Jobs:
    """The lanes of a running app, and the way back to it."""

    def __init__(self, app: App[Any], notices: Notices, wrote: Callable[[], None]) -> None:
        """Results are handed to `app`; when it is gone they are dropped.  `wrote` hears when something was written."""
        self.notices = notices
        self._wrote = wrote
        self._app = app
        self._lanes: dict[LaneName, JobQueue] = {}

    def send(
        self,
        lane: LaneName,
        about: str,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Failed | None = None,
        *,
        screen: Screen[Any] | None = None,
        latest: bool = False,
    ) -> None:
        """Do `work` in `lane`, then `done` with its result, in the app.

        A PatchwatchError becomes a notice about `about` (which a later success takes back), or goes to `failed`.  Any
        other exception is a defect: it ends the app and keeps its traceback.  What `screen` asked for it hears when it
        is mounted, and not after it was left; without one the app hears it.  `latest`: of several errands about the
        same that have not begun, only the last is run.
        """

        def succeed(result: Result) -> None:
            if failed is None:
                self.notices.hush(about)
            done(result)

        def fail(error: PatchwatchError) -> None:
            if failed is None:
                self.notices.say(about, "error", str(error))
            else:
                failed(error)

        def job() -> None:
            try:
                result = work()
            except PatchwatchError as error:
                self.tell(fail, error, screen=screen)
            except Exception as defect:  # noqa: BLE001 (raised again where it is seen)
                self.tell(_raise, defect)
            else:
                self.tell(succeed, result, screen=screen)
            if lane == "write":
                self.tell(self._wrote)

        self._lanes.setdefault(lane, JobQueue(lane)).put(about if latest else "", job)

    def tell(self, listener: Callable[..., None], *said: object, screen: Screen[Any] | None = None) -> None:
        """Call `listener` in the app, from any thread; for a `screen`, when it is mounted and until it is left."""
        loop = self._app._loop
        if loop is None:
            return
        pump = screen or self._app
        call = partial(self._deliver, screen, partial(listener, *said))
        try:
            loop.call_soon_threadsafe(pump.call_later, call)
        except RuntimeError:
            return  # the loop was closed between the two lines

    def _deliver(self, screen: Screen[Any] | None, call: Callable[[], None]) -> None:
        if self._app.is_running and not self._app._exit and (screen is None or screen in self._app.screen_stack):
            call()

    @property
    def idle(self) -> bool:
        """Whether no lane has anything to do."""
        return all(lane.drain(0) for lane in self._lanes.values())

    def drain(self, lane: LaneName, seconds: float) -> bool:
        """Give `lane` up to `seconds` to finish; whether it did."""
        found = self._lanes.get(lane)
        return found is None or found.drain(seconds)


def _raise(defect: Exception) -> None:
    raise defect
