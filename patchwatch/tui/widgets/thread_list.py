"""A revision's mails as a tree: who answered whom, what is unread, who gave a tag, what a robot said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

from patchwatch.sanitize import line
from patchwatch.series.model import MessageRow, RevisionRow
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import fit_pieces, width_of
from patchwatch.tui.widgets.row_list import RowList

_LEAST_WORDS = 20  # columns
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


def given(revision: RevisionRow) -> dict[int, list[str]]:
    """The tags that others gave, shortened and counted where there are several, by the number of the patch.

    In brackets stands what counts for a part only, or was given to an earlier revision and not taken over.
    """
    found: dict[int, list[str]] = {}
    for trailer in revision.trailers:
        if trailer.counts:
            patch = trailer.patch if revision.has_cover or revision.expected > 1 else 1  # for all of it is for that one
            partly = bool(trailer.scope) or not trailer.carried
            found.setdefault(patch, []).extend(f"({tag})" if partly else tag for tag in labels.tags((trailer.name,)))
    return {
        patch: [kind if kinds.count(kind) == 1 else f"{kinds.count(kind)}×{kind}" for kind in dict.fromkeys(kinds)]
        for patch, kinds in found.items()
    }


class ThreadList(RowList[MessageRow]):
    """The mails of one revision, with a cursor."""

    KEEPS_STRIPS = True

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` is what dates are shortened by."""
        super().__init__(id=id)
        self._clock = clock
        self._depths: list[int] = []
        self._guides: list[str] = []
        self._subjects: dict[str, str] = {}
        self._expected = 0
        self._given: Mapping[int, list[str]] = {}
        self._verdicts: Mapping[str, str] = {}  # of robots, by their mails
        self._read: Collection[str] = ()

    def key_of(self, row: MessageRow) -> Hashable:
        """A mail's message-id."""
        return row.message_id

    def show(self, rows: Sequence[MessageRow], revision: RevisionRow | None, read: Collection[str]) -> None:
        """Show the mails of a revision; those in `read` are so, whatever their rows say.

        What is in `read` later is so too, from the next `redraw_row` of it on.
        """
        self._expected = revision.expected if revision else 0
        self._given = given(revision) if revision else {}
        self._verdicts = {check.message_id: check.verdict for check in revision.checks} if revision else {}
        self._read = read
        if rows == self.rows:
            self.redraw()
            return
        depths = [row.depth for row in rows]
        if depths != self._depths:
            self._depths, self._guides = depths, guides(depths)
        self._subjects = {row.message_id: row.subject for row in rows}
        self.set_rows(rows)

    def draw(self, row: MessageRow, index: int, width: int) -> list[list[StyledText]]:
        """One line: unread, guides, author and what the mail says; tags and date at the right."""
        unread = row.unread and row.message_id not in self._read
        left: list[StyledText] = [("●" if unread else " ", "accent"), (" ", ""), (self._guides[index], "faint")]
        if self._guides[index]:
            left.append((" ", ""))
        left += self._words(row, unread)
        date: StyledText = (f" {labels.day(row.date, self._clock()):>6} ", "dim")
        tags = self._given.get(row.patch, []) if row.submission else labels.tags(row.tags)
        said: list[StyledText] = [(f" {tag}", "calm") for tag in tags]
        if verdict := self._verdicts.get(row.message_id):
            said.append((f" {verdict}", {"failure": "bad", "success": "good"}.get(verdict, "dim")))
        for right in ([*said, date], said, []):  # as much as leaves the words some room
            room = width - width_of(right)
            if room >= _LEAST_WORDS:
                break
        return [[*fit_pieces(left, room), *right]]

    def _words(self, row: MessageRow, unread: bool) -> list[StyledText]:
        ink = "strong" if unread else ""
        if row.submission:
            number = part(row, self._expected)
            return [(f"{number} " if number else "", "accent"), (labels.title(row.subject), ink)]
        bot: list[StyledText] = [("bot ", "dim")] if row.bot else []
        return [*bot, (labels.author(row), ink), ("  ", ""), (self._said(row), "dim")]

    def _said(self, row: MessageRow) -> str:
        """An answer's own first words, after its subject where it changed that."""
        if row.unreadable:
            return f"unreadable – {labels.title(row.subject)}"
        title = labels.title(row.subject)
        if row.parent in self._subjects and labels.title(self._subjects[row.parent]) != title:
            return f"{title} – {line(row.excerpt)}"
        return line(row.excerpt)
