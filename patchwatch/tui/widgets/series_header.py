"""The header of a series: title, state and turn, and the evidence for the state."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import Evidence, MessageRow, SeriesRow
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


def state_line(row: SeriesRow, now: int, waiting: str = "", read: str = "") -> list[StyledText]:
    """The state, who it waits for and since when, the people by name, the next action, the patches read, notes."""
    pieces = [*labels.series_state(row), ("   waiting for ", "dim")]
    if row.turn == Turn.NOBODY:
        pieces.append(("nobody", "dim"))
    else:
        who = series_labels.whose(row)
        article = "the " if who in (Turn.AUTHOR, Turn.MAINTAINER) else ""
        pieces += [(article, "dim"), (who, "strong")]
    pieces.append((f" since {labels.date(row.turn_since)}", "dim"))
    if row.turn != Turn.NOBODY:
        if (age := format_age(row.turn_since, now)) != "now":
            pieces.append((f" ({age})", "warn" if row.overdue else "dim"))
        if row.overdue:
            pieces.append((" ! overdue", "warn strong"))
    if waiting:
        pieces += [(": ", "dim"), (waiting, "")]
    if row.next_action and not row.next_action.text.startswith(f"{row.turn}: waits for "):  # that is shown already
        pieces += [("   next: ", "dim"), (line(row.next_action.text), "accent")]
    if read:
        pieces += [("   ", ""), (read, "calm")]
    if row.depends_on:
        pieces += [("   needs ", "dim"), (labels.dependencies(row), "")]
    return pieces + [(f"   {remark}", "warn") for remark in labels.remarks(row)]


def fitting_state_line(row: SeriesRow, now: int, waiting: str, width: int, read: str = "") -> list[StyledText]:
    """The state with the people by name, for which the next action of others makes room; or without them."""
    others = replace(row, next_action=None) if row.next_action and row.next_action.by != "me" else row
    tries = (state_line(row, now, waiting, read), state_line(others, now, waiting, read))
    return next((pieces for pieces in tries if width_of(pieces) <= width), state_line(row, now, read=read))


def evidence_of(row: SeriesRow) -> Evidence | None:
    """The evidence for the state, or for the turn before anybody replied."""
    return row.state_evidence or row.turn_evidence


def evidence_line(row: SeriesRow, width: int, mail: MessageRow | None = None) -> list[StyledText]:
    """The evidence for the state, with author and date of its `mail` if that is known."""
    evidence = evidence_of(row)
    if evidence is None:
        return [("No replies yet", "dim")]
    if row.state_evidence is None:
        return [("No replies yet", "dim")]
    source = ""
    if mail is not None:
        source = f"  {labels.author(mail)}, {labels.date(mail.date)}"
    elif evidence.commit:
        source = f"  commit {line(evidence.commit)[:12]}"
    room = max(width - width_of([(source, "")]), width // 2)
    return [(fit(labels.quoted(evidence), room), "slanted"), (source, "dim")]


class SeriesHeader(Vertical):
    """Title, state, and, unless a history is shown too, the evidence."""

    DEFAULT_CSS = """
    SeriesHeader {
        height: auto;
        padding: 0 1;
        & > Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, *, evidence: bool = True, id: str | None = None) -> None:  # noqa: A002
        """`evidence`: show the evidence for the state."""
        super().__init__(id=id)
        self._evidence = evidence
        self._lines: dict[str, list[StyledText]] | None = None  # as displayed
        self._shown: tuple[SeriesRow, int, MessageRow | None, str, str] | None = None

    def compose(self) -> ComposeResult:
        """The lines."""
        yield Static(id="headline")
        yield Static(id="state")
        if self._evidence:
            yield Static(id="evidence")

    def show(
        self, row: SeriesRow | None, now: int, mail: MessageRow | None = None, waiting: str = "", read: str = ""
    ) -> None:
        """Show `row`; `mail` has the evidence for its state, if known.

        `waiting` names the people it waits for; `read` counts the patches that the user has read.
        """
        self._shown = None if row is None else (row, now, mail, waiting, read)
        self._draw()

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        lines: dict[str, list[StyledText]] = {}
        if self._shown:
            row, now, mail, waiting, read = self._shown
            lines = {
                "headline": headline(row, width),
                "state": fitting_state_line(row, now, waiting, width, read),
                "evidence": evidence_line(row, width, mail),
            }
        if lines == self._lines:
            return
        self._lines = lines
        for shown in self.query(Static):
            shown.update(content(lines.get(shown.id or "", [])), layout=False)
