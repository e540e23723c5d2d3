"""Made-up series with news, for tests of the digest."""

from __future__ import annotations

import dataclasses
from typing import Any

from msgspec.structs import replace

from patchwatch.notify.digest.update import SeriesUpdate
from patchwatch.series.model import Evidence, Involvement, MessageRow, NextAction, RevisionRow, SeriesRow
from patchwatch.series.queue import Place, Section

DAY = 86_400
NOW = 1_691_046_000  # 2023-08-03T07:00Z, a Thursday
SINCE = NOW - DAY
ME = frozenset({"me@example.org"})

WATCHED = Involvement(
    author=False, posted=False, recipient=False, replied=0, satisfied=False, reviewed_before="", answer="", answered=0
)
MINE = replace(WATCHED, author=True, posted=True)
ASKED = replace(WATCHED, recipient=True)


def revision(version: int = 1, **values: Any) -> RevisionRow:
    """A version of a series by Ann, two patches, posted an hour ago."""
    root = f"v{version}@ann"
    made = RevisionRow(
        id=version, version=version, minor=0, message_id=root, subject=f"[PATCH v{version} 0/2] frob: turn the wheel",
        author_name="Ann Author", author_email="ann@example.org", date=NOW - 3600, rfc=False, patches=2, expected=2,
        has_cover=True, state="new", state_evidence=None, follow_ups=0, inbox="frob", patch_message_ids=("p1", "p2"),
        postings=(root,), trailers=(), predecessor=None,
    )  # fmt: skip
    return replace(made, **values)


def series(number: int = 7, *revisions: RevisionRow, **values: Any) -> SeriesRow:
    """A watched series of Ann's that has waited three days for review."""
    own = revisions or (revision(),)
    made = SeriesRow(
        id=number, title="frob: turn the wheel", author_name="Ann Author", author_email="ann@example.org",
        inboxes=("frob",), watched=True, muted=False, snoozed_until=None, state="new", state_evidence=None,
        turn="reviewers", turn_since=NOW - 3 * DAY, turn_evidence=None, awaiting_review=True, overdue=False, unread=0,
        last_activity=NOW - 3600, version=own[-1].version, rfc=False, incomplete=False, patches=2, reviewed=0,
        stale_since=None, revisions=own, involvement=WATCHED,
        next_action=NextAction("reviewers: waits for 3 days", own[-1].message_id, "reviewers"),
    )  # fmt: skip
    return replace(made, **values)


def message(
    message_id: str, who: str = "Rita Reviewer", excerpt: str = "Why is it turned?", **values: Any
) -> MessageRow:
    """A reply to the series, two hours old."""
    made = MessageRow(
        message_id=message_id, parent="v1@ann", depth=1, revision="v1@ann", patch=0, kind="reply", submission=False,
        author_name=who, author_email=f"{who.split()[0].lower()}@example.org" if who else "x@example.org",
        subject="Re: [PATCH 0/2] frob: turn the wheel", date=NOW - 2 * 3600, unread=True, bot=False, tags=(),
        excerpt=excerpt,
    )  # fmt: skip
    return replace(made, **values)


def posted(version: int) -> MessageRow:
    """The cover letter of a version."""
    return message(f"v{version}@ann", "Ann Author", "It turns.", submission=True, kind="cover")


def put(row: SeriesRow) -> Place:
    """Where a series stands in the queue: what others posted without asking me is new."""
    action = row.next_action
    if row.turn == "nobody":
        return Place(Section.CLOSED, "applied", "applied", row.turn_since)
    if action is None:
        return Place(Section.NEW, "1 reply", "1 reply", row.last_activity)
    if action.by == "me":
        author = row.involvement is not None and row.involvement.author
        section = Section.NOW if author else Section.REVIEW
        return Place(section, "act", action.text, row.turn_since, mine=True)
    if action.until:
        return Place(Section.WAITING, "reviewers", action.text, row.turn_since, action.until, mine=True)
    return Place(Section.NEW, "1 reply", action.text, row.last_activity)


def update(row: SeriesRow, *thread: MessageRow, **values: Any) -> SeriesUpdate:
    """A series whose mails are all new, and which is where it was."""
    place = put(row)
    made = SeriesUpdate(row, place, place, thread, frozenset(m.message_id for m in thread), SINCE, ME)
    return dataclasses.replace(made, **values)


def said(kind: str, text: str, message_id: str, **values: Any) -> Evidence:
    """Evidence in a mail of Rita's of 1 August."""
    return Evidence(
        message_id, text, kind=kind, by_name="Rita Reviewer", by_email="rita@example.org", date=NOW - 2 * DAY, **values
    )
