"""A comparison of two revisions: a line for each patch, the diff of diffs, and the changelog."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from patchwatch.errors import PatchwatchError
from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import RevisionRow
from patchwatch.series.patch_reading import Mark, summary
from patchwatch.series.rangediff.comparison import Comparison, Pair
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.controllers.patch_marks import PatchMarks
from patchwatch.tui.controllers.reply import ReplyController
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import fit_pieces, width_of
from patchwatch.tui.render.comparison import changelog_page, headline, pair_page, pair_pieces, points_on
from patchwatch.tui.render.diff_place import in_comparison
from patchwatch.tui.render.page import Page, lay_out
from patchwatch.tui.render.point_notes import NO_NOTES, PointNotes
from patchwatch.tui.screens.list_and_text import ListAndTextScreen
from patchwatch.tui.screens.patch_keys import READ, SKIP
from patchwatch.tui.widgets.diff_view import DiffView
from patchwatch.tui.widgets.key_hints import KeyHints
from patchwatch.tui.widgets.mail_view import MailView
from patchwatch.tui.widgets.revision_bar import connector, missing_versions
from patchwatch.tui.widgets.row_list import RowList
from patchwatch.tui.widgets.status_bar import StatusBar

_OLDER, _NEWER = Binding.Group("Old side", compact=True), Binding.Group("New side", compact=True)
_MIN_TITLE_WIDTH = 24  # before the words about a pair are cut


class PairList(RowList[Pair]):
    """The patches of both revisions, paired."""

    def __init__(self, marks: PatchMarks, *, id: str | None = None) -> None:  # noqa: A002
        """An empty list; `marks` has what the user read."""
        super().__init__(id=id)
        self._marks = marks
        self._widest = 1
        self._notes: Sequence[PointNotes] = (NO_NOTES, NO_NOTES)

    def key_of(self, row: Pair) -> Hashable:
        """The numbers of the two patches."""
        return row.older and row.older.number, row.newer and row.newer.number

    def show(self, pairs: Sequence[Pair], notes: Sequence[PointNotes] = (NO_NOTES, NO_NOTES)) -> None:
        """Show these pairs, with the signs of the points on both revisions."""
        self._notes = notes
        numbers = [patch.number for pair in pairs for patch in (pair.older, pair.newer) if patch]
        self._widest = len(str(max(numbers, default=1)))
        self.set_rows(pairs)

    def draw(self, row: Pair, index: int, width: int) -> list[list[StyledText]]:
        """One line."""
        left, words = pair_pieces(row, self._widest)
        signs: list[StyledText] = []
        if points := points_on(row, self._notes):
            signs = [*self._notes[1].signs(points), (" ", "")]
        stands: list[StyledText] = []
        patch = self._marks.of(row.newer.message_id) if row.newer else None
        if self._marks.begun and patch:
            text = str(patch.mark) if not patch.is_left else "changed" if patch.changed else ""
            stands = [(f"  {text:<7}", "warn" if patch.changed else "calm")]
        most = width - 1 - min(width_of(left), _MIN_TITLE_WIDTH + 8) - width_of([*signs, *stands])
        if width_of(words) > most:
            words = fit_pieces(words, max(most, 0))
        right = [*signs, *words, *stands]
        return [[*fit_pieces(left, max(width - 1 - width_of(right), 0)), *right]]


class CompareScreen(ListAndTextScreen):
    """The pairs; below them the differences and the changelog; dismissed with the message-id of a mail to show."""

    AUTO_FOCUS = "PairList"
    NOTICE = "compare"
    DEFAULT_CSS = """
    CompareScreen {
        & > #versions, & > #outcome { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #pairs {
            height: auto; min-height: 3; max-height: 34%;
            border-top: solid $rule;
            &:focus { border-top: solid $color-accent; }
        }
        & > #compare-panes { height: 1fr; layout: horizontal; }
        #difference, #changelog {
            width: 1fr;
            height: 1fr;
            border-top: solid $rule;
            border-title-color: $color-dim;
            &:focus { border-top: solid $color-accent; }
        }
        #changelog { display: none; }
        &.-wide #changelog { display: block; width: 36%; }
        &.-changelog #changelog { display: block; width: 1fr; }
        &.-changelog #difference { display: none; }
        &.-wide.-changelog #difference { display: block; }
        &.-wide.-changelog #changelog { width: 60%; }
        &.-zoomed #pairs { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket,h", "older(-1)", "Old side: one version back", group=_OLDER, id="compare.older"),
        Binding(
            "right_square_bracket,l", "older(1)", "Old side: one version forward", group=_OLDER, id="compare.less_old"
        ),
        Binding("left_curly_bracket,H", "newer(-1)", "New side: one version back", group=_NEWER, id="compare.less_new"),
        Binding("right_curly_bracket,L", "newer(1)", "New side: one version forward", group=_NEWER, id="compare.newer"),
        Binding("n", "left(1)", "Next", tooltip="Next patch left to read", id="compare.next_left"),
        Binding("N", "left(-1)", "Previous patch left to read", show=False, id="compare.previous_left"),
        READ,
        SKIP,
        Binding("c", "changelog", "Changelog", tooltip="Show the author's changelog", id="compare.changelog"),
        Binding("R", "reply", "Reply", tooltip="Reply to the newer patch, up to the cursor", id="compare.reply"),
        Binding("p", "patch", "Mail", tooltip="Show the mail of the patch", id="compare.patch"),
        Binding("backslash", "wrap", "Wrap", show=False, tooltip="Wrap long diff lines", id="compare.wrap"),
        Binding(
            "space,pagedown", "page(1)", "Page down", show=False, tooltip="Scroll down a page", id="compare.page_down"
        ),
        Binding("b,pageup", "page(-1)", "Page up", show=False, tooltip="Scroll up a page", id="compare.page_up"),
        Binding("z", "zoom", "Zoom", show=False, tooltip="Maximize or restore the differences", id="compare.zoom"),
        keys.HELP,
        Binding("q", "back", "Back", id="compare.back"),
        Binding(
            "escape",
            "step_back",
            "Back",
            show=False,
            tooltip="Back to the patches, then to the series",
            id="compare.step_back",
        ),
    ]

    def __init__(
        self,
        tracker: TrackerAPI,
        jobs: Jobs,
        series_id: int,
        revisions: Sequence[RevisionRow],
        older: int,
        newer: int,
        marks: PatchMarks,
        notes: PointNotes = NO_NOTES,
    ) -> None:
        """Compare two of `revisions`, given by their indexes; `marks` and `notes` are those of the series."""
        super().__init__(jobs)
        self.older, self.newer = older, newer
        self._tracker = tracker
        self._series_id = series_id
        self._revisions = revisions
        self._marks = marks
        self._notes = notes
        self._comparison: Comparison | None = None

    def compose(self) -> ComposeResult:
        """Versions, outcome, pairs, difference, changelog, status bar, key hints."""
        yield Static(id="versions")
        yield Static(id="outcome")
        yield PairList(self._marks, id="pairs")
        with Container(id="compare-panes"):
            yield DiffView(id="difference")
            yield MailView(id="changelog")
        yield StatusBar()
        yield KeyHints()

    @property
    def choices(self) -> PairList:
        """The patches."""
        return self.query_one(PairList)

    @property
    def text(self) -> DiffView:
        """The differences."""
        return self.query_one(DiffView)

    @property
    def changelog(self) -> MailView:
        """The changelog."""
        return self.query_one("#changelog", MailView)

    def on_mount(self) -> None:
        """Compare."""
        self._compare()

    def _say(self, name: str, pieces: list[StyledText]) -> None:
        self.query_one(f"#{name}", Static).update(content(pieces), layout=False)

    def _compare(self) -> None:
        older, newer = (self._revisions[n].message_id for n in (self.older, self.newer))
        self._say("versions", self._versions())
        self._say("outcome", [("comparing …", "dim")])
        self._jobs.submit(
            "study",
            "compare",
            lambda: self._tracker.compare(self._series_id, older, newer),
            self._show,
            self._failed,
            screen=self,
            latest=True,
        )

    def _versions(self) -> list[StyledText]:
        """The revisions, with the two compared ones highlighted."""
        pieces: list[StyledText] = []
        for number, revision in enumerate(self._revisions):
            name = series_labels.version(revision)
            chosen = number in (self.older, self.newer)
            pieces.append((f"[{name}]" if chosen else f" {name} ", "chosen" if chosen else "dim"))
            if number + 1 < len(self._revisions):
                gap = missing_versions(revision.version, self._revisions[number + 1].version)
                style = "accent" if self.older <= number < self.newer else "faint"
                pieces += [(text, style) for text, _ in connector(gap)]
        return [*pieces, ("   ", ""), (labels.title(self._revisions[self.newer].subject), "dim")]

    @property
    def _both(self) -> tuple[PointNotes, PointNotes]:
        """The points of the two versions."""
        return self._notes.of(self._revisions[self.older]), self._notes.of(self._revisions[self.newer])

    def _show(self, comparison: Comparison) -> None:
        if comparison.newer.message_id != self._revisions[self.newer].message_id:
            return
        self._jobs.notices.dismiss(self.NOTICE)
        self._comparison = comparison
        self._say_outcome()
        self.choices.show(comparison.pairs, self._both)
        changed = next((n for n, pair in enumerate(comparison.pairs) if pair.mark != "="), 0)
        self.choices.action_first()
        self.choices.action_move(changed)
        self._show_pair()
        self._show_page(self.changelog, changelog_page(comparison))

    def _say_outcome(self) -> None:
        if self._comparison:
            read = summary(self._marks.version(self._comparison.newer.message_id))
            self._say("outcome", [*headline(self._comparison), (f"   {read}", "calm")])

    def _failed(self, error: PatchwatchError) -> None:
        self._comparison = None
        self._say("outcome", [(line(str(error)), "warn")])
        self.choices.show(())
        self._jobs.notices.show(self.NOTICE, "error", str(error))

    def _show_page(self, view: MailView, page: Page) -> None:
        view.show(lay_out(page, view.text_width, view.new_page_options()))

    @on(RowList.Moved)
    def _show_pair(self) -> None:
        if self._comparison and self.choices.row:
            self._show_page(self.text, pair_page(self._comparison, self.choices.row, self._both))

    @on(RowList.Chosen)
    def _hide_changelog(self) -> None:
        self.remove_class("-changelog")

    def action_older(self, direction: int) -> None:
        """Compare with an older or newer revision."""
        self._choose(self.older + direction, self.newer)

    def action_newer(self, direction: int) -> None:
        """Compare an older or newer revision."""
        self._choose(self.older, self.newer + direction)

    def _choose(self, older: int, newer: int) -> None:
        if 0 <= older < newer < len(self._revisions):
            self.older, self.newer = older, newer
            self._compare()

    def action_changelog(self) -> None:
        """Show the changelog in place of the differences, or wider; or go back."""
        self.toggle_class("-changelog")
        (self.changelog if self.has_class("-changelog") else self.choices).focus()

    def action_patch(self) -> None:
        """Show the mail of the patch under the cursor, the newer one if there is one."""
        pair = self.choices.row
        if pair and (patch := pair.newer or pair.older):
            self.dismiss(patch.message_id)

    def action_reply(self) -> None:
        """Reply to the newer patch, on the line under the cursor."""
        pair, page = self.choices.row, self.text.page
        if pair is None or page is None:
            return
        if pair.newer is None:
            self._jobs.notices.show("reply", "note", "The newer version has no such patch; p shows the older one.")
            return
        at = in_comparison(page, self.text.line)
        ReplyController(self, self._tracker, self._jobs).reply_at(pair.newer.message_id, at)

    def is_left(self, row: Pair) -> bool:
        """True if the newer patch is left to read."""
        patch = self._marks.of(row.newer.message_id) if row.newer else None
        return patch is not None and patch.is_left

    def action_mark_patch(self, read: bool) -> None:
        """Mark the newer patch under the cursor as read or skipped and go to the next one left; or unmark it."""
        patch = self.choices.row.newer if self.choices.row else None
        if self._marks.toggle(patch.message_id if patch else "", Mark.READ if read else Mark.SKIPPED, self._redraw):
            self.action_left(1)

    def _redraw(self) -> None:
        self.choices.redraw()
        self._say_outcome()

    def action_page(self, pages: int) -> None:
        """Scroll the changelog if it has the focus, else the differences."""
        (self.changelog if self.changelog.has_focus else self.text).page_by(pages)

    def action_step_back(self) -> None:
        """Go from the differences to the list, and from the list to the series."""
        if not self.has_class("-zoomed"):
            self.remove_class("-changelog")
        super().action_step_back()
