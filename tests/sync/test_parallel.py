"""The processes that parse mail: what ends them, and what happens without them."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from patchwatch.db.database import Database
from patchwatch.sync import parallel, parse_processes
from patchwatch.sync.parse_processes import ParseProcesses
from tests.sources.files.mail_files import epoch
from tests.support.mails import mail

PATIENCE = 60.0
SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]
WITHOUT_END = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup(1) ignores it
import itertools
from patchwatch.sync.parallel import read_batches
from tests.support.mails import mail
mails = [mail(message_id=f"{n}@example.org") for n in range(500)]
for reads in read_batches(itertools.repeat(mails), processes=2):
    print(len(reads), flush=True)
"""


def _running(field: int, number: int) -> list[int]:
    """The running processes with a number in a field of /proc/PID/stat behind the name."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[field]) == number and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


def processes(session: int) -> list[int]:
    """The running processes of a session."""
    return _running(3, session)


def _fail(_piece: object, _dictionary: int = 0) -> None:
    raise MemoryError


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ParseProcesses]]:
    """What pools start."""
    found: list[ParseProcesses] = []
    start = ParseProcesses.__init__

    def record(processes: ParseProcesses, count: int) -> None:
        start(processes, count)
        found.append(processes)

    monkeypatch.setattr(ParseProcesses, "__init__", record)
    yield found
    for processes in found:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(processes._first.pid, signal.SIGKILL)


def group(processes: ParseProcesses) -> list[int]:
    """The running processes of a pool, the first one first."""
    return sorted(_running(2, processes._first.pid))


@pytest.fixture
def parsing() -> Iterator[subprocess.Popen[bytes]]:
    """A process that parses mails in other processes, and does not end on its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", WITHOUT_END],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    yield process
    for pid in processes(process.pid):
        os.kill(pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("how", SIGNALS, ids=lambda how: how.name)
def test_no_process_outlives_the_one_that_stores(parsing: subprocess.Popen[bytes], how: signal.Signals) -> None:
    assert parsing.stdout is not None
    for _ in range(4):
        assert parsing.stdout.readline() == b"500\n"
    assert len(processes(parsing.pid)) >= 3  # it, two workers
    parsing.send_signal(how)
    parsing.wait(PATIENCE)
    end = time.monotonic() + PATIENCE
    while (left := processes(parsing.pid)) and time.monotonic() < end:
        time.sleep(0.05)
    assert left == []
    assert parsing.stderr is not None
    said = parsing.stderr.read()  # until each of them has closed it
    assert said == b"" if how == signal.SIGKILL else b"leaked" not in said


@pytest.fixture(scope="module")
def large_epoch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An epoch whose import takes longer than starting its processes."""
    path = tmp_path_factory.mktemp("epoch") / "0.git"
    return epoch(path, *(mail(message_id=f"{n}@example.org") for n in range(12_000)))


@pytest.mark.sqlite
@pytest.mark.parametrize("how", [*SIGNALS, signal.SIGINT], ids=lambda how: how.name)
def test_no_process_outlives_an_import(how: signal.Signals, large_epoch: Path, tmp_path: Path) -> None:
    """Neither a worker, nor git, nor a helper of Python's; and what was stored is whole."""
    environment = {**os.environ, "PATCHWATCH_DATABASE": str(tmp_path / "pw.db"), "XDG_CONFIG_HOME": str(tmp_path)}
    Database(f"sqlite:///{tmp_path}/pw.db").close()  # sooner than a new process creates it
    importing = subprocess.Popen(
        [sys.executable, "-m", "patchwatch", "import", str(large_epoch), "--inbox", "x"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    end = time.monotonic() + PATIENCE
    while len(processes(importing.pid)) < 4 and time.monotonic() < end:  # it, git, two workers
        time.sleep(0.02)
    assert importing.poll() is None
    importing.send_signal(how)
    _, said = importing.communicate(timeout=PATIENCE)  # until each of them has closed it
    while (left := processes(importing.pid)) and time.monotonic() < end:
        time.sleep(0.05)
    assert left == []
    assert b"Traceback" not in said
    assert b"Warning" not in said
    with closing(sqlite3.connect(tmp_path / "pw.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("killed", [(0,), (1,), (0, 1)], ids=str)
@pytest.mark.parametrize("after", [1, 3])
def test_a_killed_worker_loses_no_mail(killed: tuple[int, ...], after: int, started: list[ParseProcesses]) -> None:
    batches = [[mail(message_id=f"{b}.{n}@example.org") for n in range(300)] for b in range(9)]
    read = []
    for number, reads in enumerate(parallel.read_batches(batches, processes=2), 1):
        read += [one.message.message_id for one in reads]
        if number == after + 2:  # two batches are parsed in this process
            running = group(started[0])
            assert len(running) == 2
            for which in killed:
                os.kill(running[which], signal.SIGKILL)
    assert read == [f"{b}.{n}@example.org" for b in range(9) for n in range(300)]
    assert not_running(started[0])


def not_running(processes: ParseProcesses) -> bool:
    """True once all of them have ended."""
    end = time.monotonic() + PATIENCE
    while group(processes) and time.monotonic() < end:
        time.sleep(0.02)
    return not group(processes)


def test_a_worker_that_fails_passes_its_mails_on(
    monkeypatch: pytest.MonkeyPatch, started: list[ParseProcesses]
) -> None:
    monkeypatch.setattr(parse_processes, "_CODE", "raise SystemExit(1)")
    batches = [[mail(message_id=f"{b}.{n}@example.org") for n in range(300)] for b in range(4)]
    read = [one.message.message_id for reads in parallel.read_batches(batches, processes=2) for one in reads]
    assert read == [f"{b}.{n}@example.org" for b in range(4) for n in range(300)]
    assert len(started) == 1


def test_without_a_second_process_the_first_one_parses(
    monkeypatch: pytest.MonkeyPatch, started: list[ParseProcesses]
) -> None:
    code = "import os\ndef fork(): raise BlockingIOError\nos.fork = fork\n" + parse_processes._CODE
    monkeypatch.setattr(parse_processes, "_CODE", code)
    batches = [[mail(message_id=f"{b}.{n}@example.org") for n in range(300)] for b in range(6)]
    read = [one.message.message_id for reads in parallel.read_batches(batches, processes=2) for one in reads]
    assert read == [f"{b}.{n}@example.org" for b in range(6) for n in range(300)]
    assert len(started) == 1


class _Elsewhere:
    """What a worker of another version sends: it can't be built from its fields here."""

    def __reduce__(self) -> tuple[object, ...]:
        return (int, (None,))  # int(None) raises a TypeError


def send_what_can_not_be_read(_life: int, connections: list[int]) -> None:
    """Serve as a program of another version would."""
    with Connection(connections[0]) as connection:
        connection.recv()
        connection.send([_Elsewhere()])


def test_an_upgrade_during_an_import_loses_no_mail(
    monkeypatch: pytest.MonkeyPatch, started: list[ParseProcesses]
) -> None:
    code = parse_processes._CODE.replace(
        "from patchwatch.sync.parse_server import serve", f"from {__name__} import send_what_can_not_be_read as serve"
    )
    monkeypatch.setattr(parse_processes, "_CODE", code)
    mails = [mail(message_id=f"{n}@example.org") for n in range(900)]
    reads = [read for part in parallel.read_batches([mails[:500], mails[500:]], processes=2) for read in part]
    assert [read.message.message_id for read in reads] == [f"{n}@example.org" for n in range(900)]
    assert len(started) == 1


def test_closing_early_ends_the_workers(started: list[ParseProcesses]) -> None:
    reading = parallel.read_batches(itertools.repeat([mail()] * 300), processes=2)
    for _ in range(3):
        next(reading)
    assert len(group(started[0])) == 2
    reading.close()
    assert not_running(started[0])


def test_without_processes_the_mails_are_parsed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(parse_processes.subprocess, "Popen", fail)
    before = len(os.listdir("/proc/self/fd"))
    batches = [[mail(message_id=f"{b}.{n}@example.org") for n in range(300)] for b in range(4)]
    read = [one.message.message_id for reads in parallel.read_batches(batches, processes=2) for one in reads]
    assert read == [f"{b}.{n}@example.org" for b in range(4) for n in range(300)]
    assert len(os.listdir("/proc/self/fd")) == before


def test_processes_that_parse_do_not_load_the_database() -> None:
    """It would take half of their memory."""
    code = "import patchwatch.sync.parse_server, sys; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_of_many_mails_this_process_parses_none(monkeypatch: pytest.MonkeyPatch, started: list[ParseProcesses]) -> None:
    monkeypatch.setattr(parallel, "read_mails", _fail)
    batches = [[mail(message_id=f"{b}.{n}@example.org") for n in range(300)] for b in range(3)]
    reading = parallel.read_batches(batches, processes=2, expected=900)
    read = [one.message.message_id for reads in reading for one in reads]
    assert read == [f"{b}.{n}@example.org" for b in range(3) for n in range(300)]
    assert len(started) == 1


def test_processes_that_parse_share_the_compiled_patterns() -> None:
    code = (
        "import patchwatch.sync.parse_server, re\n"
        "from patchwatch.sync.read_mail import read_mail\n"
        "from tests.support.mails import mail\n"
        "re.compile = None\n"
        "message = read_mail(mail(subject='[PATCH v2] a: b', body='Please resend?\\n')).message\n"
        "assert not message.unreadable and message.parts.version == 2"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
