"""What a series comes to: its title, state and turn, and the words they are taken from."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from patchwatch.db.rows import Evidence, MessageRow, SeriesRow
from patchwatch.printable import line
from patchwatch.tui import wording
from patchwatch.tui.cells import fit, width_of
from patchwatch.tui.ink import Piece, content


def headline(row: SeriesRow, width: int) -> list[Piece]:
    """The title, and at the right its author and inboxes where there is room."""
    title = line(row.title)
    by = f"{wording.author(row)} · {', '.join(map(line, row.inboxes))}".rstrip(" ·")
    space = width - width_of([(title, ""), (by, "")])
    if space < 2:
        return [(fit(title, width), "strong")]
    return [(title, "strong"), (" " * space, ""), (by, "dim")]


def standing(row: SeriesRow, now: int) -> list[Piece]:
    """State, and whose turn it is since when."""
    pieces = [*wording.state(row.state), ("   ", "")]
    if row.turn == "nobody":
        pieces.append(("nobody’s turn", "dim"))
    else:
        pieces += [(f"{line(row.turn)}’ turn" if row.turn.endswith("s") else f"{line(row.turn)}’s turn", "strong")]
        pieces.append((f" for {wording.age(row.turn_since, now)}", "warn" if row.overdue else "dim"))
        if row.overdue:
            pieces.append((" ! overdue", "warn strong"))
    pieces.append((f", since {wording.date(row.turn_since)}", "dim"))
    return pieces + [(f"   {remark}", "warn") for remark in wording.remarks(row)]


def evidence_of(row: SeriesRow) -> Evidence | None:
    """What the state is taken from; before anybody spoke, the posting itself."""
    return row.state_evidence or row.turn_evidence


def reason(row: SeriesRow, width: int, said: MessageRow | None = None) -> list[Piece]:
    """The words that the state is taken from; `said` is their mail, if it is at hand: by whom, and when."""
    evidence = evidence_of(row)
    if evidence is None:
        return [("nobody has answered yet", "dim")]
    if row.state_evidence is None:
        return [("nobody has answered yet; posted ", "dim"), (wording.date(row.turn_since), "dim")]
    source = ""
    if said is not None:
        source = f"  {wording.author(said)}, {wording.date(said.date)}"
    elif evidence.commit:
        source = f"  commit {line(evidence.commit)[:12]}"
    room = max(width - width_of([(source, "")]), width // 2)
    return [(fit(wording.quoted(evidence), room), "slanted"), (source, "dim")]


class EvidenceLine(Static, can_focus=True):
    """The words that the state is taken from, on one line; Enter or a click asks to see them in their mail."""

    DEFAULT_CSS = """
    EvidenceLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; &:focus { background: $cursor-ground; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "ask", "Show the words", id="evidence.show")]

    class Asked(Message):
        """The mail with these words is to be shown."""

    def action_ask(self) -> None:
        """Ask to see them."""
        self.post_message(self.Asked())

    def on_click(self, event: Click) -> None:
        """A click is as good as Enter."""
        event.stop()
        self.action_ask()


class SeriesHeading(Vertical):
    """Three lines on a series: title, standing, reason."""

    DEFAULT_CSS = """
    SeriesHeading {
        height: auto;
        padding: 0 1;
        & > Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, *, focusable: bool, id: str | None = None) -> None:  # noqa: A002
        """`focusable`: whether the reason can be chosen, to be shown in its mail."""
        super().__init__(id=id)
        self._focusable = focusable
        self._shown: tuple[SeriesRow, int, MessageRow | None] | None = None

    def compose(self) -> ComposeResult:
        """The three lines."""
        yield Static(id="headline")
        yield Static(id="standing")
        evidence = EvidenceLine(id="reason")
        evidence.can_focus = self._focusable
        yield evidence

    def show(self, row: SeriesRow | None, now: int, said: MessageRow | None = None) -> None:
        """Show `row`; `said` is the mail that its state is taken from, if that is at hand."""
        self._shown = None if row is None else (row, now, said)
        self._draw()

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        lines: list[list[Piece]] = [[], [], []]
        if self._shown:
            row, now, said = self._shown
            lines = [headline(row, width), standing(row, now), reason(row, width, said)]
        for name, pieces in zip(("headline", "standing", "reason"), lines, strict=True):
            self.query_one(f"#{name}", Static).update(content(pieces), layout=False)
