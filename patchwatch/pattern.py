"""Regular expressions that are compiled when they are first used.

There are hundreds of them, and most commands need a few; compiling all takes a third of the time in which a command
starts.  So no module calls `re.compile` while it is imported.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

TYPE_CHECKING = False  # typing takes longer to import than the stored answer of `next` to read
if TYPE_CHECKING:
    from typing import Any, AnyStr, Generic
else:
    AnyStr = None

    class Generic:
        """Stands for typing.Generic."""

        def __class_getitem__(cls, _):
            return cls


_METHODS = ("search", "match", "fullmatch", "findall", "finditer", "sub", "split")


_patterns: list[Pattern[Any]] = []


class Pattern(Generic[AnyStr]):
    """A regular expression; its methods are those of `re.Pattern`."""

    def __init__(self, text: AnyStr, flags: int = 0) -> None:
        """Take the arguments of `re.compile`."""
        self.text: AnyStr = text
        self.flags = flags
        _patterns.append(self)

    def search(self, string: AnyStr, pos: int = 0, endpos: int = sys.maxsize) -> re.Match[AnyStr] | None:
        """Find the first match."""
        return self._compile().search(string, pos, endpos)

    def match(self, string: AnyStr, pos: int = 0, endpos: int = sys.maxsize) -> re.Match[AnyStr] | None:
        """Match the beginning."""
        return self._compile().match(string, pos, endpos)

    def fullmatch(self, string: AnyStr, pos: int = 0, endpos: int = sys.maxsize) -> re.Match[AnyStr] | None:
        """Match all of it."""
        return self._compile().fullmatch(string, pos, endpos)

    def findall(self, string: AnyStr, pos: int = 0, endpos: int = sys.maxsize) -> list[Any]:
        """Return the texts of all matches, or of their groups."""
        return self._compile().findall(string, pos, endpos)

    def finditer(self, string: AnyStr, pos: int = 0, endpos: int = sys.maxsize) -> Iterator[re.Match[AnyStr]]:
        """Return all matches."""
        return self._compile().finditer(string, pos, endpos)

    def sub(self, repl: AnyStr | Callable[[re.Match[AnyStr]], AnyStr], string: AnyStr, count: int = 0) -> AnyStr:
        """Replace matches."""
        return self._compile().sub(repl, string, count)

    def split(self, string: AnyStr, maxsplit: int = 0) -> list[AnyStr | Any]:
        """Return the texts between matches, and the groups of the matches."""
        return self._compile().split(string, maxsplit)

    def _compile(self) -> re.Pattern[AnyStr]:
        """Compile it, and put the compiled methods in place of those above: later calls cost what re's cost."""
        compiled = re.compile(self.text, self.flags)
        for name in _METHODS:
            setattr(self, name, getattr(compiled, name))
        return compiled


def compile_all() -> None:
    """Compile what was imported so far: processes that are forked afterwards need not do it themselves."""
    for pattern in _patterns:
        pattern._compile()
