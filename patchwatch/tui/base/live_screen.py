"""The base of screens that follow the database."""

from __future__ import annotations

from abc import abstractmethod

from patchwatch.tui.base.screen import BaseScreen


class LiveScreen(BaseScreen[None]):
    """The app calls `reload` after each change of the database, and `tick` every minute."""

    @property
    def proposed(self) -> str:
        """A link or message-id that the user probably wants to watch; empty if none."""
        return ""

    @abstractmethod
    def reload(self) -> None:
        """Reload what is shown; keep selection, scrolling and focus."""

    @abstractmethod
    def tick(self) -> None:
        """Update the ages."""
