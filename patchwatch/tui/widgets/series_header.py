"""The header of a series: title, state, turn, and the next action."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import Evidence, SeriesRow
from patchwatch.series.states import Turn
from patchwatch.times import format_age
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import fit, width_of


def headline(row: SeriesRow, width: int) -> list[StyledText]:
    """The title, and right-aligned the author and inboxes if there is room."""
    title = line(row.title)
    by = f"{labels.author(row)} · {', '.join(map(line, row.inboxes))}".rstrip(" ·")
    space = width - width_of([(title, ""), (by, "")])
    if space < 2:
        return [(fit(title, width), "strong")]
    return [(title, "strong"), (" " * space, ""), (by, "dim")]


def state_line(row: SeriesRow, now: int, *, waiting: str = "", dated: bool = True) -> list[StyledText]:
    """The state, who it waits for and since when, and the people by name."""
    pieces = [*labels.series_state(row), ("   waiting for ", "dim")]
    if row.turn == Turn.NOBODY:
        pieces.append(("nobody", "dim"))
    else:
        who = series_labels.whose(row)
        article = "the " if who in (Turn.AUTHOR, Turn.MAINTAINER) else ""
        pieces += [(article, "dim"), (who, "strong")]
    if dated:
        pieces.append((f" since {labels.date(row.turn_since)}", "dim"))
    if row.turn != Turn.NOBODY:
        if (age := format_age(row.turn_since, now)) != "now":
            pieces.append((f" ({age})", "warn" if row.overdue else "dim"))
        if row.overdue:
            pieces.append((" ! overdue", "warn strong"))
    return [*pieces, (" · points: ", "dim"), (waiting, "")] if waiting else pieces


def next_pieces(row: SeriesRow) -> list[StyledText]:
    """The next action, unless it only says for whom the series waits."""
    action = row.next_action
    if action is None or action.text.startswith(f"{row.turn}: waits for "):
        return []
    return [("next: ", "dim"), (line(action.text), "accent")]


def note_pieces(row: SeriesRow) -> list[StyledText]:
    """What the series needs, and what is special about it."""
    pieces: list[StyledText] = []
    if row.depends_on:
        pieces += [("needs ", "dim"), (labels.dependencies(row), "")]
    for remark in labels.remarks(row):
        pieces += [("   " if pieces else "", ""), (remark, "warn")]
    return pieces


def state_lines(row: SeriesRow, now: int, width: int, *, waiting: str = "") -> list[list[StyledText]]:
    """All of that on one line if it fits, else on two: what to do next is never cut for the state."""
    gap: StyledText = ("   ", "")
    following, notes = next_pieces(row), note_pieces(row)
    rest = [piece for part in (following, notes) if part for piece in (gap, *part)]
    mine = row.next_action is not None and row.next_action.by == "me"
    for people, others in ((waiting, rest), (waiting, rest if mine else [gap, *notes] if notes else []), ("", rest)):
        for dated in (True, False):
            whole = [*state_line(row, now, waiting=people, dated=dated), *others]
            if width_of(whole) <= width:
                return [whole]
    heads = [state_line(row, now, waiting=people, dated=dated) for people in (waiting, "") for dated in (True, False)]
    first = next((head for head in heads if width_of(head) <= width), heads[-1])
    second = rest[1:]
    return [first, second] if second else [first]


def evidence_of(row: SeriesRow) -> Evidence | None:
    """The evidence for the state, or for the turn before anybody replied."""
    return row.state_evidence or row.turn_evidence


class SeriesHeader(Vertical):
    """Title and state."""

    DEFAULT_CSS = """
    SeriesHeader {
        height: auto;
        padding: 0 1;
        & > Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #more-state.-none { display: none; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        """Empty lines; `show` fills them."""
        super().__init__(id=id)
        self._lines: dict[str, list[StyledText]] | None = None  # as displayed
        self._shown: tuple[SeriesRow, int, str] | None = None

    def compose(self) -> ComposeResult:
        """The lines."""
        yield Static(id="headline")
        yield Static(id="state")
        yield Static(id="more-state", classes="-none")

    def show(self, row: SeriesRow, now: int, waiting: str = "") -> None:
        """Show `row`; `waiting` names the people it waits for."""
        self._shown = row, now, waiting
        self._draw()

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        lines: dict[str, list[StyledText]] = {}
        if self._shown:
            row, now, waiting = self._shown
            states = state_lines(row, now, width, waiting=waiting)
            lines = {
                "headline": headline(row, width),
                "state": states[0],
                "more-state": states[1] if len(states) > 1 else [],
            }
        if lines == self._lines:
            return
        self._lines = lines
        self.query_one("#more-state").set_class(not lines.get("more-state"), "-none")
        for shown in self.query(Static):
            shown.update(content(lines.get(shown.id or "", [])), layout=False)
