"""Parse the shortlog of a pull request or cover letter, as `git shortlog` prints it."""

from __future__ import annotations

from collections.abc import Iterable

from patchwatch.pattern import Pattern

_AUTHOR = Pattern(r"^(\S.{0,100}?) \((\d{1,4})\):$")
_TITLE = Pattern(r"^ {4,8}(\S.*)$")
_LOGGED = Pattern(r"^(\[[0-9a-f]{7,40}\] \S.*)$")  # with its hash, whose indentation a mail program removed
_MORE_OF_TITLE = Pattern(r"^ {9,}(\S.*)$")  # git shortlog -w wraps long titles
_WRAPPED = Pattern(r"^(\S+).*$")  # and so do mail programs, without indentation
_WRAPS_AT = 66  # characters: no mail program breaks a line into which the next word would fit


def shortlog(text: str) -> tuple[tuple[str, str], ...]:
    """(author's name, title) of each listed patch, in order.

    An author's line states the number of titles; an entry with another number is not git's and is skipped.
    """
    found: list[tuple[str, str]] = []
    lines = text.replace("\u00a0", " ").split("\n")  # some mail programs indent with no-break spaces
    for number, heading in enumerate(lines):
        author = _AUTHOR.match(heading)
        if author is None:
            continue
        titles = _titles(lines[i] for i in range(number + 1, len(lines)))
        if len(titles) == int(author[2]):
            found += [(author[1], title) for title in titles]
    return tuple(found)


def _titles(lines: Iterable[str]) -> list[str]:
    """The titles in the lines below an author's name."""
    titles: list[str] = []
    above = ""
    for line in lines:
        if title := _TITLE.match(line) or _LOGGED.match(line):
            titles.append(title[1].rstrip())
        elif titles and (more := _MORE_OF_TITLE.match(line)):
            titles[-1] += " " + more[1].rstrip()
        elif titles and (more := _WRAPPED.match(line)) and len(above.rstrip()) + 1 + len(more[1]) > _WRAPS_AT:
            titles[-1] += " " + line.rstrip()
        else:
            break
        above = line
    return titles
