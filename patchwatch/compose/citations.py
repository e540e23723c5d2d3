"""The forms of a mail's name that can be copied to the clipboard.  Pure."""

from __future__ import annotations

from dataclasses import dataclass

from patchwatch.config import DEFAULT_LORE_URL
from patchwatch.output import command
from patchwatch.sanitize import line
from patchwatch.sources.lore.urls import message_url

LABELS = ("message-id", "URL", "Link: trailer", "b4 am command", "subject and URL")
"""The names of the forms."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One form, and its label."""

    label: str
    text: str


def citations(message_id: str, url: str, subject: str) -> tuple[Citation, ...]:
    """The forms of a mail's name; `url` is its page in the archive.

    The trailer follows Documentation/process/submitting-patches.rst.  The command is quoted for a shell: a stranger
    chose the message-id.
    """
    link = message_url(DEFAULT_LORE_URL, None, message_id).rstrip("/")
    forms = (message_id, url, f"Link: {link}", command("b4", "am", message_id), f"{subject}\n{url}")
    return tuple(
        Citation(label, "\n".join(map(line, text.split("\n")))) for label, text in zip(LABELS, forms, strict=True)
    )
