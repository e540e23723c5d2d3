"""The revisions of a series, oldest first, and details of the chosen one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import RevisionRow
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels, results
from patchwatch.tui.render.columns import cell_len, width_of


def entry_label(row: RevisionRow, unread: bool) -> str:
    """`v3 RFC ×2 ●`: version, number of postings, and a mark for unread mail."""
    resent = f" ×{len(row.postings)}" if len(row.postings) > 1 else ""
    return f"{series_labels.version(row)}{resent}{' ●' if unread else ''}"


def missing_versions(earlier: int, later: int) -> str:
    """` v2–v4 missing `: the versions between two that were not received, or nothing."""
    if later <= earlier + 1:
        return ""
    first, last = earlier + 1, later - 1
    return f" v{first} missing " if first == last else f" v{first}–v{last} missing "


def connector(missing: str) -> list[StyledText]:
    """The line between two revisions, dotted if versions are missing."""
    return [("┄", "faint"), (missing, "faint"), ("┄", "faint")] if missing else [("──", "faint")]


def bar_entries(
    revisions: Sequence[RevisionRow], chosen: int, unread: Collection[str], width: int
) -> list[tuple[int, StyledText]]:
    """The bar as styled text, with the index of each revision (-1: none); the chosen one is always shown."""
    names = [f" {entry_label(row, row.message_id in unread)} " for row in revisions]
    versions = [0, *(row.version for row in revisions)]
    before = [connector(missing_versions(*pair)) for pair in pairwise(versions)]
    before[0] = before[0] if revisions[0].version > 1 else []
    sizes = [width_of(before[n]) + cell_len(names[n]) for n in range(len(names))]
    first = last = chosen
    used = sizes[chosen] + 4  # for the ellipses at both ends
    while True:
        if last + 1 < len(names) and used + sizes[last + 1] <= width:
            last += 1
            used += sizes[last]
        elif first > 0 and used + sizes[first - 1] <= width:
            first -= 1
            used += sizes[first]
        else:
            break
    pieces: list[tuple[int, StyledText]] = [(first - 1, ("… ", "dim"))] if first else []
    for index in range(first, last + 1):
        if sizes[index] + 4 <= width:
            pieces += [(-1, piece) for piece in before[index]]
        text = f"[{names[index].strip()}]" if index == chosen else names[index]
        pieces.append((index, (text, "chosen" if index == chosen else "strong" if "●" in text else "")))
    return [*pieces, (last + 1, (" …", "dim"))] if last + 1 < len(names) else pieces


def details(row: RevisionRow, revisions: Sequence[RevisionRow], read: str = "") -> list[StyledText]:
    """Date, number of patches, what the user `read`, tags, what was applied, CI results, the link to the one before."""
    pieces: list[StyledText] = [(f"{labels.date(row.date)} · {series_labels.patches(row)}", "dim")]
    if read:
        pieces += [(" · ", "dim"), (read, "")]
    if row.pull:
        pieces.append((f" · {line(row.pull.repository)} {line(row.pull.ref)}".rstrip(" ·"), ""))
    if len(row.postings) > 1:
        pieces.append((f" · sent {len(row.postings)} times", "dim"))
    if given := given_tags(row):
        pieces += [(" · ", "dim"), (given, "calm")]
    if row.applied:
        pieces += [(" · ", "dim"), (series_labels.applied(row), "good")]
    for result in results.counts(row.checks):
        pieces += [(" · ", "dim"), result]
    for done, link in [("linked to", row.predecessor), *(("joins", join) for join in row.joins)]:
        if link is None:
            continue
        earlier = next((r for r in revisions if r.message_id == link.message_id), None)
        name = series_labels.revision_name(earlier) if earlier else "an earlier one"
        why = "by hand" if link.by_hand else series_labels.link_evidence(link.evidence)
        pieces += [(f" · {done} {name}: ", "dim"), (why, "")]
    return pieces


def given_tags(row: RevisionRow) -> str:
    """`2 R-b, 1 T-b, 1 R-b “for the net bits”, 1 A-b not carried`: the tags from reviewers, counted by kind."""
    given = [
        f"{tag} “{line(one.scope)}”" if one.scope else tag if one.carried else f"{tag} not carried"
        for one in row.trailers
        if one.counts
        for tag in labels.tags((one.name,))
    ]
    return ", ".join(f"{given.count(one)} {one}" for one in dict.fromkeys(given))


class RevisionBar(Static):
    """The revisions, one of them chosen, and its details below them, or beside them if it has one line only."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    RevisionBar { height: 2; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class Chosen(Message):
        """The user clicked on another revision."""

        def __init__(self, index: int) -> None:
            """`index` is its place among the revisions."""
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        """An empty bar; `show` fills it."""
        super().__init__(id=id)
        self._revisions: Sequence[RevisionRow] = ()
        self._chosen = 0
        self._unread: Collection[str] = ()
        self._read = ""
        self._pieces: list[StyledText] = []  # as displayed

    def show(self, revisions: Sequence[RevisionRow], chosen: int, unread: Collection[str], read: str = "") -> None:
        """Show `revisions`; `unread` are the roots of those with unread mail, `read` counts the patches read."""
        self._revisions, self._chosen, self._unread, self._read = revisions, chosen, unread, read
        self._draw()

    def on_resize(self) -> None:
        """Fit the bar to the width."""
        self._draw()

    def _entries(self) -> list[tuple[int, StyledText]]:
        return bar_entries(self._revisions, self._chosen, self._unread, self.size.width)

    def _draw(self) -> None:
        if not self._revisions:
            return
        pieces = [piece for _, piece in self._entries()]
        beside = self.size.height == 1
        pieces += [
            ("   " if beside else "\n", ""),
            *details(self._revisions[self._chosen], self._revisions, self._read),
        ]
        if pieces != self._pieces:
            self._pieces = pieces
            self.update(content(pieces), layout=False)

    def on_click(self, event: Click) -> None:
        """Report the revision that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y or not self._revisions:
            return
        at = 0
        for index, (text, _) in self._entries():
            at += cell_len(text)
            if offset.x < at:
                if 0 <= index < len(self._revisions):
                    self.post_message(self.Chosen(index))
                return
