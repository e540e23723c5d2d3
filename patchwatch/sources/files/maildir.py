"""Mail in files of its own: a maildir, a folder of .eml files, or one such file.

A position is the names of the files that were read, so mail that arrives under any name is found.  A maildir's names
are the unique parts, without the flags behind the colon, which mail readers change as they move files from `new` to
`cur` (https://cr.yp.to/proto/maildir.html); its subfolders are maildirs of their own and are not read.  An .eml file
may be replaced, so its size and time are part of its name here.

The names are many, so they are written down once, when a read comes to its end.  Until then a position adds how far
down the sorted names that read got, and a digest of them; if other names are there when it goes on, it begins anew.
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
    """A maildir: what is in its `cur` and `new`."""

    directory: Path

    @property
    def identity(self) -> str:
        """The name under which its position is remembered."""
        return identity("maildir", self.directory)

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`.

        Raises:
            PatchwatchError: a file can't be read.
        """
        return _read(self._files, position)

    def _files(self) -> dict[str, Path]:
        # `new` first: what is moved from there to `cur` meanwhile is then seen twice, not never.
        return {
            path.name.partition(":")[0]: path for place in ("new", "cur") for path in _listed(self.directory / place)
        }


@dataclass(frozen=True, slots=True)
class Eml:
    """One .eml file, or a folder of them (its subfolders are not read)."""

    path: Path

    @property
    def identity(self) -> str:
        """The name under which its position is remembered."""
        return identity("eml", self.path)

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
    return [path for path in _listed(directory) if path.suffix.lower() == ".eml"]


def is_maildir(directory: Path) -> bool:
    """Whether a folder is a maildir.  One of `cur` and `new` is enough: archivers and git leave out empty folders."""
    return any((directory / place).is_dir() for place in ("cur", "new"))


def _listed(directory: Path) -> list[Path]:
    try:
        with os.scandir(directory) as entries:
            return [Path(entry.path) for entry in entries if entry.is_file() and not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PatchwatchError(f"{directory}: can't read it: {error.strerror}.") from None


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far down the sorted names a read got, and a digest of the names it met on the way."""

    name: str = ""
    digest: str = ""

    def past(self, name: str) -> _Progress:
        return _Progress(name, hashlib.sha256(f"{self.digest}/{name}".encode(errors="surrogateescape")).hexdigest())


def _read(listing: Callable[[], dict[str, Path]], position: str | None) -> Iterator[Batch]:
    """The mails of those listed files that the position does not have."""
    seen, before = _parsed(position)
    paths = listing()
    kept = seen & paths.keys()
    unread = sorted(paths.keys() - seen)
    done = unread[: bisect_right(unread, before.name)]
    progress = reduce(_Progress.past, done, _Progress())
    if progress != before:
        done, progress = [], _Progress()
    read = set(done)
    packed = _packed(seen)
    held: Batch | None = None  # one batch, as only the last one's position has all the names
    for batch in batches(_mails(unread[len(done) :], paths, listing, progress, read), partial(_position, packed)):
        if held:
            yield held
        held = batch
    if held:
        yield Batch(held.mails, _position(_packed(kept | read), _Progress()))


def _mails(
    names: Iterable[str],
    paths: dict[str, Path],
    listing: Callable[[], dict[str, Path]],
    progress: _Progress,
    read: set[str],
) -> Iterator[tuple[bytes, _Progress]]:
    """Each mail with the progress after it; the files' names are added to `read`."""
    for name in names:
        mails = _content(name, paths, listing)
        if mails is None:
            continue
        read.add(name)
        before, progress = progress, progress.past(name)
        for number, mail in enumerate(mails, 1):
            yield mail, progress if number == len(mails) else before


def _content(name: str, paths: dict[str, Path], listing: Callable[[], dict[str, Path]]) -> tuple[bytes, ...] | None:
    """The mails in a file; None when it is gone.  One that was only moved is looked for again: `paths` is renewed."""
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
        known = json.loads(position or "{}")
        names = os.fsdecode(zlib.decompress(base64.b64decode(known["names"]))).split("\0")
        return frozenset(filter(None, names)), _Progress(str(known["upto"]), str(known["digest"]))
    except (ValueError, KeyError, TypeError, zlib.error):
        return frozenset(), _Progress()
