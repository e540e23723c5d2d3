"""Open a path as the kind of mail source that its content is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from patchwatch.errors import InvalidInputError, NotFoundError, PatchwatchError
from patchwatch.mail.mbox_split import looks_like_mbox
from patchwatch.pattern import Pattern
from patchwatch.sources.files.batch import Batch
from patchwatch.sources.files.epoch import Bundle, Epoch, InboxDirectory, is_bundle, is_inbox_directory
from patchwatch.sources.files.maildir import Eml, Maildir, eml_files, is_maildir
from patchwatch.sources.files.mbox import Mbox, open_unpacked
from patchwatch.sources.git.command import git_directory

_BEGINNING_BYTES = 64 << 10
_FIRST_HEADER = Pattern(rb"\s*[!-9;-~]+:")
_MAIL_HEADER = Pattern(rb"^(?:message-id|from|date|subject|received|return-path):", re.IGNORECASE | re.MULTILINE)


class Source(Protocol):
    """A source of mail to import."""

    @property
    def identity(self) -> str:
        """The key under which the position is stored: kind and resolved path, such as `mbox:/home/me/list`."""

    def count(self, position: str | None) -> int:
        """How many mails there are after `position`, about; 0 if that takes as long as reading them."""

    def read(self, position: str | None) -> Iterator[Batch]:
        """The mails after `position`, the position of an earlier batch; None reads from the beginning.

        Yields nothing if there is no new mail.  A position that no longer matches the content (rewritten, purged) is
        treated as None, so a mail may be returned again, but none is left out.

        Raises:
            PatchwatchError: reading failed; the batches until then and their positions are valid.
        """


def open_source(path: Path) -> Source:
    """Open the source at `path`, detected by its content, not by its name.

    A git epoch (bare or not, v2 or v1), a bundle of one, a public-inbox directory, an mbox or an .eml file (both may be
    gzipped), a maildir, or a folder of .eml files.

    Raises:
        NotFoundError: `path` does not exist.
        InvalidInputError: it contains no mail in a supported format.
        PatchwatchError: it can't be read.
    """
    try:
        place = path.resolve()
    except RuntimeError:
        raise InvalidInputError(f"{path}: its symbolic links form a loop.") from None
    try:
        if place.is_dir():
            return _directory(place)
        if place.is_file():
            return _file(place)
        if place.exists():
            raise InvalidInputError(f"{path}: neither a file nor a directory. Save the mail to a file and import that.")
    except PermissionError as error:
        raise PatchwatchError(f"can't read {path}: {error.strerror}. Check its permissions.") from None
    raise NotFoundError(f"{path}: no such file or directory. Check the path.")


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
    if repository:  # last: mail inside a checkout is more likely meant than its history
        return _epoch(repository)
    raise InvalidInputError(
        f"{place}: no mail found. Give a public-inbox directory, a git epoch such as …/git/0.git, "
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
        f"{place}: not a mail file. Give an mbox (it begins with a 'From ' line), an .eml file (it begins with "
        "headers) or a git bundle."
    )


def looks_like_mail(beginning: bytes) -> bool:
    """True if a file that begins like this is a single mail: it has headers, one of them a typical mail header."""
    headers = re.split(rb"\r?\n\r?\n", beginning.lstrip(), maxsplit=1)[0]
    return bool(_FIRST_HEADER.match(headers) and _MAIL_HEADER.search(headers))
