"""Notices to the user: one for each kind of action, shown until it is dismissed or out of date.

A notice goes when the same kind of action shows another one, when the action succeeds after it had failed, or with Esc;
never after a time.  Only the latest success is shown: what came after an older one may have undone it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from patchwatch.redact import redact
from patchwatch.sanitize import line

Tone = Literal["progress", "outcome", "note", "error"]
"""A note says why there was nothing to do."""

_PASSING: tuple[Tone, ...] = ("outcome", "note")


class Notice(Struct, frozen=True):
    """A message to the user; `about` is the kind of action it comes from."""

    about: str
    tone: Tone
    text: str


class Notices:
    """The notices that are shown, the latest last."""

    def __init__(self, changed: Callable[[tuple[Notice, ...]], None]) -> None:
        """`changed` is called with all notices after every change."""
        self._changed = changed
        self._notices: dict[str, Notice] = {}

    def show(self, about: str, tone: Tone, text: str) -> None:
        """Show a notice in place of the one about the same kind of action."""
        notice = Notice(about, tone, line(redact(text)))
        if self._notices.get(about) == notice:
            return
        if tone in _PASSING:
            self._notices = {key: other for key, other in self._notices.items() if other.tone not in _PASSING}
        self._notices.pop(about, None)
        self._notices[about] = notice
        self._changed(tuple(self._notices.values()))

    def dismiss(self, *about: str) -> None:
        """Remove the notices about these kinds of action."""
        if any(self._notices.pop(key, None) for key in about):
            self._changed(tuple(self._notices.values()))

    def clear(self) -> bool:
        """Remove all notices but those about work in progress; True if there were any."""
        remaining = {about: notice for about, notice in self._notices.items() if notice.tone == "progress"}
        if remaining == self._notices:
            return False
        self._notices = remaining
        self._changed(tuple(remaining.values()))
        return True
