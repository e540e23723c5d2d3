"""A revision's mails as a tree: who answered whom, what is unread, who gave a tag, what a robot said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence

from patchwatch.db.rows import MessageRow
from patchwatch.printable import line
from patchwatch.tui import wording
from patchwatch.tui.cells import fit_pieces, width_of
from patchwatch.tui.ink import Piece
from patchwatch.tui.rowlist import RowList

_DEEPEST = 12  # deeper answers are drawn at this depth: the words matter more than the lines


def guides(depths: Sequence[int]) -> list[str]:
    """The lines that join each row of a tree to its parent, from the rows' depths in tree order."""
    drawn: list[str] = []
    below: set[int] = set()  # depths at which another row follows under the same parent
    for depth in reversed([min(depth, _DEEPEST) for depth in depths]):
        below = {other for other in below if other <= depth}
        if depth:
            bars = "".join("│ " if level in below else "  " for level in range(1, depth))
            drawn.append(bars + ("├─" if depth in below else "└─"))
        else:
            drawn.append("")
        below.add(depth)
    return drawn[::-1]


def part(row: MessageRow, expected: int) -> str:
    """`2/4`: which patch of its revision a mail is; empty for answers and single patches."""
    return f"{row.patch}/{expected}" if row.submission and expected > 1 else ""


class ThreadList(RowList[MessageRow]):
    """The mails of one revision, with a cursor."""

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` is what dates are shortened by."""
        super().__init__(id=id)
        self._clock = clock
        self._guides: list[str] = []
        self._titles: dict[str, str] = {}
        self._expected = 0
        self._read: Collection[str] = ()

    def key_of(self, row: MessageRow) -> Hashable:
        """A mail's message-id."""
        return row.message_id

    def show(self, rows: Sequence[MessageRow], expected: int, read: Collection[str]) -> None:
        """Show the mails of a revision of `expected` patches; those in `read` are so, whatever their rows say."""
        self._guides = guides([row.depth for row in rows])
        self._titles = {row.message_id: wording.title(row.subject) for row in rows}
        self._expected = expected
        self._read = read
        self.set_rows(rows)

    def draw(self, row: MessageRow, index: int, width: int) -> list[list[Piece]]:
        """One line: unread, guides, author and what the mail says; tags and date at the right."""
        unread = row.unread and row.message_id not in self._read
        left: list[Piece] = [("●" if unread else " ", "accent"), (" ", ""), (self._guides[index], "faint")]
        if self._guides[index]:
            left.append((" ", ""))
        left += self._words(row, unread)
        right: list[Piece] = [(f" {tag}", "calm") for tag in wording.tags(row.tags)]
        right.append((f" {wording.day(row.date, self._clock()):>6} ", "dim"))
        room = width - width_of(right)
        return [[*fit_pieces(left, room), *right]] if room >= 20 else [left]

    def _words(self, row: MessageRow, unread: bool) -> list[Piece]:
        ink = "strong" if unread else ""
        if row.submission:
            number = part(row, self._expected)
            return [(f"{number} " if number else "", "accent"), (self._titles[row.message_id], ink)]
        bot: list[Piece] = [("bot ", "dim")] if row.bot else []
        return [*bot, (wording.author(row), ink), ("  ", ""), (self._said(row), "dim")]

    def _said(self, row: MessageRow) -> str:
        """An answer's own first words, after its subject where it changed that."""
        title = self._titles[row.message_id]
        if row.parent in self._titles and self._titles[row.parent] != title:
            return f"{title} – {line(row.excerpt)}"
        return line(row.excerpt)
