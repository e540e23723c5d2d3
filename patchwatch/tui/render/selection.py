"""The selected mail and its revision, to copy, reply to, tag, or pass to b4.

Pure.  In a series it is the mail shown; in the overview, the newest posting of the series under the cursor.
"""

from __future__ import annotations

from dataclasses import dataclass

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import MessageRow, RevisionRow, SeriesSummary
from patchwatch.series.queue import ASKS, Place
from patchwatch.tui.render import labels

_ANSWERS = ("answer ", "check answer")


@dataclass(frozen=True, slots=True)
class Selection:
    """A mail and its revision; all text is sanitized."""

    message_id: str  # the mail's
    inbox: str  # where it was seen; may be empty
    author: str  # address of the sender of the posting
    posting: str  # message-id of the patch or cover letter that the mail is, or replies to
    patch: str | None  # title of that patch, if tags can be given to it alone
    revision: str  # the root's message-id
    version: str  # v5
    title: str  # of the revision
    patches: int  # received
    expected: int  # stated
    asks: int | None = None  # the series, if it is selected as a whole and somebody asks me something in it


def of_mail(row: MessageRow, posting: MessageRow, revision: RevisionRow) -> Selection:
    """A mail of `revision` that is its patch or cover letter `posting`, or replies to it."""
    is_patch = posting.kind == "patch" and revision.patches > 1
    return Selection(
        message_id=row.message_id,
        inbox=revision.inbox,
        author=posting.author_email,
        posting=posting.message_id,
        patch=labels.title(posting.subject) if is_patch else None,
        revision=revision.message_id,
        version=series_labels.revision_name(revision),
        title=labels.title(revision.subject),
        patches=revision.patches,
        expected=revision.expected,
    )


def of_series(row: SeriesSummary) -> Selection:
    """The first mail of the newest posting of a series; tags are for all patches."""
    return Selection(
        message_id=row.message_id,
        inbox=next(iter(row.inboxes), ""),
        author=row.author_email,
        posting=row.message_id,
        patch=None,
        revision=row.message_id,
        version=series_labels.revision_name(row),
        title=line(row.title),
        patches=row.patches,
        expected=row.expected,
        asks=row.id if _is_to_answer(row.place) else None,
    )


def _is_to_answer(place: Place | None) -> bool:
    return place is not None and place.section in ASKS and place.verb.startswith(_ANSWERS)
