"""Revisions handed over to b4 from a screen, which makes room for it until it is done and its words were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from textual.screen import Screen

from patchwatch.compose.b4 import Task
from patchwatch.errors import PatchwatchError
from patchwatch.sanitize import line
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.suspend import pause, print_line, suspended
from patchwatch.tui.dialogs.b4 import BOX, TASKS, B4Dialog, B4Request
from patchwatch.tui.render import labels
from patchwatch.tui.render.selection import Selection


class B4Controller:
    """One revision at a time."""

    def __init__(self, screen: Screen[Any], tracker: TrackerAPI, jobs: Jobs) -> None:
        """What `screen` asks for comes to nothing where it was left before."""
        self._screen = screen
        self._tracker = tracker
        self._jobs = jobs

    def b4(self, of: Selection) -> None:
        """Ask what b4 shall do with the revision in hand, and in which tree; then let it."""

        def work() -> tuple[Sequence[Path], Mapping[Task, str]]:
            commands = {task: self._tracker.b4_command(task, of.revision, BOX) for task in TASKS}
            return self._tracker.work_trees(), commands

        def ask(found: tuple[Sequence[Path], Mapping[Task, str]]) -> None:
            self._screen.app.push_screen(B4Dialog(of, *found, self._tracker.config_file), answered)

        def answered(chosen: B4Request | None) -> None:
            if chosen is not None:
                self._run(chosen, of.revision)

        self._jobs.submit("read", "b4", work, ask, screen=self._screen, latest=True)

    def _run(self, chosen: B4Request, message_id: str) -> None:
        where = labels.place(chosen.directory)

        def running(command: str) -> None:
            print_line(f"in {where}:\n{line(command)}\n")

        try:
            with suspended(self._screen.app):
                status = self._tracker.b4(chosen.task, message_id, chosen.directory, running)
                print_line(f"\nb4 ended with {status}.")
                pause()
        except PatchwatchError as error:
            self._jobs.notices.show("b4", "error", str(error))
        else:
            said = f"{TASKS[chosen.task][0]} ended with {status} in {where}."
            self._jobs.notices.show("b4", "error" if status else "outcome", said)
