"""A screen that shows what is in the database and keeps up with it."""

from __future__ import annotations

from abc import abstractmethod

from patchwatch.tui.base.screen import BaseScreen


class LiveScreen(BaseScreen[None]):
    """The app tells it when something has changed, and each minute that one has passed."""

    @property
    def proposed(self) -> str:
        """What is likely to be watched from here: a link or a message-id."""
        return ""

    @abstractmethod
    def reload(self) -> None:
        """Read anew what is shown; what is chosen, scrolled and focused stays so."""

    @abstractmethod
    def tick(self) -> None:
        """Let the ages grow."""
