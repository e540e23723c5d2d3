"""The program that is run: its two screens, its clock, and what both screens share."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.reactive import var

from patchwatch.config import Config
from patchwatch.errors import PatchwatchError
from patchwatch.sanitize import line
from patchwatch.series.model import OutboxRow, SeriesSummary
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import PollReport, TrackerAPI, Watched
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.live_screen import LiveScreen
from patchwatch.tui.base.notices import Notice, Notices
from patchwatch.tui.base.saved_state import SavedState
from patchwatch.tui.base.terminal import STATUS, TERMINATED, TerminalDriver, when_hung_up, when_terminated
from patchwatch.tui.base.theme import THEMES
from patchwatch.tui.dialogs import command_palette
from patchwatch.tui.dialogs.help import HelpScreen, explained
from patchwatch.tui.dialogs.watch import WatchDialog
from patchwatch.tui.render import labels
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.widgets.status_bar import Status

if TYPE_CHECKING:
    from patchwatch.tui.screens.series import SeriesScreen

_BEAT_SECONDS = 1.0  # how often another process's changes are looked for
_TURN_SECONDS = 0.0005  # for which a lane keeps the interpreter from the keys; Python's own 5 ms are felt
_YOUNG_OBJECTS = 10_000  # before Python looks for garbage; a patch of 5 MB would make it look for a quarter of a second
_LAST_WORDS_SECONDS = 0.5  # what writing gets to finish in when the program is left


class PatchwatchApp(App[None]):
    """The overview, and a series above it."""

    TITLE = "patchwatch"
    CSS_PATH = "patchwatch.tcss"
    COMMANDS = {command_palette.Actions, command_palette.Series}  # noqa: RUF012 (Textual's type)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-normal"), (112, "-wide")]  # noqa: RUF012 (Textual's type)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit"),
        replace(keys.PALETTE, show=False),
    ]

    looks: ClassVar[dict[str, str]] = {"dark": "dark", "light": "light", "ansi": "the terminal’s own colours"}
    """The themes, with what they are called."""

    # Watched by the status bars; as `reactive`, each would have the whole screen drawn again.
    notices: var[tuple[Notice, ...]] = var(())
    standing: var[Status | None] = var(None)  # None: nothing was read yet

    def __init__(
        self,
        tracker: TrackerAPI,
        *,
        open_series: int | None = None,
        keymap: Mapping[str, str] | None = None,
        theme: str = "dark",
        remembered: SavedState | None = None,
        few: Sequence[SeriesSummary] = (),
    ) -> None:
        """Shows what `tracker` knows, beginning with a series if one is named.

        `keymap` has other keys by the ids of their bindings; `theme` is the config's, which a later choice that is
        `remembered` outranks; `few` are series to show before everything was read.
        """
        colourless = "NO_COLOR" in os.environ  # https://no-color.org: then the terminal's own, without them
        super().__init__(ansi_color=True if colourless else None)
        for known in THEMES.values():
            self.register_theme(known)
        self._remembered = remembered
        if remembered is not None:
            theme = remembered.theme(theme)
        self.theme = THEMES["ansi" if colourless else theme].name
        if keymap:
            self.set_keymap(keymap)
        self._tracker = tracker
        self._said = Notices(self._changed)
        self.jobs = Jobs(self, self._said, self._beat)
        self._overview = OverviewScreen(tracker, self.jobs, self._watched, few)
        self._open_series = open_series
        self._generation: int | None = None  # what is on the screen; None: read it anew
        self._listening = False
        self._warm = False  # whether what a series is shown with is loaded
        self._minute = 0
        self._refused: frozenset[int] = frozenset()  # digests that nobody takes, and this was said
        self._polling = ""  # what the poll under way said last

    def _changed(self, notices: tuple[Notice, ...]) -> None:
        self.notices = notices

    def get_default_screen(self) -> OverviewScreen:
        """The overview."""
        return self._overview

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice; on a terminal one that outlives it."""
        chosen = super().get_driver_class()
        return TerminalDriver if chosen is LinuxDriver else chosen

    def on_mount(self) -> None:
        """Show what there is, and from now on what changes."""
        if not self.is_headless:
            when_hung_up(lambda: self.jobs.call_in_app(self.exit, None, STATUS))
            when_terminated(lambda: self.exit(None, TERMINATED))
        if self._open_series is not None:
            self.open(self._open_series)
        self._beat()
        self.set_interval(_BEAT_SECONDS, self._beat)

    # What changes.

    def _beat(self) -> None:
        if not self._listening:
            self._listening = True
            self.jobs.submit("read", "database", self._tracker.generation, self._heard, self._heard_nothing)

    def _heard(self, generation: int) -> None:
        self._listening = False
        self._said.dismiss("database")
        if generation != self._generation:
            self._generation = generation
            for screen in self._live():
                screen.reload()
            self.jobs.submit(
                "lists", "outbox", self._tracker.outbox, self._heard_of_digests, self._heard_nothing_of_digests
            )
        minute = self._tracker.now() // 60
        if minute != self._minute:
            self._minute = minute
            for screen in self._live():
                screen.tick()

    def _heard_of_digests(self, unsent: Sequence[OutboxRow]) -> None:
        refused = [row for row in unsent if row.failed_at is not None]
        known, self._refused = self._refused, frozenset(row.id for row in refused)
        if not refused:
            self._said.dismiss("digest")
        elif self._refused != known:
            self._said.show("digest", "error", labels.undelivered(refused))

    def _heard_nothing_of_digests(self, error: PatchwatchError) -> None:
        self._generation = None  # try again at the next beat
        self._said.show("database", "error", str(error))

    def _heard_nothing(self, error: PatchwatchError) -> None:
        self._listening = False
        self._said.show("database", "error", str(error))

    def _live(self) -> Sequence[LiveScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, LiveScreen)]

    @on(OverviewScreen.Loaded)
    def _overview_loaded(self, event: OverviewScreen.Loaded) -> None:
        if event.standing is None:
            self._generation = None  # try again at the next beat
        else:
            self.standing = event.standing
            if not self._warm:
                self._warm = True
                self.jobs.submit("study", "loading", _load_series_screen, lambda _: None)

    def on_series_screen_loaded(self, event: SeriesScreen.Loaded) -> None:
        """What could not be read is tried again at the next beat."""
        if not event.succeeded:
            self._generation = None

    def on_series_screen_marked_read(self, event: SeriesScreen.MarkedRead) -> None:
        """What a screen did itself it need not read again: in a long thread, that would hold up the next keys."""
        if self._generation == event.generation - 1:
            self._generation = event.generation
            for screen in self._live():
                if screen is not event.screen:
                    screen.reload()

    def on_series_screen_link_opened(self, event: SeriesScreen.LinkOpened) -> None:
        """Show the series that a link led to."""
        self.open(event.series_id)

    def on_series_screen_next_unread(self, event: SeriesScreen.NextUnread) -> None:
        """Go on to the next series of the view with unread mail."""
        rows = self._overview.table.rows
        here = next((n for n, row in enumerate(rows) if row.id == event.screen.series_id), -1)
        around = [rows[(here + step * event.direction) % len(rows)] for step in range(1, len(rows) + 1)]
        row = next((row for row in around if row.unread and row.id != event.screen.series_id), None)
        if row is None:
            self._said.show("unread", "note", "No unread mail is left.")
        else:
            self._said.show("unread", "note", f"Next: {row.title}")
            self._overview.go_to(row.id)
            event.screen.turn_to(row.id)

    # What is asked for.

    def open(self, series_id: int) -> None:
        """Show a series."""
        from patchwatch.tui.screens.series import SeriesScreen  # what only it needs must not hold up the first screen

        screen = SeriesScreen(self._tracker, self.jobs, series_id)
        self.push_screen(screen)
        screen.read_rows()  # while the screen is being made

    @on(OverviewScreen.Opened)
    def _opened(self, event: OverviewScreen.Opened) -> None:
        self.open(event.series_id)

    def action_watch(self) -> None:
        """Ask for a link and watch it, beginning with what the screen proposes."""
        self._ask_for_link(self.screen.proposed if isinstance(self.screen, LiveScreen) else "")

    @on(OverviewScreen.Pasted)
    def _pasted(self, event: OverviewScreen.Pasted) -> None:
        self._ask_for_link(event.text)

    def _ask_for_link(self, proposed: str) -> None:
        self._said.dismiss("watch")
        self.push_screen(WatchDialog(self._tracker, self.jobs, self._watched, line(proposed)))

    def _watched(self, watched: Sequence[Watched]) -> None:
        new = [one for one in watched if not one.already]
        titles = [line(one.title) for one in (new or watched)]
        if len(titles) == 1:
            text = f"{'Watching' if new else 'Watched already'}: {titles[0]}"
        else:
            text = f"Watching {len(new)} more series; {len(watched) - len(new)} were watched already."
        self._said.show("watch", "outcome", text)
        if watched:
            while isinstance(self.screen, LiveScreen) and self.screen is not self._overview:
                self.pop_screen()
            self._overview.go_to((new or watched)[0].series_id)
            self._overview.reload()

    def action_poll(self) -> None:
        """Ask the archive for new mail, unless that is going on already."""
        if self._polling:
            self._said.show("poll", "progress", f"Already polling: {self._polling}")
            return
        self._said.dismiss("poll failures")
        self._poll_progress("polling …")
        self.jobs.submit(
            "poll",
            "poll",
            lambda: self._tracker.poll(lambda said: self.jobs.call_in_app(self._poll_progress, said)),
            self._polled,
            self._poll_failed,
        )

    def _poll_progress(self, said: str) -> None:
        self._polling = line(said)
        self._said.show("poll", "progress", self._polling)

    def _polled(self, report: PollReport) -> None:
        self._polling = ""
        if report.failures:
            self._said.dismiss("poll")
            self._said.show("poll failures", "error", " · ".join((*report.failures, report.summary)))
        else:
            self._said.show("poll", "outcome", report.summary)
        self._beat()

    def _poll_failed(self, error: PatchwatchError) -> None:
        self._polling = ""
        self._said.show("poll", "error", str(error))

    @property
    def all_lines(self) -> Sequence[SeriesSummary]:
        """Every series, as it was read last."""
        return self._overview.all_lines

    def choose_theme(self, name: str) -> None:
        """Look otherwise, from now on."""
        self.theme = THEMES[name].name
        if self._remembered is not None:
            self._remembered.choose_theme(name)

    def action_clear(self) -> None:
        """Put away what was said."""
        self._said.clear()

    def action_command_palette(self) -> None:
        """Let any action or series be found by a few letters."""
        if not isinstance(self.screen, command_palette.Palette):
            self.push_screen(command_palette.Palette())

    def action_help(self) -> None:
        """Show the keys in force here."""
        self.push_screen(HelpScreen(explained(self, self.screen.active_bindings.values())))


def _load_series_screen() -> None:
    """Load what the first series would otherwise wait for."""
    for name in ("patchwatch.mail.display", "patchwatch.tui.screens.series", "pygments.lexers.c_cpp"):
        importlib.import_module(name)


def run_tui(tracker: TrackerAPI, config: Config | None = None, open_series: int | None = None) -> int:
    """Show the screens until they are left; the exit status.

    What is being polled then is dropped; what is being written gets half a second to finish.

    Raises:
        ConfigError: the config gives keys to what does not exist, or keys that do not.
        DatabaseError: the database can't be opened.
    """
    sys.setswitchinterval(_TURN_SECONDS)
    gc.set_threshold(_YOUNG_OBJECTS, 20, 50)
    few = tracker.lines(watched_only=True)
    config = config or Config()
    changed: Mapping[str, str] = {}
    if config.keys.changed:
        from patchwatch.tui.keymap import keymap  # looks at every screen there is

        changed = keymap(config.keys.changed)
    app = PatchwatchApp(
        tracker,
        open_series=open_series,
        keymap=changed,
        theme=config.tui.theme,
        remembered=SavedState(),
        few=few,
    )
    app.run()
    app.jobs.drain("write", _LAST_WORDS_SECONDS)
    return app.return_code or 0
