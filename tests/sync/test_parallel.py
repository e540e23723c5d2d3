"""The processes that parse mail: what ends them, and what happens without them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from patchwatch.sync import parallel
from tests.support.mails import mail

PATIENCE = 60.0
WITHOUT_END = """
import itertools
from patchwatch.sync.parallel import read_batches
from tests.support.mails import mail
mails = [mail(message_id=f"{n}@example.org") for n in range(500)]
for reads in read_batches(itertools.repeat(mails), processes=2):
    print(len(reads), flush=True)
"""


def processes(session: int) -> list[int]:
    """The running processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


@pytest.fixture
def parsing() -> Iterator[subprocess.Popen[bytes]]:
    """A process that parses mails in other processes, and does not end on its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", WITHOUT_END],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    yield process
    for pid in processes(process.pid):
        os.kill(pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda how: how.name)
def test_no_process_outlives_the_one_that_stores(parsing: subprocess.Popen[bytes], how: signal.Signals) -> None:
    assert parsing.stdout is not None
    for _ in range(4):
        assert parsing.stdout.readline() == b"500\n"
    assert len(processes(parsing.pid)) >= 4  # it, the fork server, two workers
    parsing.send_signal(how)
    parsing.wait(PATIENCE)
    end = time.monotonic() + PATIENCE
    while (left := processes(parsing.pid)) and time.monotonic() < end:
        time.sleep(0.05)
    assert left == []


class Broken:
    """A pool whose workers were killed, at once or after some work."""

    def __init__(self, works: int) -> None:
        self.works = works

    def submit(self, function: Callable[..., object], piece: object) -> Future[object]:
        self.works -= 1
        if self.works < -2:
            raise BrokenProcessPool
        future: Future[object] = Future()
        if self.works >= 0:
            future.set_result(function(piece))
        else:
            future.set_exception(BrokenProcessPool())
        return future

    def shutdown(self, *, cancel_futures: bool) -> None:
        assert cancel_futures


@pytest.mark.parametrize("works", [-9, 0, 5])
def test_a_killed_worker_loses_no_mail(works: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "ProcessPoolExecutor", lambda *_, **__: Broken(works))
    batches = [[mail(message_id=f"{b}.{n}@example.org") for n in range(300)] for b in range(4)]
    read = [r.message.message_id for reads in parallel.read_batches(batches, processes=2) for r in reads]
    assert read == [f"{b}.{n}@example.org" for b in range(4) for n in range(300)]
