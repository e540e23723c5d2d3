"""Asks what b4 shall do with a revision, and in which tree; says which command that is before it runs."""

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
from patchwatch.tui.base.screen import Dialog
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.render.selection import Selection
from patchwatch.tui.widgets.choice_list import ChoiceList

BOX = "MAILS"
"""What stands for the maildir in the command that is shown: it is made when b4 runs."""

TASKS: dict[Task, tuple[str, str]] = {
    "am": ("b4 am", "write an mbox for git am there; nothing is applied"),
    "shazam": ("b4 shazam", "apply the patches to what is checked out there"),
    "track": ("b4 review track", "take it up in b4 review, in which the tree is enrolled"),
}
"""What b4 calls a task, and what it does."""


@dataclass(frozen=True, slots=True)
class B4Request:
    """What was chosen."""

    task: Task
    directory: Path


class B4Dialog(Dialog[B4Request | None]):
    """The tasks and the trees; None where nothing is to be done."""

    AUTO_FOCUS = "#tasks"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "Run it", id="b4.run"),
        Binding("tab", "app.focus_next", "Tasks, trees", id="b4.next"),
        Binding("escape,q", "leave", "Close", id="b4.leave"),
    ]

    def __init__(self, of: Selection, trees: Sequence[Path], commands: Mapping[Task, str], config_file: str) -> None:
        """`commands` are what b4 would be called with for the revision, `BOX` standing for the mails."""
        super().__init__()
        self._of = of
        self._trees = trees
        self._commands = commands
        self._config_file = config_file

    def compose(self) -> ComposeResult:
        """The revision, the tasks, the trees, the command, and the keys."""
        about: list[StyledText] = [(f"{self._of.version} ", "accent strong"), (self._of.title, "strong")]
        tasks = [content([(f"{called:<16}", ""), (does, "dim")]) for called, does in TASKS.values()]
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Hand over to b4"
            yield Static(content(about), id="question")
            if not self._trees:
                none = "No tree with files in it is named in the config: b4 has nowhere to work."
                how = f"Name one below [[tree]] in {line(self._config_file)}; config.example.toml has an example."
                yield Static(content([(none, ""), ("\n", ""), (how, "dim")]), id="note")
                yield Static(content([("esc", "accent"), (" close", "dim")]), id="keys")
                return
            yield ChoiceList(*tasks, id="tasks", compact=True)
            yield ChoiceList(*(content([(labels.place(tree), "")]) for tree in self._trees), id="trees", compact=True)
            yield Static(id="command")
            keys: list[StyledText] = [
                ("⏎", "accent"),
                (" run it   ", "dim"),
                ("tab", "accent"),
                (" tasks, trees   ", "dim"),
            ]
            yield Static(content([*keys, ("esc", "accent"), (" leave it", "dim")]), id="keys")

    def on_mount(self) -> None:
        """Begin with the first of each."""
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
        """Say what would be run."""
        if chosen := self.chosen:
            said: list[StyledText] = [
                ("In ", "dim"),
                (labels.place(chosen.directory), ""),
                (" this will run:\n", "dim"),
                (line(self._commands[chosen.task]), "accent"),
            ]
            if BOX in self._commands[chosen.task].split():
                said.append((f"\n{BOX} is a maildir with the mails that are stored here.", "dim"))
            self.query_one("#command", Static).update(content(said))

    def action_run(self) -> None:
        """Close the dialog with what was chosen."""
        self.dismiss(self.chosen)

    def action_leave(self) -> None:
        """Close the dialog without anything."""
        self.dismiss(None)
