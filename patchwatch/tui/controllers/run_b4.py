"""Run b4 on a revision; the TUI is suspended until the user has read its output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from textual.screen import Screen

from patchwatch.compose.b4 import Task
from patchwatch.errors import PatchwatchError
from patchwatch.output import print_error
from patchwatch.sanitize import line
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.suspend import pause, suspended
from patchwatch.tui.dialogs.b4 import BOX, TASKS, B4Dialog, B4Request
from patchwatch.tui.render import labels
from patchwatch.tui.render.selection import Selection


class B4Controller:
    """Runs b4 on one revision at a time."""

    def __init__(self, screen: Screen[Any], tracker: TrackerAPI, jobs: Jobs) -> None:
        """Results for `screen` are dropped once it is closed."""
        self._screen = screen
        self._tracker = tracker
        self._jobs = jobs

    def b4(self, selection: Selection) -> None:
        """Ask which command to run on the selected revision, and in which tree; then run it."""

        def work() -> tuple[Sequence[Path], Mapping[Task, str]]:
            commands = {task: self._tracker.b4_command(task, selection.revision, BOX) for task in TASKS}
            return self._tracker.work_trees(), commands

        def ask(choices: tuple[Sequence[Path], Mapping[Task, str]]) -> None:
            self._screen.app.push_screen(B4Dialog(selection, *choices, self._tracker.config_file), answered)

        def answered(chosen: B4Request | None) -> None:
            if chosen is not None:
                self._run(chosen, selection.revision)

        self._jobs.submit("read", "b4", work, ask, screen=self._screen, latest=True)

    def _run(self, chosen: B4Request, message_id: str) -> None:
        where = labels.place(chosen.directory)

        def running(command: str) -> None:
            print_error(f"in {where}:\n{line(command)}\n")

        try:
            with suspended(self._screen.app):
                status = self._tracker.b4(chosen.task, message_id, chosen.directory, running)
                print_error(f"\nb4 exited with status {status}.")
                pause()
        except PatchwatchError as error:
            self._jobs.notices.show("b4", "error", str(error))
        else:
            outcome = f"{TASKS[chosen.task][0]} exited with status {status} in {where}."
            self._jobs.notices.show("b4", "error" if status else "outcome", outcome)
