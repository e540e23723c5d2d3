"""Ask which b4 command to run on a revision, and in which tree; show the command line before it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from patchwatch.compose.b4 import Task
from patchwatch.sanitize import line
from patchwatch.tui.base import signs
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.render.selection import Selection
from patchwatch.tui.widgets.choice_list import ChoiceList

BOX = "MAILS"
"""Placeholder in the command line for the maildir, which is created when b4 runs."""

TASKS: dict[Task, tuple[str, str]] = {
    "am": ("b4 am", "write an mbox for git am; apply nothing"),
    "shazam": ("b4 shazam", "apply the patches to the checked-out branch"),
    "track": ("b4 review track", "add it to b4 review (the tree must be enrolled)"),
}
"""The command of each task, and what it does."""


@dataclass(frozen=True, slots=True)
class B4Request:
    """A task and the tree to run it in."""

    task: Task
    directory: Path


class B4Dialog(Dialog[B4Request | None]):
    """Answers with a task and a tree, or None."""

    AUTO_FOCUS = "#tasks"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "Run", id="b4.run"),
        Binding("tab", "app.focus_next", "Switch between tasks and trees", id="b4.next"),
        Binding("escape,q", "leave", "Cancel", id="b4.leave"),
    ]

    def __init__(
        self, selection: Selection, trees: Sequence[Path], commands: Mapping[Task, str], config_file: str
    ) -> None:
        """`commands` are the command lines for the revision, with `BOX` in place of the maildir."""
        super().__init__()
        self._selection = selection
        self._trees = trees
        self._commands = commands
        self._config_file = config_file

    def compose(self) -> ComposeResult:
        """The revision, the tasks, the trees, the command, and the keys."""
        about: list[StyledText] = [(f"{self._selection.version} ", "accent strong"), (self._selection.title, "strong")]
        tasks = [content([(f"{name:<16}", ""), (does, "dim")]) for name, does in TASKS.values()]
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Run b4"
            yield Static(content(about), id="question")
            if not self._trees:
                none = "No git tree is configured."
                how: list[StyledText] = [
                    ("\nSet the path of a checkout in ", "dim"),
                    (line(self._config_file), ""),
                    (":\n\n", "dim"),
                    ('[[tree]]\nname = "linux"\npath = "~/src/linux"', "accent"),
                ]
                yield Static(content([(none, ""), *how]), id="note")
                yield Static(content([("esc", "accent"), (" close", "dim")]), id="keys")
                return
            yield ChoiceList(*tasks, id="tasks", compact=True)
            yield ChoiceList(*(content([(labels.place(tree), "")]) for tree in self._trees), id="trees", compact=True)
            yield Static(id="command")
            keys: list[StyledText] = [
                (signs.enter(), "accent"),
                (" run   ", "dim"),
                ("tab", "accent"),
                (" tasks, trees   ", "dim"),
            ]
            yield Static(content([*keys, ("esc", "accent"), (" cancel", "dim")]), id="keys")

    def on_mount(self) -> None:
        """Put the cursors on the first task and the first tree."""
        for options in self.query(ChoiceList):
            options.highlighted = 0

    @property
    def chosen(self) -> B4Request | None:
        """The task and the tree under the cursors."""
        if not self._trees:
            return None
        task = self.query_one("#tasks", ChoiceList).highlighted or 0
        tree = self.query_one("#trees", ChoiceList).highlighted or 0
        return B4Request(list(TASKS)[task], self._trees[tree])

    def on_option_list_option_highlighted(self) -> None:
        """Show the command line."""
        if chosen := self.chosen:
            pieces: list[StyledText] = [
                ("Will run in ", "dim"),
                (labels.place(chosen.directory), ""),
                (":\n", "dim"),
                (line(self._commands[chosen.task]), "accent"),
            ]
            if BOX in self._commands[chosen.task].split():
                pieces.append((f"\n{BOX} is a maildir with the stored mail.", "dim"))
            self.query_one("#command", Static).update(content(pieces))

    def action_run(self) -> None:
        """Close the dialog with the choice."""
        self.dismiss(self.chosen)

    def action_leave(self) -> None:
        """Close the dialog without one."""
        self.dismiss(None)
