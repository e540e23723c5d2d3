"""The mails of a revision as a tree, with unread marks, tags, and results of bots."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

from patchwatch.sanitize import line
from patchwatch.series.model import MessageRow, RevisionRow
from patchwatch.series.patch_reading import NOTHING_READ, VersionReading, word
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels, results
from patchwatch.tui.render.columns import fit_pieces, width_of
from patchwatch.tui.widgets.row_list import RowList

_MIN_TEXT_WIDTH = 20
_MAX_DEPTH = 12  # deeper replies are drawn at this depth, to leave room for text


def guides(depths: Sequence[int]) -> list[str]:
    """The tree lines before each row, from the depths of the rows in tree order."""
    drawn: list[str] = []
    below: set[int] = set()  # depths at which another row follows under the same parent
    for depth in reversed([min(depth, _MAX_DEPTH) for depth in depths]):
        below = {other for other in below if other <= depth}
        if depth:
            bars = "".join("│ " if level in below else "  " for level in range(1, depth))
            drawn.append(bars + ("├─" if depth in below else "└─"))
        else:
            drawn.append("")
        below.add(depth)
    return drawn[::-1]


def patch_number(row: MessageRow, expected: int) -> str:
    """`2/4`: the number of a patch; empty for replies and single patches."""
    return f"{row.patch}/{expected}" if row.submission and expected > 1 else ""


def tags_by_patch(revision: RevisionRow) -> dict[int, list[str]]:
    """The abbreviated tags from reviewers, by the number of the patch; several of a kind are counted.

    Tags in brackets are for a part of the patch, or were given to an earlier revision and not carried over.
    """
    tags: dict[int, list[str]] = {}
    for trailer in revision.trailers:
        if trailer.counts:
            patch = trailer.patch if revision.has_cover or revision.expected > 1 else 1  # not 0, for all patches
            limited = bool(trailer.scope) or not trailer.carried
            tags.setdefault(patch, []).extend(f"({tag})" if limited else tag for tag in labels.tags((trailer.name,)))
    return {
        patch: [kind if kinds.count(kind) == 1 else f"{kinds.count(kind)}×{kind}" for kind in dict.fromkeys(kinds)]
        for patch, kinds in tags.items()
    }


class ThreadList(RowList[MessageRow]):
    """The mails of one revision, with a cursor."""

    CACHES_ROWS = True

    def __init__(self, clock: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        """`clock` returns the current time, for short dates."""
        super().__init__(id=id)
        self._clock = clock
        self._depths: list[int] = []
        self._guides: list[str] = []
        self._subjects: dict[str, str] = {}
        self._expected = 0
        self._tags: Mapping[int, list[str]] = {}
        self._results: Mapping[str, StyledText] = {}  # of bots, by their mails
        self._read: Collection[str] = ()
        self._reading = NOTHING_READ

    def key_of(self, row: MessageRow) -> Hashable:
        """The message-id."""
        return row.message_id

    def show(
        self,
        rows: Sequence[MessageRow],
        revision: RevisionRow | None,
        read: Collection[str],
        reading: VersionReading = NOTHING_READ,
    ) -> None:
        """Show the mails of a revision; those in `read` are read, even if their rows say unread.

        A mail added to `read` later needs a `redraw_row`.  `reading` says which patches the user has read.
        """
        self._reading = reading
        self._expected = revision.expected if revision else 0
        self._tags = tags_by_patch(revision) if revision else {}
        self._results = results.by_mail(revision.checks) if revision else {}
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
        """One line: unread mark, tree lines, author and excerpt; tags and date at the right."""
        unread = row.unread and row.message_id not in self._read
        left: list[StyledText] = [("●" if unread else " ", "accent"), (" ", ""), (self._guides[index], "faint")]
        if self._guides[index]:
            left.append((" ", ""))
        left += self._text(row, unread)
        date: StyledText = (f" {labels.day(row.date, self._clock()):>6} ", "dim")
        if row.submission and (patch := self._reading.of(row.message_id)) and (stands := word(patch)):
            date = (f" {stands:>6} ", "warn" if patch.changed else "dim")
        tags = self._tags.get(row.patch, []) if row.submission else labels.tags(row.tags)
        given: list[StyledText] = [(f" {tag}", "calm") for tag in tags]
        if result := self._results.get(row.message_id):
            given.append((f" {result[0]}", result[1]))
        for right in ([*given, date], given, []):  # drop the date, then the results, if there is no room for text
            room = width - width_of(right)
            if room >= _MIN_TEXT_WIDTH:
                break
        return [[*fit_pieces(left, room), *right]]

    def _text(self, row: MessageRow, unread: bool) -> list[StyledText]:
        style = "strong" if unread else ""
        if row.submission:
            number = patch_number(row, self._expected)
            return [(f"{number} " if number else "", "accent"), (labels.title(row.subject), style)]
        bot: list[StyledText] = [("bot ", "dim")] if row.bot else []
        return [*bot, (labels.author(row), style), ("  ", ""), (self._excerpt(row), "dim")]

    def _excerpt(self, row: MessageRow) -> str:
        """The beginning of a reply, after its subject if that was changed."""
        if row.unreadable:
            return f"unreadable – {labels.title(row.subject)}"
        title = labels.title(row.subject)
        if row.parent in self._subjects and labels.title(self._subjects[row.parent]) != title:
            return f"{title} – {line(row.excerpt)}"
        return line(row.excerpt)
