"""Files and directories that only their owner can read, whatever the umask.

They show what a user works on: the database, its backups, drafts, crash reports.  A file is created under a new name
and then renamed, so it is never written through a link that someone else put in its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600


def make_directory(directory: Path) -> None:
    """Create a directory, and those above it that are missing; one that exists is not changed.

    Raises:
        OSError: it can't be created.
    """
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # another process was faster
            path.mkdir(DIRECTORY_MODE)
            path.chmod(DIRECTORY_MODE)


def create_if_missing(path: Path) -> None:
    """Create an empty file if there is none.

    Raises:
        OSError: it can't be created or opened.
    """
    flags = os.O_RDWR | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except FileExistsError:
        os.close(os.open(path, flags | os.O_CREAT, FILE_MODE))
        return
    os.fchmod(descriptor, FILE_MODE)
    os.close(descriptor)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a new file in the same directory; at the end it replaces `path`, after an error it is deleted.

    Raises:
        OSError: it can't be created or renamed.
    """
    import secrets  # not for every start of the program

    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    os.fchmod(descriptor, FILE_MODE)
    os.close(descriptor)
    try:
        yield new
        _sync(new)
        os.replace(new, path)
        _sync(path.parent)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    """Wait until a file or directory is on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # some file systems can't sync a directory
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
