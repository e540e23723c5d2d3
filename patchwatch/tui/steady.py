"""Screens that settle when the terminal has become larger or smaller."""

from __future__ import annotations

from textual.events import Resize
from textual.screen import Screen, ScreenResultType


class SteadyScreen(Screen[ScreenResultType]):
    """A screen that is laid out for the size that the terminal has, not for one that it had.

    Laying out a screen for another size makes Textual tell that size to the screen again, later.  With two sizes under
    way, as while a window is drawn larger, each is told again after the other has taken effect, and the screen changes
    between the two without end, with a whole processor.
    """

    async def _on_resize(self, event: Resize) -> None:
        """Leave out what has passed."""
        if event.size != self.app.size:
            event.prevent_default()
