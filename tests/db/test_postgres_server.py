"""The PostgreSQL server of the tests ends with them, whatever ends them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.postgres_server import PostgresServer

PATIENCE = 60
SERVES = """
import signal
import time
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell may have told its background jobs to ignore
from tests.support.postgres_server import running_server
with running_server() as server:
    print(server.directory, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_no_server_and_no_data_outlive_the_process_that_started_it(how: signal.Signals) -> None:
    if reason := PostgresServer.missing():
        pytest.skip(reason)
    process = subprocess.Popen([sys.executable, "-c", SERVES], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with process:
        assert process.stdout is not None
        directory = Path(process.stdout.readline().decode().strip())
        server = int((directory / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        assert Path(f"/proc/{server}").exists()
        process.send_signal(how)
    end = time.monotonic() + PATIENCE
    while (Path(f"/proc/{server}").exists() or directory.exists()) and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{server}").exists()
    assert not directory.exists()
