"""Which series of a followed list count as followed: all, or those that a rule fits.

A rule is what `patchwatch follow --author --path --subject` says; all that it names must fit, and one of several rules
is enough.  This decides what is shown as followed; the whole list is polled all the same, because replies to a patch
name neither its author nor its files.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a series must be like; an empty part fits everything."""

    author: str = ""  # part of the name or of an address of who posted a version, in any case
    path: str = ""  # a file, a directory or a pattern, as F: in MAINTAINERS; with a leading slash or without
    subject: str = ""  # part of the title, in any case

    def fits(self, title: str, people: Iterable[str], files: Iterable[str]) -> bool:
        """Whether a series is like that: its title, who posted it (names and addresses), what its patches touch."""
        return (
            self.subject.lower() in title.lower()
            and (not self.author or any(self.author.lower() in one.lower() for one in people))
            and (not self.path or any(_touches(self.path, file) for file in files))
        )

    def __str__(self) -> str:
        """`--author kairui --path mm/`."""
        return " ".join(f"--{name} {value}" for name, value in asdict(self).items() if value)


def _touches(path: str, file: str) -> bool:
    path = path.lstrip("/")
    if _WILD.isdisjoint(path):
        return file == path or file.startswith(path.rstrip("/") + "/")
    # As get_maintainer.pl has it: a pattern that ends with a slash means everything below it.
    return fnmatch.fnmatchcase(file, path + "*" if path.endswith("/") else path)


def encode_rules(rules: Sequence[Rule]) -> str | None:
    """How rules are kept; None where there are none, which means everything."""
    return json.dumps([[one.author, one.path, one.subject] for one in rules]) if rules else None


def decode_rules(text: str | None) -> tuple[Rule, ...]:
    """The rules that `encode_rules` wrote."""
    return tuple(Rule(*one) for one in json.loads(text)) if text else ()
