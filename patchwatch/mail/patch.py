"""Extract a patch from a mail: title, message, tags, notes below `---`, and the parsed diff.

Close enough to what `git am` makes of the mail to compare two of them (patchwatch.series.rangediff does).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from patchwatch.mail import body, diff, trailers
from patchwatch.mail.headers import Headers, decoded
from patchwatch.mail.hunks import Diff, read_diff
from patchwatch.mail.message import Person, Trailer
from patchwatch.mail.mime import text_of
from patchwatch.mail.unreadable import parse_anything
from patchwatch.pattern import Pattern

_SEPARATOR = Pattern(r"^---[ \t]*$", re.MULTILINE)
# In-body headers, which git am prefers to those of the mail.
_IN_BODY = Pattern(r"\s*((?:(?:From|Date|Subject): [^\n]*\n(?:[ \t][^\n]*\n)*)+)[ \t]*(?:\n|\Z)")
_SUBJECT = Pattern(r"^Subject:\s*(?:\[[^\]]*\]\s*)*(\S[^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch of a posting.  Not sanitized."""

    message_id: str
    number: int  # n of n/m; 1 for a single patch
    title: str
    author: Person
    message: str  # of the commit, without title and tags
    trailers: tuple[Trailer, ...]
    notes: str  # the text below `---`, without the diffstat
    prose: str  # message and notes, to search for changelogs
    diff: Diff
    patch_id: str  # git's; empty without a diff that git can parse


def read_patch(raw: bytes) -> Patch:
    """Extract the patch of a mail; never raises."""
    parsed = parse_anything(raw)
    text = text_of(Headers(raw), raw).whole
    cut = diff.start(text)
    above, changes = (text, "") if cut < 0 else (text[:cut], text[cut:])
    headers = _IN_BODY.match(above[:2000])
    title = parsed.parts.title
    if headers:
        above = above[headers.end() :]
        if in_body := _SUBJECT.search(headers[1]):
            title = " ".join(decoded(in_body[1]).split())
    border = _SEPARATOR.search(above)
    message, tags = trailers.split_message(above[: border.start()] if border else above)
    notes = body.own_text(above[border.start() :], patch=True).partition("\n")[2].strip("\n") if border else ""
    return Patch(
        message_id=parsed.message_id,
        number=1 if parsed.parts.counter is None else parsed.parts.counter + parsed.parts.inserted // 1000,
        title=title,
        author=parsed.patch_author or parsed.author,
        message=message.strip("\n"),
        trailers=tags,
        notes=notes,
        prose=f"{message}\n\n---\n{notes}",
        diff=read_diff(changes),
        patch_id=parsed.patch_id,
    )


def read_cover(raw: bytes) -> str:
    """The text of a cover letter, without quotes, diffstat and signature."""
    text = text_of(Headers(raw), raw).whole
    cut = diff.start(text)
    return body.own_text(text if cut < 0 else text[:cut], patch=True).strip("\n")
