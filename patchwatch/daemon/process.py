"""The process of `patchwatch run`: signals, the lock, and the loop in a daemon thread.

The loop does not run in the main thread because a read from a server can't be interrupted.  On SIGTERM it gets a few
seconds to stop, then the process exits without it.  Transactions make that safe: stored mail is kept, the rest is
fetched again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from patchwatch.config_file import load_config
from patchwatch.counts import plural
from patchwatch.daemon import log
from patchwatch.daemon.loop import Loop, Requests
from patchwatch.errors import ConfigError
from patchwatch.sync.poll import inboxes_to_poll
from patchwatch.tracker import Tracker

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 3.0
_CHECK_SECONDS = 0.5


def run(tracker: Tracker, *, clock: Callable[[], float], as_json: bool = False, speed: float = 1.0) -> int:
    """Poll, run hooks and send digests until SIGTERM or SIGINT; returns the exit status.

    SIGHUP reloads the config, SIGUSR1 polls now.  `clock` gives UTC seconds, `speed` times as fast as real time (for
    bench/soak.py).

    Raises:
        PollLockedError: another process polls this database.
        DatabaseError: the database can't be opened.
    """
    log.configure("json" if as_json else tracker.config.run.log, clock)
    requests = Requests()

    def reload() -> Tracker:
        config = load_config()
        if config.database_url != tracker.config.database_url:
            raise ConfigError("it names another database; restart `patchwatch run` to use it.")
        if not as_json:
            log.configure(config.run.log, clock)
        return tracker.with_config(config)

    def wait(seconds: float) -> None:
        requests.wake.wait(seconds / speed)

    with _signals(requests), tracker.lock("run", lambda text: _log.info(text, extra=log.event("lock"))):
        count = len(inboxes_to_poll(tracker.inboxes()))  # fails first if the database can't be opened
        interval = f"{tracker.config.poll.interval_minutes:g} min"
        text = f"process {os.getpid()} polls {plural(count, 'inbox', 'inboxes')} every {interval}"
        _log.info(text, extra=log.event("start", pid=os.getpid()))
        loop = Loop(tracker, clock=clock, wait=wait, requests=requests, reload=reload)
        worker = _Worker(loop)
        worker.start()
        while worker.is_alive() and not requests.stop.is_set():
            worker.join(_CHECK_SECONDS)  # signals are handled in between
        worker.join(_GRACE_SECONDS)
        text = "stopped in the middle of a poll; stored mail is kept" if worker.is_alive() else "stopped"
        _log.info(text, extra=log.event("stop"))
        if worker.error is not None:
            raise worker.error
    if worker.is_alive():
        os._exit(0)  # Python would wait for the thread's read
    return 0


class _Worker(threading.Thread):
    """The thread of the loop, and the error that ended it."""

    def __init__(self, loop: Loop) -> None:
        super().__init__(name="patchwatch-run", daemon=True)
        self._loop = loop
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._loop.run()
        except BaseException as error:  # noqa: BLE001 (raised again in the main thread)
            self.error = error


@contextlib.contextmanager
def _signals(requests: Requests) -> Iterator[None]:
    handled = {
        signal.SIGTERM: requests.stop,
        signal.SIGINT: requests.stop,
        signal.SIGHUP: requests.reload,
        signal.SIGUSR1: requests.poll,
    }

    def handle(number: int, _frame: FrameType | None) -> None:
        requests.submit(handled[signal.Signals(number)])

    before = {number: signal.signal(number, handle) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
