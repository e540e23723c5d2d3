"""Answers that were not sent yet: each is a file, which stays until it is sent or thrown away.

There is one for each mail that is answered, so that who answers it again goes on where he stopped.  It holds what its
writer edits (patchwatch.compose.draft); everything else is composed anew from the mail it answers.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from patchwatch.compose.draft import Draft, to_be_edited
from patchwatch.errors import DraftError, InvalidInputError

_NAME = 24  # characters of a file's name that tell a person what it is
_PREFIXES = re.compile(r"^(?:\s*(?:re:|\[[^\]]*\]))*", re.IGNORECASE)


class DraftStore:
    """A directory, readable to its owner only; made when the first draft is kept."""

    def __init__(self, directory: Path) -> None:
        """Drafts are kept in `directory`."""
        self.directory = directory

    def file(self, draft: Draft) -> Path:
        """Where a draft is, or would be: by the mail that it answered when it was composed."""
        words = re.sub(r"[^a-z0-9]+", "-", _PREFIXES.sub("", draft.subject).lower()).strip("-")[:_NAME].strip("-")
        answered = hashlib.sha256((draft.in_reply_to or draft.subject).encode("utf-8", "replace")).hexdigest()[:8]
        return self.directory / f"{words}-{answered}.eml".removeprefix("-")

    def kept(self, draft: Draft) -> Path | None:
        """The file in which an answer to the same mail is kept."""
        file = self.file(draft)
        return file if file.is_file() else None

    def keep(self, draft: Draft) -> Path:
        """Keep a draft as it was composed, in place of one that answers the same mail.

        Raises:
            DraftError: it can't be written.
        """
        file = self.file(draft)
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
                stream.write(to_be_edited(draft))
        except OSError as error:
            raise DraftError(f"the draft can't be kept in {file}: {error.strerror}.") from None
        return file

    def read(self, file: Path) -> str:
        """The text of a draft, as its writer left it.

        Raises:
            DraftError: it is gone, or can't be read.
            InvalidInputError: it is not in UTF-8.
        """
        try:
            return file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise InvalidInputError(f"{file} is not in UTF-8: let your editor write it so.") from None
        except OSError as error:
            raise DraftError(f"the draft {file} can't be read: {error.strerror}.") from None

    def forget(self, file: Path) -> None:
        """Throw a draft away, for it was sent or is not wanted.

        Raises:
            DraftError: it can't be removed.
        """
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise DraftError(f"the draft {file} can't be removed: {error.strerror}.") from None
