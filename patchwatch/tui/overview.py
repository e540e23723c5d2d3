"""The first screen: every series that is watched, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Middle
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from patchwatch.db.rows import InboxRow, SeriesRow
from patchwatch.errors import PatchwatchError
from patchwatch.printable import line
from patchwatch.tui import keys, wording
from patchwatch.tui.core import Core
from patchwatch.tui.dialogs import UnwatchDialog
from patchwatch.tui.errands import Errands
from patchwatch.tui.heading import SeriesHeading
from patchwatch.tui.ink import Piece, content
from patchwatch.tui.rowlist import RowList
from patchwatch.tui.series_table import SeriesTable, TableHeading
from patchwatch.tui.status_bar import Standing, StatusBar


def views(everything: bool) -> list[Piece]:
    """The line at the top: the program's name, and which of its two views is shown."""
    named = [("Watched", not everything), ("All", everything)]
    pieces: list[Piece] = [("patchwatch", "strong accent"), ("   ", "")]
    for name, shown in named:
        pieces += [(f"[{name}]" if shown else f" {name} ", "strong" if shown else "dim"), (" ", "")]
    return pieces


def nothing(everything: bool) -> list[Piece]:
    """What stands where the table would, when it is empty: which key to press next."""
    if everything:
        said = "No series is known yet."
        next_keys = [("w", "watch a link or a message-id")]
    else:
        said = "Nothing is watched yet."
        next_keys = [("w", "watch a link or a message-id"), ("a", "show all series that are known")]
    pieces: list[Piece] = [(said, "strong"), ("\n", "")]
    for key, meaning in next_keys:
        pieces += [("\n", ""), (key, "accent strong"), (f"   {meaning:<31}", "dim")]
    return pieces


class OverviewScreen(Screen[None]):
    """A table of series; wide and high enough, with an account of the one under the cursor below it."""

    AUTO_FOCUS = ""  # the table gets it when it has rows
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.WATCH,
        keys.POLL,
        Binding("x", "unwatch", "Unwatch", tooltip="Stop watching the series under the cursor", id="overview.unwatch"),
        Binding("a", "everything", "All", tooltip="Watched series or all that are known", id="overview.everything"),
        keys.HELP,
        Binding("q", "app.quit", "Quit", id="overview.quit"),
        Binding("escape", "app.clear", "Clear", show=False, tooltip="Put away what was said", id="overview.clear"),
    ]

    class Opened(Message):
        """A series is to be shown."""

        def __init__(self, series_id: int) -> None:
            """Its number."""
            super().__init__()
            self.series_id = series_id

    class Loaded(Message):
        """The rows were read, or (None) could not be."""

        def __init__(self, standing: Standing | None) -> None:
            """How things stand by these rows."""
            super().__init__()
            self.standing = standing

    def __init__(self, core: Core, errands: Errands) -> None:
        """Shows what `core` knows."""
        super().__init__()
        self._core = core
        self._errands = errands
        self._everything = False
        self._wanted: int | None = None  # the series that the cursor goes to when it is there
        self._loaded_once = False
        self._inboxes: tuple[InboxRow, ...] = ()

    def compose(self) -> ComposeResult:
        """The views, the table, the account, the status, the keys."""
        yield Static(content(views(False)), id="views")
        table = SeriesTable(self._core.now, id="table")
        yield TableHeading(table)
        yield table
        with Middle(id="nothing"):
            yield Static()
        yield SeriesHeading(focusable=False, id="account")
        yield StatusBar()
        yield Footer(show_command_palette=False)

    @property
    def table(self) -> SeriesTable:
        """The table."""
        return self.query_one(SeriesTable)

    def reload(self) -> None:
        """Read the rows anew; cursor and scroll stay."""
        everything = self._everything
        self._errands.send(
            "read",
            "reload",
            lambda: (tuple(self._core.series(everything=everything)), tuple(self._core.inboxes())),
            partial(self._show, everything),
            self._failed,
            screen=self,
        )

    def tick(self) -> None:
        """Let the ages grow."""
        self.table.refresh()
        self._account()
        if self._loaded_once:
            self._post_standing()

    def go_to(self, series_id: int) -> None:
        """Put the cursor on a series, now or when it is there."""
        self._wanted = None if self.table.select(series_id) else series_id

    def _show(self, everything: bool, read: tuple[Sequence[SeriesRow], tuple[InboxRow, ...]]) -> None:
        if everything != self._everything:
            return  # the other view was asked for meanwhile
        rows, self._inboxes = read
        self._loaded_once = True
        self._errands.notices.hush("reload")
        self.table.set_rows(rows)
        if self._wanted is not None and self.table.select(self._wanted):
            self._wanted = None
        self.set_class(not rows, "-empty")
        if not rows:
            self.set_focus(None)  # the keys below are those of the screen
        elif self.focused is None:
            self.call_after_refresh(self.table.focus)
        self.query_one("#nothing Static", Static).update(content(nothing(everything)))
        self.query_one("#views", Static).update(content(views(everything)))
        self.query_one(TableHeading).refresh()
        self._account()
        self._post_standing()

    def _failed(self, error: PatchwatchError) -> None:
        self._errands.notices.say("reload", "error", str(error))
        self.post_message(self.Loaded(None))

    def _post_standing(self) -> None:
        rows = self.table.rows
        polled = [inbox.polled_at for inbox in self._inboxes if inbox.polled_at is not None]
        standing = Standing(
            series=len(rows),
            everything=self._everything,
            unread=sum(row.unread for row in rows),
            polled_at=max(polled, default=None),
            stale=tuple(wording.stale(self._inboxes)),
            now=self._core.now(),
        )
        self.post_message(self.Loaded(standing))

    def _account(self) -> None:
        self.query_one("#account", SeriesHeading).show(self.table.row, self._core.now())

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._account()

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        if row := self.table.row:
            self.post_message(self.Opened(row.id))

    def on_resize(self) -> None:
        """The headings follow the table."""
        self.call_after_refresh(self.query_one(TableHeading).refresh)

    def action_everything(self) -> None:
        """Show all series that are known, or the watched ones again."""
        self._everything = not self._everything
        self.reload()

    def action_unwatch(self) -> None:
        """Ask, then stop watching the series under the cursor."""
        row = self.table.row
        if row is None:
            return
        if not row.watched:
            self._errands.notices.say("unwatch", "outcome", f"Not watched: {row.title}")
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._errands.send(
                    "write", "unwatch", lambda: self._core.unwatch(row.id), lambda _: self._unwatched(row)
                )

        self.app.push_screen(UnwatchDialog(row), answered)

    def _unwatched(self, row: SeriesRow) -> None:
        self._errands.notices.say("unwatch", "outcome", f"No longer watched: {line(row.title)}")
