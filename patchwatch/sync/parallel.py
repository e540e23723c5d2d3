"""A pool of processes that parse mails while this process stores them.

An import spends two thirds of its time in `read_mail`, which needs only the mail.  A few mails are parsed in this
process: starting another one costs as much as parsing some hundred.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor

from patchwatch.sync.ingest import Read, read_mail

_IN_PLACE = 400  # mails; fewer are not worth a process
_PIECE = 50  # mails sent to a process at once
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
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting: deque[list[Future[list[Read]]]] = deque()
        pieces = 0
        for batch in source:
            parts = [pool.submit(_read_piece, batch[i : i + _PIECE]) for i in range(0, len(batch), _PIECE)]
            waiting.append(parts)
            pieces += len(parts)
            while pieces > _AHEAD * max(workers, 1) and len(waiting) > 1:
                done = waiting.popleft()
                pieces -= len(done)
                yield [read for part in done for read in part.result()]
        for done in waiting:
            yield [read for part in done for read in part.result()]
