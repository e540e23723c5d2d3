"""Report a crash: an exception that nothing handles is a bug.

The report names versions, the command and the places in the code.  It has no mail text and no passwords, so that users
can send it to anyone: messages of exceptions are left out unless they can't quote data, and local variables always.
"""

from __future__ import annotations

import os
import platform
import shlex
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from patchwatch import __version__
from patchwatch.config import state_directory
from patchwatch.output import print_error
from patchwatch.private_files import make_directory
from patchwatch.redact import redact
from patchwatch.sanitize import block

STATUS = 70
"""Exit status after a crash: EX_SOFTWARE of sysexits(3)."""
_KEPT = 20  # reports; a service that crashes at every start must not fill the disk
_PACKAGES = ("sqlalchemy", "textual", "liblore", "b4", "httpx", "click", "msgspec", "pygit2", "psycopg")
# Their messages name code (attributes, modules), not data.
_WITHOUT_DATA = (AttributeError, NameError, ImportError, RecursionError, MemoryError)


def report(error: BaseException) -> int:
    """Write a report of a crash, print where it is, and return the exit status."""
    text = describe(error)
    summary = f"patchwatch: internal error: {_summary(error)}."
    try:
        file = _write(text)
    except OSError as problem:
        print_error(f"{summary} The report can't be saved ({problem.strerror}):\n{text}")
    else:
        print_error(f"{summary} Stored mail is kept. Please send the report, which has no mail text and no passwords:")
        print_error(f"  {file}")
        print_error("If it happens again, `patchwatch doctor --check` shows whether stored data is damaged.")
    return STATUS


def save(error: BaseException) -> str:
    """Write a report of a bug that did not end the program; return where it is, for a message, or nothing."""
    try:
        return f" Report: {_write(describe(error))}"
    except OSError:
        return ""


def describe(error: BaseException) -> str:
    """The text of a report."""
    versions = [f"patchwatch {__version__}", f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    for name in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            versions.append(f"{name} {metadata.version(name)}")
    command = shlex.join(["patchwatch", *sys.argv[1:]])
    lines = [
        f"time: {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        f"versions: {', '.join(versions)}",
        f"system: {platform.platform()}",
        f"command: {command}",
        "",
        *_trace(error, frozenset()),
    ]
    return block(redact("\n".join(lines))) + "\n"


def _trace(error: BaseException, seen: frozenset[int]) -> Iterator[str]:
    """Where an exception was raised, with its causes; the code, without the values."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and id(cause) not in seen:
        yield from _trace(cause, seen | {id(error)})
        yield "which led to:"
    for entry in traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), capture_locals=False).format():
        yield entry.rstrip("\n")
    yield _summary(error)
    if isinstance(error, BaseExceptionGroup):
        for number, member in enumerate(error.exceptions, 1):
            yield f"{number} of {len(error.exceptions)}:"
            yield from _trace(member, seen | {id(error)})


def _summary(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    return f"{name}: {error}" if isinstance(error, _WITHOUT_DATA) else name


def _write(text: str) -> Path:
    directory = state_directory() / "crashes"
    make_directory(directory)
    for old in sorted(directory.glob("crash-*.txt"))[: -_KEPT + 1]:
        old.unlink(missing_ok=True)
    file = directory / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{os.getpid()}.txt"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="replace") as stream:
        stream.write(text)
    return file
