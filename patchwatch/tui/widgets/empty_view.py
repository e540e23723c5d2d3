"""Replaces an empty table: why it is empty and which keys help, or on first start an input for a URL.

The text is made by pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Center, Middle
from textual.widgets import Input, Static

from patchwatch.series.views import NEEDS_ME, View
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.widgets.watch_form import WatchForm

_WATCH = ("app.watch", "watch a series")
_WATCHED = ("overview.watched", "series you watch")
_TEXTS: dict[View, tuple[str, Sequence[tuple[str, str]]]] = {
    View.QUEUE: ("Nothing needs you.", [_WATCHED, _WATCH]),
    View.MINE: ("None of your series is known yet.", [_WATCH, ("app.poll", "poll the watched lists")]),
    View.WATCHED: ("No series is watched yet.", [_WATCH, ("overview.all", "all known series")]),
    View.FOLLOWED: ("No list is followed, or nothing has been posted to it yet.", [_WATCH]),
    View.CLOSED: ("No series is closed yet.", [_WATCHED]),
    View.ALL: ("No series is known yet.", [_WATCH]),
}
_LIMITED = (
    "No series matches the limit.",
    [("overview.escape", "clear the limit"), ("overview.limit", "edit the limit")],
)
_ADDRESSES = 'addresses = ["you@example.org"]'
_FOLLOW = "patchwatch follow INBOX"
_WIDTH = 33  # of the text beside a key, so that the keys are aligned


def empty_text(
    view: View, key: Callable[[str], str], *, knows_me: bool, config_file: str, limited: bool
) -> list[StyledText]:
    """Why a view is empty, and which keys help; `key` returns the key of a binding by its id."""
    if limited:
        return _with_keys(*_LIMITED, key)
    if view in NEEDS_ME and not knows_me:
        pieces = _with_keys("patchwatch does not know your e-mail address yet.", [], key)
        pieces += [("\nSet it in ", "dim"), (config_file, ""), (", then restart patchwatch:\n\n", "dim")]
        return [*pieces, (f"{'[me]':<{len(_ADDRESSES)}}\n{_ADDRESSES}", "accent")]
    pieces = _with_keys(*_TEXTS[view], key)
    if view is View.FOLLOWED:
        pieces += [("\n\n", ""), (_FOLLOW, "accent"), ("\nfollows all new series on a list.", "dim")]
    return pieces


def _with_keys(text: str, keys: Sequence[tuple[str, str]], key: Callable[[str], str]) -> list[StyledText]:
    pieces: list[StyledText] = [(text, "strong"), ("\n", "")]
    for name, description in keys:
        pieces += [("\n", ""), (f"{key(name):>3}", "accent strong"), (f"   {description:<{_WIDTH}}", "dim")]
    return pieces


def welcome_text() -> list[StyledText]:
    """The text above the input on first start."""
    return [
        ("Watch your first series", "strong"),
        ("\n\nSee all its versions, its state, what it is waiting for,\nand the mail this is based on.", "dim"),
    ]


def welcome_more() -> list[StyledText]:
    """The text below the input."""
    return [
        ("To follow a list:    ", "dim"),
        (_FOLLOW, "accent"),
        ("\nTo import old mail:  ", "dim"),
        ("patchwatch import PATH --inbox NAME", "accent"),
    ]


class EmptyView(Middle):
    """Shown in place of the table."""

    def __init__(self, form: WatchForm) -> None:
        """`form` asks for a link on first start."""
        super().__init__(id="empty")
        self._form = form
        self._welcomes = False
        self._text: list[StyledText] = []  # an update lays out the whole screen

    def compose(self) -> ComposeResult:
        """The reason, the input, and other ways to start."""
        yield Static(id="why")
        with Center(id="welcome"):
            yield self._form
            yield Static(content(welcome_more()), id="more")

    def show(self, pieces: list[StyledText]) -> None:
        """Show why a view is empty; without `pieces`, show the table."""
        self._update(pieces, welcomes=False)

    def welcome(self) -> None:
        """Ask for a first link.  Repeated calls keep the focus."""
        if not self._welcomes:
            self.call_after_refresh(self.query_one("#link", Input).focus)
        self._update(welcome_text(), welcomes=True)

    def _update(self, pieces: list[StyledText], *, welcomes: bool) -> None:
        self._welcomes = welcomes
        self.screen.set_class(bool(pieces), "-empty")
        self.screen.set_class(welcomes, "-first")
        if pieces != self._text:
            self._text = pieces
            self.query_one("#why", Static).update(content(pieces))
