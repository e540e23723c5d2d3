"""The few words for a next action that a row of the queue has room for, and days as a row shows them.

Pure.  The texts are those of patchwatch.series.state.next_action; a test has all of them.
"""

from __future__ import annotations

import datetime

from patchwatch.pattern import Pattern
from patchwatch.series.states import State

TO_APPLY = "yours to apply"
"""How the next action on a series begins that I apply."""
_LIKELY = "likely: "
_REST = Pattern(
    r":|, | from | when | or | whether | of (?:patch|\d)|(?<=\w)'s (?:question|doubt|comment|request|suggestion)\b"
)
_SHORT = {
    TO_APPLY: "apply {version}",
    "review": "review {version}",
    "send it without RFC": "send without RFC",
    "send the request again": "send again",
    "ping the maintainer": "ping maintainer",
}
_ANSWER = Pattern(r"see .+'s answer(?P<more>s to \d+ points)?")
_WHOM = Pattern(
    r"wait: (?:merge window|(?P<tree>\S+) closed|(?P<blocked>blocked by #\d+(?: and \d+ more)?))"
    r"|wait for (?:the )?(?P<who>.+?)(?: to (?:apply it|pull)| of (?:patch|\d).*)?: "
    r"|resend when (?P<closed>\S+) reopens"
)


def ready(state: str) -> str:
    """Why a series in this state waits for a maintainer: `reviewed`, or `sent` to be taken without a review."""
    return "sent" if state == State.NEW else "reviewed"


def to_apply_since(state: str, left: str, ago: str) -> str:
    """The next action of who applies a series, or the patches of it that are `left`."""
    return f"{TO_APPLY}: {left}; the others were applied {ago}" if left else f"{TO_APPLY}: {ready(state)} {ago}"


def likely(text: str) -> str:
    """What is not sure to be done, said so: `likely yours to apply`, `likely: ping the maintainer`."""
    if text.startswith("likely"):
        return text
    return f"likely {text}" if text.startswith(TO_APPLY) else f"{_LIKELY}{text}"


def verb_of(text: str, version: str) -> str:
    """`answer Lea`: what to do, from the text of a next action of mine."""
    head = _REST.split(text.removeprefix(_LIKELY).removeprefix("likely "), maxsplit=1)[0]
    if seen := _ANSWER.fullmatch(head):
        return "check answers" if seen["more"] else "check answer"
    return _SHORT[head].format(version=version) if head in _SHORT else head


def whom_of(text: str) -> str:
    """`reviewers`: whom a series of mine waits for, from the text of its next action; empty if it does not wait."""
    found = _WHOM.match(text)
    if not found:
        return ""
    return found["who"] or found["blocked"] or found["tree"] or found["closed"] or "merge window"


def short_day(seconds: int) -> str:
    """`Fri 16`."""
    day = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{day:%a} {day.day}"


def long_day(seconds: int) -> str:
    """`Fri 16 Oct`."""
    day = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{day:%a} {day.day} {day:%b}"
