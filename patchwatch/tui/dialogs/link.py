"""Link a series to another version of it, or unlink a version from the one before.

Lists the candidates with the evidence for each, accepts any URL or message-id, and shows the effect beforehand.  What
is certain enough is linked already, so Enter links none of the candidates before the user has chosen one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from patchwatch.errors import PatchwatchError
from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import CandidateRow, RevisionRow, SeriesRow
from patchwatch.tui.base import signs
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.render.link_preview import (
    LinkPreview,
    describe_link,
    describe_unlink,
    predecessor,
    preview_link,
)
from patchwatch.tui.render.series_names import series_names
from patchwatch.tui.widgets.row_list import RowList
from patchwatch.tui.widgets.text_field import TextField

_PLACEHOLDER = "or link to: URL, message-id or series number"


@dataclass(frozen=True, slots=True)
class Unlink:
    """A link to undo: `later` is not the next version of `earlier`."""

    later: RevisionRow
    earlier: RevisionRow


@dataclass(frozen=True, slots=True)
class Neither:
    """No link to make and none to undo."""


Choice: TypeAlias = CandidateRow | Unlink | Neither


class LinkChoices(RowList[Choice]):
    """Candidates, and the link that can be undone, if any: two lines each."""

    DEFAULT_CSS = """
    LinkChoices {
        background: $surface;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
        scrollbar-background-active: $surface;
        margin-bottom: 1;
    }
    """

    def __init__(self, choices: Sequence[Choice]) -> None:
        """`choices`, the most likely first."""
        super().__init__(id="choices")
        self._choices = choices

    def on_mount(self) -> None:
        """Fill the list."""
        self.styles.height = min(len(self._choices), 5) * self.row_height
        self.set_rows(self._choices)

    @property
    def row_height(self) -> int:
        """Title and evidence."""
        return 2

    def key_of(self, row: Choice) -> Hashable:
        """The message-ids of the roots."""
        if isinstance(row, Neither):
            return ""
        return row.message_id if isinstance(row, CandidateRow) else (row.later.message_id, row.earlier.message_id)

    def draw(self, row: Choice, index: int, width: int) -> list[list[StyledText]]:
        """One choice."""
        if isinstance(row, Neither):
            return [
                [("None of these", "strong")],
                [("  patchwatch links none of them on its own", "dim")],
            ]
        if isinstance(row, Unlink):
            later, earlier = series_labels.revision_name(row.later), series_labels.revision_name(row.earlier)
            by_hand = row.later.predecessor is not None and row.later.predecessor.by_hand
            reason = "linked by hand" if by_hand else "linked automatically"
            return [[("Unlink ", "warn"), (f"{later} from {earlier}", "strong")], [(f"  {reason}", "dim")]]
        about = f"  · {line(row.author_name)}, {labels.date(row.date)}"
        return [
            [(f"{row.place} ", "accent"), (f"v{row.version} ", "strong"), (labels.title(row.subject), "")],
            [(f"  {series_labels.link_evidence(row.evidence)}", ""), (about, "dim")],
        ]


class LinkDialog(Dialog[LinkPreview | Unlink | None]):
    """Answers with the link to make, the link to undo, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Cancel", id="link.leave"),
    ]

    def __init__(
        self,
        tracker: TrackerAPI,
        jobs: Jobs,
        row: SeriesRow,
        revision: RevisionRow,
        candidates: Sequence[CandidateRow],
    ) -> None:
        """`revision` of series `row` can be unlinked from the one before it."""
        super().__init__()
        self._tracker = tracker
        self._jobs = jobs
        self._row = row
        earlier = predecessor(row, revision)
        chosen = not candidates or "marked-with-it" in candidates[0].evidence
        self._choices: list[Choice] = [
            *([] if chosen else [Neither()]),
            *candidates,
            *([Unlink(revision, earlier)] if earlier else []),
        ]
        self._text = ""  # in the field
        self._answer: LinkPreview | Unlink | None = None  # what Enter does
        self._problem = ""  # why it does nothing

    def compose(self) -> ComposeResult:
        """The choices, the field, and the effect of Enter."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Link or unlink versions"
            yield Static(content(series_names([self._row])), id="question")
            if self._choices:
                yield LinkChoices(self._choices)
            else:
                yield Static(content([("No known series looks like another version of this one.", "dim")]), id="note")
            yield TextField(_PLACEHOLDER)
            yield Static(id="reading")
            yield Static(id="keys")

    def on_mount(self) -> None:
        """Focus the choices, if there are any."""
        self._preview()
        (self.query_one(LinkChoices) if self._choices else self.query_one(TextField)).focus()

    def on_key(self, event: events.Key) -> None:
        """Let the user type a URL at once."""
        self.query_one(TextField).begin(event)

    def on_paste(self, event: events.Paste) -> None:
        """Let the user paste a URL at once."""
        field = self.query_one(TextField)
        if not field.has_focus:
            event.stop()
            field.value = line(event.text)
            field.focus()

    # What Enter will do.

    @on(RowList.Moved)
    def _preview(self) -> None:
        """Show the effect of the choice under the cursor, or of what was typed."""
        if self._text:
            text = self._text
            self._look_up(lambda: self._tracker.find(text))
            return
        row = self.query_one(LinkChoices).row or self._choices[0] if self._choices else None
        if isinstance(row, Unlink):
            self._show(row, describe_unlink(self._row, row.later))
        elif isinstance(row, Neither):
            self._show(None, [("Choose the version that this one belongs to, if you know it.", "dim")])
        elif row is not None:
            number = row.series_id
            self._look_up(lambda: number)
        else:
            self._show(None, [("A link set by hand overrides the automatic one.", "dim")])

    @property
    def _at_neither(self) -> bool:
        return not self._text and bool(self._choices) and isinstance(self.query_one(LinkChoices).row, Neither)

    def _look_up(self, which: Callable[[], int]) -> None:
        text = self._text
        self._answer, self._problem = None, ""

        def done(other: SeriesRow) -> None:
            if text != self._text:
                return
            answer = preview_link(self._row, other)
            if answer is None:
                self._refuse("That is already a version of this series.")
            else:
                self._show(answer, describe_link(answer))

        def failed(error: PatchwatchError) -> None:
            if text == self._text:
                self._refuse(str(error))

        work = lambda: self._tracker.one(which())  # noqa: E731
        self._jobs.submit("read", "link", work, done, failed, screen=self, latest=True)

    def _refuse(self, problem: str) -> None:
        self._show(None, [(line(problem), "dim")])
        self._problem = line(problem)

    def _show(self, answer: LinkPreview | Unlink | None, pieces: list[StyledText]) -> None:
        self._answer, self._problem = answer, ""
        self.query_one("#reading", Static).update(content(pieces))
        does = "unlink" if isinstance(answer, Unlink) else "close" if self._at_neither else "link"
        enter: StyledText = (signs.enter(), "accent")
        keys: list[StyledText] = [enter, (f" {does}   ", "dim")]
        self.query_one("#keys", Static).update(content([*keys, ("esc", "accent"), (" cancel", "dim")]))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._text = event.value.strip()
        self._preview()

    # The answer.

    @on(RowList.Chosen)
    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self._answer is not None:
            self.dismiss(self._answer)
        elif self._at_neither:
            self.dismiss(None)
        elif self._problem:
            self.query_one("#reading", Static).update(content([("! ", "bad strong"), (self._problem, "")]))

    @on(TextField.Left)
    def _back(self) -> None:
        """Go back to the choices."""
        if self._choices:
            self.query_one(TextField).value = ""
            self.query_one(LinkChoices).focus()

    def action_leave(self) -> None:
        """Close the dialog without an answer."""
        self.dismiss(None)
