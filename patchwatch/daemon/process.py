"""`patchwatch run` as a process: signals, the lock, and a loop in a thread that nobody has to wait for.

The loop does not run in the main thread, because a read from a server can't be broken off: at SIGTERM the loop gets
some seconds to come to an end by itself, and then the process goes without it.  Transactions make that harmless: what
was stored stays, what was not is fetched again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from patchwatch.config_file import load_config
from patchwatch.daemon.log import Log
from patchwatch.daemon.loop import Loop, Requests
from patchwatch.errors import ConfigError
from patchwatch.sync.poll import to_poll
from patchwatch.tracker import Tracker

_GRACE_SECONDS = 3.0
_LOOK_SECONDS = 0.5


def run(tracker: Tracker, *, clock: Callable[[], float], as_json: bool = False, speed: float = 1.0) -> int:
    """Poll, tell and post until SIGTERM or SIGINT; returns the exit status.

    SIGHUP reloads the config, SIGUSR1 polls now.  `clock` gives UTC seconds; it runs `speed` times as fast as time does
    (in bench/soak.py).

    Raises:
        HeldError: another one looks after this database.
        DatabaseError: it can't be opened.
    """
    log = Log("json" if as_json else tracker.config.run.log, clock)
    requests = Requests()

    def reload() -> Tracker:
        config = load_config()
        if config.database_url != tracker.config.database_url:
            raise ConfigError("it names another database: `patchwatch run` has to be started anew for that.")
        if not as_json:
            log.form = config.run.log
        return tracker.with_config(config)

    def wait(seconds: float) -> None:
        requests.wake.wait(seconds / speed)

    with _signals(requests), tracker.lock("run", lambda said: log.say("lock", said)):
        count = len(to_poll(tracker.inboxes()))  # a database that can't be opened is said before anything else
        log.say(
            "start",
            f"process {os.getpid()} looks after {count} {'inbox' if count == 1 else 'inboxes'}, "
            f"every {tracker.config.poll.interval_minutes:g} min",
            pid=os.getpid(),
        )
        loop = Loop(tracker, log, clock=clock, wait=wait, requests=requests, reload=reload)
        worker = _Worker(loop)
        worker.start()
        while worker.is_alive() and not requests.stop.is_set():
            worker.join(_LOOK_SECONDS)  # signals are taken in between
        worker.join(_GRACE_SECONDS)
        log.say("stop", "ended" if not worker.is_alive() else "ended in the middle of a poll: what was stored stays")
        if worker.defect is not None:
            raise worker.defect
    if worker.is_alive():
        sys.stderr.flush()
        os._exit(0)  # Python would wait for what it is in the middle of
    return 0


class _Worker(threading.Thread):
    """The thread of the loop, and what made it end before its time."""

    def __init__(self, loop: Loop) -> None:
        super().__init__(name="patchwatch-run", daemon=True)
        self._loop = loop
        self.defect: BaseException | None = None

    def run(self) -> None:
        try:
            self._loop.run()
        except BaseException as error:  # noqa: BLE001 (raised again where it is seen)
            self.defect = error


@contextlib.contextmanager
def _signals(requests: Requests) -> Iterator[None]:
    asked = {
        signal.SIGTERM: requests.stop,
        signal.SIGINT: requests.stop,
        signal.SIGHUP: requests.reload,
        signal.SIGUSR1: requests.poll,
    }

    def take(number: int, _frame: FrameType | None) -> None:
        requests.ask(asked[signal.Signals(number)])

    before = {number: signal.signal(number, take) for number in asked}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
