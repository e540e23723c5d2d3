"""A real PostgreSQL server on a socket in a directory of the tests, without network.

Needs PostgreSQL's own programs (Debian package postgresql) and the driver (patchwatch[postgresql]).
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PostgresServer:
    """A server with its own data, which nobody else sees; each test has a database of its own in it."""

    def __init__(self, directory: Path) -> None:
        """Its data and its socket are in `directory`, whose path must be short: a socket's has 107 bytes at most."""
        self.directory = directory
        self._made = 0
        self._as_user: dict[str, str | int] = {}
        if os.getuid() == 0:  # which PostgreSQL refuses to run as
            user = pwd.getpwnam("postgres")
            os.chown(directory, user.pw_uid, user.pw_gid)
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid}

    @staticmethod
    def missing() -> str:
        """Why no server can be started on this machine; empty when it can."""
        if not _program("initdb"):
            return "needs PostgreSQL's initdb and pg_ctl (Debian package postgresql)"
        return "" if importlib.util.find_spec("psycopg") else "needs psycopg (patchwatch[postgresql])"

    def start(self) -> None:
        """Make the data, and serve it."""
        self._run("initdb", "--pgdata", self._data, "--auth", "trust", "--username", "tester", "--encoding", "UTF8")
        self.serve()

    def serve(self) -> None:
        """Serve the data again, after `stop`."""
        settings = {
            "listen_addresses": "''",
            "unix_socket_directories": f"'{self.directory}'",
            "fsync": "off",  # and other things that cost time and that no test needs
            "full_page_writes": "off",
            "autovacuum": "off",
            "shared_buffers": "32MB",
            "max_connections": "400",  # tests leave some open
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        log = str(self.directory / "log")
        self._run("pg_ctl", "--pgdata", self._data, "--wait", "--options", options, "--log", log, "start")

    def stop(self) -> None:
        """End it, even if somebody is connected."""
        self._run("pg_ctl", "--pgdata", self._data, "--wait", "--mode", "immediate", "stop")

    def create(self, template: str = "template1") -> str:
        """The SQLAlchemy URL of a new database: a copy of the one of this name, which is empty unless given."""
        self._made += 1
        name = f"patchwatch{self._made}"
        self._run("createdb", "--host", str(self.directory), "--username", "tester", "--template", template, name)
        return f"postgresql+psycopg://tester@/{name}?host={self.directory}"

    @property
    def _data(self) -> str:
        return str(self.directory / "data")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [_program(program), *arguments],
            cwd=self.directory,
            stdout=subprocess.DEVNULL,  # which the server keeps open
            stderr=subprocess.DEVNULL,
            check=True,
            **self._as_user,  # type: ignore[call-overload]
        )


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Yield a running server, and delete its data at the end."""
    directory = Path(tempfile.mkdtemp(prefix="pw"))  # pytest's own paths are too long for a socket
    directory.chmod(0o755)
    server = PostgresServer(directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory)


def _program(name: str) -> str:
    """Where a program is: in PATH, or where Debian has it; empty if nowhere."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = [where for place in ["", *map(str, places)] if (where := shutil.which(name, path=place or None))]
    return found[0] if found else ""
