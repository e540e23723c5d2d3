"""What a path holds, found by looking at it: which kind of source reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from patchwatch.errors import InvalidInputError, NotFoundError, PatchwatchError
from patchwatch.mail.mbox_split import looks_like_mbox
from patchwatch.sources.files.batch import Batch
from patchwatch.sources.files.epoch import Bundle, Epoch, InboxDirectory, is_bundle, is_inbox_directory
from patchwatch.sources.files.maildir import Eml, Maildir, eml_files, is_maildir
from patchwatch.sources.files.mbox import Mbox, open_unpacked
from patchwatch.sources.git.command import git_directory

_BEGINNING_BYTES = 64 << 10
_FIRST_HEADER = re.compile(rb"\s*[!-9;-~]+:")
_MAIL_HEADER = re.compile(rb"^(?:message-id|from|date|subject|received|return-path):", re.IGNORECASE | re.MULTILINE)


class Source(Protocol):
    """Where mail is imported from."""

    @property
    def identity(self) -> str:
        """The name under which its position is remembered: the kind and the resolved path, as `mbox:/home/me/list`."""

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`, which an earlier read ended with; None reads from the beginning.

        Nothing new yields nothing.  A position that no longer fits what is there (rewritten, purged) is as good as
        None, so a mail may come again, and none is left out.

        Raises:
            PatchwatchError: it can't be read (to the end); the batches until then are good, and their positions too.
        """


def open_source(path: Path) -> Source:
    """The source at `path`.

    A git epoch (bare or not, v2 or v1), a bundle of one, a public-inbox directory, an mbox or an .eml file (both may be
    gzip's), a maildir, or a folder of .eml files; told by what is in it, not by its name.

    Raises:
        NotFoundError: there is nothing at `path`.
        InvalidInputError: it holds no mail in a form that we know.
        PatchwatchError: it can't be read.
    """
    place = path.resolve()
    try:
        if place.is_dir():
            return _directory(place)
        if place.is_file():
            return _file(place)
        if place.exists():
            raise InvalidInputError(f"{path}: neither a file nor a directory. Save the mail to a file and import that.")
    except PermissionError as error:
        raise PatchwatchError(f"{path}: can't read it: {error.strerror}.") from None
    raise NotFoundError(f"{path}: there is no such file or directory.")


def _directory(place: Path) -> Source:
    repository = git_directory(place)
    if repository == place:
        return _epoch(place)
    if is_inbox_directory(place):
        return InboxDirectory(place)
    if is_maildir(place):
        return Maildir(place)
    if eml_files(place):
        return Eml(place)
    if repository:  # asked last: mail kept in a checkout of something is more likely meant than its history
        return _epoch(repository)
    raise InvalidInputError(
        f"{place}: no mail found here. Give a public-inbox directory, a git epoch such as …/git/0.git, "
        "a maildir (with cur and new) or a folder of .eml files."
    )


def _epoch(repository: Path) -> Epoch:
    epoch = Epoch(repository)
    epoch.check()
    return epoch


def _file(place: Path) -> Source:
    with open_unpacked(place) as stream:
        beginning = stream.read(_BEGINNING_BYTES)
    if is_bundle(beginning):
        return Bundle(place)
    if not beginning.strip() or looks_like_mbox(beginning):
        return Mbox(place)
    if looks_like_mail(beginning):
        return Eml(place)
    raise InvalidInputError(
        f"{place}: this file is no mail: it begins neither with a 'From ' line (mbox), nor with headers (.eml), "
        "nor is it a git bundle."
    )


def looks_like_mail(beginning: bytes) -> bool:
    """Whether this begins like a single mail: with headers, one of them a mail's."""
    headers = re.split(rb"\r?\n\r?\n", beginning.lstrip(), maxsplit=1)[0]
    return bool(_FIRST_HEADER.match(headers) and _MAIL_HEADER.search(headers))
