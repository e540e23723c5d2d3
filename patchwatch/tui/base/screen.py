"""Base classes of screens and dialogs, which lay out once per terminal size."""

from __future__ import annotations

from textual.app import App
from textual.events import Resize, ScreenResume
from textual.geometry import Size
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.scroll_view import ScrollView
from textual.widget import Widget


class BaseScreen(Screen[ScreenResultType]):
    """A screen that is laid out once for each size of the terminal.

    After a layout for another size, Textual sends that size to the screen again.  With two sizes in flight, as while a
    window is being resized, each arrives again after the other was applied, and the screen alternates between them
    forever, keeping a CPU busy.  Also, Textual sets the classes for a size only after the layout: each screen was laid
    out as a narrow one first, and three times in all, and the rules of the CSS were matched three times.
    """

    _resumed = False

    def _post_register(self, app: App[object]) -> None:
        """Set the classes for the size before the rules are matched with the screen and all that is in it."""
        super()._post_register(app)
        self._fit(app.size, update=False)

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """Set the classes for the size, which may be another by now, before a layout that follows."""
        fitted = self._fit(self.app.size, update=False)
        # Textual matches the rules again, which is in vain for a screen that has just been composed.
        event.refresh_styles = fitted or (self._resumed and event.refresh_styles)
        self._resumed = True

    async def _on_resize(self, event: Resize) -> None:
        """Ignore sizes that are outdated or already applied."""
        if event.size == self.app.size:
            self._fit(event.size)
        if event.size != self.app.size or event.size == self.outer_size:  # `event.size` is already applied
            event.prevent_default()

    def _fit(self, size: Size, *, update: bool = True) -> bool:
        """Set the classes for a size, and apply their rules if `update` is true; True if they were others before."""
        classes: dict[str, bool] = {}
        across, down = self.HORIZONTAL_BREAKPOINTS or self.app.HORIZONTAL_BREAKPOINTS, self.app.VERTICAL_BREAKPOINTS
        for extent, breakpoints in ((size.width, across), (size.height, down)):
            _, within = max((least, name) for least, name in breakpoints or () if least <= extent)
            classes |= {name: name == within for _, name in breakpoints or ()}
        before = self.classes
        self.update_classes(classes, update=update, animate=False)
        return self.classes != before


class Dialog(ModalScreen[ScreenResultType], BaseScreen[ScreenResultType]):
    """A modal dialog."""


def set_virtual_size(view: ScrollView, size: Size) -> None:
    """Set the size of the content of `view` without a layout of the whole screen, which takes longer than drawing.

    Only for views whose own size and scrollbars do not depend on their content.
    """
    if size != view.virtual_size:
        view.set_reactive(Widget.virtual_size, size)
        view._scroll_update(size)
