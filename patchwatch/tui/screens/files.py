"""The files that a revision changes, as a tree, and the changes to the file under the cursor."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from patchwatch.counts import plural
from patchwatch.errors import PatchwatchError
from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import MessageRow, RevisionRow
from patchwatch.series.patch_reading import Mark, summary
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.controllers.patch_marks import PatchMarks
from patchwatch.tui.controllers.reply import ReplyController
from patchwatch.tui.render import labels
from patchwatch.tui.render.changed_files import Change, TreeEntry, changes, tree
from patchwatch.tui.render.columns import fit_pieces, width_of
from patchwatch.tui.render.diff_place import in_files
from patchwatch.tui.render.page import Line, Page, lay_out, mail_page, make_page
from patchwatch.tui.render.point_notes import NO_NOTES, PointNotes, place, with_lines
from patchwatch.tui.screens.list_and_text import ListAndTextScreen
from patchwatch.tui.screens.patch_keys import READ, SKIP
from patchwatch.tui.widgets.diff_view import DiffView
from patchwatch.tui.widgets.key_hints import KeyHints
from patchwatch.tui.widgets.row_list import RowList
from patchwatch.tui.widgets.status_bar import StatusBar

_MAX_DEPTH = 8  # deeper directories are drawn at this depth


def title(revision: RevisionRow, found: Sequence[Change], read: str = "") -> list[StyledText]:
    """`v5 title · 12 files, +340 -21 · 2 of 3 read`, and the number of missing patches."""
    files = len({change.path for change in found})
    missing = series_labels.missing(revision)
    return [
        (f"{series_labels.revision_name(revision)} ", "accent strong"),
        (labels.title(revision.subject), "strong"),
        (f" · {plural(files, 'file')}, ", "dim"),
        *counts(sum(change.added for change in found), sum(change.removed for change in found)),
        *([(" · ", "dim"), (read, "calm")] if read else []),
        *([(f"   {missing}", "warn")] if missing else []),
    ]


def counts(added: int, removed: int, wide: int = 0, also: int = 0) -> list[StyledText]:
    """`+12 -3`, padded to these widths."""
    return [
        (f"{f'+{added}':>{wide}}", "good" if added else "faint"),
        (f" {f'-{removed}':>{also}}", "bad" if removed else "faint"),
    ]


def page_of(path: str, found: Sequence[Change], patches: int, notes: PointNotes = NO_NOTES) -> Page:
    """The changes of several patches, each below a line that links to its mail; points below their lines of code."""
    lines: list[Line] = []
    below: dict[int, list[Line]] = {}
    targets: list[tuple[int, str]] = []
    for change in found:
        number = f"{change.patch}/{patches} " if patches > 1 else ""
        if lines:
            lines.append(Line("prose", "", 0))
        targets.append((len(lines), change.message_id))
        lines.append(Line("section", f"── {number}{change.title}  +{change.added} -{change.removed}", 0))
        placed, _ = place([one.text for one in change.lines], notes.on(change.patch))
        for at, points in placed.items():
            below[len(lines) + at] = [one for listed in points for one in notes.lines(listed)]
        lines += change.lines
    return with_lines(make_page(path, lines, targets), below)


class FileList(RowList[TreeEntry]):
    """Directories and files, with a cursor."""

    def __init__(self, marks: PatchMarks, *, id: str | None = None) -> None:  # noqa: A002
        """An empty list; `show` fills it.  `marks` has what the user read."""
        super().__init__(id=id)
        self._marks = marks
        self._widths = (2, 2)  # of the numbers of added and removed lines

    def show(self, branches: Sequence[TreeEntry]) -> None:
        """Show these files and directories."""
        files = [branch for branch in branches if branch.changes]
        added, removed = (
            max((len(str(count)) for count in one), default=1) + 1
            for one in ([file.added for file in files], [file.removed for file in files])
        )
        self._widths = (added, removed)
        self.set_rows(branches)

    def key_of(self, row: TreeEntry) -> Hashable:
        """The path."""
        return row.path

    def draw(self, row: TreeEntry, index: int, width: int) -> list[list[StyledText]]:
        """One line: the name; right-aligned the patches and the numbers of lines."""
        done = bool(row.changes) and not self.is_left(row)
        left: list[StyledText] = [
            ("  " * min(row.depth, _MAX_DEPTH), ""),
            (row.name, "" if row.changes and not done else "dim"),
        ]
        right: list[StyledText] = [(f" {_numbers(row.changes)}  ", "dim")] if row.changes else []
        right += [("read  ", "calm")] if done else []
        right += counts(row.added, row.removed, *self._widths) if row.changes else []
        room = width - 1 - width_of(right)
        return [[*fit_pieces(left, room), *right]] if room >= 16 else [left]

    def is_left(self, row: TreeEntry) -> bool:
        """True for a file that a patch changes which is left to read."""
        readings = [self._marks.of(change.message_id) for change in row.changes]
        return any(patch is None or patch.is_left for patch in readings)


def _numbers(found: Sequence[Change]) -> str:
    """`patches 1, 3`: the numbers of the patches, at most four of them."""
    numbers = [str(change.patch or 1) for change in found]
    shown = numbers if len(numbers) <= 4 else [*numbers[:3], "…"]
    return f"{'patch' if len(numbers) == 1 else 'patches'} {', '.join(shown)}"


class FilesScreen(ListAndTextScreen):
    """The tree at the left, the diffs beside it or below; dismissed with the message-id of a patch to show."""

    AUTO_FOCUS = "FileList"
    NOTICE = "files"
    DEFAULT_CSS = """
    FilesScreen {
        & > #title { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #file-panes { height: 1fr; layout: vertical; }
        #files { height: 1fr; border-top: solid $rule; &:focus { border-top: solid $color-accent; } }
        #diffs { height: 2fr; border-top: solid $rule; &:focus { border-top: solid $color-accent; } }
        &.-wide > #file-panes { layout: horizontal; }
        &.-wide #files { width: 40%; height: 1fr; }
        &.-wide #diffs { width: 1fr; height: 1fr; }
        &.-zoomed #files { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space,pagedown",
            "page(1)",
            "Page down",
            show=False,
            tooltip="Scroll the diffs down a page",
            id="files.page_down",
        ),
        Binding(
            "b,pageup", "page(-1)", "Page up", show=False, tooltip="Scroll the diffs up a page", id="files.page_up"
        ),
        Binding("backslash", "wrap", "Wrap", tooltip="Wrap long diff lines", id="files.wrap"),
        Binding("n", "left(1)", "Next", tooltip="Next file of a patch left to read", id="files.next_left"),
        Binding("N", "left(-1)", "Previous file of a patch left to read", show=False, id="files.previous_left"),
        READ,
        SKIP,
        Binding("R", "reply", "Reply", tooltip="Reply to the patch, up to the cursor", id="files.reply"),
        Binding("p", "patch", "Mail", tooltip="Show the mail of the patch", id="files.patch"),
        Binding("z", "zoom", "Zoom", show=False, tooltip="Maximize or restore the diffs", id="files.zoom"),
        keys.HELP,
        Binding("q", "back", "Back", id="files.back"),
        Binding(
            "escape",
            "step_back",
            "Back",
            show=False,
            tooltip="Back to the files, then to the series",
            id="files.step_back",
        ),
    ]

    def __init__(
        self,
        tracker: TrackerAPI,
        jobs: Jobs,
        revision: RevisionRow,
        patches: Sequence[MessageRow],
        marks: PatchMarks,
        notes: PointNotes = NO_NOTES,
    ) -> None:
        """Show `revision`; `patches` are its mails with a patch, `marks` and `notes` are those of the series."""
        super().__init__(jobs)
        self._tracker = tracker
        self._revision = revision
        self._patches = patches
        self._marks = marks
        self._notes = notes.of(revision)
        self._changes: Sequence[Change] = ()
        self._shown: Sequence[Change] = ()  # those whose diffs are shown

    def compose(self) -> ComposeResult:
        """Title, tree, diffs, status bar, key hints."""
        yield Static(id="title")
        with Container(id="file-panes"):
            yield FileList(self._marks, id="files")
            yield DiffView(id="diffs")
        yield StatusBar()
        yield KeyHints()

    @property
    def choices(self) -> FileList:
        """The tree."""
        return self.query_one(FileList)

    @property
    def text(self) -> DiffView:
        """The diffs."""
        return self.query_one(DiffView)

    def on_mount(self) -> None:
        """Load the patches."""
        self._say([("loading patches …", "dim")])

        def work() -> list[Change]:
            found: list[Change] = []
            for row in self._patches:
                found += changes(mail_page(self._tracker.mail(row.message_id)), row.patch, labels.title(row.subject))
            return found

        self._jobs.submit("study", "files", work, self._show, self._failed, screen=self)

    def _say(self, pieces: list[StyledText]) -> None:
        self.query_one("#title", Static).update(content(pieces), layout=False)

    def _show(self, found: list[Change]) -> None:
        self._jobs.notices.dismiss(self.NOTICE)
        self._changes = found
        self._say_title()
        branches = tree(found)
        self.choices.show(branches)
        first = next((branch.path for branch in branches if branch.changes), None)
        if first is None:
            self._say([(f"{series_labels.revision_name(self._revision)} changes no files.", "strong")])
        elif not self.choices.select(first):
            self._read()

    def _say_title(self) -> None:
        read = summary(self._marks.version(self._revision.message_id))
        self._say(title(self._revision, self._changes, read))

    def _failed(self, error: PatchwatchError) -> None:
        self._say([(line(str(error)), "")])
        self._jobs.notices.show(self.NOTICE, "error", str(error))

    @on(RowList.Moved)
    def _read(self) -> None:
        branch = self.choices.row
        if branch is None:
            return
        found = branch.changes or [change for change in self._changes if change.path.startswith(branch.path)]
        self._shown = sorted(found, key=lambda change: change.path)
        page = page_of(branch.path, self._shown, max(self._revision.expected, 1), self._notes)
        self.text.show(lay_out(page, self.text.text_width, self.text.new_page_options()))

    def action_patch(self) -> None:
        """Show the mail of the patch whose diff is visible."""
        if message_id := self.text.visible_target():
            self.dismiss(message_id)

    def action_reply(self) -> None:
        """Reply to the line under the cursor, or to the patch whose heading that is."""
        if (page := self.text.page) and (message_id := self.text.visible_target()):
            ReplyController(self, self._tracker, self._jobs).reply_at(
                message_id, in_files(page, self.text.line, self._shown)
            )

    def is_left(self, row: TreeEntry) -> bool:
        """True for a file that a patch changes which is left to read."""
        return self.choices.is_left(row)

    def action_mark_patch(self, read: bool) -> None:
        """Mark the patch whose diff is visible as read or skipped, or unmark it."""
        self._marks.toggle(self.text.visible_target(), Mark.READ if read else Mark.SKIPPED, self._redraw)

    def _redraw(self) -> None:
        self.choices.redraw()
        self._say_title()
