"""A pool of processes that parse mails while this process stores them.

An import spends two thirds of its time in `read_mails`, which needs only the mail.  A few mails are parsed in this
process: starting another one costs as much as parsing some hundred.
"""

from __future__ import annotations

import contextlib
import os
import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection

from patchwatch.db import packing
from patchwatch.sync import large_blocks
from patchwatch.sync.parse_processes import ParseProcesses
from patchwatch.sync.read_mail import Read, read_mails

_IN_PLACE = 400  # mails; fewer are not worth a process
_MANY = 2 * _IN_PLACE  # mails; of so many, this process parses none: it need not compile the patterns
_PIECE = 50  # mails sent to a process at once
_LARGE_PIECE = 8 << 20  # bytes; more are parsed here, as each process that gets them has another copy
_AHEAD = 6  # pieces parsed ahead; limits memory


def read_batches(
    batches: Iterable[Sequence[bytes]],
    *,
    dictionary: Callable[[], int] = int,
    processes: int | None = None,
    expected: int = 0,
) -> Iterator[list[Read]]:
    """Parse batches of raw mails, in order; in other processes once there are many.

    `dictionary` returns the id of what mails are compressed with (patchwatch.db.packing); the other processes ask until
    there is one, which is when enough of what was yielded is stored.  `processes` is 0 to parse in this process.  The
    default is the number of CPUs, because the writer often waits.  `expected` is the number of mails, if that is known:
    of many, this process parses none.
    """
    workers = (os.cpu_count() or 1) if processes is None else processes
    source = iter(batches)
    seen = 0
    while workers == 0 or (seen < _IN_PLACE and expected < _MANY):
        batch = next(source, None)
        if batch is None:
            return
        seen += len(batch)
        yield read_mails(batch, dictionary=dictionary())
    try:
        pool = _Pool(workers)
    except OSError:  # too many open files or processes; this one can do it, too
        yield from (read_mails(batch, dictionary=dictionary()) for batch in source)
        return
    try:
        yield from _read_in_pool(pool, source, dictionary, _AHEAD * workers)
    finally:
        pool.close()


def _read_in_pool(
    pool: _Pool, source: Iterator[Sequence[bytes]], dictionary: Callable[[], int], ahead: int
) -> Iterator[list[Read]]:
    """Parse batches in other processes, some pieces ahead of what is yielded."""
    seen = 0
    while not (number := dictionary()) and seen < _IN_PLACE:  # a new database: the first mails train it
        batch = next(source, None)
        if batch is None:
            return
        seen += len(batch)
        yield _results(pool.submit_all(batch))
    pool.compress_with(number)
    waiting: deque[list[Future[list[Read]]]] = deque()
    pieces = 0
    for batch in source:
        waiting.append(pool.submit_all(batch))
        pieces += len(waiting[-1])
        while pieces > ahead and len(waiting) > 1:
            done = waiting.popleft()
            pieces -= len(done)
            yield _results(done)
    while waiting:
        yield _results(waiting.popleft())


def _results(jobs: Iterable[Future[list[Read]]]) -> list[Read]:
    return [read for job in jobs for read in job.result()]


class _Pool:
    """Processes that parse, and a thread for each, which gives it one piece at a time.

    Not concurrent.futures' pool: its named semaphores outlive a process that is killed, until another process of
    Python's removes them, with a warning.
    """

    def __init__(self, workers: int) -> None:
        large_blocks.give_back()
        self._dictionary = 0
        self._closing = False
        self._processes = ParseProcesses(workers)
        self._threads = ThreadPoolExecutor(workers)
        self._idle: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()  # None in place of one that ended
        for connection in self._processes.connections:
            self._idle.put(connection)

    def compress_with(self, dictionary: int) -> None:
        """Compress the mails that are submitted from now on with a dictionary; all that were are parsed."""
        if not dictionary:
            return
        self._dictionary = dictionary
        content = packing.content_of(dictionary)
        for connection in [self._idle.get() for _ in self._processes.connections]:
            with contextlib.suppress(OSError):  # it ended: the next piece shows it
                if connection:
                    connection.send(content)
            self._idle.put(connection)

    def submit_all(self, batch: Sequence[bytes]) -> list[Future[list[Read]]]:
        """Parse a batch, in pieces."""
        return [self.submit(batch[i : i + _PIECE]) for i in range(0, len(batch), _PIECE)]

    def submit(self, piece: Sequence[bytes]) -> Future[list[Read]]:
        """Parse a piece in one of the processes, or in this one if it is large."""
        if sum(map(len, piece)) <= _LARGE_PIECE:
            return self._threads.submit(self._parse, piece)
        future: Future[list[Read]] = Future()
        future.set_result(read_mails(piece, dictionary=self._dictionary))
        return future

    def close(self) -> None:
        """End the processes, whatever they do."""
        self._closing = True
        self._processes.kill()
        self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            if connection := self._idle.get():
                connection.close()

    def _parse(self, piece: Sequence[bytes]) -> list[Read]:
        connection = self._idle.get()
        try:
            if connection:
                connection.send(piece)
                return connection.recv()  # type: ignore[no-any-return]
        except Exception:  # noqa: BLE001 (it was killed, memory ran out, or an upgrade gave it other code than us)
            if connection:
                connection.close()
            connection = None
        finally:
            self._idle.put(connection)
        return [] if self._closing else read_mails(piece, dictionary=self._dictionary)
