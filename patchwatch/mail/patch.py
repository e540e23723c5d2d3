"""A patch as its mail carries it: title, message, tags, notes below `---`, and the diff taken apart.

What `git am` would make of the mail, near enough to compare two of them; how they differ is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from patchwatch.mail import body, diff, trailers
from patchwatch.mail.headers import Headers, decoded
from patchwatch.mail.hunks import Diff, read_diff
from patchwatch.mail.message import Person, Trailer
from patchwatch.mail.mime import text_of
from patchwatch.mail.parse import parse

_SEPARATOR = re.compile(r"^---[ \t]*$", re.MULTILINE)
# What git am takes from the top of a mail's text in place of its headers.
_IN_BODY = re.compile(r"\s*((?:(?:From|Date|Subject): [^\n]*\n(?:[ \t]+[^\n]*\n)*)+)[ \t]*(?:\n|\Z)")
_SUBJECT = re.compile(r"^Subject:\s*(?:\[[^\]]*\]\s*)*(\S[^\n]*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch of a posting.  Nothing in it is made printable."""

    message_id: str
    number: int  # n of n/m; 1 for a single patch
    title: str
    author: Person
    message: str  # of the commit, without title and tags
    trailers: tuple[Trailer, ...]
    notes: str  # what stands below `---` for people; without the diffstat
    words: str  # message and notes: where changelogs stand
    diff: Diff
    patch_id: str  # git's; empty without a diff that git can read


def read_patch(raw: bytes) -> Patch:
    """The patch that a mail carries; never raises."""
    facts = parse(raw)
    text = text_of(Headers(raw), raw).whole
    cut = diff.start(text)
    above, changes = (text, "") if cut < 0 else (text[:cut], text[cut:])
    headers = _IN_BODY.match(above[:2000])
    title = facts.parts.title
    if headers:
        above = above[headers.end() :]
        if own := _SUBJECT.search(headers[1]):
            title = " ".join(decoded(own[1]).split())
    border = _SEPARATOR.search(above)
    message, tags = trailers.split_message(above[: border.start()] if border else above)
    notes = body.own_text(above[border.start() :], patch=True).partition("\n")[2].strip("\n") if border else ""
    return Patch(
        message_id=facts.message_id,
        number=1 if facts.parts.counter is None else facts.parts.counter,
        title=title,
        author=facts.patch_author or facts.author,
        message=message.strip("\n"),
        trailers=tags,
        notes=notes,
        words=f"{message}\n\n---\n{notes}",
        diff=read_diff(changes),
        patch_id=facts.patch_id,
    )


def read_cover(raw: bytes) -> str:
    """What a cover letter says; without quotes, diffstat and signature."""
    text = text_of(Headers(raw), raw).whole
    cut = diff.start(text)
    return body.own_text(text if cut < 0 else text[:cut], patch=True).strip("\n")
