"""What a series comes to: its title, state and turn, and the words they are taken from."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.sanitize import line
from patchwatch.series.model import Evidence, MessageRow, SeriesRow
from patchwatch.series.states import Turn
from patchwatch.times import format_age
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import fit, width_of


def headline(row: SeriesRow, width: int) -> list[StyledText]:
    """The title, and at the right its author and inboxes where there is room."""
    title = line(row.title)
    by = f"{labels.author(row)} · {', '.join(map(line, row.inboxes))}".rstrip(" ·")
    space = width - width_of([(title, ""), (by, "")])
    if space < 2:
        return [(fit(title, width), "strong")]
    return [(title, "strong"), (" " * space, ""), (by, "dim")]


def standing(row: SeriesRow, now: int) -> list[StyledText]:
    """State, and whose turn it is since when."""
    pieces = [*labels.state(row.state), ("   ", "")]
    if row.turn == Turn.NOBODY:
        pieces.append(("nobody’s turn", "dim"))
    else:
        pieces += [(f"{line(row.turn)}’ turn" if row.turn.endswith("s") else f"{line(row.turn)}’s turn", "strong")]
        if (age := format_age(row.turn_since, now)) != "now":
            pieces.append((f" for {age}", "warn" if row.overdue else "dim"))
        if row.overdue:
            pieces.append((" ! overdue", "warn strong"))
    pieces.append((f", since {labels.date(row.turn_since)}", "dim"))
    if row.next_action:
        pieces += [("   next: ", "dim"), (line(row.next_action.text), "accent")]
    return pieces + [(f"   {remark}", "warn") for remark in labels.remarks(row)]


def evidence_of(row: SeriesRow) -> Evidence | None:
    """What the state is taken from; before anybody spoke, the posting itself."""
    return row.state_evidence or row.turn_evidence


def reason(row: SeriesRow, width: int, said: MessageRow | None = None) -> list[StyledText]:
    """The words that the state is taken from; `said` is their mail, if it is at hand: by whom, and when."""
    evidence = evidence_of(row)
    if evidence is None:
        return [("nobody has answered yet", "dim")]
    if row.state_evidence is None:
        return [("nobody has answered yet; posted ", "dim"), (labels.date(row.turn_since), "dim")]
    source = ""
    if said is not None:
        source = f"  {labels.author(said)}, {labels.date(said.date)}"
    elif evidence.commit:
        source = f"  commit {line(evidence.commit)[:12]}"
    room = max(width - width_of([(source, "")]), width // 2)
    return [(fit(labels.quoted(evidence), room), "slanted"), (source, "dim")]


class SeriesHeader(Vertical):
    """Lines on a series: title, standing and, where no story tells it, the reason."""

    DEFAULT_CSS = """
    SeriesHeader {
        height: auto;
        padding: 0 1;
        & > Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, *, reason: bool = True, id: str | None = None) -> None:  # noqa: A002
        """`reason`: with the words that the state is taken from."""
        super().__init__(id=id)
        self._reason = reason
        self._lines: dict[str, list[StyledText]] | None = None  # what is on the screen
        self._shown: tuple[SeriesRow, int, MessageRow | None] | None = None

    def compose(self) -> ComposeResult:
        """The lines."""
        yield Static(id="headline")
        yield Static(id="standing")
        if self._reason:
            yield Static(id="reason")

    def show(self, row: SeriesRow | None, now: int, said: MessageRow | None = None) -> None:
        """Show `row`; `said` is the mail that its state is taken from, if that is at hand."""
        self._shown = None if row is None else (row, now, said)
        self._draw()

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        lines: dict[str, list[StyledText]] = {}
        if self._shown:
            row, now, said = self._shown
            lines = {
                "headline": headline(row, width),
                "standing": standing(row, now),
                "reason": reason(row, width, said),
            }
        if lines == self._lines:
            return
        self._lines = lines
        for shown in self.query(Static):
            shown.update(content(lines.get(shown.id or "", [])), layout=False)
