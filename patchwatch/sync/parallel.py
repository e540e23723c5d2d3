"""A pool of processes that parse mails while this process stores them.

An import spends two thirds of its time in `read_mail`, which needs only the mail.  A few mails are parsed in this
process: starting another one costs as much as parsing some hundred.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess

from patchwatch.sync.ingest import Read, read_mail

_IN_PLACE = 400  # mails; fewer are not worth a process
_PIECE = 50  # mails sent to a process at once
_LARGE_PIECE = 8 << 20  # bytes; more are parsed here, as each process that gets them has another copy
_AHEAD = 6  # pieces parsed ahead; limits memory


def _read_piece(piece: Sequence[bytes]) -> list[Read]:
    return [read_mail(raw) for raw in piece]


def read_batches(batches: Iterable[Sequence[bytes]], *, processes: int | None = None) -> Iterator[list[Read]]:
    """Parse batches of raw mails, in order; in other processes once there are many.

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
        yield _read_piece(batch)
    # "spawn" would import everything again, "fork" copies locks of threads; the fork server does neither.
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["patchwatch.sync.ingest"])
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_exit_with_parent)
    try:
        waiting: deque[list[_Job]] = deque()
        pieces = 0
        for batch in source:
            jobs = [_Job(pool, batch[i : i + _PIECE]) for i in range(0, len(batch), _PIECE)]
            waiting.append(jobs)
            pieces += len(jobs)
            while pieces > _AHEAD * max(workers, 1) and len(waiting) > 1:
                done = waiting.popleft()
                pieces -= len(done)
                yield [read for job in done for read in job.result()]
        for done in waiting:
            yield [read for job in done for read in job.result()]
    finally:
        pool.shutdown(cancel_futures=True)


class _Job:
    """A piece that the pool parses, or this process if the pool broke: somebody killed a worker, memory ran out."""

    def __init__(self, pool: ProcessPoolExecutor, piece: Sequence[bytes]) -> None:
        self._piece = piece
        self._future: Future[list[Read]] | None = None
        if sum(map(len, piece)) <= _LARGE_PIECE:
            with contextlib.suppress(BrokenProcessPool):
                self._future = pool.submit(_read_piece, piece)

    def result(self) -> list[Read]:
        if self._future is not None:
            with contextlib.suppress(BrokenProcessPool):
                return self._future.result()
        return _read_piece(self._piece)


def _exit_with_parent() -> None:
    """Make this worker exit when the process that uses the pool ends, by whatever signal.

    Without that a worker waits for work forever, as it also holds the writing end of its queue; and the fork server and
    the resource tracker wait for the workers.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
