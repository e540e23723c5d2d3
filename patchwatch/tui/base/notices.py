"""What is said to the user and stays until it was read: one notice for each kind of action.

A notice goes when the same kind of action says something new, when it succeeds after it had failed, or with Esc;
never by itself.  Of what went well only the last is told: it may be undone or outdated by what came after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from patchwatch.sanitize import line

Tone = Literal["progress", "outcome", "note", "error"]
"""A note is what was found where nothing was to be done."""

_PASSING: tuple[Tone, ...] = ("outcome", "note")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something said to the user; `about` is the kind of action it comes from."""

    about: str
    tone: Tone
    text: str


class Notices:
    """The notices in force, the latest last."""

    def __init__(self, changed: Callable[[tuple[Notice, ...]], None]) -> None:
        """`changed` hears of every change."""
        self._changed = changed
        self._notices: dict[str, Notice] = {}

    def say(self, about: str, tone: Tone, text: str) -> None:
        """Say something, in place of what was said about the same kind of action."""
        notice = Notice(about, tone, line(text))
        if self._notices.get(about) == notice:
            return
        if tone in _PASSING:
            self._notices = {key: said for key, said in self._notices.items() if said.tone not in _PASSING}
        self._notices.pop(about, None)
        self._notices[about] = notice
        self._changed(tuple(self._notices.values()))

    def hush(self, *about: str) -> None:
        """Take back what was said about these kinds of action."""
        if any(self._notices.pop(one, None) for one in about):
            self._changed(tuple(self._notices.values()))

    def clear(self) -> bool:
        """Take back what was said, except what is still going on; whether there was anything."""
        kept = {about: notice for about, notice in self._notices.items() if notice.tone == "progress"}
        if kept == self._notices:
            return False
        self._notices = kept
        self._changed(tuple(kept.values()))
        return True
