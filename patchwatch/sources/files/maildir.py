"""Read mail with one file per mail: a maildir, a folder of .eml files, or a single .eml file.

A position lists the files that were read, so new mail is found under any name.  In a maildir only the unique part of a
name counts, without the flags after the colon, which mail readers change when they move files from `new` to `cur`
(https://cr.yp.to/proto/maildir.html).  Subfolders are separate maildirs and are not read.  An .eml file may be
replaced, so its size and time are part of its key.

The list is long, so it is only updated when a read completes.  Until then a position adds how far down the sorted names
the read got, with a digest of those names; if they have changed when it continues, it starts over.

Symbolic links that lead out of the folder are not followed: those who deliver mail must not choose what is read.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path

from patchwatch.errors import NotFoundError, PatchwatchError
from patchwatch.mail.mbox_split import read_mails
from patchwatch.sources.files.batch import Batch, batches, identity
from patchwatch.sources.files.mbox import open_unpacked


@dataclass(frozen=True, slots=True)
class Maildir:
    """A maildir: the files in `cur` and `new`."""

    directory: Path

    @property
    def identity(self) -> str:
        """The key under which the position is stored."""
        return identity("maildir", self.directory)

    def count(self, position: str | None) -> int:
        """How many files there are that `position` does not include."""
        return _count(self._files, position)

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`.

        Raises:
            PatchwatchError: a file can't be read.
        """
        return _read(self._files, position)

    def _files(self) -> dict[str, Path]:
        # `new` first: a file that moves from there to `cur` meanwhile is then seen twice, not missed.
        return {
            path.name.partition(":")[0]: path
            for place in ("new", "cur")
            for path in _listed(self.directory / place, self.directory)
        }


@dataclass(frozen=True, slots=True)
class Eml:
    """One .eml file, or a folder of them (subfolders are not read)."""

    path: Path

    @property
    def identity(self) -> str:
        """The key under which the position is stored."""
        return identity("eml", self.path)

    def count(self, position: str | None) -> int:
        """How many files there are that `position` does not include."""
        return _count(self._files, position)

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`.

        Raises:
            PatchwatchError: a file can't be read.
        """
        return _read(self._files, position)

    def _files(self) -> dict[str, Path]:
        found = {}
        for path in eml_files(self.path) if self.path.is_dir() else [self.path]:
            with suppress(FileNotFoundError):
                stat = path.stat()
                found[f"{path.name}/{stat.st_size}/{stat.st_mtime_ns}"] = path
        return found


def eml_files(directory: Path) -> list[Path]:
    """The .eml files in a folder."""
    return [path for path in _listed(directory, directory) if path.suffix.lower() == ".eml"]


def is_maildir(directory: Path) -> bool:
    """True if a folder is a maildir: it has `cur` or `new`, as archivers and git leave out empty folders."""
    return any((directory / place).is_dir() for place in ("cur", "new"))


def _listed(directory: Path, root: Path) -> list[Path]:
    """The files in a directory; what a link outside `root` leads to is not mail of this folder."""
    try:
        within = root.resolve()
        if not directory.resolve().is_relative_to(within):
            return []
        with os.scandir(directory) as entries:
            return [
                Path(entry.path) for entry in entries if not entry.name.startswith(".") and _is_inside(entry, within)
            ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PatchwatchError(f"can't read {directory}: {error.strerror}. Check its permissions.") from None


def _is_inside(entry: os.DirEntry[str], within: Path) -> bool:
    """True for a file, or a link to one in `within`; False also for a link in a circle, or to what can't be seen."""
    try:
        return entry.is_file() and (not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(within))
    except (OSError, RuntimeError):
        return False


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far down the sorted names a read got, and a digest of the names until there."""

    name: str = ""
    digest: str = ""

    def past(self, name: str) -> _Progress:
        return _Progress(name, hashlib.sha256(f"{self.digest}/{name}".encode(errors="surrogateescape")).hexdigest())


def _count(listing: Callable[[], dict[str, Path]], position: str | None) -> int:
    seen, before = _parsed(position)
    unread = sorted(listing().keys() - seen)
    return len(unread) - bisect_right(unread, before.name)


def _read(listing: Callable[[], dict[str, Path]], position: str | None) -> Iterator[Batch]:
    """The mails in the listed files that the position does not include."""
    seen, before = _parsed(position)
    paths = listing()
    remaining = seen & paths.keys()
    unread = sorted(paths.keys() - seen)
    done = unread[: bisect_right(unread, before.name)]
    progress = reduce(_Progress.past, done, _Progress())
    if progress != before:
        done, progress = [], _Progress()
    read = set(done)
    packed = _packed(seen)
    previous: Batch | None = None  # one behind, as the position of the last batch lists all names
    for batch in batches(_mails(unread[len(done) :], paths, listing, progress, read), partial(_position, packed)):
        if previous:
            yield previous
        previous = batch
    if previous:
        yield Batch(previous.mails, _position(_packed(remaining | read), _Progress()))


def _mails(
    names: Iterable[str],
    paths: dict[str, Path],
    listing: Callable[[], dict[str, Path]],
    progress: _Progress,
    read: set[str],
) -> Iterator[tuple[bytes, _Progress]]:
    """Each mail with the progress after it; adds the files' names to `read`."""
    for name in names:
        mails = _content(name, paths, listing)
        if mails is None:
            continue
        read.add(name)
        before, progress = progress, progress.past(name)
        for number, mail in enumerate(mails, 1):
            yield mail, progress if number == len(mails) else before


def _content(name: str, paths: dict[str, Path], listing: Callable[[], dict[str, Path]]) -> tuple[bytes, ...] | None:
    """The mails in a file; None if it is gone.  If it was only moved, `paths` is updated and it is read there."""
    while path := paths.get(name):
        try:
            with open_unpacked(path) as stream:
                return tuple(read_mails(stream))
        except NotFoundError:
            paths.clear()
            paths.update(listing())
    return None


def _position(packed: str, progress: _Progress) -> str:
    return json.dumps({"names": packed, "upto": progress.name, "digest": progress.digest})


def _packed(names: AbstractSet[str]) -> str:
    return base64.b64encode(zlib.compress(os.fsencode("\0".join(sorted(names))))).decode()


def _parsed(position: str | None) -> tuple[frozenset[str], _Progress]:
    try:
        fields = json.loads(position or "{}")
        names = os.fsdecode(zlib.decompress(base64.b64decode(fields["names"]))).split("\0")
        return frozenset(filter(None, names)), _Progress(str(fields["upto"]), str(fields["digest"]))
    except (ValueError, KeyError, TypeError, zlib.error):
        return frozenset(), _Progress()
