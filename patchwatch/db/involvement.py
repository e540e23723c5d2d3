"""What one person has to do with a series: read from the stored views of its revisions (patchwatch.db.records).

What he has to do next follows from it elsewhere (patchwatch.series.state.next_action).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from patchwatch.series.model import Involvement, RevisionRow


class _Voice(NamedTuple):
    """Somebody who spoke about a revision: patchwatch.series.reviewers.Voice as it is stored."""

    name: str
    email: str
    date: int
    content: bool
    answer: str
    answered: int


def involvement_of(revisions: Sequence[RevisionRow], views: Mapping[str, Any], me: Set[str]) -> Involvement:
    """The part of the one with the addresses `me` (lower case); `views` are the revisions' by root."""
    newest = revisions[-1]
    latest = [views[root] for root in newest.postings]
    mine = [voice for view in latest for voice in _voices(view) if voice.email in me]
    replied = max((voice.date for voice in mine), default=0)
    answered, answer = max(((v.answered, v.answer) for v in mine if v.answered >= replied), default=(0, ""))
    return Involvement(
        author=not me.isdisjoint(latest[-1]["senders"]),
        posted=any(_posted(view, me) for view in views.values()),
        recipient=any(not me.isdisjoint(view["recipients"]) for view in latest),
        replied=replied,
        satisfied=_tagged(newest, me) or any(voice.content for voice in mine if voice.date == replied),
        reviewed_before=_earlier(revisions[:-1], views, me),
        answer=answer,
        answered=answered,
    )


def names_of(view: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who spoke; and those of them whom the author answered and who said nothing since, the last answered last."""
    heard = list(_voices(view))
    awaited = sorted((v for v in heard if v.answered >= v.date and not v.content), key=lambda v: v.answered)
    return tuple(dict.fromkeys(v.name or v.email for v in heard)), tuple(v.name or v.email for v in awaited)


def posters(view: Mapping[str, Any]) -> set[str]:
    """Whose posting it is, each by himself: as `Part.posted`."""
    return {address for address in (*view["senders"], *view["writers"]) if _posted(view, {address})}


def people(view: Mapping[str, Any]) -> set[str]:
    """To whom it was sent, and who spoke about it."""
    return {*view["recipients"], *(voice.email for voice in _voices(view))}


def _voices(view: Mapping[str, Any]) -> Iterable[_Voice]:
    return (_Voice(*voice) for voice in view["voices"])


def _posted(view: Mapping[str, Any], me: Set[str]) -> bool:
    """Sent by me, or all of it written by me and sent by somebody else: but what he backports is his."""
    if not me.isdisjoint(view["senders"]):
        return True
    return bool(view["writers"]) and me >= set(view["writers"]) and not view["backport"]


def _earlier(revisions: Sequence[RevisionRow], views: Mapping[str, Any], me: Set[str]) -> str:
    """The last of these that I spoke about."""
    for revision in reversed(revisions):
        if any(voice.email in me for root in revision.postings for voice in _voices(views[root])):
            return f"{'RFC ' if revision.rfc else ''}v{revision.version}"
    return ""


def _tagged(revision: RevisionRow, me: Set[str]) -> bool:
    """Whether a review of mine is on it: given there, or carried over from an earlier version."""
    given = [trailer.value.lower() for trailer in revision.trailers if trailer.counts]
    return any(value == address or f"<{address}>" in value for value in given for address in me)
