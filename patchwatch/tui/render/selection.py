"""What a screen has in hand: a mail, and the revision that it is of; to be copied, answered, tagged and handed over.

Pure.  In a series that is the mail in sight; in a list of series, the newest posting of the one under the cursor.
"""

from __future__ import annotations

from dataclasses import dataclass

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import MessageRow, RevisionRow, SeriesSummary
from patchwatch.tui.render import labels


@dataclass(frozen=True, slots=True)
class Selection:
    """A mail and its revision, in words that can be shown."""

    message_id: str  # the mail's
    inbox: str  # that it was seen in; empty where none is known
    posting: str  # message-id of the patch or cover letter that the mail is, or is about
    patch: str | None  # title of that patch, where tags can be given to it alone
    revision: str  # the root's message-id
    version: str  # v5
    title: str  # of the revision
    patches: int  # seen


def of_mail(row: MessageRow, posting: MessageRow, revision: RevisionRow) -> Selection:
    """A mail of `revision` that is, or is about, its patch or cover letter `posting`."""
    alone = posting.kind == "patch" and revision.patches > 1
    return Selection(
        message_id=row.message_id,
        inbox=revision.inbox,
        posting=posting.message_id,
        patch=labels.title(posting.subject) if alone else None,
        revision=revision.message_id,
        version=series_labels.revision_name(revision),
        title=labels.title(revision.subject),
        patches=revision.patches,
    )


def of_series(row: SeriesSummary) -> Selection:
    """The first mail of a series' newest posting; tags are for all of it."""
    return Selection(
        message_id=row.message_id,
        inbox=next(iter(row.inboxes), ""),
        posting=row.message_id,
        patch=None,
        revision=row.message_id,
        version=series_labels.revision_name(row),
        title=line(row.title),
        patches=row.patches,
    )
