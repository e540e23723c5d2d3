"""Rules that limit which series of a followed list count as followed (`patchwatch follow --author --path --subject`).

All conditions of a rule must match, and one of several rules is enough.  The rules only decide which series are shown
as followed: the whole list is polled all the same, because replies name neither the author nor the files of a patch.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from typing import NamedTuple

_WILD = frozenset("*?[")


class Rule(NamedTuple):
    """Conditions on a series; an empty one matches everything."""

    author: str = ""  # part of the name or address of the person who posted a version, in any case
    path: str = ""  # a file, directory or pattern, as F: in MAINTAINERS; a leading slash is ignored
    subject: str = ""  # part of the title, in any case

    def fits(self, title: str, people: Iterable[str], files: Iterable[str]) -> bool:
        """True if a series matches: its title, who posted it (names and addresses), the files it touches."""
        return (
            self.subject.lower() in title.lower()
            and (not self.author or any(self.author.lower() in one.lower() for one in people))
            and (not self.path or any(_touches(self.path, file) for file in files))
        )

    def __str__(self) -> str:
        """`--author kairui --path mm/`."""
        return " ".join(f"--{name} {value}" for name, value in self._asdict().items() if value)


def _touches(path: str, file: str) -> bool:
    path = path.lstrip("/")
    if _WILD.isdisjoint(path):
        return file == path or file.startswith(path.rstrip("/") + "/")
    # As in get_maintainer.pl: a pattern that ends with a slash means everything below it.
    return fnmatch.fnmatchcase(file, path + "*" if path.endswith("/") else path)
