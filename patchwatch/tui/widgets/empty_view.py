"""What stands where the table would, when it is empty: why it is so, which key is next, or a line for a first link.

What is said is made by pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Center, Middle
from textual.widgets import Input, Static

from patchwatch.series.views import NEEDS_ME, View
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.widgets.watch_form import WatchForm

_WATCH = ("app.watch", "watch a link or a message-id")
_WATCHED = ("overview.watched", "what you watch")
_SAID: dict[View, tuple[str, Sequence[tuple[str, str]]]] = {
    View.MY_TURN: ("Nothing needs you now.", [("overview.awaiting_review", "what waits for reviewers"), _WATCHED]),
    View.AWAITING_REVIEW: ("Nothing that you watch or follow waits for reviewers.", [_WATCHED, _WATCH]),
    View.MINE: ("No series of yours is known yet.", [_WATCH, ("app.poll", "poll the lists that are watched")]),
    View.WATCHED: ("Nothing is watched yet.", [_WATCH, ("overview.all", "all series that are known")]),
    View.FOLLOWED: ("No list is followed, or nothing was posted there yet.", [_WATCH]),
    View.CLOSED: ("Nothing that you watch or follow is closed yet.", [_WATCHED]),
    View.ALL: ("No series is known yet.", [_WATCH]),
}
_LIMITED = (
    "No series here is like that.",
    [("overview.escape", "show everything again"), ("overview.limit", "say it otherwise")],
)
_FOLLOW = "patchwatch follow INBOX"
_WIDTH = 33  # of what stands beside a key, so that the keys stand below each other


def nothing(
    view: View, key: Callable[[str], str], *, knows_me: bool, config_file: str, limited: bool
) -> list[StyledText]:
    """Why a view is empty, and what to do about it; `key` tells the key of a binding by its id."""
    if limited:
        return _told(*_LIMITED, key)
    if view in NEEDS_ME and not knows_me:
        pieces = _told("Who are you on the lists?", [], key)
        pieces += [("\nIn ", "dim"), (config_file, ""), (" set\n\n", "dim")]
        return [*pieces, ('[me]\naddresses = ["you@example.org"]', "accent"), ("\n\nand start again.", "dim")]
    pieces = _told(*_SAID[view], key)
    if view is View.FOLLOWED:
        pieces += [("\n\n", ""), (_FOLLOW, "accent"), ("\nshows here whatever is posted to a list from now on.", "dim")]
    return pieces


def _told(said: str, keys: Sequence[tuple[str, str]], key: Callable[[str], str]) -> list[StyledText]:
    pieces: list[StyledText] = [(said, "strong"), ("\n", "")]
    for name, meaning in keys:
        pieces += [("\n", ""), (f"{key(name):>3}", "accent strong"), (f"   {meaning:<{_WIDTH}}", "dim")]
    return pieces


def welcome(known: int, key: str) -> list[StyledText]:
    """What a first start says above the line for a link; `key` shows the series that are `known` without it."""
    pieces: list[StyledText] = [
        ("Follow your first thread", "strong"),
        ("\n\nEvery version of it, the state it is in, whose turn it is,\nand the mail that proves it.", "dim"),
    ]
    if known:
        pieces += [(f"\n\n{known} series {'is' if known == 1 else 'are'} known already: ", "dim"), ("esc", "accent")]
        pieces += [(", then ", "dim"), (key, "accent"), (" shows them", "dim")]
    return pieces


def welcome_more() -> list[StyledText]:
    """What it says below it."""
    return [
        ("A whole list:  ", "dim"),
        (_FOLLOW, "accent"),
        ("\nOld mail:      ", "dim"),
        ("patchwatch import PATH --inbox NAME", "accent"),
    ]


class EmptyView(Middle):
    """The empty view."""

    def __init__(self, form: WatchForm) -> None:
        """`form` is where a first start asks for a link."""
        super().__init__(id="nothing")
        self._form = form
        self._welcomes = False
        self._said: list[StyledText] = []  # saying it anew lays out the whole screen

    def compose(self) -> ComposeResult:
        """Why, the line, and what else there is."""
        yield Static(id="why")
        with Center(id="welcome"):
            yield self._form
            yield Static(content(welcome_more()), id="more")

    def show(self, pieces: list[StyledText]) -> None:
        """Say why a view is empty; nothing where it is not."""
        self._say(pieces, welcomes=False)

    def welcome(self, known: int, key: str) -> None:
        """Ask for a first link; where it was asked already, the focus stays where it is.

        `key` shows the series that are `known` without it.
        """
        if not self._welcomes:
            self.call_after_refresh(self.query_one("#link", Input).focus)
        self._say(welcome(known, key), welcomes=True)

    def _say(self, pieces: list[StyledText], *, welcomes: bool) -> None:
        self._welcomes = welcomes
        self.screen.set_class(bool(pieces), "-empty")
        self.screen.set_class(welcomes, "-first")
        if pieces != self._said:
            self._said = pieces
            self.query_one("#why", Static).update(content(pieces))
