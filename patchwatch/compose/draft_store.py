"""Drafts that were not sent yet, each in a file that is kept until it is sent or discarded.  Links are not followed.

There is one per mail replied to, so that users continue where they stopped.  It holds the part that they edit (see
patchwatch.compose.draft); everything else is created again from the mail.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path

from patchwatch.compose.draft import Draft, format_draft
from patchwatch.errors import DraftError, InvalidInputError
from patchwatch.pattern import Pattern
from patchwatch.private_files import make_directory, replacing

_NAME = 24  # characters of the subject in a file name
_SUBJECT = Pattern(r"^Subject:[ \t]*(.*)", re.MULTILINE | re.IGNORECASE)
_PREFIXES = Pattern(r"^(?:\s*(?:re:|\[[^\]]*\]))*", re.IGNORECASE)


class DraftStore:
    """A directory, readable by its owner only, created for the first draft."""

    def __init__(self, directory: Path) -> None:
        """Store drafts in `directory`."""
        self.directory = directory

    def file(self, draft: Draft) -> Path:
        """The file of a draft, by the mail that it originally replied to."""
        subject = re.sub(r"[^a-z0-9]+", "-", _PREFIXES.sub("", draft.subject).lower()).strip("-")[:_NAME].strip("-")
        parent = hashlib.sha256((draft.in_reply_to or draft.subject).encode("utf-8", "replace")).hexdigest()[:8]
        return self.directory / f"{subject}-{parent}.eml".removeprefix("-")

    def find(self, draft: Draft) -> Path | None:
        """The file of an existing draft that replies to the same mail."""
        file = self.file(draft)
        return file if file.is_file() and not file.is_symlink() else None

    def save(self, draft: Draft) -> Path:
        """Save a draft, replacing one that replies to the same mail.

        Raises:
            DraftError: it can't be written.
        """
        file = self.file(draft)
        if file.is_symlink():
            raise DraftError(f"the draft can't be saved: {file} is a symbolic link. Remove it.")
        try:
            make_directory(self.directory)
            with replacing(file) as new:
                new.write_text(format_draft(draft), encoding="utf-8")
        except OSError as error:
            raise DraftError(f"the draft can't be saved in {file}: {error.strerror}.") from None
        return file

    def add(self, file: Path, text: str) -> None:
        """Add text at the end of a draft.

        Raises:
            DraftError: it is gone, or can't be read or written.
            InvalidInputError: it is not UTF-8.
        """
        before = self.read(file).rstrip("\n")
        try:
            with replacing(file) as new:
                new.write_text(f"{before}\n\n{text}", encoding="utf-8")
        except OSError as error:
            raise DraftError(f"the draft can't be saved in {file}: {error.strerror}.") from None

    def read(self, file: Path) -> str:
        """The text of a draft as edited.

        Raises:
            DraftError: it is gone, or can't be read.
            InvalidInputError: it is not UTF-8.
        """
        try:
            with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), encoding="utf-8") as stream:
                return stream.read()
        except UnicodeDecodeError:
            raise InvalidInputError(f"{file} is not UTF-8; save it as UTF-8.") from None
        except OSError as error:
            raise DraftError(f"the draft {file} can't be read: {error.strerror}.") from None

    def subjects_since(self, time: float) -> list[str]:
        """The subjects of the drafts that were written since `time` (UTC seconds), the oldest first."""
        found: list[tuple[float, str]] = []
        for file in self.directory.glob("*.eml"):
            with contextlib.suppress(OSError, DraftError, InvalidInputError):  # it was just sent, or is no draft
                written = file.lstat().st_mtime
                if written >= time and (subject := _SUBJECT.search(self.read(file))):
                    found.append((written, subject[1]))
        return [subject for _, subject in sorted(found)]

    def delete(self, file: Path) -> None:
        """Delete a draft that was sent or discarded.

        Raises:
            DraftError: it can't be removed.
        """
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise DraftError(f"the draft {file} can't be removed: {error.strerror}.") from None
