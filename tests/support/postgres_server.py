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

_SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",  # and other things that cost time and that no test needs
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "64MB",
    "max_connections": "600",  # tests leave some open
    "dynamic_shared_memory_type": "mmap",  # in the data, and deleted with it
}
_ROOM = 2 * 10**9  # bytes
# Whatever ends this process, its standard input ends with the one that started it.
_GUARDED = """
initdb=$1 pg_ctl=$2 directory=$3 options=$4
cd "$directory"
"$initdb" --pgdata data --auth trust --username tester --encoding UTF8 --no-sync >initdb.log 2>&1 &&
"$pg_ctl" --pgdata data --wait --options "$options" --log log start >/dev/null 2>&1 && echo ready
cat >/dev/null
"$pg_ctl" --pgdata data --wait --mode immediate stop >/dev/null 2>&1
cd / && rm -rf "$directory"
"""


class PostgresServer:
    """A server with its own data, which nobody else sees; each test has a database of its own in it."""

    def __init__(self, directory: Path, prefix: str = "patchwatch") -> None:
        """Its data and its socket are in `directory`; names of databases begin with `prefix`."""
        self.directory = directory
        self._prefix = prefix
        self._made = 0

    @staticmethod
    def missing() -> str:
        """Why no server can be started on this machine; empty when it can."""
        if not _program("initdb"):
            return "needs PostgreSQL's initdb and pg_ctl (Debian package postgresql)"
        return "" if importlib.util.find_spec("psycopg") else "needs psycopg (patchwatch[postgresql])"

    def serve(self) -> None:
        """Serve the data again, after `stop`."""
        self._run(
            "pg_ctl",
            "--pgdata",
            self._data,
            "--wait",
            "--options",
            options(self.directory),
            "--log",
            str(self.directory / "log"),
            "start",
        )

    def stop(self) -> None:
        """End it, even if somebody is connected."""
        self._run("pg_ctl", "--pgdata", self._data, "--wait", "--mode", "immediate", "stop")

    def create(self, template: str = "template1") -> str:
        """The SQLAlchemy URL of a new database: a copy of the one of this name, which is empty unless given."""
        self._made += 1
        name = f"{self._prefix}{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgresql+psycopg://tester@/{name}?host={self.directory}"

    def drop(self, url: str) -> None:
        """Drop the database at a URL that `create` returned."""
        name = url.partition("?")[0].rpartition("/")[2]
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run a statement outside of a transaction."""
        import psycopg

        with psycopg.connect(f"host={self.directory} user=tester dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

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
            **_as_user(),  # type: ignore[call-overload]
        )


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Yield a running server; at the end it is stopped and its data deleted, also if this process is killed."""
    # pytest's own paths are too long for a socket: 107 bytes at most.
    directory = Path(tempfile.mkdtemp(prefix="pw", dir=_in_memory()))
    directory.chmod(0o755)
    if user := _as_user():
        os.chown(directory, user["user"], user["group"])
    programs = [_program("initdb"), _program("pg_ctl")]
    guard = subprocess.Popen(
        ["sh", "-c", _GUARDED, "guard", *programs, str(directory), options(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # ^C ends the tests, and so the guard
        cwd="/",
        **user,  # type: ignore[call-overload]
    )
    with guard:  # closes its input, and waits
        if guard.stdout.readline() != b"ready\n":
            raise RuntimeError(f"no PostgreSQL server: {(directory / 'initdb.log').read_text()}")
        yield PostgresServer(directory)


def _in_memory() -> str | None:
    """A file system in memory, on which a database is created in a twentieth of the time; None if there is no room."""
    shared = Path("/dev/shm")
    room = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > _ROOM
    return str(shared) if room else None


def options(directory: Path) -> str:
    """The options of a server with its socket in a directory."""
    settings = {**_SETTINGS, "unix_socket_directories": f"'{directory}'"}
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _as_user() -> dict[str, int]:
    """The user to run PostgreSQL as: it refuses to run as root."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid}


def _program(name: str) -> str:
    """Where a program is: in PATH, or where Debian has it; empty if nowhere."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = [where for place in ["", *map(str, places)] if (where := shutil.which(name, path=place or None))]
    return found[0] if found else ""
