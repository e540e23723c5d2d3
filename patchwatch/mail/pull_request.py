"""Pull requests: what they ask to pull, and by whom, as `git request-pull` prints it or as people write it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchwatch.mail.addresses import mailboxes
from patchwatch.mail.list_address import is_list_address
from patchwatch.mail.message import Person, PullRequest
from patchwatch.pattern import Pattern

_SINCE = Pattern(r"^\s{0,4}The following changes since commit ([0-9a-f]{7,64})\b", re.MULTILINE)
_URL = r"(?:(?:https?|git|ssh|git\+ssh)://[^\s\"'<>`]+|[\w.-]+@[\w.-]+:[\w./~-]+\.git\b[^\s\"'<>`]*)"
_AVAILABLE = Pattern(
    rf"^\s{{0,4}}are available (?:in|at|from|on)\b[^\n]*\n(?:\s*\n){{0,3}}\s*({_URL})"
    r"(?:[ \t]*\\?\n[ \t]*|[ \t]+(?!\\\n))?([^\s\n]+)?",
    re.MULTILINE,
)
_ASKED = Pattern(
    rf"(?i)\bpull\b[^\n]{{0,200}}(?:\n[^\n]{{0,200}}){{0,6}}?\n?[ \t]*[\"'`]?({_URL})[\"'`]?"
    r"(?:[ \t]*\\?\n[ \t]*|[ \t]+(?!\\\n))?((?:tags|heads|branch|tag)[ /:]\S+|[\w./-]+)?"
)
_UP_TO = Pattern(r"^\s{0,4}(?:for you )?to fetch changes up to ([0-9a-f]{7,64})\b", re.MULTILINE)
_TREE_AND_TAG = Pattern(r"(?i)\b(?:signed )?(?:tag|branch)[:\s]+[\"'`]?(?:tags/|refs/\w+/)?([\w./-]+)[\"'`]?")
_SUBJECT = Pattern(r"(?i)^\s*(?:please,? pull\b|(?:git[ -_]?)?pull[ -]?req(?:uest)?\b|git[ -_]pull\b)")
_ASKS = Pattern(r"(?i)\bplease(?:,? consider)?,? (?:git[- ])?pull|\bpull[- ]request\b|\bpull (?:from|the following)\b")
_NOT_A_REF = Pattern(r"(?i)for|to|and|the|in|which|with|up|you|that|are|is|is:|https?:.*|[0-9.]+\.?")
_MAX_TO = 2_000  # characters of a To header
_MAX_TEXT = 60_000  # characters: the request is above its shortlog and diffstat


def pull_request(text: str, to: Sequence[str], patches: int) -> PullRequest:
    """What a pull request asks for; fields that it does not state are empty.

    `to` are the values of its To headers, `patches` is how many its shortlog lists.
    """
    text = text[:_MAX_TEXT]
    since, up_to = _SINCE.search(text), _UP_TO.search(text)
    place = _AVAILABLE.search(text) or _ASKED.search(text)
    repository, ref = (place[1].rstrip(".,;:)"), place[2] or "") if place else ("", "")
    if _NOT_A_REF.fullmatch(ref) or ref.lower() == "for you":
        ref = ""
    if repository and not ref and (named := _TREE_AND_TAG.search(text)):
        ref = named[1]
    return PullRequest(
        repository=repository[:300],
        ref=_short(ref)[:200],
        commit=up_to[1] if up_to else "",
        base=since[1] if since else "",
        patches=patches,
        puller=_puller(to),
    )


def asks_to_pull(subject: str, text: str, *, patch: bool) -> bool:
    """True for a mail with the text of `git request-pull`, whatever its subject is.

    A cover letter (`patch`) also has to say that it asks for it: some authors only offer their series in a branch, too.
    """
    if "following changes since commit" not in text:
        return _SUBJECT.match(subject) is not None and not patch and _ASKED.search(text[:_MAX_TEXT]) is not None
    if not _SINCE.search(text) or not _AVAILABLE.search(text):
        return False
    return not patch or bool(_SUBJECT.match(subject) or _ASKS.search(text[:_MAX_TEXT]))


def _short(ref: str) -> str:
    """A branch or tag without what git puts in front of it."""
    ref = re.sub(r"(?i)^(?:branch|tag)[ :]+", "", ref.strip("\"'`.,;:"))
    return re.sub(r"^refs/(?:heads|tags)/|^(?:tags|heads)/", "", ref)


def _puller(to: Sequence[str]) -> Person:
    """The first person in the To header who is no mailing list."""
    for found in mailboxes(value[:_MAX_TO] for value in to):
        if not is_list_address(found.key):
            return Person(found.name, found.key[:320])
    return Person("", "")
