"""Ask which tags to reply with, and for what: a patch, or all patches of its revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from patchwatch.compose.reply import TAGS
from patchwatch.series.labels import missing_patches
from patchwatch.tui.base import signs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render.selection import Selection
from patchwatch.tui.widgets.choice_list import ChoiceList


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags to give."""

    names: tuple[str, ...]  # of TAGS, in that order
    whole: bool  # for every patch of the revision
    edit: bool  # before the preview


class TagDialog(Dialog[Tags | None]):
    """Answers with one or more tags, or None."""

    AUTO_FOCUS = "ChoiceList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "choose_here", "Select or deselect", id="tag.choose"),
        Binding("r", "choose(0)", TAGS[0], id="tag.reviewed"),
        Binding("a", "choose(1)", TAGS[1], id="tag.acked"),
        Binding("t", "choose(2)", TAGS[2], id="tag.tested"),
        Binding("w", "whole", "Switch between this patch and the whole series", id="tag.whole"),
        Binding("enter", "give(False)", "Preview the mail", id="tag.give"),
        Binding("e", "give(True)", "Edit the mail first", id="tag.edit"),
        Binding("escape,q", "leave", "Cancel", id="tag.leave"),
    ]

    def __init__(self, selection: Selection) -> None:
        """`selection` is the patch to tag, or else the whole revision."""
        super().__init__()
        self._selection = selection
        self._chosen: set[str] = set()
        self._whole = selection.patch is None

    def compose(self) -> ComposeResult:
        """The patch or series, the tags, and the keys."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Reply with tags"
            yield Static(id="question")
            yield ChoiceList(*(Option(content(self._shown(name)), id=name) for name in TAGS), id="tags", compact=True)
            yield Static(id="note")
            keys: list[StyledText] = []
            hints = [
                ("space", "toggle"),
                *([("w", "this patch/whole series")] if self._selection.patch is not None else []),
            ]
            for key, does in (*hints, (signs.enter(), "preview"), ("e", "edit first"), ("esc", "cancel")):
                keys += [(key, "accent"), (f" {does}   ", "dim")]
            yield Static(content(keys), id="keys")

    def on_mount(self) -> None:
        """Put the cursor on the first tag."""
        self.query_one(ChoiceList).highlighted = 0
        self._show()

    def _shown(self, name: str) -> list[StyledText]:
        box: StyledText = ("[x] ", "accent strong") if name in self._chosen else ("[ ] ", "dim")
        return [box, (name[:1], "accent"), (name[1:], "")]

    def _show(self, warning: str = "") -> None:
        selection = self._selection
        if not self._whole and selection.patch is not None:
            what, title = "this patch", selection.patch
        else:
            total = max(selection.expected, selection.patches)
            what = f"all {total} patches of {selection.version}" if total > 1 else selection.version
            title = selection.title
        about: list[StyledText] = [(f"For {what}: ", "dim"), (title, "strong")]
        if self._whole and (missing := missing_patches(selection.patches, selection.expected)):
            about.append((f"\n! {missing}: they have not been received.", "warn"))
        self.query_one("#question", Static).update(content(about))
        note: list[StyledText] = [("You can check the mail before it is sent.", "dim")]
        self.query_one("#note", Static).update(content([(f"! {warning}", "warn")] if warning else note))

    def _toggle(self, name: str) -> None:
        self._chosen ^= {name}
        self.query_one(ChoiceList).replace_option_prompt(name, content(self._shown(name)))
        self._show()

    def action_choose(self, number: int) -> None:
        """Select or deselect a tag."""
        self.query_one(ChoiceList).highlighted = number
        self._toggle(TAGS[number])

    def action_choose_here(self) -> None:
        """Select or deselect the tag under the cursor."""
        at = self.query_one(ChoiceList).highlighted
        if at is not None:
            self._toggle(TAGS[at])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Select or deselect a tag by a click."""
        if event.option_id:
            self._toggle(event.option_id)

    def action_whole(self) -> None:
        """Switch between the patch and all patches."""
        if self._selection.patch is not None:
            self._whole = not self._whole
            self._show()

    def action_give(self, edit: bool) -> None:
        """Close the dialog with the tags."""
        names = tuple(name for name in TAGS if name in self._chosen)
        if names:
            self.dismiss(Tags(names, self._whole, edit))
        else:
            self._show("Select a tag first, with space or its letter.")

    def action_leave(self) -> None:
        """Close the dialog without tags."""
        self.dismiss(None)
