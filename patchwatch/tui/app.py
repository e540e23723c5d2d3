"""The app: starts the screens, polls the database for changes, and handles what the screens share."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeGuard

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.reactive import var
from textual.screen import Screen

from patchwatch.config import Config
from patchwatch.errors import DatabaseUnreachableError, PatchwatchError
from patchwatch.sanitize import line
from patchwatch.series.model import OutboxRow, SeriesSummary
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import TrackerAPI, Watched
from patchwatch.tui.base.database_watch import DatabaseWatch
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.live_screen import LiveScreen
from patchwatch.tui.base.notices import Notice, Notices
from patchwatch.tui.base.saved_state import SavedState
from patchwatch.tui.base.suspend import run_shell, suspended
from patchwatch.tui.base.terminal import STATUS, TERMINATED, TerminalDriver, draw_signs, on_hangup, on_sigterm
from patchwatch.tui.base.theme import THEMES
from patchwatch.tui.controllers.poll import Polls
from patchwatch.tui.dialogs import command_palette
from patchwatch.tui.dialogs.help import HelpScreen, active_keys
from patchwatch.tui.dialogs.quit import QuitDialog
from patchwatch.tui.dialogs.watch import WatchDialog
from patchwatch.tui.render import labels
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.widgets.status_bar import Status

if TYPE_CHECKING:
    from patchwatch.tui.screens.series import SeriesScreen

_SWITCH_SECONDS = 0.0005  # for which a job may keep the interpreter from the keys; Python's 5 ms are noticeable
_YOUNG_OBJECTS = 10_000  # before the garbage collector runs; a patch of 5 MB would keep it busy for 0.25 s
_LAST_WRITE_SECONDS = 0.5  # for the write queue to finish on exit


class PatchwatchApp(App[None]):
    """The overview, and series screens above it."""

    TITLE = "patchwatch"
    CSS_PATH = "patchwatch.tcss"
    COMMANDS = {command_palette.Actions, command_palette.Series}  # noqa: RUF012 (Textual's type)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-normal"), (112, "-wide")]  # noqa: RUF012 (Textual's type)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit"),
        replace(keys.SUSPEND, show=False),
        replace(keys.SHELL, show=False),
        replace(keys.PALETTE, show=False),
    ]

    looks: ClassVar[dict[str, str]] = {"dark": "dark", "light": "light", "ansi": "terminal colors"}
    """The themes and their names."""

    # Watched by the status bars.  As `reactive`, each change would redraw the whole screen.
    notices: var[tuple[Notice, ...]] = var(())
    status: var[Status | None] = var(None)  # None: nothing is loaded yet

    def __init__(
        self,
        tracker: TrackerAPI,
        *,
        open_series: int | None = None,
        keymap: Mapping[str, str] | None = None,
        theme: str = "dark",
        saved: SavedState | None = None,
        few: Sequence[SeriesSummary] = (),
    ) -> None:
        """Show the series in `tracker`, or open one of them.

        `keymap` changes keys, by the ids of their bindings.  `theme` is the configured one; a later choice in `saved`
        overrides it.  `few` are series to show until all are loaded.
        """
        no_color = "NO_COLOR" in os.environ  # https://no-color.org
        super().__init__(ansi_color=True if no_color else None)
        for registered in THEMES.values():
            self.register_theme(registered)
        self._saved = saved
        if saved is not None:
            theme = saved.theme(theme)
        self.theme = THEMES["ansi" if no_color else theme].name
        self.stylesheet.set_variables(self.get_css_variables())
        self._styled = self.theme  # the theme whose colors the rules are parsed with
        if keymap:
            self.set_keymap(keymap)
        self._tracker = tracker
        self._notices = Notices(self._notices_changed)
        self.jobs = Jobs(self, self._notices, self._check_database)
        self._database = DatabaseWatch(tracker, self.jobs, self._checked, self._check_failed)
        self._overview = OverviewScreen(tracker, self.jobs, self._watched, self._visited, few)
        self._overview.begins_at = open_series
        self._generation: int | None = None  # of the database, as shown; None: reload
        self._series_screen_loaded = False  # True once its modules are imported, or being imported
        self._minute = 0
        self._started = time.time()
        self._refused: frozenset[int] = frozenset()  # digests for which a notice was shown
        self._polls = Polls(self, tracker, self.jobs, self._check_database)

    def _notices_changed(self, notices: tuple[Notice, ...]) -> None:
        self.notices = notices

    def refresh_css(self, animate: bool = True) -> None:
        """Parse the rules again for another theme.  At the start, Textual would parse all of them twice."""
        if self.theme != self._styled:
            self._styled = self.theme
            super().refresh_css(animate)

    def get_default_screen(self) -> OverviewScreen:
        """Return the overview."""
        return self._overview

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's choice; on a terminal, a driver that survives the loss of it."""
        chosen = super().get_driver_class()
        return TerminalDriver if chosen is LinuxDriver else chosen

    def _fatal_error(self) -> None:
        """Exit after a bug.  Textual would print a traceback with local variables: mail, and perhaps passwords."""
        self._close_messages_no_wait()

    def on_mount(self) -> None:
        """Start checking for changes."""
        if not self.is_headless:
            on_hangup(lambda: self.jobs.call_in_app(self.exit, None, STATUS))
            on_sigterm(lambda: self.exit(None, TERMINATED))
        if self._overview.begins_at is not None:
            self.open(self._overview.begins_at)
        self._database.begin(self)
        self.call_after_refresh(_collect_garbage)

    # Changes.

    def _check_database(self) -> None:
        self._database.check()

    def _checked(self, generation: int) -> None:
        self._notices.dismiss("database")
        if generation != self._generation:
            self._generation = generation
            for screen in self._live_screens():
                screen.reload()
            self.jobs.submit("lists", "outbox", self._tracker.outbox, self._outbox_read, self._outbox_failed)
        minute = self._tracker.now() // 60
        if minute != self._minute:
            self._minute = minute
            for screen in self._live_screens():
                screen.tick()

    def _outbox_read(self, unsent: Sequence[OutboxRow]) -> None:
        refused = [row for row in unsent if row.failed_at is not None]
        before, self._refused = self._refused, frozenset(row.id for row in refused)
        if not refused:
            self._notices.dismiss("digest")
        elif self._refused != before:
            self._notices.show("digest", "error", labels.undelivered(refused))

    def _outbox_failed(self, error: PatchwatchError) -> None:
        self._generation = None  # retry at the next check
        self._notices.show("database", "error", str(error))

    def _check_failed(self, error: PatchwatchError) -> None:
        again = " Trying again." if isinstance(error, DatabaseUnreachableError) else ""
        self._notices.show("database", "error", f"{error}{again}")

    def _live_screens(self) -> Sequence[LiveScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, LiveScreen)]

    @on(OverviewScreen.Loaded)
    def _overview_loaded(self, event: OverviewScreen.Loaded) -> None:
        if event.status is None:
            self._generation = None  # retry at the next check
        else:
            self.status = event.status
            if not self._series_screen_loaded:
                self._series_screen_loaded = True
                self.jobs.submit("study", "loading", self._load_the_rest, lambda _: None)

    def _load_the_rest(self) -> None:
        """Import what the first screen does without, so that the first series opens at once."""
        for name in ("patchwatch.mail.display", "patchwatch.tui.screens.series", "pygments.lexers.c_cpp"):
            importlib.import_module(name)
        self._tracker.open()

    def on_unmount(self) -> None:
        """Let the threads end."""
        self._database.end()
        self.jobs.close()

    def on_series_screen_loaded(self, event: SeriesScreen.Loaded) -> None:
        """Retry a failed load at the next check."""
        if not event.succeeded:
            self._generation = None

    def on_series_screen_marked_read(self, event: SeriesScreen.MarkedRead) -> None:
        """Reload the other screens only: the screen shows its change already, and a long thread takes time to load."""
        if self._generation == event.generation - 1:
            self._generation = event.generation
            for screen in self._live_screens():
                if screen is not event.screen:
                    screen.reload()

    def on_series_screen_link_opened(self, event: SeriesScreen.LinkOpened) -> None:
        """Show the series that a link leads to."""
        self.open(event.series_id)

    def on_series_screen_next_unread(self, event: SeriesScreen.NextUnread) -> None:
        """Go to the next series of the view with unread mail."""
        rows = self._overview.table.series
        here = next((n for n, row in enumerate(rows) if row.id == event.screen.series_id), -1)
        around = [rows[(here + step * event.direction) % len(rows)] for step in range(1, len(rows) + 1)]
        row = next((row for row in around if row.unread and row.id != event.screen.series_id), None)
        if row is None:
            self._notices.show("unread", "note", "No more unread mail.")
        else:
            self._notices.show("unread", "note", f"Next: {row.title}")
            self._overview.go_to(row.id)
            event.screen.turn_to(row.id)

    def _visited(self, generation: int) -> None:
        if self._generation == generation - 1:  # nothing else has changed
            self._generation = generation
            self._overview.reload()

    # Actions.

    def open(self, series_id: int) -> None:
        """Show a series."""
        from patchwatch.tui.screens.series import SeriesScreen  # its imports must not delay the overview

        screen = SeriesScreen(self._tracker, self.jobs, series_id)
        self._overview.visits.visit(series_id)
        self.push_screen(screen)
        screen.read_rows()  # while the screen is being mounted

    @on(OverviewScreen.Opened)
    def _opened(self, event: OverviewScreen.Opened) -> None:
        self.open(event.series_id)

    def action_watch(self) -> None:
        """Ask for a link to watch; the screen may propose one."""
        self._ask_for_link(self.screen.proposed if isinstance(self.screen, LiveScreen) else "")

    @on(OverviewScreen.Pasted)
    def _pasted(self, event: OverviewScreen.Pasted) -> None:
        self._ask_for_link(event.text)

    def _ask_for_link(self, proposed: str) -> None:
        self._notices.dismiss("watch")
        self.push_screen(WatchDialog(self._tracker, self.jobs, self._watched, line(proposed)))

    def _watched(self, watched: Sequence[Watched]) -> None:
        new = [series for series in watched if not series.already]
        titles = [line(series.title) for series in (new or watched)]
        if len(titles) == 1:
            text = f"{'Watching' if new else 'Already watched'}: {titles[0]}"
        else:
            text = f"Watching {len(new)} more series; {len(watched) - len(new)} already watched."
        self._notices.show("watch", "outcome", text)
        if watched:
            while isinstance(self.screen, LiveScreen) and self.screen is not self._overview:
                self.pop_screen()
            self._overview.go_to((new or watched)[0].series_id)
            self._overview.reload()

    def action_poll(self) -> None:
        """Ask the archive for new mail, unless a poll is running."""
        if self._polls.begin(self.all_lines if self._overview.view_state.complete else ()):
            self._overview.let_go()

    def action_next_moved(self) -> None:
        """Go to the first or next series that moved with the last poll; in a series, show it instead."""
        row = self._overview.table.row
        here = self.screen.series_id if self._is_series(self.screen) else row.id if row else None
        if (series_id := self._polls.moved_after(here)) is not None:
            self._overview.reveal(series_id)
            if self._is_series(self.screen):
                self._overview.visits.visit(series_id)
                self.screen.turn_to(series_id)

    @staticmethod
    def _is_series(screen: Screen[Any]) -> TypeGuard[SeriesScreen]:
        """True for the screen of a series, whose module may not be imported yet."""
        return hasattr(screen, "series_id")

    @property
    def all_lines(self) -> Sequence[SeriesSummary]:
        """Every loaded series."""
        return self._overview.all_lines

    def choose_theme(self, name: str) -> None:
        """Change the theme, now and for later runs."""
        self.theme = THEMES[name].name
        if self._saved is not None:
            self._saved.choose_theme(name)

    def action_leave(self) -> None:
        """Quit; ask first if a reply that was written meanwhile is not sent."""

        def answered(quitting: bool | None) -> None:
            if quitting:
                self.exit()

        if unsent := self._tracker.drafts.subjects_since(self._started):
            self.push_screen(QuitDialog(unsent), answered)
        else:
            self.exit()

    def action_help_quit(self) -> None:
        """Say how to leave: Ctrl-C is for copying."""
        self._notices.show("quit", "note", "To quit, press q in the overview, or Ctrl-Q anywhere.")

    def action_suspend_process(self) -> None:
        """Suspend all processes of this terminal's job, as Ctrl-Z does in other programs: make may have started us."""
        if self._driver is not None and self._driver.can_suspend:
            self._suspend_signal()
            os.killpg(0, signal.SIGTSTP)

    @on(Driver.SignalResume)
    def _resumed(self) -> None:
        """Draw all of it: another program used the terminal."""
        self.refresh(layout=True)

    def action_shell(self) -> None:
        """Run a shell."""
        try:
            with suspended(self):
                run_shell()
        except PatchwatchError as error:
            self._notices.show("shell", "error", str(error))

    def action_clear(self) -> None:
        """Dismiss the notices."""
        self._notices.clear()

    def action_command_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, command_palette.Palette):
            self.push_screen(command_palette.Palette())

    def action_help(self) -> None:
        """Show the active keys."""
        self.push_screen(HelpScreen(active_keys(self, self.screen.active_bindings.values())))


def _collect_garbage() -> None:
    """Collect garbage from the first frame on: before, all objects are to stay, and looking for others takes 20 ms."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def run_tui(tracker: TrackerAPI, config: Config | None = None, open_series: int | None = None) -> int:
    """Run the TUI until the user quits; return the exit status.

    A running poll is dropped on exit; a running write gets half a second to finish.

    Raises:
        ConfigError: the config names a binding or a key that does not exist.
        DatabaseError: the database cannot be opened.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.set_threshold(_YOUNG_OBJECTS, 20, 50)
    few = tracker.lines(among="live") if tracker.addresses else tracker.lines(among="watched", placed=False)
    config = config or Config()
    changed: Mapping[str, str] = {}
    if config.keys.changed:
        from patchwatch.tui.keymap import keymap  # imports every screen

        changed = keymap(config.keys.changed)
    draw_signs(config.tui.signs)
    app = PatchwatchApp(
        tracker,
        open_series=open_series,
        keymap=changed,
        theme=config.tui.theme,
        saved=SavedState(),
        few=few,
    )
    app.run()
    app.jobs.drain("write", _LAST_WRITE_SECONDS)
    if app._exception is not None:
        raise app._exception
    return app.return_code or 0
