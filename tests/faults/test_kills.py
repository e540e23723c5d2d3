"""SIGKILL at points of every command that writes; the same command again gives the undisturbed database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.kills import Command, Trial, commands

pytestmark = pytest.mark.sqlite

KILLS = 3  # of each command; `make torture` has many more


@pytest.fixture(scope="module")
def all_commands() -> Iterator[dict[str, Command]]:
    with commands() as found:
        yield {command.name: command for command in found}


@pytest.mark.parametrize("name", ["import", "poll", "reindex", "upgrade", "migrate", "digest --send"])
def test_a_killed_command_run_again_gives_the_undisturbed_database(
    name: str, all_commands: dict[str, Command], tmp_path: Path
) -> None:
    trial = Trial(all_commands[name], tmp_path)
    chance = random.Random(11)
    killed = 0
    for part in range(KILLS):
        begin, end = part * trial.points // KILLS, (part + 1) * trial.points // KILLS
        killed += trial.check(chance.randint(1 + begin, end), chance)
    assert killed >= KILLS - 1
    if name == "digest --send":
        assert len(trial.expected[3]) == 1


def test_an_upgraded_database_is_that_of_an_import(all_commands: dict[str, Command], tmp_path: Path) -> None:
    """The other test compares with something right."""
    upgraded, imported = (Trial(all_commands[name], tmp_path / name).expected for name in ("upgrade", "import"))
    assert upgraded[:2] == imported[:2]
