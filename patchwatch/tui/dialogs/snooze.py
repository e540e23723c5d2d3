"""Ask how long to snooze series: a few common choices, or any time that `patchwatch.times` can parse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from patchwatch import times
from patchwatch.errors import InvalidInputError
from patchwatch.sanitize import line
from patchwatch.times import format_age
from patchwatch.tui.base import keys, signs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render.columns import pad
from patchwatch.tui.render.series_names import AnySeries, series_names
from patchwatch.tui.widgets.text_field import TextField

_PLACEHOLDER = "or until: 2026-12-01, monday, 12h, 3d, 2w"


@dataclass(frozen=True, slots=True)
class Snooze:
    """Snooze until a time (UTC seconds) or until someone replies (None); or unsnooze."""

    until: int | None = None
    wakes: bool = False

    @property
    def outcome(self) -> str:
        """How the notice about it begins."""
        if self.wakes:
            return "Unsnoozed"
        return f"Snoozed until {'someone replies' if self.until is None else day(self.until)}"


def choices(now: int, asleep: bool) -> tuple[tuple[str, Snooze], ...]:
    """The common choices by name; the first one unsnoozes if any series is snoozed (`asleep`)."""
    spans = {"until tomorrow": "tomorrow", "until next Monday": "monday", "for 2 weeks": "2w"}
    dates: dict[int, str] = {}
    for name, text in spans.items():
        dates.setdefault(times.parse_future(text, now), name)  # on a Sunday, the next Monday is tomorrow
    dated = tuple((name, Snooze(until)) for until, name in dates.items())
    wake = (("unsnooze now", Snooze(wakes=True)),) if asleep else ()
    return (*wake, ("until someone replies", Snooze()), *dated)


def day(until: int) -> str:
    """`Mon 2 Oct 2023`, with the hour where it is not midnight (UTC)."""
    at = datetime.fromtimestamp(until, UTC)
    hour = "" if until % 86_400 == 0 else f" {at:%H:%M} UTC"
    return f"{at:%a} {at.day} {at:%b %Y}{hour}"


class SnoozeDialog(Dialog[Snooze | None]):
    """Answers with a Snooze, or None."""

    AUTO_FOCUS = "#rests"
    BINDINGS: ClassVar[list[BindingType]] = keys.of_choices("snooze")

    def __init__(self, rows: Sequence[AnySeries], now: int) -> None:
        """`rows` are the series to snooze; `now` (UTC seconds) is the start of relative times."""
        super().__init__()
        self._rows = rows
        self._now = now
        self._choices = choices(now, any(row.snoozed_until is not None for row in rows))

    def compose(self) -> ComposeResult:
        """The choices, the field, and how it was understood."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Snooze"
            yield Static(content(series_names(self._rows)), id="question")
            yield OptionList(
                *(Option(content(self._option(name, rest)), id=str(n)) for n, (name, rest) in enumerate(self._choices)),
                id="rests",
                compact=True,
            )
            yield TextField(_PLACEHOLDER)
            yield Static(id="reading")
            enter: StyledText = (signs.enter(), "accent")
            keys: list[StyledText] = [enter, (" snooze   ", "dim"), ("esc", "accent"), (" cancel", "dim")]
            yield Static(content(keys), id="keys")

    def on_mount(self) -> None:
        """Show what a snooze does."""
        self._show([])

    def _option(self, name: str, rest: Snooze) -> list[StyledText]:
        if rest.until is None:
            return [(name, "")]
        return [(pad(name, 19), ""), (day(rest.until).partition(" 20")[0], "dim")]

    def _show(self, pieces: list[StyledText]) -> None:
        effect = "Until then, kept out of what needs you and of the e-mail digest."
        self.query_one("#reading", Static).update(content(pieces or [(effect, "dim")]))

    def on_key(self, event: events.Key) -> None:
        """Let the user type a date at once."""
        self.query_one(TextField).begin(event)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._read(event.value, submitted=False)

    def _read(self, text: str, *, submitted: bool) -> int | None:
        """Show the time that `text` names, and return it; mark errors only when it was `submitted`."""
        if not text.strip():
            self._show([])
            return None
        try:
            until = times.parse_future(text, self._now)
        except InvalidInputError as error:
            self._show([*([("! ", "bad strong")] if submitted else []), (line(str(error)), "" if submitted else "dim")])
            return None
        self._show([("→ ", "accent"), (day(until), "strong"), (f", in {format_age(self._now, until)}", "dim")])
        return until

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        until = self._read(event.value, submitted=True)
        if until is not None:
            self.dismiss(Snooze(until))

    @on(TextField.Left)
    def _back(self) -> None:
        self.query_one("#rests").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close the dialog with a common choice."""
        self.dismiss(self._choices[event.option_index][1])

    def action_leave(self) -> None:
        """Close the dialog without one."""
        self.dismiss(None)
