"""Parse the shortlog of a pull request or cover letter, as `git shortlog` prints it."""

from __future__ import annotations

import re

_AUTHOR = re.compile(r"^(\S.{0,100}?) \((\d{1,4})\):$")
_TITLE = re.compile(r"^ {4,8}(\S.*)$")
_MORE_OF_TITLE = re.compile(r"^ {9,}(\S.*)$")  # git shortlog -w wraps long titles


def shortlog(text: str) -> tuple[tuple[str, str], ...]:
    """(author's name, title) of each listed patch, in order.

    An author's line states the number of titles; an entry with another number is not git's and is skipped.
    """
    found: list[tuple[str, str]] = []
    lines = text.split("\n")
    for number, heading in enumerate(lines):
        author = _AUTHOR.match(heading)
        if author is None:
            continue
        titles: list[str] = []
        for line in lines[number + 1 :]:
            if more := _MORE_OF_TITLE.match(line):
                if not titles:
                    break
                titles[-1] += " " + more[1].rstrip()
            elif title := _TITLE.match(line):
                titles.append(title[1].rstrip())
            else:
                break
        if len(titles) == int(author[2]):
            found += [(author[1], title) for title in titles]
    return tuple(found)
