"""A pool of processes that parse mails while this process stores them.

An import spends two thirds of its time in `read_mail`, which needs only the mail.  A few mails are parsed in this
process: starting another one costs as much as parsing some hundred.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess

from patchwatch.db import packing
from patchwatch.sync.read_mail import Read, read_mail

_IN_PLACE = 400  # mails; fewer are not worth a process
_PIECE = 50  # mails sent to a process at once
_LARGE_PIECE = 8 << 20  # bytes; more are parsed here, as each process that gets them has another copy
_AHEAD = 6  # pieces parsed ahead; limits memory

OBJECTS = 20_000
"""How many are allocated between two searches for circles of them, which parsing hardly makes."""


def _read_piece(piece: Sequence[bytes], dictionary: int = 0) -> list[Read]:
    return [read_mail(raw, dictionary=dictionary) for raw in piece]


def read_batches(
    batches: Iterable[Sequence[bytes]], *, dictionary: Callable[[], int] = int, processes: int | None = None
) -> Iterator[list[Read]]:
    """Parse batches of raw mails, in order; in other processes once there are many.

    `dictionary` returns the id of what mails are compressed with (patchwatch.db.packing); the other processes ask once.
    `processes` is 0 to parse in this process.  The default is the number of CPUs, because the writer often waits.
    """
    workers = (os.cpu_count() or 1) if processes is None else processes
    source = iter(batches)
    seen = 0
    while workers == 0 or seen < _IN_PLACE:
        batch = next(source, None)
        if batch is None:
            return
        seen += len(batch)
        yield _read_piece(batch, dictionary())
    number = dictionary()
    try:
        pool = _Pool(workers, number)
    except (OSError, EOFError):  # too many open files or processes, or the fork server ended; this one can do it, too
        yield from (_read_piece(batch, number) for batch in source)
        return
    try:
        waiting: deque[list[Future[list[Read]]]] = deque()
        pieces = 0
        for batch in source:
            jobs = [pool.submit(batch[i : i + _PIECE]) for i in range(0, len(batch), _PIECE)]
            waiting.append(jobs)
            pieces += len(jobs)
            while pieces > _AHEAD * max(workers, 1) and len(waiting) > 1:
                done = waiting.popleft()
                pieces -= len(done)
                yield [read for job in done for read in job.result()]
        for done in waiting:
            yield [read for job in done for read in job.result()]
    finally:
        pool.close()


class _Pool:
    """Processes that parse, and a thread for each, which gives it one piece at a time.

    Not concurrent.futures' pool: its named semaphores outlive a process that is killed, until another process of
    Python's removes them, with a warning.
    """

    def __init__(self, workers: int, dictionary: int) -> None:
        self._dictionary = dictionary
        content = packing.content_of(dictionary) if dictionary else b""
        # "spawn" would import everything again, "fork" copies locks of threads; the fork server does neither.
        context: ForkServerContext | SpawnContext
        if "forkserver" in multiprocessing.get_all_start_methods():
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["patchwatch.sync.read_mail"])
        else:
            context = multiprocessing.get_context("spawn")
        self._threads = ThreadPoolExecutor(workers)
        self._idle: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()  # None in place of one that ended
        self._closing = False
        self._processes: list[BaseProcess] = []
        try:
            for _ in range(workers):
                ours, theirs = context.Pipe()
                with theirs:
                    process = context.Process(target=_serve, args=(theirs,), daemon=True)
                    process.start()
                    self._processes.append(process)
                self._threads.submit(self._introduce, ours, content)
        except BaseException:
            self.close()
            raise

    def submit(self, piece: Sequence[bytes]) -> Future[list[Read]]:
        """Parse a piece in one of the processes, or in this one if it is large."""
        if sum(map(len, piece)) <= _LARGE_PIECE:
            return self._threads.submit(self._parse, piece)
        future: Future[list[Read]] = Future()
        future.set_result(_read_piece(piece, self._dictionary))
        return future

    def close(self) -> None:
        """End the processes, whatever they do."""
        self._closing = True
        for process in self._processes:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.join()
        while not self._idle.empty():
            if connection := self._idle.get():
                connection.close()

    def _introduce(self, connection: Connection, content: bytes) -> None:
        """Send a process what it compresses mails with; with its arguments, a kill meanwhile would be reported."""
        with contextlib.suppress(OSError):
            connection.send(content)
        self._idle.put(connection)

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
        return [] if self._closing else _read_piece(piece, self._dictionary)


def _serve(connection: Connection) -> None:
    """Parse pieces until the process that sends them ends; a dictionary comes first, or nothing."""
    _exit_with_parent()
    gc.freeze()  # what was imported stays
    gc.set_threshold(OBJECTS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for that process
    with contextlib.suppress(Exception):  # it parses what we fail on itself
        content = connection.recv()
        dictionary = packing.learn(content) if content else 0
        while True:
            connection.send(_read_piece(connection.recv(), dictionary))


def _exit_with_parent() -> None:
    """Make this worker exit when the process that uses the pool ends, by whatever signal, also while it parses."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
