"""The lines above the keys: notices, and the status line."""

from __future__ import annotations

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.counts import plural
from patchwatch.times import format_ago
from patchwatch.tui.base.notices import Notice, Tone
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render.columns import width_of

_MAX_NOTICES = 3  # the latest ones are shown

_SIGNS: dict[Tone, StyledText] = {
    "progress": ("… ", "accent"),
    "outcome": ("✓ ", "good"),
    "note": ("· ", "accent"),
    "error": ("! ", "bad strong"),
}


class Status(Struct, frozen=True):
    """What the status line shows."""

    series: int = 0
    of: int | None = None  # the number of series without the limit, if there is one
    unread: int = 0
    marked: int = 0
    polls_known: bool = True  # False until the times of polls are loaded
    polled_at: int | None = None
    stale: tuple[str, ...] = ()
    upgrade: str = ""  # how far it is, while it is not finished
    now: int = 0


def status_pieces(status: Status | None, width: int) -> list[StyledText]:
    """The status line: series and unread mails at the left, the last poll, an upgrade and what is stale at the right.

    None: nothing is loaded yet, so no number is known; the table says that it is being read.
    """
    if status is None:
        return []
    count = f"{status.series} series" if status.of is None else f"{status.series} of {status.of} series shown"
    left: list[StyledText] = [(count, "dim")]
    if status.marked:
        left += [(" · ", "faint"), (f"{status.marked} marked", "accent strong")]
    if status.unread:
        left += [(" · ", "faint"), (f"{plural(status.unread, 'unread mail')}", "accent")]
    right: list[StyledText] = []
    if status.stale:
        more = f" and {len(status.stale) - 1} more" if len(status.stale) > 1 else ""
        right = [(f"! {status.stale[0]}{more}", "warn")]
    elif status.upgrade:
        right = [(status.upgrade, "dim")]
    elif status.polled_at is not None:
        right = [(f"polled {format_ago(status.polled_at, status.now)}", "dim")]
    elif status.polls_known:
        right = [("never polled", "dim")]
    space = width - width_of(left) - width_of(right)
    if space < 2:
        return right if status.stale else left
    return [*left, (" " * space, ""), *right]


class StatusBar(Vertical):
    """Notices and the status line."""

    DEFAULT_CSS = """
    StatusBar {
        height: auto;
        background: $surface;
        padding: 0 1;
        & > #notices { height: auto; max-height: 6; display: none; }
        & > #notices.-some { display: block; }
        & > #status-line { height: 1; text-wrap: nowrap; }
    }
    """

    _status: Status | None = None

    def compose(self) -> ComposeResult:
        """Notices above the status line."""
        yield Static(id="notices")
        yield Static(id="status-line")

    def on_mount(self) -> None:
        """Follow the notices and the status of the app."""
        self.watch(self.app, "notices", self._show_notices)
        self.watch(self.app, "status", self._show_status)

    def _show_notices(self, notices: tuple[Notice, ...]) -> None:
        pieces: list[StyledText] = []
        for notice in notices[-_MAX_NOTICES:]:
            pieces += [("\n" if pieces else "", ""), _SIGNS[notice.tone], (notice.text, "")]
        shown = self.query_one("#notices", Static)
        shown.set_class(bool(pieces), "-some")
        shown.update(content(pieces))

    def _show_status(self, status: Status | None) -> None:
        self._status = status
        self._draw_status()

    def on_resize(self) -> None:
        """Fit the status line to the width."""
        self._draw_status()

    def _draw_status(self) -> None:
        self.set_class(self._status is None or not self._status.stale, "-calm")
        pieces = status_pieces(self._status, self.size.width)
        self.query_one("#status-line", Static).update(content(pieces), layout=False)
