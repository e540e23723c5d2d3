"""What is laid out once: screens when the terminal has become larger or smaller, and what scrolls in them."""

from __future__ import annotations

from textual.events import Resize, ScreenResume
from textual.geometry import Size
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.scroll_view import ScrollView
from textual.widget import Widget


class BaseScreen(Screen[ScreenResultType]):
    """A screen that is laid out once, for the size that the terminal has.

    Laying out a screen for another size makes Textual tell that size to the screen again, later.  With two sizes under
    way, as while a window is drawn larger, each is told again after the other has taken effect, and the screen changes
    between the two without end, with a whole processor.  And Textual gives a screen the classes of its size only after
    the layout: each screen was drawn as a narrow one first, and three times until it was as it stays.
    """

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """Look as the size wants it from the first layout on, which follows."""
        self._fit(self.app.size)

    async def _on_resize(self, event: Resize) -> None:
        """Leave out what has passed, and what was done."""
        if event.size == self.app.size:
            self._fit(event.size)
        if event.size != self.app.size or event.size == self.outer_size:  # `size` is the terminal's already
            event.prevent_default()

    def _fit(self, size: Size) -> None:
        """Take the classes of a size."""
        classes: dict[str, bool] = {}
        across, down = self.app.HORIZONTAL_BREAKPOINTS, self.app.VERTICAL_BREAKPOINTS
        for extent, breakpoints in ((size.width, across), (size.height, down)):
            _, within = max((least, name) for least, name in breakpoints or () if least <= extent)
            classes |= {name: name == within for _, name in breakpoints or ()}
        self.update_classes(classes, animate=False)


class Dialog(ModalScreen[ScreenResultType], BaseScreen[ScreenResultType]):
    """A question above another screen."""


def extend(view: ScrollView, size: Size) -> None:
    """Let what scrolls in `view` have a size.

    The size of the view must not depend on it, nor whether it has scrollbars: no other widget moves then, while Textual
    would lay out the whole screen, which takes longer than to draw what is new.
    """
    if size != view.virtual_size:
        view.set_reactive(Widget.virtual_size, size)
        view._scroll_update(size)
