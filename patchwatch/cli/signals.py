"""Stop on SIGTERM and SIGHUP in an orderly way, as on Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from patchwatch.output import print_error

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def orderly_stop() -> Iterator[None]:
    """Roll back the current transaction and end worker processes, then exit with 128 + the signal's number.

    A second signal ends the process at once.
    """
    # Not those that nohup ignores.  Only the main thread can handle signals.
    handled = [number for number in _SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        handled = []

    def stop(number: int, _frame: FrameType | None) -> None:
        for one in handled:
            signal.signal(one, signal.SIG_DFL)
        raise SystemExit(128 + number)

    for number in handled:
        signal.signal(number, stop)
    try:
        yield
    except SystemExit:
        print_error("patchwatch: stopped; everything stored so far is kept")
        raise
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)
