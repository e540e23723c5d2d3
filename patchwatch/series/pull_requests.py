"""Pull requests as a kind of series: which of them is sent again, and what is said of their state.

Pure.  Maintainers send requests with the same title every week, so a title links nothing: a request follows an earlier
one only if it says so, as a stated version or a resend of the same branch or tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from patchwatch.pattern import Pattern
from patchwatch.series.states import APPLIED, State

if TYPE_CHECKING:
    from patchwatch.series.posting import PostingFacts

KIND = "pull"
"""The kind of a revision that is a pull request."""

_REACH = 45 * 86_400  # seconds: a request is sent again within its release cycle
_VERSION = Pattern(r"[-_.]?(?:v|take|try)\d{1,2}$", re.IGNORECASE)
_AGAIN = Pattern(r"-\d")  # behind the tag of the first request
_STATUS: dict[str, str] = {
    State.CHANGES_REQUESTED: "changes requested",
    State.REJECTED: "rejected",
    State.DEFERRED: "deferred",
    State.NOT_APPLICABLE: "withdrawn",
    State.SUPERSEDED: "superseded",
}


def status(state: str) -> str:
    """`pending`, `merged` and so on: the state of a pull request in the words of those who pull."""
    return "merged" if state in APPLIED else _STATUS.get(state, "pending")


def earlier_request(one: PostingFacts, others: Iterable[PostingFacts]) -> PostingFacts | None:
    """The request that `one` sends again, the newest if there are several."""
    return max((other for other in others if repeats(one, other)), key=lambda p: (p.date, p.root), default=None)


def repeats(one: PostingFacts, other: PostingFacts) -> bool:
    """True if `one` is a later version, or a resend, of the pull request `other`."""
    if one.kind != KIND or other.kind != KIND or (other.date, other.root) >= (one.date, one.root):
        return False
    if one.date - other.date > _REACH or not set(one.people) & set(other.people):
        return False
    later = one.stated and (one.version, one.minor) > (other.version, other.minor)
    resent = one.resend and (one.version, one.minor) == (other.version, other.minor)
    if not (later or resent):
        return False
    if one.ref and other.ref:
        alike = _AGAIN.fullmatch(one.ref.removeprefix(other.ref)) or _unversioned(one.ref) == _unversioned(other.ref)
        return one.ref == other.ref or (later and bool(alike))
    return one.title == other.title


def _unversioned(ref: str) -> str:
    return _VERSION.sub("", ref)
